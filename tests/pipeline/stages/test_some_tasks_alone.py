"""`resolve` looks at the tasks alone of which something may be due: what it finds is what it finds among all."""

import random
from collections.abc import Callable
from datetime import timedelta
from itertools import count
from typing import Any

import pytest

from pipeline.resolving import narrowed
from pipeline.resolving.deciding import NEW
from pipeline.resolving.narrowed import CHANGED, DECIDED, OF, UNTOLD, only
from pipeline.resolving.telling import TOLD_NOW
from pipeline.stages.resolve import DUE
from schemas.door import GoldFact
from schemas.facts import AnnotationFact
from schemas.steering import AdjudicationFact, DecisionFact, FindingFact, RedoFact, WithdrawalFact
from tasks import task_types
from tests.pipeline.filled import START, Filled, said

TYPE = task_types()["preference_pair"]
ALL = "SELECT task_id FROM tasks"
TOLD = TOLD_NOW.format(current=f"'{TYPE.name}/{TYPE.version}'", stale="")
ITEM = '{"prompt": "p", "answer_a": "a", "answer_b": "b"}'
PEOPLE = ("an", "bo", "li", "mo")


class Unrest:
    """Tasks with all that may become of what was said of them, and of them."""

    def __init__(self, effort: Any, seed: int) -> None:
        self.effort, self.store, self.filled = effort, effort.ctx.store, Filled(effort.ctx.store)
        self.chance, self.numbers = random.Random(seed), count()
        self.tasks: list[str] = []
        self.said: list[AnnotationFact] = []

    def go_on(self) -> None:
        for _ in range(8):
            self.tasks.append(self.filled.task(payload=ITEM))
            for who in self.chance.sample(PEOPLE, self.chance.choice((0, 1, 2, 2, 3))):
                self.vote(self.tasks[-1], who)
        happenings = [self.more, self.edit, self.take_back, self.void, self.know, self.decide, self.end]
        for _ in range(6):
            self.chance.choice(happenings)()

    def vote(self, task_id: str, who: str, **columns: Any) -> None:
        number = next(self.numbers)
        annotation, label = said(number, task_id, who, START + timedelta(seconds=number), **columns)
        self.said.append(annotation)
        self.store.put([annotation])
        if not annotation.deleted:
            self.store.put([label.replace(payload=self.label())])

    def label(self) -> str:
        return str(TYPE.label(preference=self.chance.choice((-2, 2, 2, 2))).model_dump_json())

    def more(self) -> None:
        self.vote(self.chance.choice(self.tasks), self.chance.choice(PEOPLE))

    def edit(self, *, deleted: bool = False) -> None:
        one = self.chance.choice(self.said)
        self.vote(one.task_id, one.annotator, annotation_id=one.annotation_id, deleted=deleted)

    def take_back(self) -> None:
        self.edit(deleted=True)

    def void(self) -> None:
        one, kind = (
            self.chance.choice(self.said),
            self.chance.choice(("edited by another", "of somebody else")),
        )
        self.store.put(
            [
                FindingFact(
                    finding_id=f"f{next(self.numbers)}", kind=kind, subject=one.revision_id, cell=None, task_id=None,
                    annotator=None, revision_id=one.revision_id, void=True, detail="", evidence="{}", found_at=START,
                )
            ]
        )  # fmt: skip

    def know(self) -> None:
        moment = START + timedelta(seconds=next(self.numbers))
        known = self.chance.choice((self.label(), None))
        gold = {"purpose": "gold", "clause": None, "said_by": "gold.jsonl", "reason": "", "put_at": moment}
        self.store.put([GoldFact(task_id=self.chance.choice(self.tasks), payload=known, **gold)])

    def decide(self) -> None:
        rows = self.store.rows("SELECT * FROM current_resolutions WHERE method = 'none' ORDER BY task_id")
        for row in rows[:2]:
            number = next(self.numbers)
            asked = AdjudicationFact(
                adjudication_id=f"j{number}",
                task_id=row["task_id"],
                revisions=row["revisions"],
                asked_at=START,
            )
            at = START + timedelta(seconds=number)
            annotation, label = said(number, asked.adjudication_id, "judge", at)
            decision = DecisionFact(
                revision_id=label.revision_id, annotation_id=label.annotation_id, adjudicator="judge", reason="",
                adjudication_id=asked.adjudication_id, task_id=row["task_id"], simulated=False, checked_at=at,
                payload=self.chance.choice((self.label(), self.label(), None)),
            )  # fmt: skip
            self.said += [annotation] if self.chance.random() < 0.5 else []
            for fact in (asked, annotation, decision):
                self.store.put([fact])

    def end(self) -> None:
        if self.chance.random() < 0.5:
            redo = {"reason": "r", "condition": "c", "redone_at": START}
            self.store.put([RedoFact(task_id=self.chance.choice(self.tasks), **redo)])
        else:
            gone = {"reason": "r", "condition": "c", "withdrawn_at": START}
            self.store.put([WithdrawalFact(record_id=f"r{self.chance.randrange(len(self.tasks))}", **gone)])

    def found(self, tasks: str | None, made: str, sql: str) -> list[dict[str, Any]]:
        """What a question finds among some tasks, or with all tables as they are."""
        with only(self.store, tasks or ALL, made):
            if tasks is None:  # the narrowed tables out of the way
                for table in OF:
                    self.store.temporary(f"DROP TABLE temp.main.{table}")
            self.store.temporary(made)
        rows = self.store.rows(sql)
        return sorted(rows, key=str)


