"""People are assessed by all that they said: planted ones stand out, honest ones seldom, and not after every answer."""

from datetime import datetime, timedelta

import numpy as np
import pytest

from benchmarks.measuring.planted_people import Shape
from pipeline.assessing.people import Assessment, assess, is_due, newest, overall
from pipeline.store import Store
from schemas.base import Label
from schemas.steering import PersonPauseFact
from tasks import task_types
from tests.pipeline.assessing.crew import SAID, SMALL, crew, gold, known, label
from tests.pipeline.filled import START, TYPE, Filled

NOW = START + timedelta(days=30)
PLANTED = "ann-00"
TELLS = {
    "random": {"random"},
    "constant": {"constant"},
    "copier": {"copies_first", "copies_previous", "copies_person"},
    "model user": {"copies_model"},
}


@pytest.fixture
def filled() -> Filled:
    return Filled(Store(":memory:"))


def assessed(filled: Filled, models: dict[str, Label] | None = None) -> Assessment:
    filled.store.put([assess(filled.store, NOW, models)])
    return newest(filled.store)[0]


@pytest.mark.parametrize("kind", TELLS)
def test_who_was_planted_stands_out_with_the_evidence(filled: Filled, kind: str) -> None:
    made = crew(filled, kind, seed=3, shape=Shape(people=9, planted=1, labels=100))
    kind_of = task_types()[TYPE]
    models = {
        f"t{at}": kind_of.label.model_validate({"preference": SAID[int(code)]})
        for at, code in enumerate(made.model)
    }
    found = assessed(filled, models).noticed
    mine = [one for one in found if one.annotator == PLANTED and one.kind in TELLS[kind]]
    assert mine
    for one in mine:
        assert one.low <= one.value <= one.high
        assert one.said
        assert one.n >= 8
        assert one.tasks
        assert one.since == min(_moments(filled, PLANTED))
    assert len({one.annotator for one in found} - {PLANTED}) <= 1


def test_honest_people_are_left_alone(filled: Filled) -> None:
    crew(filled, "", seed=2)
    assert len({one.annotator for one in assessed(filled).noticed}) <= 1


def test_what_somebody_says_in_several_kinds_of_work_is_added_up(filled: Filled) -> None:
    crew(filled, "random", seed=1, shape=Shape(people=9, planted=1, labels=34))
    version = task_types()["first_error"].version
    said = " ".join(f"WHEN '{label(code)}' THEN '{{\"first_error\": {code}}}'" for code in range(len(SAID)))
    half = "hash(task_id) % 2 = 0"
    filled.store.temporary(
        f"UPDATE tasks SET task_type = 'first_error', version = {version} WHERE {half}; "  # noqa: S608 - ours
        f"UPDATE labels SET payload = CASE payload {said} END WHERE {half}"
    )
    kinds = filled.store.rows(
        "SELECT task_type, count(*) AS n FROM labels JOIN tasks USING (task_id) WHERE annotator = ? GROUP BY 1",
        [PLANTED],
    )
    assert all(kind["n"] < 20 for kind in kinds)
    assert len(kinds) == 2
    found = [one for one in assessed(filled).noticed if one.kind == "random"]
    assert [one.annotator for one in found] == [PLANTED]
    assert found[0].n == sum(kind["n"] for kind in kinds)


def test_how_often_somebody_is_right_lies_in_its_interval(filled: Filled) -> None:
    made = crew(filled, "", seed=4)
    votes = made.votes
    true = np.bincount(votes.annotator, made.truth[votes.item] == votes.label) / votes.votes_per_annotator()
    found = {one.annotator: one for one in assessed(filled).people}
    inside = [
        found[f"ann-{at:02}"].low <= share <= found[f"ann-{at:02}"].high for at, share in enumerate(true)
    ]
    assert np.mean(inside) > 0.8
    assert overall(list(found.values())).keys() == found.keys()


def test_who_answered_enough_gold_is_judged_by_it(filled: Filled) -> None:
    made = crew(filled, "", seed=4)
    known(filled, made, 120)
    found = assessed(filled).people
    assert {one.judged_by for one in found} == {"gold"}


def test_gold_that_is_probably_wrong_judges_nobody(filled: Filled) -> None:
    made = crew(filled, "", seed=4, shape=Shape(people=9, planted=0, labels=60, overlap=6))
    known(filled, made, 40)
    wrong = (int(made.truth[3]) + 1) % len(SAID)
    gold(filled, "t3", label(wrong), START + timedelta(hours=1))
    found = assessed(filled)
    assert "t3" in found.aside
    assert found.doubtful[0].item == "t3"


def test_the_clock_says_nothing_of_simulated_people(filled: Filled) -> None:
    crew(filled, "")
    filled.store.temporary("UPDATE annotations SET created_at = '2026-03-02 09:00:00+00'")
    hurried = {one.kind for one in assessed(filled).noticed}
    assert "burst" in hurried
    filled.store.temporary("UPDATE annotations SET simulated = true; UPDATE labels SET simulated = true")
    assert "burst" not in {one.kind for one in assessed(filled).noticed}


def test_people_are_not_assessed_after_every_answer(filled: Filled) -> None:
    assert not is_due(filled.store, NOW)
    crew(filled, "")
    assert is_due(filled.store, NOW)
    assessed(filled)
    assert not is_due(filled.store, NOW + timedelta(days=9))
    filled.vote("t0", "ann-new")
    assert not is_due(filled.store, NOW + timedelta(hours=1))
    assert is_due(filled.store, NOW + timedelta(days=1))
    for at in range(SMALL.people * SMALL.labels // 8):
        filled.vote(f"t{at}", "ann-newer")
    assert is_due(filled.store, NOW + timedelta(hours=1))


def test_mended_gold_and_pauses_have_them_assessed_anew(filled: Filled) -> None:
    crew(filled, "")
    assessed(filled)
    later = NOW + timedelta(minutes=1)
    gold(filled, "t0", label(0), later)
    assert is_due(filled.store, later)
    filled.store.put([assess(filled.store, later)])
    assert not is_due(filled.store, later)
    pause = PersonPauseFact(
        annotator="ann-01", paused=True, redo_since=None, reason="", set_at=later + timedelta(seconds=1)
    )
    filled.put(pause)
    assert is_due(filled.store, later)


def test_the_same_votes_come_to_the_same(filled: Filled) -> None:
    crew(filled, "copier")
    first, second = (assess(filled.store, NOW).payload for _ in range(2))
    assert first == second


def _moments(filled: Filled, annotator: str) -> list[datetime]:
    rows = filled.store.rows("SELECT created_at FROM annotations WHERE annotator = ?", [annotator])
    return [row["created_at"] for row in rows]
