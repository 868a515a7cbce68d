"""How good people are by gold: the figures, and what is right, wrong, or no answer."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from scipy import stats

from pipeline.quality.gold import (
    GoldVote,
    by_person,
    by_person_and_cell,
    fitting,
    is_right,
    judged,
    passes,
    score,
)
from schemas.records import Record
from tasks import task_types
from tasks._escape import Escape

PAIR = task_types()["preference_pair"]
SAID: dict[str, Any] = {"ratings": ["good", "bad"], "finish": "found_error"}
START = datetime(2026, 3, 2, tzinfo=UTC)


def votes(said: str, who: str = "ana", cell: str = "en/a", purpose: str = "gold") -> list[GoldVote]:
    """One a letter: y is right, n wrong, p passed on it."""
    right = [{"y": True, "n": False}.get(letter) for letter in said]
    return [
        GoldVote(who, f"task{n}", cell, "preference_pair", purpose, one, 0.0, START + timedelta(minutes=n))
        for n, one in enumerate(right)
    ]


@pytest.mark.parametrize(("right", "of"), [(41, 44), (0, 1), (10, 10), (3, 7)])
def test_scores_have_the_intervals_of_scipy(right: int, of: int) -> None:
    found = score(votes("y" * right + "n" * (of - right)))
    wilson = stats.binomtest(right, of).proportion_ci(0.95, method="wilson")
    low, high = stats.beta.interval(0.9, 1 + right, 1 + of - right)
    assert (found.right, found.of, found.mean) == (right, of, right / of)
    assert (found.low, found.high) == pytest.approx((wilson.low, wilson.high), abs=1e-4)
    assert (found.posterior_low, found.posterior_high) == pytest.approx((low, high), abs=1e-9)


def test_of_nothing_nothing_is_known() -> None:
    found = score([])
    assert (found.right, found.of, found.low, found.high) == (0, 0, 0.0, 1.0)
    assert (found.posterior_low, found.posterior_high) == pytest.approx((0.05, 0.95))


def test_who_passed_was_asked_nothing() -> None:
    assert (score(votes("ypn")).of, score(votes("p")).of) == (2, 0)


def test_scores_are_kept_apart_by_person_and_cell() -> None:
    said = [*votes("y"), *votes("n", cell="zh/a"), *votes("yy", who="ben")]
    assert {name: (one.right, one.of) for name, one in by_person(said).items()} == {
        "ana": (1, 2),
        "ben": (2, 2),
    }
    apart = {key: (one.right, one.of) for key, one in by_person_and_cell(said).items()}
    assert apart == {("ana", "en/a"): (1, 1), ("ana", "zh/a"): (0, 1), ("ben", "en/a"): (2, 2)}


@pytest.mark.parametrize(
    ("preference", "right"), [(-3, True), (-2, True), (-1, True), (0, False), (2, False), (3, False)]
)
def test_neighbours_on_the_scale_are_right(preference: int, right: bool) -> None:  # noqa: FBT001 - a case
    assert is_right(PAIR, PAIR.label(preference=preference), PAIR.label(preference=-2)) is right


def test_a_pass_is_no_wrong_answer_unless_the_answer_is_known_to_be_one() -> None:
    passing = PAIR.label(escape=Escape(kind="pass", reason="tired"))
    unable = PAIR.label(escape=Escape(kind="cannot_judge"))
    broken = PAIR.label(escape=Escape(kind="bad_problem"))
    known = PAIR.label(preference=2)
    assert judged(PAIR, passing, known) is None
    assert judged(PAIR, unable, known) is None
    assert judged(PAIR, broken, known) is False
    assert judged(PAIR, broken, broken) is True
    assert judged(PAIR, passing, broken) is None
    assert judged(PAIR, unable, unable) is True
    assert judged(PAIR, known, unable) is False


@pytest.mark.parametrize(
    ("right", "of", "does"), [(6, 8, True), (5, 8, False), (7, 10, False), (8, 10, True)]
)
def test_a_newcomer_passes_by_the_share_that_is_right(right: int, of: int, does: bool) -> None:  # noqa: FBT001 - a case
    assert passes([True] * right + [False] * (of - right), 0.75) is does


def test_a_share_that_no_float_holds_is_reached_all_the_same() -> None:
    assert passes([True] * 7 + [False] * 3, 0.7)


def item(name: str, **record: Any) -> Any:
    (found,) = task_types()[name].items(
        Record.model_validate({"prompt": "p", "domain": "reasoning", **record}), {}
    )
    return found


def test_a_label_fits_its_item_or_is_refused() -> None:
    steps = task_types()["step_review"]
    two = item("step_review", candidates=[{"steps": ["1 = 1", "1 = 2"]}])
    assert fitting(steps, two, SAID) == steps.label(**SAID)
    for said in (
        {**SAID, "ratings": ["good"]},
        {**SAID, "ratings": ["good"] * 3},
        {**SAID, "stars": 3},
        ["good"],
        None,
    ):
        with pytest.raises(ValueError, match=r".+"):
            fitting(steps, two, said)
