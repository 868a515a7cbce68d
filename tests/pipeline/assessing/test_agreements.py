"""How far people agree, from the facts of a store: what is compared, by what, and what may be concluded."""

from collections.abc import Iterator
from datetime import date, timedelta

import pytest

from pipeline.assessing.agreement import Agreed, agreements, overall
from pipeline.quality.agreement import agreement
from pipeline.store import Store
from schemas.base import Json
from schemas.steering import AskFact
from tests.pipeline.assessing.labelled import START, Labelled

CELL = "en/answer_check"
PEOPLE = ("ann-a", "ann-b", "ann-c", "ann-d")
WORDS = ("equal", "not_equal")


@pytest.fixture
def world() -> Iterator[Labelled]:
    with Store(":memory:") as store:
        yield Labelled(store)


def _said(world: Labelled, right: float, truth: str) -> dict[str, str]:
    other = WORDS[truth == "equal"]
    return {"verdict": truth if world.random.random() < right else other}


def _answer_checks(
    world: Labelled, number: int, right: float = 0.85, *, cell: str = CELL, settle: bool = False
) -> list[tuple[str, str, str]]:
    """Tasks with two votes each, as rows for the formula."""
    rows = []
    for _ in range(number):
        truth = WORDS[int(world.random.integers(2))]
        votes = {who: _said(world, right, truth) for who in world.picks(PEOPLE, 2)}
        said = [one["verdict"] for one in votes.values()]
        label = {"verdict": said[0]} if settle and said[0] == said[1] else None
        task = world.task(cell, votes, label, method="unanimous" if label else "none")
        rows += [(task, who, one["verdict"]) for who, one in votes.items()]
    return rows


def _one(found: list[Agreed], **wanted: object) -> Agreed:
    given = {"of": "compared", "cell": None, "week": None, "dimension": "label", **wanted}
    (one,) = (one for one in found if all(getattr(one, name) == value for name, value in given.items()))
    return one


def test_it_is_what_the_formula_says_of_the_same_votes(world: Labelled) -> None:
    known = agreement(_answer_checks(world, 120), "nominal")
    one = _one(agreements(world.done()))
    assert one.value == pytest.approx(known.alpha, abs=1e-6)
    assert one.ac1 == pytest.approx(known.ac1, abs=1e-6)
    assert one.raw == pytest.approx(known.raw, abs=1e-6)
    assert known.alpha_interval is not None
    assert (one.low, one.high) == pytest.approx(known.alpha_interval, abs=0.05)
    assert (one.tasks, one.tasks_in_all, one.annotators) == (120, 120, 4)
    assert sum(one.prevalence.values()) == pytest.approx(1)


def test_below_fifty_tasks_there_is_no_verdict(world: Labelled) -> None:
    _answer_checks(world, 49)
    assert _one(agreements(world.done())).verdict == "too few to judge"


def test_skewed_labels_are_not_called_weak(world: Labelled) -> None:
    for at in range(300):
        odd = {"verdict": "not_equal"} if at % 30 == 0 else {"verdict": "equal"}
        world.task(CELL, {"ann-a": {"verdict": "equal"}, "ann-b": odd})
    one = _one(agreements(world.done()))
    assert one.value is not None
    assert one.value < 0.1
    assert one.verdict == "lopsided: read AC1"
    assert one.ac1 is not None
    assert one.ac1 > 0.9


def test_those_accepted_stand_beside_all_that_were_compared(world: Labelled) -> None:
    _answer_checks(world, 200, settle=True)
    found = agreements(world.done())
    before, after = _one(found), _one(found, of="accepted")
    assert before.value is not None
    assert before.value < 0.7
    assert (after.value, after.raw) == (1.0, 1.0)
    assert before.tasks == 200
    assert after.tasks == after.tasks_in_all < 200
    assert overall(found)["answer_check", None] == before
    assert overall(found, "accepted")["answer_check", CELL].raw == 1.0


def test_cells_and_weeks_are_told_apart(world: Labelled) -> None:
    _answer_checks(world, 60, 1.0)
    world.at += timedelta(days=7)
    _answer_checks(world, 60, 0.5, cell="zh/answer_check")
    found = agreements(world.done())
    assert _one(found, cell=CELL).value == 1.0
    worse = _one(found, cell="zh/answer_check").value
    assert worse is not None
    assert worse < 0.5
    weeks = [one.week for one in found if one.week]
    assert weeks == [START.date(), START.date() + timedelta(days=7)]
    assert _one(found, week=START.date()).value == 1.0
    assert _one(found, week=date(2026, 3, 9)).value == worse


def test_a_third_vote_that_was_asked_because_two_differ_changes_nothing(world: Labelled) -> None:
    _answer_checks(world, 100)
    before = _one(agreements(world.done()))
    for at in range(100):
        task = f"t{at:06}"
        world._vote(task, "ann-z", {"verdict": "equal"}, 600)
    assert _one(agreements(world.done())) == before


def test_a_third_vote_that_everybody_is_asked_for_counts(world: Labelled) -> None:
    for _ in range(60):
        world.task(
            CELL,
            {who: {"verdict": "equal"} for who in PEOPLE[:2]} | {"ann-d": {"verdict": "not_equal"}},
            overlap=3,
        )
    assert _one(agreements(world.done())).raw == pytest.approx(1 / 3)


