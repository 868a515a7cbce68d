"""Snapshots on record: what they hold, what they raise from one to the next, and for how long work lasts."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest

from pipeline.alerts.open_work import open_hours
from pipeline.alerts.watching import take
from pipeline.store import Store
from schemas.flow import Bottleneck, DataQuality, Flow, Forecast, TargetForecast
from schemas.snapshots import AlertFact, SnapshotFact
from schemas.steering import CellPauseFact
from tests.pipeline.filled import TYPE, Filled

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
CELL = f"en/{TYPE}"


def flow(likely: float, bottleneck: Bottleneck) -> Flow:
    """An analysis with one target."""
    target = TargetForecast(
        target=100,
        by=date(2026, 3, 20),
        accepted=10,
        probability=likely,
        p50=None,
        p85=None,
        p95=None,
        shortfall=5,
    )
    return Flow(
        as_of=NOW,
        sentence=f"The target is {likely:.0%} likely.",
        bottleneck=bottleneck,
        bottlenecks=(bottleneck,),
        loads=(),
        little_ratio=None,
        forecast=Forecast(targets={CELL: target}),
        metrics={},
        data_quality=DataQuality(events=1, tasks=1, first=NOW, last=NOW),
    )


NOTHING = Bottleneck(cause="none")
SHORTAGE = Bottleneck(cause="skill_shortage", where=CELL, load=1.2)


@pytest.fixture
def filled() -> Iterator[Filled]:
    with Store(":memory:") as store:
        yield Filled(store)


def worked(filled: Filled, votes: int, until: datetime = NOW) -> None:
    """One vote a task, all in the last hour, so that the pace is `votes` an hour."""
    for number in range(votes):
        filled.vote(filled.task(), at=until - HOUR + number * HOUR / votes)


def test_a_snapshot_holds_what_was_said_and_what_it_raises_is_on_record(filled: Filled) -> None:
    assert take(filled.store, flow(0.9, NOTHING), NOW) == ()
    alerts = take(filled.store, flow(0.6, SHORTAGE), NOW + HOUR)
    assert [one.kind for one in alerts] == ["bottleneck changed", "target in danger"]
    first, second = filled.store.facts(SnapshotFact)
    assert (first.cause, first.subject, first.load) == ("none", None, None)
    assert (second.cause, second.subject, second.load) == ("skill_shortage", CELL, 1.2)
    assert second.probabilities == f'{{"{CELL}":0.6}}'
    assert second.sentence == "The target is 60% likely."
    assert sorted(filled.store.facts(AlertFact), key=str) == sorted(alerts, key=str)
    assert take(filled.store, flow(0.6, SHORTAGE), NOW + 2 * HOUR) == ()


def test_a_bottleneck_on_thin_data_is_kept_and_not_told(filled: Filled) -> None:
    take(filled.store, flow(0.9, NOTHING), NOW)
    assert take(filled.store, flow(0.9, SHORTAGE.replace(confidence="low")), NOW + HOUR) == ()
    assert filled.store.facts(SnapshotFact)[1].cause == "skill_shortage"


def test_open_work_lasts_as_long_as_its_votes_at_the_pace_of_the_people(filled: Filled) -> None:
    worked(filled, 21)  # each of the 21 tasks still wants its second vote
    assert open_hours(filled.store, NOW) == {CELL: pytest.approx(1.0, abs=0.15)}
    for _ in range(20):
        filled.task()
    assert open_hours(filled.store, NOW) == {CELL: pytest.approx(61 / 21, abs=0.15)}


def test_a_cell_where_nobody_is_at_work_or_that_is_paused_is_not_looked_at(filled: Filled) -> None:
    worked(filled, 21, until=NOW - 30 * HOUR)
    assert open_hours(filled.store, NOW) == {}
    worked(filled, 21)
    assert open_hours(filled.store, NOW).keys() == {CELL}
    filled.put(CellPauseFact(cell=CELL, paused=True, reason="…", set_at=NOW))
    assert open_hours(filled.store, NOW) == {}


def test_where_nothing_is_left_it_lasts_no_time_and_that_is_told(filled: Filled) -> None:
    worked(filled, 21)
    for row in filled.store.rows("SELECT task_id FROM tasks"):
        filled.vote(row["task_id"], "ann-b", at=NOW)
    assert open_hours(filled.store, NOW) == {CELL: 0.0}
    (alert,) = take(filled.store, flow(0.9, NOTHING), NOW)
    assert (alert.kind, alert.subject) == ("work runs out", CELL)


def test_a_pace_that_is_not_known_says_nothing(filled: Filled) -> None:
    filled.vote(filled.task(), at=NOW)
    assert open_hours(filled.store, NOW) == {}
