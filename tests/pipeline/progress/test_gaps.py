"""Gaps in our own listening: what a dead `watch` leaves, told apart from a slow pace, a quiet night and an outage."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta

import pytest

from pipeline.progress.gaps import gaps, told
from pipeline.store import Store
from schemas.facts import RunFact
from tests.pipeline.filled import Filled

MORNING = datetime(2026, 3, 2, 8, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
def filled() -> Iterator[Filled]:
    with Store(":memory:") as store:
        yield Filled(store)


def listened(filled: Filled, *moments: datetime, stage: str = "sync", error: str | None = None) -> None:
    runs = [
        RunFact(
            run_id=f"{stage}-{filled.number('run')}",
            stage=stage,
            started_at=moment,
            ended_at=moment,
            done=0,
            skipped=0,
            rejected="{}",
            error=error,
        )
        for moment in moments
    ]
    filled.store.put(runs)


def every(step: timedelta, begin: datetime, times: int) -> Iterable[datetime]:
    return (begin + step * number for number in range(times))


def test_a_watch_that_died_while_people_worked_leaves_a_gap(filled: Filled) -> None:
    listened(filled, *every(HOUR / 60, MORNING, 60), *every(HOUR / 60, MORNING + 20 * HOUR, 60))
    filled.vote(filled.task(), at=MORNING + 5 * HOUR)
    died, came_back = MORNING + 59 * HOUR / 60, MORNING + 20 * HOUR
    assert gaps(filled.store) == [(died, came_back)]
    (note,) = told(gaps(filled.store))
    assert "19 h in 1 gap" in note
    assert f"{died:%Y-%m-%d %H:%M} to {came_back:%Y-%m-%d %H:%M}" in note


def test_a_night_in_which_nobody_worked_is_none(filled: Filled) -> None:
    listened(filled, *every(HOUR / 60, MORNING, 60), *every(HOUR / 60, MORNING + 20 * HOUR, 60))
    filled.vote(filled.task(), at=MORNING + 10 * HOUR / 60)
    filled.vote(filled.task(), at=MORNING + 19.5 * HOUR)
    assert gaps(filled.store) == []
    assert told([]) == ()


def test_syncs_that_failed_and_other_stages_do_not_listen(filled: Filled) -> None:
    listened(filled, MORNING, MORNING + 1 * HOUR, MORNING + 2 * HOUR, MORNING + 30 * HOUR)
    listened(filled, *every(HOUR, MORNING + 3 * HOUR, 26), error="Label Studio: does not answer")
    listened(filled, *every(HOUR, MORNING + 3 * HOUR, 26), stage="resolve")
    filled.vote(filled.task(), at=MORNING + 5 * HOUR)
    assert gaps(filled.store) == [(MORNING + 2 * HOUR, MORNING + 30 * HOUR)]


def test_one_run_a_day_is_a_pace_and_no_gap(filled: Filled) -> None:
    listened(filled, *every(24 * HOUR, MORNING, 10))
    for day in range(9):
        filled.vote(filled.task(), at=MORNING + (24 * day + 3) * HOUR)
    assert gaps(filled.store) == []
    listened(filled, MORNING + 24 * 20 * HOUR)
    assert gaps(filled.store) == []
    filled.vote(filled.task(), at=MORNING + (24 * 9 + 3) * HOUR)
    assert gaps(filled.store) == [(MORNING + 24 * 9 * HOUR, MORNING + 24 * 20 * HOUR)]


def test_up_to_now_it_is_a_gap_where_work_is_open(filled: Filled) -> None:
    listened(filled, *every(HOUR / 60, MORNING, 60))
    last, now = MORNING + 59 * HOUR / 60, MORNING + 50 * HOUR
    assert gaps(filled.store, now) == []
    filled.push(filled.task())
    assert gaps(filled.store, now) == [(last, now)]
    assert gaps(filled.store, last + 5 * HOUR) == []


def test_what_came_after_the_moment_asked_of_does_not_count(filled: Filled) -> None:
    listened(filled, *every(HOUR / 60, MORNING, 60), *every(HOUR / 60, MORNING + 20 * HOUR, 60))
    filled.vote(filled.task(), at=MORNING + 5 * HOUR)
    assert gaps(filled.store, MORNING + 2 * HOUR) == []


def test_before_anything_ran_there_is_none(filled: Filled) -> None:
    assert gaps(filled.store) == []
    assert gaps(filled.store, MORNING) == []
