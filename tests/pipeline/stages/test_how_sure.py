"""How sure labels are: learned from votes and gold, told of every label, and nothing that is settled moves."""

import json
import random
from collections.abc import Callable
from datetime import timedelta
from itertools import count
from typing import Any

import pytest

from pipeline.assessing.truth import certainties
from pipeline.resolving.models import Models
from schemas.door import GoldFact
from schemas.facts import TaskFact
from tasks import task_types
from tasks._adjudication import Decision
from tests.pipeline.filled import START, Filled, said

TYPE = task_types()["preference_pair"]
SIDES = (-3, 3)


def payload(preference: int) -> str:
    return str(TYPE.label(preference=preference).model_dump_json())


class World:
    """Tasks that three people vote on: one who knows, and two who guess."""

    def __init__(self, effort: Any) -> None:
        self.effort, self.store, self.filled = effort, effort.ctx.store, Filled(effort.ctx.store)
        self.right: dict[str, int] = {}
        self._numbers, self._chance = count(), random.Random(3)

    def tasks(self, number: int, *, gold: bool = False) -> list[str]:
        """So many tasks, with all three votes."""
        places = range(len(self.right), len(self.right) + number)
        made = [f"task {place:04}" for place in places]
        self.store.put(self._task(task_id) for task_id in made)
        self.right |= {task_id: self._chance.choice(SIDES) for task_id in made}
        self.filled.put_all(
            self._vote(task_id, who) for task_id in made for who in ("knows", "guesses", "also")
        )
        if gold:
            self.store.put(self._gold(task_id) for task_id in made)
        return made

    def vote(self, task_id: str, who: str, preference: int) -> None:
        self.filled.put_all([self._said(task_id, who, preference)])

    def resolve(self) -> Any:
        return self.effort.run("resolve")["resolve"]

    def settled(self) -> dict[str, int]:
        rows = self.store.rows("SELECT task_id, payload FROM current_resolutions WHERE payload IS NOT NULL")
        return {row["task_id"]: json.loads(row["payload"])["preference"] for row in rows}

    def told(self) -> dict[str, dict[str, Any]]:
        rows = self.store.rows(
            "SELECT h.* FROM current_truths h JOIN current_resolutions USING (resolution_id)"
        )
        return {row["task_id"]: row for row in rows}

    def models(self) -> list[dict[str, Any]]:
        return list(self.store.rows("SELECT * FROM annotator_models ORDER BY learned_at"))

    def _vote(self, task_id: str, who: str) -> Any:
        knows = self._chance.random() < (0.97 if who == "knows" else 0.1)
        return self._said(task_id, who, self.right[task_id] if knows else self._chance.choice(SIDES))

    def _said(self, task_id: str, who: str, preference: int) -> Any:
        number = next(self._numbers)
        annotation, label = said(number, task_id, who, START + timedelta(seconds=number))
        return annotation, label.replace(payload=payload(preference))

    def _task(self, task_id: str) -> TaskFact:
        return TaskFact(
            task_id=task_id,
            item_id=task_id,
            task_type=TYPE.name,
            version=TYPE.version,
            cell=f"en/{TYPE.name}",
            attempt=1,
            overlap=3,
            payload=TYPE.item(prompt=task_id, answer_a="a", answer_b="b").model_dump_json(),
            generated_at=START,
        )

    def _gold(self, task_id: str) -> GoldFact:
        return GoldFact(
            task_id=task_id,
            purpose="gold",
            payload=payload(self.right[task_id]),
            clause=None,
            said_by="gold.jsonl",
            reason="known",
            put_at=START,
        )


@pytest.fixture
def world(make_effort: Callable[..., Any]) -> World:
    return World(make_effort(tasks=[{"type": TYPE.name, "overlap": 3}]))


def test_every_label_is_told_how_sure_it_is_and_what_others_say(world: World) -> None:
    world.tasks(40)
    world.resolve()
    told = world.told()
    assert set(told) == set(world.settled())
    assert len(told) == 40
    assert {row["method"] for row in told.values()} == {"blend"}
    assert all(0 < row["posterior"] <= 1 for row in told.values())
    others = json.loads(told["task 0000"]["others"])
    assert {"blend", "majority", "one_coin", "dawid_skene", "ordinal"} <= set(others)
    line, sure = others["majority"]
    assert isinstance(line, str)
    assert 1 / 3 < sure <= 1
    (cell,) = certainties(world.store)
    assert (cell.labels, cell.told, cell.method) == (40, 40, "blend")


