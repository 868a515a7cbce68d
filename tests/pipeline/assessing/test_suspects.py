"""Settled labels for a second look: planted wrong ones come first, and machines are heard as far as they are right."""

from collections.abc import Iterator

import pytest

from pipeline.assessing.suspects import suspects
from pipeline.store import Store
from schemas.base import Label
from tasks import task_types
from tests.pipeline.assessing.labelled import Labelled

CELL = "en/answer_check"
WORDS = ("equal", "not_equal")
PEOPLE = [f"ann-{at}" for at in range(6)]
READ = task_types()["answer_check"].label.model_validate


@pytest.fixture
def world() -> Iterator[Labelled]:
    with Store(":memory:") as store:
        yield Labelled(store)


def _settled(world: Labelled, tasks: int) -> tuple[list[str], dict[str, str]]:
    """Tasks settled by two votes of three; those whose label is wrong, and what is true."""
    wrong, truths = [], {}
    for _ in range(tasks):
        truth = WORDS[int(world.random.integers(2))]
        other = WORDS[truth == "equal"]
        votes = {
            who: {"verdict": truth if world.random.random() < (0.95 if who != "ann-0" else 0.55) else other}
            for who in world.picks(PEOPLE, 3)
        }
        said = [one["verdict"] for one in votes.values()]
        label = max(WORDS, key=said.count)
        task = world.task(CELL, votes, {"verdict": label}, overlap=3)
        truths[task] = truth
        wrong += [task] if label != truth else []
    return wrong, truths


def _rank(found: list[str], wrong: list[str]) -> float:
    """How probably a wrong label stands before a right one."""
    at = {task: place for place, task in enumerate(found)}
    right = [task for task in found if task not in wrong]
    return sum(at[bad] < at[good] for bad in wrong for good in right) / (len(wrong) * len(right))


def test_wrong_labels_come_first(world: Labelled) -> None:
    wrong, _ = _settled(world, 400)
    assert len(wrong) >= 5
    found = suspects(world.done())
    assert _rank([one.task_id for one in found], wrong) > 0.9
    first = found[0]
    assert (first.agreed, first.of) == (2, 3)
    assert {first.label, first.rather} == {"equal", "not equal"}
    assert first.why == "2 of 3 say so"


def test_a_machine_that_is_right_mostly_brings_wrong_labels_to_the_top(world: Labelled) -> None:
    wrong, truths = _settled(world, 400)
    said: dict[str, Label] = {
        task: READ({"verdict": truth if world.random.random() < 0.97 else WORDS[truth == "equal"]})
        for task, truth in truths.items()
    }
    store = world.done()
    alone = [one.task_id for one in suspects(store)]
    with_machine = suspects(store, {"programs": said})
    assert _rank([one.task_id for one in with_machine], wrong) > _rank(alone, wrong)
    assert with_machine[0].machines["programs"] != with_machine[0].label
    assert with_machine[0].why.startswith("2 of 3 say so; programs: ")


def test_gold_and_what_was_decided_by_somebody_is_not_doubted(world: Labelled) -> None:
    said = {"ann-0": {"verdict": "equal"}, "ann-1": {"verdict": "not_equal"}}
    world.task(CELL, said, {"verdict": "equal"}, method="adjudicated")
    world.task(CELL, {}, {"verdict": "equal"}, method="machine")
    world.task(CELL, said, None, method="none")
    world.gold(CELL, said, {"verdict": "equal"})
    mine = world.task(CELL, {"ann-0": {"verdict": "equal"}}, {"verdict": "equal"}, method="single")
    assert [one.task_id for one in suspects(world.done())] == [mine]


def test_texts_are_in_no_classes_and_not_ranked(world: Labelled) -> None:
    for at in range(40):
        text = " ".join(str(word) for word in world.random.integers(1000, size=30))
        label = {"outcome": "rewritten", "text": f"{at} {text}"}
        world.task("en/rewrite", {"ann-0": label}, label, method="single")
    assert suspects(world.done()) == []
