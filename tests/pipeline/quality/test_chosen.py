"""The chosen method as a model of annotators: what it says of one item's votes, and what others would have said."""

import random
from itertools import permutations
from typing import Any

import pytest

from pipeline.quality.chosen import WAYS, Chosen, Classes
from pipeline.quality.posterior import settle_weighed
from pipeline.quality.standing import Standing, Together
from schemas.base import Vote
from tasks import task_types
from tasks.preference_pair import PreferencePairLabel

TYPE = task_types()["preference_pair"]
SCALE = (-3, -2, -1, 0, 1, 2, 3)


def prefers(place: int, reason: str = "") -> PreferencePairLabel:
    return PreferencePairLabel(preference=place, reason=reason)


def cast(
    seed: int = 1, items: int = 150
) -> tuple[dict[str, list[Vote[Any]]], dict[str, PreferencePairLabel]]:
    """Two people who know, and one who guesses."""
    chance = random.Random(seed)
    votes: dict[str, list[Vote[Any]]] = {}
    truth: dict[str, PreferencePairLabel] = {}
    for item in range(items):
        right = chance.choice(SCALE)
        said = {"good a": right, "good b": right if chance.random() < 0.8 else chance.choice(SCALE)}
        said["guesses"] = chance.choice(SCALE)
        votes[str(item)] = [Vote[Any](annotator=who, label=prefers(place)) for who, place in said.items()]
        truth[str(item)] = prefers(right)
    return votes, truth


def test_who_knows_is_believed() -> None:
    votes, truth = cast()
    model = Chosen.fit(TYPE, votes)
    assert model.weight("good a") > model.weight("somebody new") > model.weight("guesses")
    asked = [
        Vote[Any](annotator=who, label=prefers(place)) for who, place in (("good a", 3), ("guesses", -3))
    ]
    leading = model.posterior(TYPE, asked)
    assert leading.label == prefers(3)
    assert leading.probability > 0.7
    right = sum(TYPE.distance(model.posterior(TYPE, votes[item]).label, truth[item]) == 0 for item in votes)
    assert right > 0.85 * len(votes)
    assert settle_weighed(TYPE, votes["0"], model).label is not None


def test_the_order_of_votes_decides_nothing() -> None:
    votes, _ = cast()
    model = Chosen.fit(TYPE, votes)
    for given in list(votes.values())[:10]:
        assert len({model.posterior(TYPE, list(order)).label for order in permutations(given)}) == 1


def test_gold_teaches_the_model() -> None:
    votes, truth = cast(2, 120)
    alone, taught = Chosen.fit(TYPE, votes), Chosen.fit(TYPE, votes, truth)
    assert taught.weight("good a") >= alone.weight("good a")
    assert taught.lesson.judged is not None
    assert taught.lesson.judged.of == 120
    assert taught.lesson.is_tested
    assert not alone.lesson.is_tested


def test_words_beside_a_judgement_make_no_class_of_their_own() -> None:
    classes = Classes(TYPE)
    assert classes.place(prefers(2, "clearer")) == classes.place(prefers(2)) == 0
    assert classes.place(prefers(-2), new=False) == -1
    assert len(classes.labels()) == 1


def test_the_label_is_somebodys_own_with_its_words() -> None:
    votes, _ = cast()
    model = Chosen.fit(TYPE, votes)
    asked = [
        Vote[Any](annotator="good a", label=prefers(1, "because")),
        Vote[Any](annotator="guesses", label=prefers(-3)),
    ]
    assert model.posterior(TYPE, asked).label == prefers(1, "because")


def test_what_the_others_would_have_said_stands_beside() -> None:
    votes, _ = cast()
    found = Chosen.fit(TYPE, votes).says(TYPE, votes["0"])
    assert next(iter(found)) == "blend"
    assert {"majority", "one_coin", "dawid_skene", "ordinal"} <= set(found)
    assert all(sure is None or 0 < sure <= 1 for _, sure in found.values())


def test_a_label_that_nobody_gave_before_is_settled_too() -> None:
    votes = {"1": [Vote[Any](annotator=who, label=prefers(1)) for who in ("a", "b")]}
    leading = Chosen.fit(TYPE, votes).posterior(TYPE, [Vote[Any](annotator="a", label=prefers(-3))])
    assert leading.label == prefers(-3)


def test_models_asked_at_once_say_what_each_says_alone() -> None:
    votes, _ = cast()
    model = Chosen.fit(TYPE, votes)
    names, places = [str(at) for at in range(len(model.labels))], {"good a": 0, "good b": 1, "guesses": 2}
    assert list(model.annotators) == list(places)
    said = {"good a": 2, "guesses": 0, "somebody new": 2}
    together = Together(model.people, model.annotators).of_votes(said)
    for at, one in enumerate(model.people.values()):
        assert together[at] == pytest.approx(Standing(names, [one], places).of_votes(said))


@pytest.mark.parametrize("name", sorted(task_types()))
def test_it_is_for_classes_and_scales(name: str) -> None:
    assert (task_types()[name].agreed in WAYS) == (name in {"answer_check", "first_error", "preference_pair"})
