"""A pool out of a real store, and whole efforts whose people work by what the dealer hands them."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from pipeline.door.base import Handed, Visitor
from pipeline.door.dealer import LedgerDealer
from pipeline.door.filling import fill
from pipeline.door.pool import Pool
from pipeline.ledger import LedgerPlace
from schemas.steering import CellPauseFact, FindingFact, PersonPauseFact
from tasks._adjudication import Adjudication, Decision
from tests.pipeline.door.dealing import Laid
from tests.pipeline.stages.conftest import KIND, PROBLEMS, Effort, prefer

BEFORE = ("ingest", "screen", "generate", "push")
AFTER = ("sync", "check", "resolve", "generate", "push")


class AtTheDoor(Effort):
    """An effort whose people get their tasks from a dealer."""

    def __init__(self, folder: Path, **project: Any) -> None:
        super().__init__(folder, **project)
        self.pools = Laid()
        self.dealer = LedgerDealer(LedgerPlace(folder), self.pools, self.ctx.clock)

    def pool(self) -> Pool:
        """What there is to deal now."""
        return fill(self.ctx.store, self.ctx.project, self.folder, "fake", self.ctx.clock())

    def renew(self) -> None:
        """A newer snapshot."""
        self.pools.pool = self.pool()
        self.dealer.lay(self.pools.pool)

    def visitor(self, name: str) -> Visitor:
        """Somebody, with an account that a sync has met."""
        account = self.studio.person(f"{name}@people.example")
        from pipeline.people.pseudonyms import Pseudonyms

        person = Pseudonyms(self.ctx).of(account.id)
        assert person is not None
        return Visitor(annotator=person.annotator, name=name, role="annotator", account=account.id)

    def work(self, *names: str, preference: int = 1, most: int = 1000) -> list[Handed]:
        """People take turns until there is nothing left for any of them."""
        people = [self.visitor(name) for name in names]
        done: list[Handed] = []
        while len(done) < most:
            before = len(done)
            for who in people:
                if (handed := self.dealer.deal(who)) is not None:
                    self.says(who, handed, preference)
                    done.append(handed)
            if len(done) == before:
                break
        return done

    def says(self, who: Visitor, handed: Handed, preference: int) -> None:
        """Answer what is in hand, in Label Studio."""
        if handed.purpose == "label":
            result = prefer(preference)({})
        else:
            result = Adjudication(KIND).result(Decision(label=KIND.label(preference=1)))
        number = self.studio.annotate(handed.remote_task_id, who.account, result, 20.0)
        self.dealer.ended(handed, "submitted", number)


@pytest.fixture
def door(tmp_path: Path) -> AtTheDoor:
    made = AtTheDoor(tmp_path)
    made.run(*BEFORE)
    made.renew()
    return made


def test_what_was_pushed_is_there_to_deal_with_the_votes_it_wants(door: AtTheDoor) -> None:
    found = door.pool()
    assert len(found.tasks) == len(PROBLEMS)
    assert {task.missing for task in found.tasks.values()} == {2}
    assert Counter(task.cell for task in found.tasks.values()) == {
        "en/preference_pair": 4,
        "zh/preference_pair": 2,
    }
    assert sorted(task.remote_task_id for task in found.tasks.values()) == door.remote()


def test_each_task_gets_exactly_its_votes_however_often_one_syncs(door: AtTheDoor) -> None:
    for _ in range(12):
        door.work("ann", "bob", "cho", most=3)
        door.run(*AFTER)
        door.renew()
    rows = door.ctx.store.rows(
        "SELECT task_id, count(*) AS n, count(DISTINCT annotator) AS people FROM votes GROUP BY 1"
    )
    assert [(row["n"], row["people"]) for row in rows] == [(2, 2)] * len(PROBLEMS)
    assert door.ctx.store.count("findings") == 0
    assert door.states() == {"accepted": len(PROBLEMS)}
    assert door.pool().tasks == {}


def test_without_any_sync_each_task_gets_exactly_its_votes_too(door: AtTheDoor) -> None:
    done = door.work("ann", "bob", "cho")
    assert Counter(Counter(one.uid for one in done).values()) == {2: len(PROBLEMS)}
    assert sorted({one.slot for one in done}) == [1, 2]


def test_who_disagrees_is_asked_of_an_adjudicator_who_did_not_vote(tmp_path: Path) -> None:
    people = [
        {"name": name, "email": f"{name}@people.example", "role": role}
        for name, role in (("ann", "adjudicator"), ("bob", "annotator"), ("jo", "adjudicator"))
    ]
    door = AtTheDoor(tmp_path, people=people)
    door.run(*BEFORE)
    ann, bob, jo = map(door.visitor, ("ann", "bob", "jo"))
    door.renew()
    for who, preference in ((ann, 2), (bob, -2)):
        while (handed := door.dealer.deal(who)) is not None:
            door.says(who, handed, preference)
    door.run(*AFTER)
    door.renew()
    assert {task.purpose for task in door.pools.pool.tasks.values()} == {"adjudicate"}
    assert door.dealer.deal(ann) is None, "she voted"
    assert door.dealer.deal(bob) is None, "he voted, and is no adjudicator"
    assert len(door.work("jo")) == len(PROBLEMS)
    door.run(*AFTER)
    assert door.states() == {"accepted": len(PROBLEMS)}
    assert jo.annotator in {
        row["adjudicator"] for row in door.ctx.store.rows("SELECT adjudicator FROM decisions")
    }


def test_who_answered_or_skipped_without_the_door_does_not_get_it_again(door: AtTheDoor) -> None:
    first = min(door.pools.pool.tasks.values(), key=lambda task: task.order)
    ann = door.visitor("ann")
    door.studio.annotate(first.remote_task_id, ann.account, prefer(1)({}), 9.0)
    door.run("sync", "check")
    door.renew()
    assert first.uid not in {one.uid for one in door.work("ann")}
    (handed,) = door.work("bob", most=1)
    assert (handed.uid, handed.slot) == (first.uid, 2)


def test_paused_cells_and_people_who_may_not_get_nothing(tmp_path: Path) -> None:
    people = [{"name": name, "email": f"{name}@people.example"} for name in ("ann", "bob")]
    people.append({"name": "zoe", "email": "zoe@people.example", "cells": ["zh/preference_pair"]})  # type: ignore[dict-item] # a list
    door = AtTheDoor(tmp_path, people=people)
    door.run(*BEFORE)
    ann, stranger, *_ = map(door.visitor, ("ann", "nobody-knows", "bob", "zoe"))
    now = door.ctx.clock()
    door.ctx.store.put([CellPauseFact(cell="en/preference_pair", paused=True, reason="", set_at=now)])
    pause = PersonPauseFact(annotator=ann.annotator, paused=True, redo_since=None, reason="", set_at=now)
    door.ctx.store.put([pause])
    door.renew()
    assert door.dealer.deal(ann) is None
    assert door.dealer.deal(stranger) is None
    assert {one.cell for one in door.work("bob", "zoe")} == {"zh/preference_pair"}
    assert len(door.pools.pool.parked) == 4
    door.ctx.store.put([pause.replace(paused=False, set_at=door.ctx.clock())])
    door.renew()
    assert door.dealer.deal(ann) is None, "two votes each are all that is wanted of the two that are open"
    door.ctx.store.put(
        [CellPauseFact(cell="en/preference_pair", paused=False, reason="", set_at=door.ctx.clock())]
    )
    door.renew()
    assert door.dealer.deal(ann) is not None


def test_who_was_forgotten_gets_nothing(door: AtTheDoor) -> None:
    from schemas.facts import PersonFact

    ann = door.visitor("ann")
    (fact,) = door.ctx.store.facts(PersonFact)
    door.ctx.store.put([fact.replace(email="", name="", forgotten_at=door.ctx.clock())], replace=True)
    door.renew()
    assert door.dealer.deal(ann) is None


def test_priority_is_what_project_toml_says(tmp_path: Path) -> None:
    door = AtTheDoor(
        tmp_path,
        tasks=[{"type": "preference_pair", "overlap": 1, "priority": {"language = 'zh'": 3, "true": 0.5}}],
    )
    door.run(*BEFORE)
    door.renew()
    assert [one.cell[:2] for one in door.work("ann")] == ["zh", "zh", "en", "en", "en", "en"]


def test_authors_and_versions_of_a_prompt_come_from_the_records(tmp_path: Path) -> None:
    door = AtTheDoor(tmp_path, tasks=[{"type": "preference_pair", "overlap": 1}])
    first = {"prompt": "What is 40 + 2?", "candidates": [{"text": "42"}, {"text": "43"}], "author": " Ann "}
    door.write([{**first, "language": "en"}])
    door.run(*BEFORE)
    (record_id,) = [row["record_id"] for row in door.ctx.store.rows("SELECT record_id FROM records")]
    again = {
        **first,
        "prompt": "40 + 2 是多少?",
        "language": "zh",
        "translation_of": record_id,
        "author": "bob",
    }
    door.write([again, {**PROBLEMS[0], "language": "de"}], mode="a")
    door.run(*BEFORE)
    found = {task.cell[:2]: task for task in door.pool().tasks.values()}
    assert found["en"].problems == found["zh"].problems
    assert not found["en"].problems & found["de"].problems
    assert [sorted(found[name].authors) for name in ("en", "zh", "de")] == [["ann"], ["bob"], []]


def test_a_sync_that_saw_an_answer_whose_end_was_never_told_ends_it(door: AtTheDoor) -> None:
    ann = door.visitor("ann")
    handed = door.dealer.deal(ann)
    assert handed is not None
    number = door.studio.annotate(handed.remote_task_id, ann.account, prefer(1)({}), 9.0)
    door.run("sync")
    door.renew()
    held = door.dealer.held(ann, handed.remote_task_id)
    assert held is not None
    assert (held.ending, held.annotation_id) == ("submitted", number)
    again = door.dealer.deal(ann)
    assert again is not None
    assert again.uid != handed.uid


def test_what_is_settled_cannot_be_changed_any_more(door: AtTheDoor) -> None:
    done = door.work("ann", "bob")
    ann = door.visitor("ann")
    mine = [one for one in done if one.annotator == ann.annotator]
    assert all(door.dealer.held(ann, one.remote_task_id) for one in mine)
    door.run("sync")
    door.renew()
    assert all(door.dealer.held(ann, one.remote_task_id) for one in mine)
    door.run("check", "resolve")
    door.renew()
    assert not any(door.dealer.held(ann, one.remote_task_id) for one in mine)


def test_the_usual_time_is_as_measured_or_else_as_declared(tmp_path: Path) -> None:
    door = AtTheDoor(tmp_path, tasks=[{"type": "preference_pair", "overlap": 1, "minutes": 4}])
    door.run(*BEFORE)
    assert door.pool().usual == {"en/preference_pair": 240.0, "zh/preference_pair": 240.0}
    door.renew()
    door.work("ann", most=1)
    door.run("sync", "check")
    assert sorted(door.pool().usual.values()) == [20.0, 240.0]


def test_only_what_has_two_sides_that_mean_the_same_is_swapped(door: AtTheDoor) -> None:
    found = door.pool().mirrored
    assert "preference_pair" in found
    assert "step_review" not in found
    assert "code_review" not in found


# gold


def with_gold(folder: Path, entry: int, strewn: int, **more: Any) -> AtTheDoor:
    """An effort with gold of both kinds in its English cell."""
    lines = [
        {
            "prompt": f"What is {n} times {n}?",
            "candidates": [{"text": f"It is {n * n}."}, {"text": f"It is {n * n + 1}."}],
            "language": "en",
            "domain": "reasoning",
            "label": {"preference": 2},
            "entry": n < 20 + entry,
        }
        for n in range(20, 20 + entry + strewn)
    ]
    (folder / "gold.jsonl").write_text("".join(f"{json.dumps(line)}\n" for line in lines))
    task = {"type": "preference_pair", "overlap": 1, "gold": {"file": "gold.jsonl", **more}}
    return AtTheDoor(folder, tasks=[task])


def test_gold_and_tests_come_out_of_the_store_and_are_no_ordinary_work(tmp_path: Path) -> None:
    door = with_gold(tmp_path, entry=3, strewn=2)
    door.run(*BEFORE)
    found = door.pool()
    assert len(found.tasks) == len(PROBLEMS)
    assert found.gold.keys() == {"en/preference_pair"}, "some of it: push strews it among the work"
    assert {cell: len(test.items) for cell, test in found.tests.items()} == {"en/preference_pair": 3}
    assert not found.known_answers.keys() & found.tasks.keys()


def answer(door: AtTheDoor, who: Visitor, handed: Handed, *, right: bool) -> None:
    """Say of gold what is known of it, or the contrary."""
    known = KIND.label.model_validate_json(
        door.ctx.store.value("SELECT payload FROM gold WHERE task_id = ?", [handed.uid])
    )
    said = known if right else known.replace(preference=-known.preference)
    number = door.studio.annotate(handed.remote_task_id, who.account, KIND.result(said), 20.0)
    door.dealer.ended(handed, "submitted", number)


@pytest.mark.parametrize(("right", "passes"), [(3, True), (2, False)])
def test_a_newcomer_passes_or_fails_by_what_the_store_knows(
    tmp_path: Path, right: int, *, passes: bool
) -> None:
    door = with_gold(tmp_path, entry=3, strewn=4, rates={"first": 0.5})
    door.run(*BEFORE)
    ann = door.visitor("ann")
    door.renew()
    test = {item.uid for item in door.pools.pool.tests["en/preference_pair"].items}
    for number in range(3):
        handed = door.dealer.deal(ann)
        assert handed is not None
        assert (handed.uid in test, handed.slot) == (True, 0)
        answer(door, ann, handed, right=number < right)
    assert {one.cell for one in door.work("ann")} == {"zh/preference_pair"}, (
        "until somebody looked at the test"
    )
    door.run("sync", "check")
    door.renew()
    rest = door.work("ann")
    assert bool(rest) is passes
    golden = {one.uid for one in door.pools.pool.gold["en/preference_pair"]}
    assert passes is bool(golden & {one.uid for one in rest})
    door.run(*AFTER)
    assert (
        door.ctx.store.value("SELECT count(*) FROM resolutions WHERE task_id IN (SELECT task_id FROM gold)")
        == 0
    )
    told = door.ctx.store.facts(FindingFact, "kind = 'failed test'")
    expected = [] if passes else [(ann.annotator, "en/preference_pair")]
    assert [(one.annotator, one.cell) for one in told] == expected