def test_what_project_toml_asks_for_since_counts_too(world: Labelled) -> None:
    for at in range(60):
        task = world.task(
            CELL, {who: {"verdict": "equal"} for who in PEOPLE[:2]} | {"ann-d": {"verdict": "not_equal"}}
        )
        reason = "overlap changed" if at else "disagreement"
        world.put(AskFact(task_id=task, votes=3, reason=reason, posterior=None, asked_at=START))
    assert _one(agreements(world.done())).raw == pytest.approx((59 / 3 + 1) / 60, abs=1e-6)


def test_answers_under_different_guidelines_are_not_compared(world: Labelled) -> None:
    world.guideline("answer_check", "one")
    world.guideline("answer_check", "two", START + timedelta(minutes=30, seconds=1))
    for _ in range(60):
        world.task(CELL, {"ann-a": {"verdict": "equal"}, "ann-b": {"verdict": "equal"}})
    assert _one(agreements(world.done())).tasks == 59


def test_gold_is_no_agreement(world: Labelled) -> None:
    _answer_checks(world, 60)
    world.gold(CELL, {who: {"verdict": "equal"} for who in PEOPLE}, {"verdict": "equal"})
    assert _one(agreements(world.done())).tasks == 60


def test_of_many_tasks_a_sample_is_looked_at_and_all_are_counted(
    world: Labelled, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipeline.assessing.compared.MOST", 70)
    monkeypatch.setattr("pipeline.assessing.compared.MOST_OF_CELL", 80)
    _answer_checks(world, 120)
    found = agreements(world.done())
    assert (_one(found).tasks, _one(found).tasks_in_all) == (70, 120)
    assert (_one(found, cell=CELL).tasks, _one(found, cell=CELL).tasks_in_all) == (80, 120)


def test_an_empty_store_says_nothing(world: Labelled) -> None:
    assert agreements(world.done()) == []


def test_code_reviews_agree_in_verdict_lines_and_severity(world: Labelled) -> None:
    for at in range(80):
        wrong: dict[str, Json] = {
            "verdict": "incorrect",
            "lines": [3, 4],
            "severity": "major",
            "comment": f"typed {at}",
        }
        other: Json = {**wrong, "lines": [4, 5], "comment": "another word"} if at % 2 else wrong
        fine: Json = {"verdict": "correct"}
        said: dict[str, Json] = {"ann-a": wrong, "ann-b": other} if at % 4 else {"ann-a": fine, "ann-b": fine}
        world.task("en/code_review", said)
    found = {
        one.dimension: one
        for one in agreements(world.done())
        if one.cell is None and one.week is None and one.of == "compared"
    }
    assert list(found) == ["label", "verdict", "lines", "severity"]
    assert found["verdict"].value == 1.0
    assert (found["lines"].tasks, found["verdict"].tasks) == (60, 80)
    assert found["lines"].raw == pytest.approx(1 / 3)
    assert found["lines"].value is not None
    assert found["lines"].value < 0.5
    assert found["severity"].verdict == "one label only"


def test_step_reviews_agree_step_by_step_and_on_the_first_wrong_one(world: Labelled) -> None:
    for at in range(60):
        place = int(world.random.integers(4))
        early: Json = {"ratings": ["good"] * place + ["bad"], "finish": "found_error"}
        late: Json = {"ratings": ["good"] * (place + 1) + ["bad"], "finish": "found_error"}
        world.task("en/step_review", {"ann-a": early, "ann-b": late if at % 2 else early})
    found = {
        one.dimension: one
        for one in agreements(world.done())
        if one.cell is None and one.week is None and one.of == "compared"
    }
    exact, near = found["first error"], found["first error, within a step"]
    assert exact.raw == pytest.approx(0.5)
    assert exact.value is not None
    assert exact.value < 0.5
    assert near.value == 1.0
    assert near.raw == exact.raw
    assert found["parts"].tasks == 60
    assert set(found["parts"].prevalence) == {"0", "1"}
    assert found["finish"].verdict == "one label only"


def test_rankings_are_held_against_orders_made_by_lot(world: Labelled) -> None:
    for at in range(60):
        order = [int(one) + 1 for one in world.random.permutation(4)]
        other = order if at % 3 else [5 - one for one in order]
        world.task("en/ranking", {"ann-a": {"tiers": order}, "ann-b": {"tiers": other}})
    found = {
        one.dimension: one
        for one in agreements(world.done())
        if one.cell is None and one.week is None and one.of == "compared"
    }
    assert found["label"].value is not None
    assert found["label"].value > 0.0
    assert found["order"].measure == "kendall_w"
    assert found["order"].value == pytest.approx(40 / 60, abs=1e-6)
    assert found["order"].verdict == "not judged by W"


def test_preferences_are_ordinal(world: Labelled) -> None:
    rows = []
    for at in range(100):
        place = int(world.random.integers(-3, 4))
        other = max(-3, min(3, place + int(world.random.integers(-1, 2))))
        task = world.task(
            "en/preference_pair",
            {"ann-a": {"preference": place, "reason": f"as {at}"}, "ann-b": {"preference": other}},
        )
        rows += [(task, "ann-a", str(place)), (task, "ann-b", str(other))]
    found = {
        one.dimension: one
        for one in agreements(world.done())
        if one.cell is None and one.week is None and one.of == "compared"
    }
    known = agreement(rows, "ordinal")
    assert found["preference"].value == pytest.approx(known.alpha, abs=1e-6)
    assert found["preference"].value != found["label"].value


def test_labels_of_an_older_build_stop_nothing(world: Labelled) -> None:
    world.task(CELL, {"ann-a": 1, "ann-b": 1})
    assert agreements(world.done()) == []
