"""The present state, out of what the log says last of each task."""

import math

import pytest

from pipeline.progress.forecast.state import Waiting, state_at
from tests.pipeline.progress.deriving.logs import Happened, columns_of

ANN, BOB, EVE, SCREEN = range(4)


def rows(*events: tuple[str, int], task: int = 0, attempt: int = 1) -> list[Happened]:
    return [
        (float(ts), name, task, actor, attempt, 0, math.nan) for ts, (name, actor) in enumerate(events, 1)
    ]


def waiting(found: list[Happened], moment: float = 100.0) -> Waiting | None:
    state = state_at(columns_of(found, [1], ("ann", "bob", "eve", "screening")), moment)
    return state.waiting[0] if state.waiting else None


READY = (("ingested", -1), ("screening_started", SCREEN), ("screened", SCREEN), ("ready", -1))
VOTED = (*READY, ("served", ANN), ("submitted", ANN), ("served", BOB), ("submitted", BOB))
SENT = (*VOTED, ("sent_to_adjudication", -1))


@pytest.mark.parametrize(
    ("events", "stage", "voters"),
    [
        (READY[:1], "screening", ()),
        (READY[:2], "screening", ()),
        (READY, "ready", ()),
        ((*READY, ("served", ANN)), "ready", ()),
        ((*READY, ("served", ANN), ("submitted", ANN)), "ready", (ANN,)),
        ((*READY, ("submitted", ANN), ("submitted", ANN)), "ready", (ANN,)),
        (VOTED, "ready", (ANN, BOB)),
        (SENT, "adjudication", (ANN, BOB)),
        ((*SENT, ("adjudication_started", EVE)), "adjudication", (ANN, BOB)),
        ((*SENT, ("adjudication_started", EVE), ("rejected", EVE)), "ready", ()),
        ((*READY, ("held", -1), ("resumed", -1)), "ready", ()),
    ],
)
def test_a_task_waits_for_what_comes_next(
    events: tuple[tuple[str, int], ...], stage: str, voters: tuple[int, ...]
) -> None:
    found = waiting(rows(*events))
    assert found is not None
    assert (found.stage, found.voters, found.since) == (stage, voters, 1.0)


@pytest.mark.parametrize("last", ["accepted", "dropped", "released", "held"])
def test_what_is_settled_or_held_is_not_in_hand(last: str) -> None:
    assert waiting(rows(*READY, (last, -1))) is None


def test_votes_before_a_rejection_count_no_more() -> None:
    first = rows(*SENT, ("adjudication_started", EVE), ("rejected", EVE))
    again: list[Happened] = [
        (20.0, "ready", 0, -1, 2, 0, math.nan),
        (21.0, "submitted", 0, BOB, 2, 0, math.nan),
    ]
    found = waiting([*first, *again])
    assert found is not None
    assert (found.stage, found.voters, found.attempt) == ("ready", (BOB,), 2)


def test_the_state_is_that_of_the_moment() -> None:
    found = waiting(rows(*SENT, ("accepted", EVE)), moment=4.5)
    assert found is not None
    assert found.voters == ()


def test_accepted_and_held_tasks_are_counted() -> None:
    found = [*rows(*READY, ("accepted", -1)), *rows(*READY, ("held", -1), task=1), *rows(*READY, task=2)]
    log = columns_of(sorted(found), [0, 1, 1], ("ann", "bob", "eve", "screening"))
    state = state_at(log, 100.0)
    assert (state.accepted, state.held, len(state.waiting)) == ((1, 0), 1, 1)
