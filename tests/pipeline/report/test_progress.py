"""What progress says of a store."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.quality.intervals import wilson
from pipeline.report.annotators import accord
from pipeline.report.progress import measure, simulated
from pipeline.report.words import STANDING, between, count, duration, percent, plain
from pipeline.store import Store
from schemas.base import Label
from schemas.project import Project

NOW = datetime(2026, 12, 5, 14, 3, tzinfo=UTC)
DEMO = Project(name="demo")


def cell_named(progress: Any, name: str) -> Any:
    return next(cell for cell in progress.cells if cell.cell == name)


def annotator_named(progress: Any, name: str) -> Any:
    return next(one for one in progress.annotators if one.annotator == name)


def test_the_headline_tells_what_is_settled_what_is_not_and_which_cell_is_behind(busy: Any) -> None:
    progress = measure(busy.store, DEMO, NOW)
    assert progress.headline == (
        "demo: 5 of 16 tasks settled (31 %), 2 disputed, 7 still to label, 2 to be compared; "
        "slowest cell zh/step_review 25 %"
    )


def test_every_task_is_in_exactly_one_state_of_one_cell(busy: Any) -> None:
    progress = measure(busy.store, DEMO, NOW)
    assert list(progress.states) == [state.name for state in STANDING]
    assert sum(progress.states.values()) == progress.totals.tasks == 16
    assert sum(cell.tasks for cell in progress.cells) == 16
    assert progress.states == {
        "ready": 2,
        "open": 2,
        "in_labeling": 3,
        "labeled": 2,
        "disputed": 2,
        "accepted": 3,
        "released": 2,
    }


def test_answers_are_labels_and_rejects_and_what_waits_for_check(busy: Any) -> None:
    totals = measure(busy.store, DEMO, NOW).totals
    assert (totals.annotations, totals.labels, totals.skips) == (21, 20, 1)
    assert (totals.records, totals.rejects, totals.pushed) == (20, 3, 14)
    assert (totals.resolutions, totals.releases) == (7, 1)


def test_a_cell_tells_its_votes_lead_times_and_agreement(busy: Any) -> None:
    cell = cell_named(measure(busy.store, DEMO, NOW), "en/step_review")
    assert (cell.settled, cell.settled_share) == (3, 3 / 8)
    assert (cell.votes_given, cell.votes_wanted) == (11, 16)
    assert cell.median_lead_seconds == 60.0  # six first votes of 60 s, five second ones of 120 s
    assert cell.p85_lead_seconds == 120.0
    assert (cell.compared, cell.mean_agreement) == (4, (3 * 1.0 + 0.5) / 4)


def test_a_vote_beyond_the_overlap_is_no_progress(made: Any) -> None:
    made.record()
    made.vote(made.task("en/step_review", "labeled"), "ann-2c")
    cell = measure(made.store, DEMO, NOW).cells[0]
    assert (cell.votes_given, cell.votes_wanted) == (2, 2)


def test_the_least_settled_cell_comes_first(busy: Any) -> None:
    assert [cell.cell for cell in measure(busy.store, DEMO, NOW).cells] == [
        "zh/step_review",
        "en/step_review",
    ]


def test_an_annotator_has_labels_rejects_skips_and_disputes(busy: Any) -> None:
    progress = measure(busy.store, DEMO, NOW)
    first, third = annotator_named(progress, "ann-0a"), annotator_named(progress, "ann-2c")
    assert (first.labels, first.rejects, first.skips, first.disputed) == (11, 0, 0, 2)
    assert (third.labels, third.rejects, third.skips, third.disputed) == (0, 1, 1, 0)
    assert (first.median_lead_seconds, third.median_lead_seconds) == (60.0, None)
    assert first.first_seen_at == datetime(2026, 12, 1, 10, 0, tzinfo=UTC)


def test_deleted_annotations_count_nowhere(made: Any) -> None:
    made.record()
    made.vote(made.task("en/step_review", "open"), "ann-0a", deleted=True)
    progress = measure(made.store, DEMO, NOW)
    assert progress.annotators == ()
    assert (progress.totals.annotations, progress.totals.labels) == (0, 0)


def test_no_name_of_a_person_is_in_the_progress(busy: Any) -> None:
    said = json.dumps(measure(busy.store, DEMO, NOW).to_json())
    assert "ann-0a" in said
    assert not [name for name in ("Li Wei", "Souza", "Novak", "vendor.example") if name in said]


def test_rejects_are_counted_by_stage_and_reason(busy: Any) -> None:
    rejects = measure(busy.store, DEMO, NOW).rejects
    assert [(one.stage, one.reason, one.rejects) for one in rejects] == [
        ("check", "says no label", 1),
        ("ingest", "malformed row", 2),
    ]


def test_a_stage_tells_of_its_last_run_and_only_a_last_failure_stands(busy: Any) -> None:
    busy.run("ingest", NOW - timedelta(hours=9), error="no space left")
    busy.run("ingest", NOW - timedelta(hours=8), done=2)
    ingest, sync = measure(busy.store, DEMO, NOW).runs
    assert (ingest.stage, ingest.runs, ingest.failures, ingest.done, ingest.last_error) == (
        "ingest",
        3,
        1,
        22,
        None,
    )
    assert (ingest.last_at, ingest.last_seconds) == (NOW - timedelta(hours=8), 2.0)
    assert sync.stage == "sync"
    assert sync.last_error is not None
    assert "should answer" in sync.last_error


def test_json_has_the_promised_keys_and_nothing_json_cannot_say(busy: Any) -> None:
    said = json.loads(json.dumps(measure(busy.store, DEMO, NOW).to_json(), allow_nan=False))
    promised = {"project", "headline", "totals", "states", "cells", "annotators", "rejects", "simulated"}
    assert promised <= said.keys()
    assert said["project"] == "demo"
    assert said["as_of"] == "2026-12-05T14:03:00Z"


def test_the_same_facts_and_moment_give_the_same_progress(busy: Any) -> None:
    assert measure(busy.store, DEMO, NOW) == measure(busy.store, DEMO, NOW)


def test_a_read_only_snapshot_will_do(tmp_path: Path) -> None:
    with Store(tmp_path / "s.duckdb"):
        pass
    with Store(tmp_path / "s.duckdb", read_only=True) as snapshot:
        progress = measure(snapshot, DEMO, NOW)
    assert progress.headline == "demo: no records yet; next: headrace ingest"
    assert (progress.cells, progress.annotators, progress.runs) == ((), (), ())


def test_records_without_tasks_name_the_next_step(made: Any) -> None:
    made.record(3)
    assert measure(made.store, DEMO, NOW).headline == (
        "demo: 3 records, no tasks yet; next: headrace generate"
    )


def test_when_all_is_settled_nothing_is_slow(made: Any) -> None:
    made.record()
    made.task("en/step_review", "accepted")
    assert measure(made.store, DEMO, NOW).headline == "demo: all 1 task settled"


def test_no_cell_is_slowest_where_all_are_alike(made: Any) -> None:
    made.record()
    made.task("en/step_review", "open")
    made.task("zh/step_review", "ready")
    assert measure(made.store, DEMO, NOW).headline == "demo: 0 of 2 tasks settled (0 %), 2 still to label"


def test_what_is_simulated_is_counted_and_said(made: Any) -> None:
    made.record()
    made.task("en/step_review", "accepted", simulated=True)
    made.task("en/step_review", "in_labeling")
    progress = measure(made.store, DEMO, NOW)
    assert (progress.simulated.annotations, progress.simulated.resolutions) == (2, 1)
    assert progress.simulated.annotations_share == 2 / 3
    assert simulated(progress) == "2 of 3 answers come from simulated annotators, not from people."
    assert annotator_named(progress, "ann-1b").simulated


def test_people_alone_are_not_called_simulated(busy: Any) -> None:
    assert simulated(measure(busy.store, DEMO, NOW)) == ""


class Number(Label):
    """A label that is a number."""

    value: int


class Rating:
    """As much of a task type as agreement needs."""

    version: ClassVar[int] = 2
    label: ClassVar[type[Number]] = Number

    def distance(self, a: Number, b: Number) -> float:
        return min(1.0, abs(a.value - b.value) / 4)


def pair(said: int, other: int, pairs: int = 1, **more: str | int) -> dict[str, Any]:
    row = {"task_type": "rating", "version": 2, "annotator": "ann-0a", "others": 1, **more}
    if said == other:
        return {**row, "label": None, "other": None, "pairs": pairs}
    return {**row, "label": f'{{"value":{said}}}', "other": f'{{"value":{other}}}', "pairs": pairs}


TYPES: Any = {"rating": Rating()}


def test_accord_is_one_minus_the_mean_distance_weighed_by_tasks() -> None:
    (found,) = accord([pair(1, 1, 3), pair(1, 3, 1)], TYPES)["ann-0a"]
    assert (found.task_type, found.tasks, found.mean) == ("rating", 4, (3 + 0.5) / 4)
    assert found.low < found.mean < found.high


def test_other_versions_and_task_types_that_are_gone_are_not_pooled() -> None:
    rows = [pair(1, 1, 9, version=1), pair(1, 2, task_type="gone"), pair(1, 2)]
    (found,) = accord(rows, TYPES)["ann-0a"]
    assert (found.tasks, found.mean) == (1, 0.75)


def test_a_label_that_cannot_be_read_stops_no_report() -> None:
    (found,) = accord([{**pair(1, 2), "label": '{"old": true}'}, pair(1, 2)], TYPES)["ann-0a"]
    assert (found.tasks, found.mean) == (1, 0.75)


def test_a_task_counts_once_however_many_have_labeled_it() -> None:
    (found,) = accord([pair(1, 1, 1, others=2), pair(1, 3, 1, others=2), pair(2, 2, 2)], TYPES)["ann-0a"]
    assert (found.tasks, found.mean) == (3, (0.75 + 2) / 3)


def test_accord_is_with_the_others_in_dispute_or_not_and_never_alone(made: Any) -> None:
    made.record()
    made.task("en/preference_pair", "accepted")
    disputed = made.task("en/preference_pair", "open")
    made.vote(disputed, "ann-0a", payload='{"preference":3}')
    made.vote(disputed, "ann-1b", payload='{"preference":-3}')
    alone = made.task("en/preference_pair", "open")
    made.vote(alone, "ann-2c")
    progress = measure(made.store, DEMO, NOW)
    assert [(one.tasks, one.mean) for one in annotator_named(progress, "ann-0a").accord] == [(2, 0.5)]
    assert annotator_named(progress, "ann-2c").accord == ()


@settings(deadline=None, max_examples=20)
@given(mean=st.floats(0, 1), n=st.integers(1, 10_000))
def test_the_interval_holds_its_mean_and_narrows_with_more_tasks(mean: float, n: int) -> None:
    low, high = wilson(mean, n)
    assert 0 <= low <= mean + 1e-12
    assert mean - 1e-12 <= high <= 1
    wider = wilson(mean, max(1, n // 2))
    assert high - low <= wider[1] - wider[0] + 1e-12


def test_wilsons_interval_of_nine_in_ten_is_as_in_the_books() -> None:
    low, high = wilson(0.9, 10)
    assert (round(low, 3), round(high, 3)) == (0.596, 0.982)


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        (percent(0, 7), "0 %"),
        (percent(1, 1_000_000), "<1 %"),
        (percent(999_999, 1_000_000), "99 %"),
        (percent(5, 5), "100 %"),
        (percent(118, 150), "79 %"),
        (percent(0, 0), "\u2013"),
        (count(1_234_567), "1,234,567"),
        (duration(None), "\u2013"),
        (duration(0.4), "0 s"),
        (duration(59.6), "1.0 min"),
        (duration(3599), "60.0 min"),
        (duration(5400), "1.5 h"),
        (duration(864000), "10 d"),
        (between(0.596, 0.982), "60\u201398 %"),
    ],
)
def test_figures_are_said_as_people_say_them(said: str, meant: str) -> None:
    assert said == meant


def test_plain_text_keeps_words_and_disarms_what_steers() -> None:
    assert plain("zh/代码-审查") == "zh/代码-审查"
    assert plain("a\x1b[31mb\u202ec\nd") == "a\ufffd[31mb\ufffdc d"
    assert plain("\u0645\u06cc\u200c\u0631\u0648\u0645") == "\u0645\u06cc\u200c\u0631\u0648\u0645"
