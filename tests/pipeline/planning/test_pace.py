"""The pace of a cell, and the buffer that follows from it."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.planning.pace import FEWEST, Pace, buffer, paces
from pipeline.store import Store
from schemas.steering import PersonPauseFact
from tests.pipeline.filled import START, TYPE, Filled, finding, said

NOW = START + timedelta(days=4)
CELL = f"en/{TYPE}"
FIRST = 200


@pytest.fixture
def filled() -> Iterator[Filled]:
    with Store(":memory:") as store:
        yield Filled(store)


def votes(filled: Filled, moments: list[datetime], annotator: str = "ann-a") -> None:
    """One vote at each moment, each on a task of its own."""
    filled.put_all(
        said(filled.number("vote"), filled.task("r0"), annotator, moment, lead_seconds=30.0 + n)
        for n, moment in enumerate(moments)
    )


def every(minutes: float, number: int, start: datetime = START) -> list[datetime]:
    return [start + timedelta(minutes=minutes * n) for n in range(number)]


def test_a_cell_nobody_voted_in_has_no_pace(filled: Filled) -> None:
    filled.task()
    assert paces(filled.store, NOW) == {}


def test_fewer_than_twenty_votes_tell_no_pace(filled: Filled) -> None:
    votes(filled, every(3, 19))
    found = paces(filled.store, NOW)[CELL]
    assert (found.votes, found.people, found.votes_per_hour, found.votes_per_day) == (19, 1, None, None)
    assert found.median_seconds == 39.0
    assert buffer(found, 8, 2, FIRST) == FIRST


def test_an_even_pace_is_measured_as_it_is(filled: Filled) -> None:
    votes(filled, every(3, 81))  # 20 an hour for four hours and an instant of the fifth
    found = paces(filled.store, NOW)[CELL]
    assert found.votes_per_hour == pytest.approx(20, rel=0.06)
    assert found.votes_per_day == pytest.approx(81 / 4)


def test_nights_do_not_slow_the_pace(filled: Filled) -> None:
    votes(filled, every(3, 80) + every(3, 80, START + timedelta(days=2)))
    assert paces(filled.store, NOW)[CELL].votes_per_hour == pytest.approx(20, rel=0.06)


def test_two_people_are_twice_as_fast(filled: Filled) -> None:
    votes(filled, every(3, 80))
    one = paces(filled.store, NOW)[CELL]
    votes(filled, every(3, 80), "ann-b")
    two = paces(filled.store, NOW)[CELL]
    assert one.votes_per_hour is not None
    assert two.votes_per_hour == pytest.approx(2 * one.votes_per_hour)
    assert (one.people, two.people) == (1, 2)


def test_a_burst_counts_as_a_quarter_of_an_hour(filled: Filled) -> None:
    votes(filled, every(0.001, 50))
    assert paces(filled.store, NOW)[CELL].votes_per_hour == 200


def test_skips_deletions_and_old_votes_set_no_pace(filled: Filled) -> None:
    task = filled.task()
    filled.vote(task, skipped=True)
    filled.vote(task, deleted=True)
    filled.vote(task, at=NOW - timedelta(days=15))
    assert paces(filled.store, NOW) == {}


def test_a_vote_edited_twice_is_one(filled: Filled) -> None:
    task = filled.task()
    filled.vote(task, annotation_id="once")
    filled.vote(task, annotation_id="once", synced_at=START + timedelta(hours=1), lead_seconds=300.0)
    found = paces(filled.store, NOW)[CELL]
    assert (found.votes, found.median_seconds) == (1, 60.0)


def test_votes_that_do_not_count_and_people_who_are_paused_set_no_pace(filled: Filled) -> None:
    task = filled.task()
    void = filled.vote(task)
    filled.vote(task, "ann-b")
    filled.vote(task, "ann-c")
    filled.put(
        finding(
            "outside their cells",
            subject=void,
            cell=CELL,
            task_id=task,
            annotator="ann-a",
            revision_id=void,
            void=True,
        ),
        finding("project gone", finding_id="about no revision", void=True),
        PersonPauseFact(annotator="ann-b", paused=True, redo_since=None, reason="", set_at=START),
    )
    assert paces(filled.store, NOW)[CELL].votes == 1


def test_a_negative_lead_time_is_not_taken_for_speed(filled: Filled) -> None:
    task = filled.task()
    filled.vote(task, lead_seconds=-5.0)
    filled.vote(task, "ann-b", lead_seconds=None)
    found = paces(filled.store, NOW)[CELL]
    assert (found.votes, found.median_seconds) == (2, None)


def test_cells_have_a_pace_each(filled: Filled) -> None:
    filled.vote(filled.task())
    filled.vote(filled.task(cell="zh/preference_pair"))
    assert set(paces(filled.store, NOW)) == {CELL, "zh/preference_pair"}


def test_an_unknown_pace_begins_with_a_fixed_buffer() -> None:
    assert buffer(None, 8, 2, FIRST) == FIRST


def test_the_buffer_is_what_people_do_in_its_hours() -> None:
    assert buffer(Pace(votes_per_hour=30.5, people=3, median_seconds=60, votes=100), 8, 2, FIRST) == 122


def test_the_buffer_never_starves_anybody() -> None:
    slow = Pace(votes_per_hour=0.1, people=12, median_seconds=60, votes=100)
    assert buffer(slow, 1, 3, FIRST) == 24
    alone = Pace(votes_per_hour=0.1, people=1, median_seconds=60, votes=100)
    assert buffer(alone, 1, 3, FIRST) == FEWEST


@settings(deadline=None, max_examples=20)
@given(st.floats(0.01, 10_000), st.integers(1, 300), st.floats(0.1, 100), st.floats(0.1, 10), st.floats(1, 3))
def test_more_hours_never_make_a_smaller_buffer(
    pace: float, people: int, hours: float, votes: float, more: float
) -> None:
    known = Pace(votes_per_hour=pace, people=people, median_seconds=None, votes=20)
    assert FEWEST <= buffer(known, hours, votes, FIRST) <= buffer(known, hours * more, votes, FIRST)
