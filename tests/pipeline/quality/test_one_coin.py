"""The one-coin model: it finds who is right, says no more than votes bear, and no order decides anything."""

import random
from itertools import permutations
from statistics import mean
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.quality.consensus import settle
from pipeline.quality.one_coin import CERTAIN, EXPECTED, PRIOR_VOTES, OneCoin
from pipeline.quality.posterior import CLEAR, settle_weighed, weighed
from schemas.base import Vote
from tasks import task_types
from tasks.code_review import CodeReviewLabel
from tasks.preference_pair import PreferencePairLabel

a_few = settings(deadline=None, max_examples=20)
CODE, PAIR = task_types()["code_review"], task_types()["preference_pair"]
Items = dict[str, list[Vote[Any]]]
APART = (-3, 3, 0)


def vote(annotator: str, preference: int) -> Vote[Any]:
    return Vote[Any](annotator=annotator, label=PreferencePairLabel(preference=preference))


def blame(annotator: str, *lines: int) -> Vote[Any]:
    return Vote[Any](annotator=annotator, label=CodeReviewLabel(verdict="incorrect", lines=lines))


def world(skill: dict[str, float], items: int, answers: int = 2, an_item: int = 3) -> Items:
    """Votes of people of known skill; an item is named after its truth, and the wrong take any other answer."""
    dice = random.Random(7)
    cast: Items = {}
    for at in range(items):
        truth, *others = dice.sample(APART[:answers], answers)
        cast[f"{truth} {at}"] = [
            vote(name, truth if dice.random() < skill[name] else dice.choice(others))
            for name in dice.sample(sorted(skill), an_item)
        ]
    return cast


SKILL = {"ann": 0.95, "bo": 0.9, "cy": 0.9, "di": 0.75, "guess": 0.5}


def test_it_finds_how_often_people_are_right() -> None:
    model = OneCoin.fit(PAIR, world(SKILL, 1500))
    for name, skill in SKILL.items():
        assert model.accuracy(name) == pytest.approx(skill, abs=0.05)
    assert model.weight("ann") > model.weight("di") > model.weight("guess")


def test_its_doubt_is_as_large_as_its_error() -> None:
    cast = world(SKILL, 1500)
    model = OneCoin.fit(PAIR, cast)
    leading = {name: model.posterior(PAIR, votes) for name, votes in cast.items()}
    right = [found.label == vote("", int(name.split()[0])).label for name, found in leading.items()]
    assert 0.85 < mean(right) < 0.99
    assert mean(found.probability for found in leading.values()) == pytest.approx(mean(right), abs=0.02)


def test_errors_that_spread_over_more_answers_make_agreement_say_more() -> None:
    two, three = (OneCoin.fit(PAIR, world(SKILL, 600, answers, an_item=5)) for answers in (2, 3))
    assert two.alternatives == pytest.approx(2)
    assert 2.3 < three.alternatives < 3.2


def test_whoever_is_unknown_is_taken_for_the_average() -> None:
    assert OneCoin.fit(PAIR, {}) == OneCoin()
    assert OneCoin().accuracy("new") == EXPECTED
    model = OneCoin.fit(PAIR, world(SKILL, 400))
    assert model.accuracy("new") == model.expected == pytest.approx(0.8, abs=0.05)


def test_a_few_votes_say_little_of_a_person() -> None:
    cast = world({"ann": 0.95, "bo": 0.95, "cy": 0.95}, 200)
    cast["last"] = [vote("ann", 3), vote("bo", 3), vote("cy", 3), vote("new", -3)]
    model = OneCoin.fit(PAIR, cast)
    expected = model.expected * PRIOR_VOTES / (PRIOR_VOTES + 1)
    assert model.accuracy("new") == pytest.approx(expected, abs=0.01)


def test_whoever_is_always_wrong_counts_for_nothing_and_never_against() -> None:
    cast = world({"ann": 0.95, "bo": 0.95, "cy": 0.95, "contrary": 0.02}, 400)
    model = OneCoin.fit(PAIR, cast)
    assert model.accuracy("contrary") < 0.2
    assert model.weight("contrary") == 0
    found = model.posterior(PAIR, [vote("ann", 3), vote("contrary", 3)])
    assert found.probability == pytest.approx(model.posterior(PAIR, [vote("ann", 3)]).probability)


def test_nobody_is_certain() -> None:
    model = OneCoin(accuracies={"ann": 1.0})
    assert model.posterior(PAIR, [vote("ann", 3)]).probability == pytest.approx(CERTAIN)


