"""Where a guideline is unclear, told from one person who errs: by what people who pass gold take for each other."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from pipeline.assessing.ambiguity import Ambiguities, ambiguities
from pipeline.store import Store
from schemas.base import Json
from tests.pipeline.assessing.labelled import START, Labelled

CELL = "en/test_review"
PLACES = (-3, -1, 1, 3)
PEOPLE = [f"ann-{at}" for at in range(6)]
PAIR = "en/preference_pair"


@pytest.fixture
def world() -> Iterator[Labelled]:
    with Store(":memory:") as store:
        yield Labelled(store)


def _prefer(place: int) -> dict[str, int]:
    return {"preference": place}


def _unclear_pair(world: Labelled, tasks: int) -> None:
    """Everybody is right nine times in ten, but 1 and 3 are told apart by lot."""
    for _ in range(tasks):
        truth = int(world.random.choice(PLACES))
        votes = {}
        for who in world.picks(PEOPLE, 3):
            said = int(world.random.choice((1, 3))) if truth in (1, 3) else truth
            votes[who] = _prefer(said if world.random.random() < 0.9 else int(world.random.choice(PLACES)))
        world.task(PAIR, votes, overlap=3)


def _one_errs(world: Labelled, tasks: int, bad: str = "ann-0", share: float = 0.5) -> None:
    """Everybody is right, but one says 3 where 1 is right, half of the time."""
    for _ in range(tasks):
        truth = int(world.random.choice(PLACES))
        votes = {who: _prefer(truth) for who in world.picks(PEOPLE, 3)}
        if bad in votes and truth == 1 and world.random.random() < share:
            votes[bad] = _prefer(3)
        world.task(PAIR, votes, overlap=3)


def _found(world: Labelled) -> Ambiguities:
    return ambiguities(world.done())


def test_a_pair_that_everybody_confuses_is_the_guidelines(world: Labelled) -> None:
    world.guideline("preference_pair", "v1")
    _unclear_pair(world, 300)
    first = _found(world).confused[0]
    assert (first.unclear, first.by_one, first.guideline, first.clause) == (True, None, "v1", None)
    assert first.since == START
    assert {"much better" in first.labels[0], "slightly better" in first.labels[1]} <= {True, False}
    assert first.people == 6
    assert first.low > 1
    assert len(first.look_at) == 10


def test_a_pair_that_one_person_confuses_is_theirs(world: Labelled) -> None:
    _one_errs(world, 300)
    first = _found(world).confused[0]
    assert (first.unclear, first.by_one) == (False, "ann-0")
    people = {one.name: one for one in _found(world).differing if one.cause == "person"}
    assert people["ann-0"].named
    assert not any(one.named for name, one in people.items() if name != "ann-0")


def test_who_fails_gold_makes_no_guideline_unclear(world: Labelled) -> None:
    _one_errs(world, 300, share=1.0)
    for _ in range(20):
        world.gold(PAIR, {"ann-0": _prefer(3), "ann-1": _prefer(-3)}, _prefer(-3))
    found = _found(world)
    assert not [one for one in found.confused if one.by_one == "ann-0"]
    assert not any(one.unclear for one in found.confused)


def test_a_cell_on_which_everybody_differs_is_named_and_nobody_else(world: Labelled) -> None:
    for at in range(400):
        cell = "zh/preference_pair" if at % 4 == 0 else PAIR
        truth = int(world.random.choice(PLACES))
        right = 0.5 if cell.startswith("zh") else 0.95
        votes = {
            who: _prefer(truth if world.random.random() < right else int(world.random.choice(PLACES)))
            for who in world.picks(PEOPLE, 3)
        }
        world.task(cell, votes, overlap=3)
    named = [(one.cause, one.name) for one in _found(world).differing if one.named]
    assert named == [("cell", "zh/preference_pair")]


def test_a_clause_of_gold_is_told_apart(world: Labelled) -> None:
    for at in range(200):
        clause = "A wrong result weighs more." if at % 4 == 0 else "The shorter proof is better."
        right = 0.5 if at % 4 == 0 else 0.95
        truth = int(world.random.choice((-3, 3)))
        votes = {
            who: _prefer(truth if world.random.random() < right else -truth) for who in world.picks(PEOPLE, 3)
        }
        world.gold(PAIR, votes, _prefer(truth), clause)
    found = _found(world)
    assert [(one.cause, one.name) for one in found.differing if one.named] == [
        ("clause", "A wrong result weighs more.")
    ]
    assert {one.clause for one in found.confused} == {
        None,
        "A wrong result weighs more.",
        "The shorter proof is better.",
    }


def test_guidelines_are_told_apart(world: Labelled) -> None:
    world.guideline("preference_pair", "v1")
    world.guideline("preference_pair", "v2", START + timedelta(minutes=200, seconds=30))
    _unclear_pair(world, 200)
    _one_errs(world, 200, bad="nobody")
    unclear = {one.guideline for one in _found(world).confused if one.unclear}
    assert unclear == {"v1"}


def test_what_was_typed_stands_in_no_label(world: Labelled) -> None:
    for at in range(60):
        said: Json = {"preference": int(world.random.choice(PLACES)), "reason": f"typed {at}"}
        world.task(PAIR, {"ann-0": said, "ann-1": _prefer(int(world.random.choice(PLACES)))})
    found = _found(world)
    assert found.confused
    assert not [one for one in found.confused if "typed" in " ".join(one.labels)]


def test_nothing_said_is_nothing_unclear(world: Labelled) -> None:
    assert _found(world) == Ambiguities()
