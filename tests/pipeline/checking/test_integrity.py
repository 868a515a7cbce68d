"""What stands out about people is told once, with evidence, and again only where it got worse: nothing acts."""

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from benchmarks.measuring.planted_people import Shape
from pipeline.checking import gold_upkeep, integrity
from pipeline.checking.kinds import KINDS, PEOPLE_KINDS
from pipeline.checking.model_labels import model_labels
from pipeline.context import Context
from pipeline.planning.gold import gold_votes
from pipeline.quality.signs import MEANINGS
from pipeline.store import Store
from schemas.project import parse_project
from schemas.steering import FindingFact, PersonPauseFact
from tests.pipeline.assessing.crew import SMALL, answers, crew
from tests.pipeline.filled import START, TYPE, Filled

NOW = START + timedelta(days=30)
PLANTED = "ann-00"


def nowhere() -> Any:
    raise AssertionError("facts alone are looked at")


@pytest.fixture
def filled() -> Filled:
    return Filled(Store(":memory:"))


def context(filled: Filled, now: datetime = NOW, **task: Any) -> Context:
    given = {
        "name": "x",
        "sources": [{"reader": "jsonl", "path": "x.jsonl", "domain": "reasoning"}],
        "tasks": [{"type": TYPE, **task}],
    }
    return Context(
        folder=Path(), project=parse_project(given), store=filled.store, connect=nowhere, clock=lambda: now
    )


def look(filled: Filled, now: datetime = NOW, said: str = "") -> list[FindingFact]:
    """What `check` finds about people, put on record."""
    found = list(integrity.find(context(filled, now), answers(said, PLANTED) or gold_votes(filled.store)))
    filled.store.put(found)
    return found


def pause(filled: Filled, at: datetime, *, paused: bool) -> None:
    filled.put(PersonPauseFact(annotator=PLANTED, paused=paused, redo_since=None, reason="", set_at=at))


def test_every_sign_has_a_name_among_findings() -> None:
    assert KINDS.keys() == MEANINGS.keys()
    assert set(KINDS.values()) < set(PEOPLE_KINDS)


def test_who_guesses_is_told_of_once_with_the_evidence_and_what_to_do(filled: Filled) -> None:
    crew(filled, "random", seed=3)
    (one,) = [found for found in look(filled) if found.kind == "answers at random"]
    assert one.annotator == PLANTED
    assert not one.void
    assert "headrace people show ann-00" in one.detail
    assert f"headrace people pause ann-00 --redo-since {START:%Y-%m-%d}" in one.detail
    evidence = json.loads(one.evidence)
    assert evidence["low"] < evidence["value"] < evidence["high"]
    assert evidence["tasks"]
    assert look(filled, NOW + timedelta(days=2)) == []


def test_nothing_that_is_found_about_how_somebody_works_keeps_a_vote_from_counting(filled: Filled) -> None:
    crew(filled, "copier", seed=3)
    before = filled.store.count("votes")
    assert look(filled)
    assert filled.store.count("votes") == before


def test_it_is_told_again_only_where_it_surely_got_worse(filled: Filled) -> None:
    assert [one.kind for one in look(filled, said="+" * 20 + "-" * 7)] == ["fails gold"]
    assert look(filled, said="+" * 20 + "-" * 9) == []
    (again,) = look(filled, NOW + timedelta(hours=1), said="+" * 20 + "-" * 60)
    assert again.kind == "fails gold"
    assert len(filled.store.facts(FindingFact)) == 2


def test_who_is_paused_has_nothing_new_and_who_goes_on_as_before_is_told_of_again(filled: Filled) -> None:
    assert len(look(filled, said="-" * 10)) == 1
    pause(filled, NOW + timedelta(hours=1), paused=True)
    assert look(filled, NOW + timedelta(hours=2), said="-" * 11) == []
    pause(filled, NOW + timedelta(hours=3), paused=False)
    assert len(look(filled, NOW + timedelta(hours=4), said="-" * 11)) == 1


def test_a_drop_says_since_when(filled: Filled) -> None:
    (one,) = look(filled, said="+" * 40 + "-++-+-++-+-++-")
    evidence = json.loads(one.evidence)
    assert one.kind in ("worse on gold", "fails gold")
    assert evidence["since"] > str(START + timedelta(minutes=30))


def test_of_two_who_give_the_same_answers_both_are_told_of_and_each_of_the_other(filled: Filled) -> None:
    crew(filled, "", seed=3, shape=Shape(people=8, planted=0, labels=200, overlap=4))
    filled.store.temporary(
        "UPDATE labels SET payload = o.payload FROM labels o "
        "WHERE o.task_id = labels.task_id AND o.annotator = 'ann-01' AND labels.annotator = 'ann-00'"
    )
    found = [one for one in look(filled) if one.kind == "same answers as somebody"]
    assert {one.annotator for one in found} == {"ann-00", "ann-01"}
    for one in found:
        other = ({"ann-00", "ann-01"} - {str(one.annotator)}).pop()
        assert f"{other}'s" in one.detail


def test_a_hidden_models_labels_are_read_where_people_do_not_see_them(filled: Filled) -> None:
    crew(filled, "model user", seed=3, model=True)
    found = model_labels(context(filled))
    assert len(found) == filled.store.count("tasks")
    assert model_labels(context(filled, prefill="hidden_model_label")) == {}
    assert "copies a model" in {one.kind for one in look(filled) if one.annotator == PLANTED}


def test_gold_that_wants_an_eye_is_told_once_with_what_to_do(filled: Filled) -> None:
    crew(filled, "", shape=SMALL)
    said = [
        type(vote)(vote.annotator, "t0", vote.cell, TYPE, "gold", vote.right, 0.0, vote.at)
        for vote in answers("+-" * 15)
    ]
    ctx = context(filled)
    (one,) = gold_upkeep.find(ctx, said)
    assert (one.kind, one.task_id) == ("worn gold", "t0")
    assert "headrace gold retire t0" in one.detail
    assert filled.store.put([one]) == 1
    assert filled.store.put(gold_upkeep.find(ctx, said)) == 0
