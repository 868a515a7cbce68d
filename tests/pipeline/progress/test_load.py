"""The linear program: loads by hand, and what it must never get wrong."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.progress.load import Demand, solve
from schemas.flow import UNMEETABLE

NAN = float("nan")


def demand(
    tasks: list[float],
    votes: list[float],
    service: list[list[float]],
    hours: list[float],
    *,
    distinct: bool = True,
) -> Demand:
    """Work of cells, as many as there are numbers of tasks."""
    count = len(tasks)
    return Demand(
        tasks=np.array(tasks),
        votes=np.array(votes),
        service=np.array(service),
        hours=np.array(hours),
        distinct=np.full(count, distinct),
        cells=tuple((place,) for place in range(count)),
        judges=np.zeros(count, dtype=bool),
    )


def test_one_cell_is_asked_for_its_work_over_the_hours_of_its_people() -> None:
    found = solve(demand([2.0], [2.0], [[0.2, 0.2, 0.2]], [0.4, 0.4, 0.2]))
    assert found.load[0] == pytest.approx(2 * 2 * 0.2 / 1.0, abs=1e-6)
    assert found.scarce[0] == (0, 1, 2)


def test_somebody_who_may_do_both_helps_where_it_is_fuller() -> None:
    apart = solve(demand([3.0, 1.0], [1.0, 1.0], [[0.2, NAN], [NAN, 0.2]], [0.5, 0.5]))
    shared = solve(demand([3.0, 1.0], [1.0, 1.0], [[0.2, 0.2], [NAN, 0.2]], [0.5, 0.5]))
    assert list(np.round(apart.load, 3)) == [1.2, 0.4]
    assert list(np.round(shared.load, 3)) == [0.8, 0.8]
    assert shared.group[0] == (0, 1)


def test_the_cell_that_is_not_short_has_a_load_of_its_own() -> None:
    found = solve(demand([3.0, 1.0], [1.0, 1.0], [[0.2, NAN], [NAN, 0.1]], [0.3, 0.5]))
    assert found.group == ((0,), (1,))
    assert list(np.round(found.load, 3)) == [2.0, 0.2]


def test_nobody_votes_twice_on_a_task_however_much_time_they_have() -> None:
    together = solve(demand([1.0], [2.0], [[0.2, 0.2]], [2.0, 0.1], distinct=False))
    apart = solve(demand([1.0], [2.0], [[0.2, 0.2]], [2.0, 0.1]))
    assert together.load[0] == pytest.approx(0.4 / 2.1, abs=1e-6)
    assert apart.load[0] == pytest.approx(0.2 / 0.1, abs=1e-6)
    assert apart.scarce[0] == (1,)


@pytest.mark.parametrize("hours", [[1.0, 0.0], [0.0, 0.0]])
def test_fewer_people_than_votes_are_never_enough(hours: list[float]) -> None:
    assert solve(demand([1.0], [2.0], [[0.2, 0.2]], hours)).load[0] == UNMEETABLE


def test_what_cannot_be_done_hides_no_other_load() -> None:
    found = solve(demand([1.0, 2.0], [2.0, 1.0], [[0.2, NAN], [NAN, 0.2]], [1.0, 0.5]))
    assert list(np.round(found.load, 3)) == [UNMEETABLE, 0.8]


def test_no_work_is_no_load() -> None:
    assert solve(demand([0.0], [2.0], [[0.2, 0.2]], [1.0, 1.0])).load[0] == 0.0


@settings(deadline=None, max_examples=20)
@given(st.data())
def test_the_load_weighs_the_tasks_grows_with_them_and_falls_with_people(data: st.DataObject) -> None:
    people, cells = data.draw(st.integers(3, 6)), data.draw(st.integers(1, 4))
    some = st.floats(0.1, 2.0)
    tasks = data.draw(st.lists(some, min_size=cells, max_size=cells))
    hours = data.draw(st.lists(some, min_size=people, max_size=people))
    row = st.lists(st.floats(0.05, 0.5), min_size=people, max_size=people)
    service = data.draw(st.lists(row, min_size=cells, max_size=cells))
    found = solve(demand(tasks, [2.0] * cells, service, hours))
    first = max(range(cells), key=lambda cell: found.load[cell])
    group = list(found.group[first])
    assert found.weight[group] @ np.array(tasks)[group] == pytest.approx(found.load[first], rel=1e-3)
    more = solve(demand([one * 1.5 for one in tasks], [2.0] * cells, service, hours))
    assert more.load.max() == pytest.approx(1.5 * found.load.max(), rel=1e-3)
    wider = [[*line, 0.1] for line in service]
    assert solve(demand(tasks, [2.0] * cells, wider, [*hours, 1.0])).load.max() < found.load.max() + 1e-6
