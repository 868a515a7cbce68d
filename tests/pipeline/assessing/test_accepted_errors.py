"""How many accepted labels are wrong: by what asking everybody changed, by gold, by what people said of machines."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple, NoReturn

import pytest

from pipeline.assessing.errors import AcceptedErrors, accepted_errors
from pipeline.context import Context
from pipeline.quality.savings import clopper_pearson
from pipeline.store import Store
from schemas.project import Project
from schemas.truths import TruthFact
from tests.pipeline.assessing.labelled import START, Labelled

CELL = "en/answer_check"
EQUAL, OTHER = {"verdict": "equal"}, {"verdict": "not_equal"}
AGREED = {"ann-a": EQUAL, "ann-b": EQUAL}


class Machine(NamedTuple):
    """What an audit of machines' labels found."""

    task_type: str
    compared: int
    wrong: int


@pytest.fixture
def world() -> Iterator[Labelled]:
    with Store(":memory:") as store:
        yield Labelled(store)


def _context(world: Labelled, overlap: Mapping[str, Any] | None = None) -> Context:
    policy = overlap or {"policy": "third_on_disagreement"}
    task = {"type": "answer_check", "overlap": policy}
    source = {"reader": "jsonl", "path": "p.jsonl", "domain": "reasoning", "language": "en", "license": "MIT"}
    project = Project.model_validate({"name": "p", "sources": [source], "tasks": [task]})
    return Context(folder=Path(), project=project, store=world.done(), connect=_nowhere, clock=lambda: START)


def _nowhere() -> NoReturn:
    raise AssertionError


def _found(ctx: Context, *machines: Machine) -> dict[tuple[str | None, str | None], AcceptedErrors]:
    return {(one.task_type, one.cell): one for one in accepted_errors(ctx, machines)}


def test_nothing_accepted_says_nothing(world: Labelled) -> None:
    world.task(CELL, AGREED)
    assert accepted_errors(_context(world)) == []


def test_without_an_audit_nothing_is_known(world: Labelled) -> None:
    for _ in range(5):
        world.task(CELL, AGREED, EQUAL, method="unanimous")
    one = _found(_context(world))[None, None]
    assert (one.accepted, one.by_people, one.by) == (5, 5, "nothing")
    assert (one.estimate.share, one.estimate.low, one.estimate.high) == (None, 0.0, 1.0)


def test_an_audit_tells_what_asking_everybody_changes(world: Labelled) -> None:
    for _ in range(100):
        world.task(CELL, AGREED, EQUAL, method="unanimous")
    against = {"ann-a": EQUAL, "ann-b": EQUAL, "ann-c": OTHER, "ann-d": OTHER, "ann-e": OTHER}
    for at in range(20):
        votes = against if at < 3 else dict.fromkeys(against, EQUAL)
        world.task(CELL, votes, OTHER if at < 3 else EQUAL, overlap=5, audit=True)
    policy = {"policy": "posterior", "n": 5, "p": 0.6, "audit_share": 0.1}
    one = _found(_context(world, policy))[None, None]
    assert (one.by, one.estimate.looked_at, one.estimate.wrong) == ("audit", 20, 3)
    assert one.estimate.share == pytest.approx(0.15)
    assert (one.estimate.low, one.estimate.high) == pytest.approx(clopper_pearson(3, 20))
    assert one.accepted == 120


def test_an_audit_that_can_change_nothing_says_nothing(world: Labelled) -> None:
    """A third vote never turns two over who agree."""
    for _ in range(30):
        world.task(CELL, AGREED | {"ann-c": OTHER}, EQUAL, overlap=3, audit=True)
    assert _found(_context(world))[None, None].by == "nothing"


def test_what_votes_leave_open_is_told_beside_it(world: Labelled) -> None:
    for at, posterior in enumerate((0.9, 0.7, None)):
        task = world.task(CELL, AGREED, EQUAL, method="unanimous")
        world.put(_truth(task, posterior, START + timedelta(minutes=at)))
    world.put(_truth("t000000", 0.5, START - timedelta(days=1)))  # told before: not in force
    world.task(CELL, AGREED, EQUAL, method="unanimous")
    assert _found(_context(world))[None, None].doubt == pytest.approx(0.2)


