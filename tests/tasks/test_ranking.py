"""Rankings: which answers, in which order they are shown, what their tiers mean, and the pairs that come of them."""

from itertools import permutations, product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from schemas.records import Record
from tasks._style import NO_KEY
from tasks.base import Answers, NoItem, ParseError, say_choices
from tasks.ranking import KEYS, LETTERS, RankingItem, RankingLabel, task_type
from tests.tasks.drawing import a_few

ITEM = RankingItem(prompt="Why?", answers=("p", "q", "r", "s"))


def record(*texts: str, prompt: object = "Why?") -> Record:
    candidates = [{"text": text} for text in texts]
    return Record.model_validate({"prompt": prompt, "domain": "reasoning", "candidates": candidates})


def said(*tiers: object) -> Answers:
    regions = [
        say_choices(f"tier_{letter}", f"answer_{letter}", str(tier))
        for letter, tier in zip(LETTERS, tiers, strict=False)
    ]
    return Answers(regions)


def label(*tiers: int) -> RankingLabel:
    return RankingLabel(tiers=tiers)


@pytest.mark.parametrize("texts", ["", "ab", "aab", "abcdefg"])
def test_three_to_six_different_answers_can_be_ranked(texts: str) -> None:
    with pytest.raises(NoItem, match="3 to 6 different"):
        task_type.items(record(*texts), {})


def test_all_different_answers_are_one_item() -> None:
    (item,) = task_type.items(record("x", "y", "z", "y\n"), {})
    assert sorted(answer.strip() for answer in item.answers) == ["x", "y", "z"]


def test_the_order_shown_does_not_depend_on_the_order_of_the_candidates() -> None:
    items = {next(iter(task_type.items(record(*texts), {}))).id for texts in permutations("xyz")}
    assert len(items) == 1


def test_no_answer_is_favoured_by_its_place() -> None:
    items = [next(iter(task_type.items(record(*"xyz", prompt=f"Why {n}?"), {}))) for n in range(300)]
    for text, place in product("xyz", range(3)):
        assert 60 < sum(item.answers[place] == text for item in items) < 140


def test_tiers_are_read_in_the_order_of_the_item() -> None:
    assert task_type.parse(ITEM, said(2, 1, 3, 4)).tiers == (2, 1, 3, 4)


def test_tiers_left_out_say_nothing() -> None:
    assert task_type.parse(ITEM, said(4, 2, 2, 4)).tiers == (2, 1, 1, 2)


def test_every_answer_needs_a_tier() -> None:
    with pytest.raises(ParseError, match="tier_d"):
        task_type.parse(ITEM, said(1, 2, 3))


@pytest.mark.parametrize("tier", ["0", "5", "-1", "1.0", "", "best", "\u0661"])
def test_a_tier_that_there_is_not_is_refused(tier: str) -> None:
    with pytest.raises(ParseError, match="tier_d"):
        task_type.parse(ITEM, said(1, 2, 3, tier))


def test_a_tier_for_an_answer_that_there_is_not_is_refused() -> None:
    with pytest.raises(ParseError, match="'tier_e': there are 4 answers"):
        task_type.parse(ITEM, said(1, 2, 3, 4, 1))


def test_a_way_out_needs_no_tiers() -> None:
    parsed = task_type.parse(ITEM, Answers([say_choices("escape", "prompt", "cannot_judge")]))
    assert parsed.tiers is None
    assert task_type.summary(parsed) == "cannot judge"
    assert task_type.distance(parsed, label(1, 2, 3, 4)) == 1.0
    assert task_type.distance(parsed, parsed) == 0.0


def test_the_distance_is_the_share_of_pairs_in_another_order() -> None:
    order = label(1, 2, 3, 4)
    assert task_type.distance(order, label(4, 3, 2, 1)) == 1.0
    assert task_type.distance(order, label(2, 1, 3, 4)) == pytest.approx(1 / 6)
    assert task_type.distance(order, label(1, 1, 2, 3)) == pytest.approx(1 / 12)
    assert task_type.distance(order, label(1, 1, 1, 1)) == 0.5
    assert task_type.distance(order, label(1, 2, 3)) == 1.0