def compare(world: Unrest, *, steps: int) -> int:
    found = 0
    for _ in range(steps):
        world.go_on()
        decided = f"CREATE OR REPLACE TEMP TABLE decided_now AS {NEW}"
        due = "SELECT * EXCLUDE (place) FROM due_now"
        told = "SELECT * EXCLUDE (place) FROM told_now"
        for tasks, made, sql in (
            (DECIDED, decided, "FROM decided_now"),
            (CHANGED, DUE, due),
            (UNTOLD, TOLD, told),
        ):
            among_all = world.found(None, made, sql)
            assert world.found(tasks, made, sql) == among_all
            found += len(among_all)
        world.effort.run("resolve")
    return found


def test_what_is_due_is_found_without_the_tasks_that_nothing_became_of(
    make_effort: Callable[..., Any],
) -> None:
    world = Unrest(make_effort(tasks=[{"type": TYPE.name, "overlap": 2}]), 0)
    assert compare(world, steps=3) > 20


@pytest.mark.proof
@pytest.mark.parametrize("seed", range(1, 6))
def test_it_is_so_whatever_happens(make_effort: Callable[..., Any], seed: int) -> None:
    world = Unrest(make_effort(tasks=[{"type": TYPE.name, "overlap": 2}]), seed)
    assert compare(world, steps=8) > 40


def test_of_many_tasks_nothing_is_set_apart(effort: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    filled = Filled(effort.ctx.store)
    for _ in range(3):
        filled.settle(filled.task())
    monkeypatch.setattr(narrowed, "FEW", 1)
    with only(effort.ctx.store, "SELECT task_id FROM tasks WHERE task_id <> 't1'", "votes"):
        assert effort.ctx.store.count("votes") == 6
    assert effort.ctx.store.count("votes") == 6


def test_all_is_in_sight_again_also_after_an_error(effort: Any) -> None:
    filled = Filled(effort.ctx.store)
    for _ in range(3):
        filled.settle(filled.task())

    def ask() -> None:
        with only(effort.ctx.store, "SELECT 't1' AS task_id", "votes"):
            assert effort.ctx.store.count("votes") == 2
            raise RuntimeError

    with pytest.raises(RuntimeError):
        ask()
    assert effort.ctx.store.count("votes") == 6
    assert effort.ctx.store.count("resolutions") == 3
