"""The simulation's rules, one by one."""

import math

import pytest

from pipeline.simulation.core import simulate
from pipeline.simulation.model import ALWAYS, CellModel, Job, Model, Service, Worker
from tests.pipeline.simulation.small_models import DAY, HOUR, Taken, office, taken


def exactly(seconds: float) -> Service:
    return Service(seconds, sampler=lambda _, size: [seconds] * size)


ONE = CellModel(exactly(60), first=1, most=1, adjudication=exactly(30))
TWO = CellModel(exactly(60), first=2, most=2, adjudication=exactly(30))


def run(
    cell: CellModel, people: list[Worker], jobs: list[Job], end: float = DAY, screeners: int = 0
) -> Taken:
    return taken(Model([cell], people, jobs, 0.0, end, screeners))


def served(seen: Taken) -> list[tuple[int, int]]:
    return [(event.actor, event.job) for event in seen.of("served")]


def test_the_oldest_goes_first_but_after_those_of_a_smaller_priority() -> None:
    jobs = [Job(-3, 0, "ready", priority=1), Job(-1, 0, "ready"), Job(-2, 0, "ready")]
    assert served(run(ONE, [Worker("a")], jobs)) == [(0, 2), (0, 1), (0, 0)]


def test_who_has_voted_on_the_head_of_the_queue_gets_the_next() -> None:
    jobs = [Job(-2, 0, "ready", voters=(0,)), Job(-1, 0, "ready", voters=(1,)), Job(-0.5, 0, "ready")]
    seen = run(TWO, [Worker("a"), Worker("b")], jobs)
    assert served(seen) == [(0, 1), (1, 0), (0, 2), (1, 2)]
    assert seen.run.settled == [60.0, 60.0, 120.0]


def test_a_vote_of_somebody_who_is_gone_counts() -> None:
    seen = run(TWO, [Worker("a")], [Job(-1, 0, "ready", others=1), Job(-1, 0, "ready")])
    assert seen.run.settled == [60.0, math.inf]


def test_a_job_whose_votes_are_all_in_is_settled_at_once() -> None:
    assert run(TWO, [], [Job(-1, 0, "ready", others=2)]).run.settled == [0.0]


def test_a_job_in_adjudication_waits_for_somebody_who_has_not_voted_on_it() -> None:
    people = [Worker("a", adjudicates=True), Worker("b", adjudicates=True)]
    seen = run(TWO, people, [Job(-1, 0, "adjudication", voters=(0,))])
    assert [(event.event, event.actor) for event in seen.of("adjudication_started", "accepted")] == [
        ("adjudication_started", 1),
        ("accepted", 1),
    ]
    assert seen.run.settled == [30.0]


def test_adjudication_comes_before_labeling() -> None:
    both = Worker("a", adjudicates=True)
    seen = run(ONE, [both], [Job(-2, 0, "ready"), Job(-1, 0, "adjudication")])
    assert [event.event for event in seen.events if event.job >= 0] == [
        "adjudication_started",
        "accepted",
        "served",
        "submitted",
        "accepted",
    ]


def test_a_rejected_task_is_ready_again_for_everybody() -> None:
    cell = CellModel(exactly(60), 1, 1, p_escalated=1.0, adjudication=exactly(30), p_rejected=1.0)
    judge = Worker("b", labels=False, adjudicates=True)
    seen = run(cell, [Worker("a"), judge], [Job(0, 0)], end=300)
    assert [event.attempt for event in seen.of("ready")] == [1, 2, 3, 4]
    assert [event.attempt for event in seen.of("served")] == [1, 2, 3, 4]
    assert [event.ts for event in seen.of("rejected")] == [90, 180, 270]


def test_one_vote_more_is_asked_for_at_a_time() -> None:
    cell = CellModel(exactly(60), first=2, most=4, p_more=1.0)
    seen = run(cell, [Worker(name) for name in "abcde"], [Job(0, 0)])
    assert [(event.slot, event.ts) for event in seen.of("served")] == [(1, 0), (2, 0), (3, 60), (4, 120)]
    assert seen.run.settled == [180.0]


