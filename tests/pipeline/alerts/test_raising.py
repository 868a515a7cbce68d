"""What raises an alert and what does not: each thing is told once, and again only after it had passed."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.alerts.raising import Seen, raised
from schemas.snapshots import AlertFact, SnapshotFact

START = datetime(2026, 11, 2, 9, tzinfo=UTC)
ZH, EN = "zh/code_review", "en/code_review"


def snapshot(
    hour: int,
    cause: str = "none",
    subject: str | None = None,
    likely: dict[str, float] | None = None,
    hours: dict[str, float] | None = None,
) -> SnapshotFact:
    return SnapshotFact(
        taken_at=START + timedelta(hours=hour),
        sentence="…",
        cause=cause,
        subject=subject,
        load=None if cause == "none" else 1.57,
        probabilities=json.dumps(likely or {}),
        open_hours=json.dumps(hours or {}),
    )


def watched(snapshots: Sequence[SnapshotFact], **how: Any) -> list[list[AlertFact]]:
    """What each of these raises, one after the other, as a watch would have it."""
    told: list[AlertFact] = []
    found = []
    for place, one in enumerate(snapshots):
        alerts = raised(one, Seen.of(snapshots[:place], told), **how)
        told += alerts
        found.append(list(alerts))
    return found


def kinds(found: list[list[AlertFact]]) -> list[list[str]]:
    return [[one.kind for one in alerts] for alerts in found]


def chances(*values: float) -> list[list[str]]:
    return kinds(watched([snapshot(hour, likely={ZH: value}) for hour, value in enumerate(values)]))


FELL = ["target in danger"]
RAN_OUT = ["work runs out"]
CHANGED = ["bottleneck changed"]


def test_another_bottleneck_is_told_once_with_both_names() -> None:
    shortage = ("skill_shortage", ZH)
    found = watched([snapshot(0), snapshot(1), snapshot(2, *shortage), snapshot(3, *shortage), snapshot(4)])
    assert kinds(found) == [[], [], CHANGED, [], CHANGED]
    assert found[2][0].said == (
        "the bottleneck is now skill shortage (zh/code_review), at 157% of capacity; before: nothing"
    )
    assert "nothing holds the labeling back any more" in found[4][0].said
    assert "skill shortage (zh/code_review)" in found[4][0].said


def test_the_same_cause_in_another_place_is_another_bottleneck() -> None:
    found = watched([snapshot(0, "skill_shortage", ZH), snapshot(1, "skill_shortage", EN)])
    assert kinds(found) == [[], CHANGED]


def test_a_name_that_the_analysis_itself_doubts_is_no_news_until_it_is_sure() -> None:
    before = [snapshot(0), snapshot(1, "skill_shortage", ZH)]
    assert raised(before[1], Seen.of(before[:1], []), is_sure=False) == ()
    (alert,) = raised(snapshot(2, "skill_shortage", ZH), Seen.of(before, []))
    assert alert.kind == "bottleneck changed"


def test_a_target_that_falls_is_told_once() -> None:
    assert chances(0.9, 0.9, 0.74, 0.74, 0.75) == [[], [], FELL, [], []]
    assert chances(0.9, 0.8, 0.76) == [[], [], []]


def test_a_slow_fall_is_told_too() -> None:
    assert chances(0.95, 0.92, 0.89, 0.86, 0.83, 0.77) == [[], [], [], [], [], FELL]


def test_a_target_below_a_half_is_told_at_once_and_not_at_every_wobble() -> None:
    assert chances(0.3, 0.3, 0.38, 0.3) == [FELL, [], [], []]
    assert chances(0.55, 0.48, 0.51, 0.49) == [[], FELL, [], []]
    assert chances(0.8, 0.62, 0.49, 0.45) == [[], FELL, FELL, []]


def test_a_target_that_had_recovered_is_told_again() -> None:
    assert chances(0.4, 0.7, 0.8, 0.8, 0.4) == [FELL, [], [], [], FELL]


def test_one_odd_run_upwards_is_no_height_to_fall_from() -> None:
    assert chances(0.7, 0.7, 0.86, 0.7, 0.7) == [[]] * 5


def test_little_work_is_told_once_and_again_after_there_was_plenty() -> None:
    series = [5.0, 1.9, 1.0, 2.5, 1.5, 8.0, 0.0]
    found = watched([snapshot(hour, hours={EN: value}) for hour, value in enumerate(series)])
    assert kinds(found) == [[], RAN_OUT, [], [], [], [], RAN_OUT]
    assert found[1][0].said == "en/code_review has 1.9 h of open work left, with people at work there"
    assert found[1][0].subject == EN


def test_cells_are_told_apart() -> None:
    found = watched([snapshot(0, likely={ZH: 0.9, EN: 0.9}), snapshot(1, likely={ZH: 0.9, EN: 0.2})])
    assert [one.subject for one in found[1]] == [EN]
    again = watched([snapshot(0, hours={ZH: 1.0}), snapshot(1, hours={ZH: 1.0, EN: 1.0})])
    assert [[one.subject for one in alerts] for alerts in again] == [[ZH], [EN]]


@settings(deadline=None, max_examples=50)
@given(st.lists(st.floats(0, 1), min_size=1, max_size=30))
def test_a_target_is_never_left_below_a_half_untold(values: list[float]) -> None:
    found = watched([snapshot(hour, likely={ZH: value}) for hour, value in enumerate(values)])
    low = next((place for place, value in enumerate(values) if value < 0.5), None)
    if low is not None:
        assert any(found[: low + 1])


@settings(deadline=None, max_examples=30)
@given(st.floats(0, 1), st.integers(2, 20))
def test_what_does_not_change_is_told_at_most_once(value: float, times: int) -> None:
    found = watched([snapshot(hour, "skill_shortage", ZH, {ZH: value}, {ZH: value}) for hour in range(times)])
    assert all(alerts == [] for alerts in found[1:])
