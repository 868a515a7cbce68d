"""What holds of every run, whatever the model."""

import math
from collections import Counter, defaultdict

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.simulation.core import simulate
from pipeline.simulation.model import Model, Worker
from tests.pipeline.simulation.small_models import DAY, DAYS, Event, Taken, models, taken

runs = st.builds(taken, models(), st.integers(0, 1000))
few = settings(deadline=None, max_examples=20)


@few
@given(models(), st.integers(0, 1000))
def test_a_seed_gives_one_run_recorded_or_not(model: Model, seed: int) -> None:
    recorded, silent = taken(model, seed), simulate(model, seed)
    assert recorded.run.accepted == silent.accepted
    assert recorded.run.settled == silent.settled
    assert recorded.events == taken(model, seed).events


@few
@given(runs)
def test_every_task_that_came_in_is_dropped_open_or_accepted(seen: Taken) -> None:
    ends = Counter(event.job for event in seen.of("accepted", "dropped"))
    assert set(ends.values()) <= {1}
    assert {event.job for event in seen.of("ingested")} == set(range(len(seen.model.jobs)))
    for job, moment in enumerate(seen.run.settled):
        assert (moment < math.inf) == (job in ends)
    assert sum(map(len, seen.run.accepted)) == len(seen.of("accepted"))


@few
@given(runs)
def test_nobody_votes_twice_on_an_attempt_nor_adjudicates_their_own(seen: Taken) -> None:
    votes = Counter((event.job, event.attempt, event.actor) for event in seen.of("served"))
    assert set(votes.values()) <= {1}
    for event in seen.of("adjudication_started"):
        assert (event.job, event.attempt, event.actor) not in votes


@few
@given(runs)
def test_slots_are_counted_and_votes_are_as_many_as_the_cell_wants(seen: Taken) -> None:
    slots = defaultdict(list)
    for event in seen.of("served"):
        slots[event.job, event.attempt].append(event.slot)
    for served in slots.values():
        assert served == list(range(1, len(served) + 1))
    answered = Counter((event.job, event.attempt) for event in seen.of("submitted"))
    for event in seen.of("accepted", "rejected"):
        cell = seen.model.cells[seen.model.jobs[event.job].cell]
        assert cell.first <= answered[event.job, event.attempt] <= cell.most


@few
@given(runs)
def test_people_do_what_they_may_and_time_goes_on(seen: Taken) -> None:
    moments = [event.ts for event in seen.events]
    assert moments == sorted(moments)
    for event in seen.of("served", "adjudication_started"):
        worker = seen.model.workers[event.actor]
        assert worker.cells is None or seen.model.jobs[event.job].cell in worker.cells
        assert worker.labels if event.event == "served" else worker.adjudicates


@few
@given(runs)
def test_nobody_begins_anything_outside_their_shifts(seen: Taken) -> None:
    for event in seen.of("served", "adjudication_started", "signed_on", "starved"):
        assert at_work(seen.model.workers[event.actor], event.ts)
    for event in seen.of("submitted", "accepted", "rejected"):
        if event.actor >= 0:
            worker = seen.model.workers[event.actor]
            assert worker.overtime or at_work(worker, event.ts)
            assert event.ts <= worker.until


@few
@given(runs)
def test_hours_add_up(seen: Taken) -> None:
    """What somebody was at work for is what they worked and what they waited, but for what is still in hand."""
    for place, worker in enumerate(seen.model.workers):
        own = [event for event in seen.events if event.actor == place]
        worked = sum(event.lead for event in own if not math.isnan(event.lead))
        present, waited, last = hours(own)
        assert present >= worked + waited - 1e-3
        if not own or last.event not in {"served", "adjudication_started"}:
            assert unfinished(own) or present == pytest.approx(worked + waited, abs=1e-3)
        assert worker.overtime or present <= sum(end - begin for begin, end in worker.shifts) + 1e-3


def at_work(worker: Worker, moment: float) -> bool:
    return moment <= worker.until and any(begin <= moment <= end for begin, end in worker.shifts)


def hours(own: list[Event]) -> tuple[float, float, Event]:
    """Seconds present and seconds of waiting, by the log alone."""
    present = waited = 0.0
    came: float | None = None
    for event, after in zip(own, [*own[1:], None], strict=True):
        until = after.ts if after else DAYS * DAY
        if event.event == "signed_on":
            came = event.ts
        if event.event == "signed_off" and came is not None:
            present += event.ts - came
            came = None
        if event.event == "starved":
            waited += until - event.ts
    if came is not None:
        present += DAYS * DAY - came
    return present, waited, own[-1] if own else Event(0.0, "signed_off", -1, -1, 1, 0, math.nan)


def unfinished(own: list[Event]) -> bool:
    """Whether something is in hand at the end."""
    begun = sum(event.event in {"served", "adjudication_started"} for event in own)
    return begun > sum(event.event in {"submitted", "accepted", "rejected"} for event in own)