def test_work_goes_on_in_the_next_shift_or_is_finished_after_the_first() -> None:
    long = CellModel(exactly(3 * HOUR), 1, 1)
    shifts = [(0.0, HOUR), (5 * HOUR, 6 * HOUR), (9 * HOUR, 12 * HOUR)]
    paused = run(long, [Worker("a", shifts=shifts)], [Job(0, 0)])
    assert paused.run.settled == [10 * HOUR]
    assert [event.ts / HOUR for event in paused.of("signed_on")] == [0, 5, 9]
    assert [event.ts / HOUR for event in paused.of("signed_off")] == [1, 6, 12]
    late = run(long, [Worker("a", shifts=shifts, overtime=True)], [Job(0, 0)])
    assert late.run.settled == [3 * HOUR]
    assert [event.ts / HOUR for event in late.of("signed_off")] == [3, 6, 12]


@pytest.mark.parametrize("overtime", [False, True])
def test_who_is_done_in_the_moment_the_shift_ends_takes_nothing_more(overtime: bool) -> None:  # noqa: FBT001 - a case
    waiting = [Job(-1, 0, "ready") for _ in range(4)]
    worker = Worker("a", shifts=[(0.0, 120.0), (HOUR, HOUR + 60)], overtime=overtime)
    seen = run(ONE, [worker], waiting)
    assert [event.ts for event in seen.of("served")] == [0, 60, HOUR]
    assert [event.ts for event in seen.of("signed_off")] == [120, HOUR + 60]
    assert seen.run.settled == [60, 120, HOUR + 60, math.inf]


def test_overtime_that_lasts_into_the_next_shift_is_one_stay() -> None:
    long = CellModel(exactly(3 * HOUR), 1, 1)
    worker = Worker("a", shifts=[(0.0, HOUR), (2 * HOUR, 5 * HOUR)], overtime=True)
    seen = run(long, [worker], [Job(-1, 0, "ready")])
    assert [(event.event, event.ts / HOUR) for event in seen.of("signed_on", "signed_off", "starved")] == [
        ("signed_on", 0),
        ("starved", 3),
        ("signed_off", 5),
    ]


@pytest.mark.parametrize("overtime", [False, True])
def test_what_somebody_had_in_hand_when_they_left_stays_so(overtime: bool) -> None:  # noqa: FBT001 - a case
    gone = Worker("a", until=30.0, overtime=overtime)
    seen = run(ONE, [gone, Worker("b")], [Job(0, 0), Job(1, 0)])
    assert seen.run.settled == [math.inf, 61.0]
    assert [event.ts for event in seen.of("signed_off")] == ([] if overtime else [30.0])


def test_starved_is_said_once_when_it_begins() -> None:
    seen = run(ONE, [Worker("a", shifts=office(8, days=1))], [Job(10 * HOUR, 0)])
    assert [event.ts for event in seen.of("starved")] == [9 * HOUR, 10 * HOUR + 60]


def test_a_faster_person_takes_less_time() -> None:
    assert run(ONE, [Worker("a", speed=2.0)], [Job(0, 0)]).run.settled == [30.0]


def test_screening_takes_tasks_one_by_one_round_the_clock() -> None:
    cell = CellModel(exactly(1), 1, 1, screening=exactly(100))
    seen = run(cell, [Worker("a")], [Job(0, 0), Job(0, 0), Job(1, 0, priority=-1)], screeners=1)
    assert [(event.ts, event.job, event.actor) for event in seen.of("screening_started")] == [
        (0, 0, 1),
        (100, 2, 1),
        (200, 1, 1),
    ]


def test_what_screening_drops_is_never_ready() -> None:
    cell = CellModel(exactly(1), 1, 1, p_dropped=1.0)
    seen = run(cell, [Worker("a")], [Job(0, 0)], screeners=1)
    assert not seen.of("ready")
    assert len(seen.of("dropped")) == 1


def test_nothing_happens_after_the_end() -> None:
    seen = run(ONE, [Worker("a")], [Job(0, 0), Job(10, 0), Job(100, 0)], end=90)
    assert seen.run.settled == [60.0, math.inf, math.inf]
    assert max(event.ts for event in seen.events) <= 90


def test_cells_that_nobody_may_do_wait_for_ever() -> None:
    model = Model([ONE, ONE], [Worker("a", cells=(1,))], [Job(0, 0), Job(0, 1)], 0.0, DAY)
    assert simulate(model, 0).settled == [math.inf, 60.0]


def test_a_shift_without_end_begins_with_the_simulation() -> None:
    assert ALWAYS[0] == (-math.inf, math.inf)
    assert [event.ts for event in run(ONE, [Worker("a")], []).of("signed_on")] == [0.0]
