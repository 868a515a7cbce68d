"""Labels that are more than classes: what votes weigh by each method, and how sure what they come to is."""

import random
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.quality.bradley_terry import compared, with_judges
from pipeline.quality.judged import Judged
from pipeline.quality.judges import Judges
from pipeline.quality.learning import kept, learn, read
from pipeline.quality.one_coin import OneCoin
from schemas.base import Label, Vote
from tasks import task_types
from tests.tasks.drawing import a_few, labels

RANKING = task_types()["ranking"]
KEPT = sorted(set(task_types()) - {"issue_review"})  # of which hardly ever two can be drawn
OFTEN = ("code_review", "preference_pair", "ranking", "step_review")
"""Of each way to agree one, but for what takes long to draw."""


def ranks(*tiers: int) -> Label:
    label: Label = RANKING.label(tiers=tiers)
    return label


def vote(who: str, label: Label) -> Vote[Any]:
    return Vote[Any](annotator=who, label=label)


def rankings(seed: int = 1, items: int = 60) -> tuple[dict[str, list[Vote[Any]]], dict[str, Label]]:
    """Two who rank as is right nine times in ten, and two who rank at random."""
    chance = random.Random(seed)
    votes: dict[str, list[Vote[Any]]] = {}
    truth: dict[str, Label] = {}
    for item in range(items):
        right = tuple(chance.sample(range(1, 5), 4))
        truth[str(item)] = ranks(*right)
        said = {
            who: right if who in ("a", "b") and chance.random() < 0.9 else chance.sample(range(1, 5), 4)
            for who in ("a", "b", "c", "d")
        }
        votes[str(item)] = [vote(who, ranks(*tiers)) for who, tiers in said.items()]
    return votes, truth


def test_who_ranks_at_random_counts_for_little() -> None:
    votes, truth = rankings()
    model = Judged.fit(RANKING, votes)
    assert model.lesson.method == "bradley_terry"
    assert min(model.weight("a"), model.weight("b")) > 3 * max(model.weight("c"), model.weight("d"))
    assert model.weight("c") < model.weight("somebody new") < model.weight("a")
    label = model.says(RANKING, votes["0"])["bradley_terry"][0]
    assert label is not None
    assert RANKING.distance(label, truth["0"]) <= RANKING.tolerance


def test_judges_of_one_item_are_those_of_bradley_and_terry() -> None:
    chance = random.Random(5)
    said = {who: chance.sample(range(1, 6), 5) for who in "abcdef"}
    ours = Judges.fit({"1": list(said.items())}, {})
    theirs = with_judges(
        [one for who, places in said.items() for one in compared(who, dict(enumerate(places)))]
    )
    assert ours.reliability == pytest.approx(dict(theirs.reliability), abs=1e-3)


def test_a_ranking_is_as_sure_as_its_least_sure_neighbours() -> None:
    votes, _ = rankings()
    model = Judged.fit(RANKING, votes)
    agreed = [vote("a", ranks(1, 2, 3)), vote("b", ranks(1, 2, 3))]
    split = [vote("a", ranks(1, 2, 3)), vote("b", ranks(1, 3, 2))]
    all_sure, half_sure = (model.sure(RANKING, some, ranks(1, 2, 3)) for some in (agreed, split))
    assert all_sure is not None
    assert half_sure is not None
    assert all_sure > 0.9 > half_sure > 0.4
    assert model.sure(RANKING, agreed, ranks(3, 2, 1)) == pytest.approx(1 - all_sure, abs=0.01)


def test_with_gold_the_way_that_is_clearly_better_is_taken() -> None:
    votes, truth = rankings(2, 180)
    model = Judged.fit(RANKING, votes, dict(list(truth.items())[:110]))
    right = {one.method: one.right for one in model.lesson.tried}
    assert model.lesson.gold == 110
    assert right["bradley_terry"] > right["majority"]
    assert model.lesson.method == "bradley_terry"
    later = list(truth)[110:]
    better = {item: model.better(RANKING, votes[item]) for item in later}
    hits = sum(one is not None and RANKING.distance(one, truth[item]) <= 0.2 for item, one in better.items())
    heads = sum(
        one is not None and RANKING.distance(one, truth[item]) <= 0.2
        for item in later
        for one in (model.label("majority", RANKING, votes[item]),)
    )
    assert hits > heads


def test_without_enough_gold_nothing_is_said_to_be_better() -> None:
    votes, truth = rankings()
    model = Judged.fit(RANKING, votes, truth)
    assert model.lesson.gold == 60
    assert not model.lesson.is_tested
    assert model.better(RANKING, votes["0"]) is None


def test_the_severest_needs_no_probability() -> None:
    issue = task_types()["issue_review"]
    said = [issue.label(underspecified=at, tests_unfair=0, difficulty=1) for at in (0, 1, 3)]
    votes = {
        str(at): [vote(who, said[(at + place) % 3]) for place, who in enumerate("abc")] for at in range(6)
    }
    model = Judged.fit(issue, votes)
    assert model.lesson.method == "most_severe"
    assert model.sure(issue, votes["0"], said[0]) is None
    says = model.says(issue, votes["0"])
    assert next(iter(says)) == "most_severe"
    assert says["most_severe"][0] == said[2]


def test_known_labels_teach_one_coin_who_is_right() -> None:
    pair = task_types()["preference_pair"]
    votes = {
        str(at): [vote("a", pair.label(preference=3)), vote("b", pair.label(preference=-3))]
        for at in range(20)
    }
    alone = OneCoin.fit(pair, votes)
    taught = OneCoin.fit(pair, votes, {item: pair.label(preference=-3) for item in votes})
    assert alone.accuracy("a") == pytest.approx(alone.accuracy("b"))
    assert taught.accuracy("b") > 0.9
    assert taught.accuracy("a") < 0.3


@pytest.mark.parametrize(
    "name", [name if name in OFTEN else pytest.param(name, marks=pytest.mark.proof) for name in KEPT]
)
@settings(a_few, max_examples=3)
@given(data=st.data())
def test_what_is_kept_says_the_same_as_what_was_learned(name: str, data: st.DataObject) -> None:
    task_type, chance = task_types()[name], random.Random(1)
    said = [data.draw(labels(task_type)) for _ in range(2)]
    votes = {str(at): [vote(who, chance.choice(said)) for who in ("a", "b", "c")] for at in range(12)}
    known = {item: some[0].label for item, some in list(votes.items())[:4]}
    model = learn(task_type, votes, known)
    again = read(task_type, kept(model))
    assert again is not None
    assert again.lesson == model.lesson
    for some in votes.values():
        label = some[1].label
        one, other = model.sure(task_type, some, label), again.sure(task_type, some, label)
        assert one == (None if other is None else pytest.approx(other, abs=1e-3))
        for order in permutations(some):
            assert again.sure(task_type, list(order), label) == (
                None if other is None else pytest.approx(other)
            )
        sure = model.sure(task_type, some, model.posterior(task_type, some).label)
        assert sure is None or 0 <= sure <= 1
        assert next(iter(model.says(task_type, some))) in (model.lesson.method, "one_coin")


def test_steps_of_a_problem_are_no_classes() -> None:
    first = task_types()["first_error"]

    def told(steps: int) -> str:
        votes = {
            str(at): [vote(who, first.label(first_error=at % steps)) for who in "ab"] for at in range(40)
        }
        return learn(first, votes).lesson.method

    assert (told(4), told(20)) == ("blend", "one_coin")


def test_what_another_headrace_kept_is_learned_anew() -> None:
    assert read(RANKING, '{"form": 0}') is None
    assert read(RANKING, '{"form": 1}') is None