def _truth(task: str, posterior: float | None, at: datetime) -> TruthFact:
    return TruthFact.model_validate(
        {
            "resolution_id": f"res-{task}",
            "task_id": task,
            "method": "blend",
            "posterior": posterior,
            "others": "{}",
            "differ": 0,
            "told_at": at,
        }
    )


def test_gold_is_believed_where_there_is_enough(world: Labelled) -> None:
    world.task(CELL, AGREED, EQUAL, method="unanimous")
    for at in range(20):
        world.gold(CELL, AGREED, EQUAL if at >= 2 else OTHER)
    one = _found(_context(world))["answer_check", CELL]
    assert (one.by, one.estimate) == ("gold", one.gold)
    assert (one.gold.looked_at, one.gold.wrong) == (20, 2)
    assert one.gold.share == pytest.approx(0.1)
    assert one.accepted == 1


def test_a_little_gold_concludes_nothing(world: Labelled) -> None:
    world.task(CELL, AGREED, EQUAL, method="unanimous")
    for _ in range(19):
        world.gold(CELL, AGREED, EQUAL)
    one = _found(_context(world))[None, None]
    assert (one.by, one.gold.share, one.gold.looked_at) == ("nothing", 0.0, 19)
    assert (one.estimate.share, one.estimate.looked_at) == (None, 19)


def test_an_audit_is_believed_before_little_gold(world: Labelled) -> None:
    for _ in range(5):
        world.gold(CELL, dict.fromkeys("abc", EQUAL), EQUAL)
    for _ in range(20):
        world.task(CELL, dict.fromkeys("abc", EQUAL), EQUAL, overlap=3, audit=True)
    one = _found(_context(world, {"policy": "posterior", "audit_share": 0.1}))[None, None]
    assert (one.by, one.estimate, one.gold.looked_at) == ("audit", one.audit, 5)


def test_gold_whose_votes_settle_nothing_says_nothing_of_labels(world: Labelled) -> None:
    world.task(CELL, AGREED, EQUAL, method="unanimous")
    world.gold(CELL, {"ann-a": EQUAL, "ann-b": OTHER}, EQUAL)  # a third would be asked
    world.gold(CELL, {"ann-a": EQUAL}, EQUAL)
    assert _found(_context(world))[None, None].gold.looked_at == 0


def test_labels_of_machines_are_judged_by_what_people_said(world: Labelled) -> None:
    for _ in range(60):
        world.task(CELL, {}, EQUAL, method="machine")
    ctx = _context(world)
    one = _found(ctx, Machine("answer_check", 40, 2), Machine("answer_check", 10, 9))[None, None]
    assert (one.by_machine, one.by_people) == (60, 0)
    assert one.estimate.share == pytest.approx(0.05)
    assert (one.estimate.low, one.estimate.high) == pytest.approx(clopper_pearson(2, 40))
    assert _found(ctx)[None, None].by == "nothing"


def test_what_nobody_looked_at_may_be_anything(world: Labelled) -> None:
    for at in range(100):
        world.task(CELL, {} if at % 2 else AGREED, EQUAL, method="machine" if at % 2 else "unanimous")
    one = _found(_context(world), Machine("answer_check", 1000, 0))[None, None]
    assert one.estimate.share == 0.0
    assert one.estimate.high > 0.4


def test_adjudicators_are_held_to_be_right(world: Labelled) -> None:
    for at in range(100):
        world.task(CELL, AGREED, EQUAL, method="adjudicated" if at % 2 else "unanimous")
    for at in range(40):
        world.gold(CELL, AGREED, EQUAL if at >= 8 else OTHER)
    one = _found(_context(world))[None, None]
    assert (one.by_adjudicators, one.by_people) == (50, 50)
    assert one.estimate.share == pytest.approx(0.1)
    assert (one.estimate.looked_at, one.estimate.wrong) == (40, 8)


def test_single_votes_are_counted(world: Labelled) -> None:
    world.task(CELL, {"ann-a": EQUAL}, EQUAL, method="single", overlap=1)
    world.task(CELL, AGREED, EQUAL, method="unanimous")
    assert _found(_context(world))[None, None].single == 1