def test_a_second_run_tells_nothing_and_learns_nothing(world: World) -> None:
    world.tasks(20)
    world.resolve()
    before = world.store.count("truths"), world.store.count("annotator_models")
    assert world.resolve().done == 0
    assert (world.store.count("truths"), world.store.count("annotator_models")) == before == (20, 1)


def test_a_few_votes_more_are_weighed_by_the_model_that_there_is(world: World) -> None:
    world.tasks(40)
    world.resolve()
    old = world.told()
    world.tasks(3)
    world.resolve()
    assert len(world.models()) == 1
    now = world.told()
    assert len(now) == 43
    assert {task_id: now[task_id] for task_id in old} == old


def test_a_tenth_more_votes_are_learned_from(world: World) -> None:
    world.tasks(40)
    world.resolve()
    world.tasks(5)
    world.resolve()
    assert [row["votes"] for row in world.models()] == [120, 135]
    assert len(world.told()) == 45


def test_another_known_answer_is_learned_from_at_once(world: World) -> None:
    world.tasks(40)
    known = world.tasks(3, gold=True)
    world.resolve()
    assert set(known).isdisjoint(world.told())
    assert world.models()[-1]["gold"] == 3
    mended = GoldFact(
        task_id=known[0],
        purpose="gold",
        payload=payload(-world.right[known[0]]),
        clause=None,
        said_by="li",
        reason="wrong",
        put_at=START + timedelta(hours=1),
    )
    world.store.put([mended])
    world.resolve()
    assert len(world.models()) == 2


def test_what_is_settled_stays_and_that_it_would_not_be_so_today_is_told_once(world: World) -> None:
    world.tasks(60)
    world.resolve()
    by_heads = world.settled()
    world.tasks(150, gold=True)
    world.resolve()
    assert world.models()[-1]["why"].startswith("on 150 gold items")
    assert world.settled() == by_heads
    flips = world.store.rows("SELECT * FROM findings WHERE kind = 'would be settled otherwise'")
    wrong = {task_id for task_id, label in by_heads.items() if label != world.right[task_id]}
    assert len(flips) >= 0.8 * len(wrong) > 4
    assert {row["task_id"] for row in flips} <= set(by_heads)
    assert not any(row["void"] for row in flips)
    told = world.told()
    assert all(told[row["task_id"]]["posterior"] < 0.5 for row in flips)
    world.tasks(40)
    world.resolve()
    again = world.store.rows("SELECT * FROM findings WHERE kind = 'would be settled otherwise'")
    assert {row["finding_id"] for row in flips} <= {row["finding_id"] for row in again}
    assert len({row["subject"] for row in again}) == len(again)


def test_where_gold_has_tested_a_model_it_says_which_label_it_is(world: World) -> None:
    world.tasks(150, gold=True)
    new = world.tasks(80)
    world.resolve()
    right = sum(world.settled()[task_id] == world.right[task_id] for task_id in new)
    assert right >= 0.9 * len(new)  # heads would have 8 of 10


def test_a_run_that_was_killed_while_telling_is_made_up_for(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.tasks(20)
    with monkeypatch.context() as patched:
        patched.setattr(Models, "learned", _killed)
        with pytest.raises(KeyboardInterrupt):
            world.resolve()
    assert (len(world.settled()), len(world.models())) == (20, 0)
    world.resolve()
    assert (len(world.told()), len(world.models())) == (20, 1)


def _killed(*_: object) -> Any:
    raise KeyboardInterrupt


def test_two_who_differ_are_a_dispute_whatever_is_known_of_them(make_effort: Callable[..., Any]) -> None:
    world = World(make_effort(tasks=[{"type": TYPE.name, "overlap": 2}]))
    world.tasks(150, gold=True)
    world.store.put([world._task("task x").replace(overlap=2)])
    world.vote("task x", "knows", 3)
    world.vote("task x", "guesses", -3)
    world.resolve()
    (row,) = world.store.rows("SELECT method FROM current_resolutions WHERE task_id = 'task x'")
    assert row["method"] == "none"


def test_what_an_adjudicator_decides_has_no_probability_and_says_what_votes_come_to(disputed: Any) -> None:
    decided = disputed.decide("dee", Decision(label=TYPE.label(preference=-3)))
    disputed.run()
    rows = disputed.ctx.store.rows("SELECT * FROM current_truths")
    assert {row["task_id"] for row in rows} == set(decided)
    assert {(row["method"], row["posterior"]) for row in rows} == {("adjudicator", None)}
    assert all("majority" in json.loads(row["others"]) for row in rows)