tiers = st.tuples(*[st.integers(1, 4)] * 4).map(lambda given: label(*given))


@a_few
@given(tiers, tiers, tiers)
def test_a_detour_is_never_shorter(a: RankingLabel, b: RankingLabel, c: RankingLabel) -> None:
    assert task_type.distance(a, c) <= task_type.distance(a, b) + task_type.distance(b, c) + 1e-9


def test_two_neighbours_of_four_in_another_order_are_one_judgement_and_of_three_are_not() -> None:
    assert task_type.distance(label(1, 2, 3, 4), label(1, 3, 2, 4)) <= task_type.tolerance
    assert task_type.distance(label(1, 2, 3), label(1, 2, 2)) <= task_type.tolerance
    assert task_type.distance(label(1, 2, 3), label(1, 3, 2)) > task_type.tolerance


def test_a_pair_reversed_and_another_tied_are_two_judgements() -> None:
    assert task_type.distance(label(1, 2, 3, 4), label(2, 1, 3, 3)) > task_type.tolerance


def test_an_item_or_a_ranking_of_another_size_is_none() -> None:
    for size in (3, 6):
        assert len(RankingItem(prompt="Why?", answers=tuple("uvwxyz"[:size])).answers) == size
        assert label(*range(1, size + 1)).tiers == tuple(range(1, size + 1))
    for size in (2, 7):
        with pytest.raises(ValidationError, match="answers"):
            RankingItem(prompt="Why?", answers=tuple("tuvwxyz"[:size]))
        with pytest.raises(ValidationError, match="tiers"):
            label(*range(1, size + 1))


def test_six_answers_are_still_ranked() -> None:
    (item,) = task_type.items(record(*"abcdef"), {})
    assert sorted(item.answers) == list("abcdef")


@pytest.mark.parametrize("order", list(permutations((0.25, 1.5, 2.75))))
def test_places_of_any_kind_make_tiers_in_their_order(order: tuple[float, ...]) -> None:
    tiers = {0.25: 1, 1.5: 2, 2.75: 3}
    assert task_type.ranked(order).tiers == tuple(tiers[place] for place in order)


def test_places_and_tiers_are_each_others_inverse() -> None:
    assert task_type.places(label(2, 1, 1)) == (2.0, 1.0, 1.0)
    assert task_type.ranked((1.5, 3.0, 1.5, 2.25)) == label(1, 3, 1, 2)


def test_each_pair_in_different_tiers_is_a_preference_with_the_tiers_between() -> None:
    rows = {(row.chosen, row.rejected, row.margin) for row in task_type.rows(ITEM, label(1, 3, 2, 2))}
    assert rows == {("p", "q", 2.0), ("p", "r", 1.0), ("p", "s", 1.0), ("r", "q", 1.0), ("s", "q", 1.0)}


def test_answers_that_are_all_tied_make_no_row() -> None:
    assert list(task_type.rows(ITEM, label(1, 1, 1, 1))) == []


@pytest.mark.parametrize("answers", [3, 4, 5, 6])
def test_each_tier_has_a_key_of_its_own_but_for_the_sixth(answers: int) -> None:
    data: dict[str, Any] = task_type.data(RankingItem(prompt="Why?", answers=tuple("uvwxyz"[:answers])))
    cards = [data[f"card_{letter}"] for letter in LETTERS]
    assert [len(card) for card in cards] == [1] * answers + [0] * (6 - answers)
    keys = [[tier["hotkey"] for tier in card[0]["tiers"]] for card in cards if card]
    assert keys == [([*KEYS[at], NO_KEY])[:answers] for at in range(answers)]
    pressed = [key for row in keys for key in row if key != NO_KEY]
    assert len(pressed) == len(set(pressed)) <= 30


def test_the_summary_shows_the_order() -> None:
    assert task_type.summary(label(1, 3, 2, 2).replace(reason="it\nruns")) == "A > C = D > B: it runs"