@a_few
@given(said=st.lists(st.sampled_from(APART[:2]), min_size=1, max_size=5))
def test_of_two_answers_the_weighted_majority_is_the_leading_one(said: list[int]) -> None:
    model = OneCoin(accuracies=dict(zip(sorted(SKILL), SKILL.values(), strict=True)))
    votes = [vote(name, one) for name, one in zip(sorted(SKILL), said, strict=False)]
    settled = settle(PAIR, weighed(model, votes)).label
    found = model.posterior(PAIR, votes)
    assert settled == found.label if found.probability > 0.5 + 1e-9 else settled is None


@pytest.mark.parametrize(("skill", "said"), [(0.8, -3), (0.9, 3)])
def test_one_person_overrules_two_only_where_the_model_is_clear_that_they_are_wrong(
    skill: float, said: int
) -> None:
    model = OneCoin(accuracies={"one": skill, "two": 0.6, "three": 0.6})
    votes = [vote("one", 3), vote("two", -3), vote("three", -3)]
    assert model.posterior(PAIR, votes).label == PreferencePairLabel(preference=3)
    assert (model.posterior(PAIR, votes).probability >= CLEAR) == (said == 3)
    settled = settle_weighed(PAIR, votes, model)
    assert (settled.label, settled.method) == (PreferencePairLabel(preference=said), "ordinal")


def test_where_heads_settle_nothing_weights_do() -> None:
    model = OneCoin(accuracies={"one": 0.7, "two": 0.6})
    votes = [vote("one", 3), vote("two", -3)]
    assert model.posterior(PAIR, votes).probability < CLEAR
    assert settle_weighed(PAIR, votes, model).label == PreferencePairLabel(preference=3)


def test_people_who_only_guess_settle_nothing_however_many_they_are() -> None:
    model = OneCoin(expected=0.5)
    assert settle_weighed(PAIR, [vote(name, 3) for name in "abc"], model).label is None


def test_no_order_decides_anything() -> None:
    cast = world(SKILL, 60)
    again = {name: cast[name][::-1] for name in reversed(cast)}
    assert OneCoin.fit(PAIR, cast) == OneCoin.fit(PAIR, again)
    model = OneCoin.fit(PAIR, cast)
    votes = [vote("ann", -1), vote("bo", 1), vote("cy", 0), vote("di", 3), vote("guess", -3)]
    found = {repr(model.posterior(PAIR, list(order))) for order in permutations(votes)}
    assert len(found) == 1


def test_what_people_are_called_decides_nothing() -> None:
    called = dict(zip(SKILL, ("z", "y", "x", "w", "v"), strict=True))
    cast = world(SKILL, 60)
    renamed = {
        name: [one.model_copy(update={"annotator": called[one.annotator]}) for one in votes]
        for name, votes in cast.items()
    }
    model, other = OneCoin.fit(PAIR, cast), OneCoin.fit(PAIR, renamed)
    for name in SKILL:
        assert other.accuracy(called[name]) == pytest.approx(model.accuracy(name), abs=1e-9)


# Labels with a distance


def test_labels_within_the_tolerance_are_one_judgement() -> None:
    model = OneCoin(expected=0.8)
    near = model.posterior(PAIR, [vote("a", 1), vote("b", 2)])
    assert near.probability == pytest.approx(0.64 / (0.64 + 0.04))
    apart = model.posterior(PAIR, [vote("a", 1), vote("b", 3)])
    assert apart.probability == pytest.approx(0.5)


def test_who_names_the_same_lines_agrees_whatever_else_they_name() -> None:
    model = OneCoin(expected=0.8)
    found = model.posterior(CODE, [blame("a", 1, 2), blame("b", 2, 3), blame("c", 9)])
    assert found.probability == pytest.approx(16 / (16 + 4))
    assert found.label in (blame("a", 1, 2).label, blame("b", 2, 3).label)


def test_labels_are_compared_within_an_item_alone() -> None:
    """Lines of one program are nothing to those of another: the same line twice is no agreement."""
    cast = {f"{at}": [blame("ann", at + 1), blame("bo", at + 1), blame("cy", 1000)] for at in range(40)}
    model = OneCoin.fit(CODE, cast)
    assert model.accuracy("cy") < 0.2
    assert model.accuracy("ann") > 0.9


def test_a_judgement_that_nobody_gave_has_its_share() -> None:
    model = OneCoin(expected=0.8, alternatives=5.0)
    found = model.posterior(PAIR, [vote("a", 3)])
    assert found.probability == pytest.approx(0.8)
