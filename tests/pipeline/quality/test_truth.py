"""What votes come to by each model, how the method is chosen, and what one vote more changes."""

import random
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.measuring.planted_people import Shape, world
from pipeline.quality.choosing import DEFAULT, ENOUGH, candidates, choose
from pipeline.quality.coded import UNKNOWN, Coded, last_of_each
from pipeline.quality.dawid_skene import blend, dawid_skene, one_coin, pooled
from pipeline.quality.measured import mean, measure, median, numbers, weighted_mean
from pipeline.quality.ordinal import ordinal
from pipeline.quality.standing import Standing
from pipeline.quality.truth import Truth, majority, posterior_of, without_own
from tests.pipeline.quality.coding import coded, table

ALL = [majority, one_coin, dawid_skene, pooled, ordinal, blend]


def right(truth: Truth, known: Any) -> float:
    return float((truth.best() == known).mean())


def test_of_several_votes_by_one_person_the_last_counts() -> None:
    votes = Coded.of([("i", "a", "x"), ("i", "b", "x"), ("i", "a", "y")])
    assert majority(votes).posterior.tolist() == [[0.5, 0.5]]
    assert last_of_each(np.array([0, 0, 0]), np.array([1, 2, 1])).tolist() == [1, 2]


@pytest.mark.parametrize("model", ALL)
def test_posteriors_are_probabilities(model: Any) -> None:
    for seed in range(20):
        posterior = model(coded(seed)).posterior
        assert np.allclose(posterior.sum(axis=1), 1)
        assert posterior.min() >= 0


@settings(deadline=None, max_examples=20)
@given(st.integers(0, 1000), st.randoms(use_true_random=False), st.sampled_from(ALL))
def test_the_order_of_votes_decides_nothing(seed: int, chance: random.Random, model: Any) -> None:
    rows = table(seed)
    shuffled = chance.sample(rows, len(rows))
    before, after = model(Coded.of(rows)), model(Coded.of(shuffled))
    assert np.allclose(before.posterior, after.posterior, atol=1e-6)


@pytest.mark.parametrize("model", ALL)
def test_what_is_known_stays_known_and_teaches(model: Any) -> None:
    votes = Coded.of([("1", "a", "x"), ("1", "b", "y"), ("2", "a", "x"), ("2", "b", "y")])
    held = model(votes, votes.known([("1", "y")]))
    assert held.posterior[0].tolist() == [0, 1]
    if model is not majority:
        assert held.posterior[1, 1] > 0.5  # b was right where it is known


def test_people_who_guess_are_outvoted_by_the_few_who_know() -> None:
    chance = random.Random(1)
    rows = []
    for item in range(300):
        truth = chance.choice("xy")
        rows += [
            (str(item), f"good {n}", truth if chance.random() < 0.95 else chance.choice("xy"))
            for n in range(2)
        ]
        rows += [(str(item), f"guesses {n}", chance.choice("xy")) for n in range(3)]
        rows.append((str(item), "truth", truth))
    known = dict((item, label) for item, who, label in rows if who == "truth")  # noqa: C402 - two of three
    votes = Coded.of(row for row in rows if row[1] != "truth")
    truth_of = votes.known(known.items())
    assert right(majority(votes), truth_of) < 0.9
    for model in (one_coin, dawid_skene, pooled, blend):
        assert right(model(votes), truth_of) > 0.95


def test_somebody_who_always_says_one_more_is_understood() -> None:
    chance = random.Random(2)
    truths = {str(item): chance.randint(0, 4) for item in range(200)}
    rows = [(item, "one more", str(truth + 1)) for item, truth in truths.items()]
    rows += [
        (item, f"noisy {n}", str(max(0, truth + chance.choice([-1, 0, 0, 1]))))
        for item, truth in truths.items()
        for n in range(2)
    ]
    votes = Coded.of(rows, labels=map(str, range(6)))
    known = votes.known((item, str(truth)) for item, truth in truths.items())
    assert right(ordinal(votes), known) > right(majority(votes), known) + 0.1


def test_a_vote_tells_nothing_of_itself() -> None:
    votes = Coded.of([("1", "a", "x"), ("1", "b", "y"), ("1", "c", "y")])
    people = one_coin(votes).models[0]
    others = without_own(votes, people)
    alone = posterior_of(votes.only(np.array([False, True, True])), people)
    assert np.allclose(others[0], alone[0])


# choosing


def test_without_gold_the_blend_stands() -> None:
    votes = coded(3)
    chosen = choose(votes, np.full(len(votes.items), UNKNOWN))
    assert (chosen.method, chosen.judged, chosen.tried) == (DEFAULT, None, ())
    assert set(chosen.others) == set(candidates(votes, None)) - {DEFAULT}


def test_little_gold_judges_but_does_not_choose() -> None:
    made = world("", 1)
    known = np.where(np.arange(len(made.truth)) < ENOUGH - 1, made.truth, UNKNOWN)
    chosen = choose(made.votes, known)
    assert chosen.method == DEFAULT
    assert "are needed" in chosen.why
    assert chosen.judged is not None
    assert chosen.judged.of == ENOUGH - 1


def test_gold_never_judges_what_it_taught() -> None:
    votes = Coded.of((f"{item}", f"p{n}", "xy"[n % 2]) for item in range(200) for n in range(4))
    chance = np.random.default_rng(1)
    known = chance.integers(2, size=200)  # nothing in the votes tells it
    chosen = choose(votes, known)
    assert chosen.judged is not None
    assert abs(chosen.judged.right - 100) < 40  # not 200, as if it had seen the answers
    assert (chosen.truth.best() == known).sum() < 140


def test_the_choice_is_not_behind_the_better_of_majority_and_dawid_and_skene() -> None:
    behind = []
    for seed in range(6):
        made = world("random", seed, Shape(people=20, planted=6, labels=60))
        half = np.random.default_rng(seed).random(len(made.truth)) < 0.5
        chosen = choose(made.votes, np.where(half, made.truth, UNKNOWN))
        ours = (chosen.truth.best() == made.truth)[~half].mean()
        plain = (majority(made.votes), dawid_skene(made.votes, smoothing=0))
        behind.append(max((one.best() == made.truth)[~half].mean() for one in plain) - ours)
    assert np.mean(behind) < 0.005


# measures


def test_who_is_always_too_high_is_set_right() -> None:
    chance = random.Random(4)
    truths = {str(item): chance.uniform(0, 100) for item in range(150)}
    people = {"exact": (0, 1), "high": (15, 1), "wild": (0, 30)}
    rows = [
        (item, who, f"{truth + chance.gauss(*off):.3f}")
        for item, truth in truths.items()
        for who, off in people.items()
    ]
    votes = Coded.of(rows)
    truth = np.array([truths[item] for item in votes.items])
    errors = {way.__name__: np.abs(way(votes) - truth).mean() for way in (mean, median, weighted_mean)}
    assert errors["weighted_mean"] < 0.7 * errors["mean"]


def test_the_median_by_hand() -> None:
    rows = [("1", who, value) for who, value in zip("abc", ("1", "2", "10"), strict=True)]
    rows += [("2", "a", "1"), ("2", "b", "2")]
    votes = Coded.of(rows)
    assert median(votes).tolist() == [2, 1.5]
    assert numbers(votes).tolist() == [1, 10, 2]
    assert measure(votes, np.full(2, UNKNOWN)).method == "weighted_mean"


# one vote more


def test_one_vote_more_moves_its_item_alone() -> None:
    made = world("", 5)
    truth = blend(made.votes)
    standing = Standing.of(made.votes, truth)
    before = [standing.posterior(item) for item in made.votes.items]
    assert np.allclose(before, truth.posterior, atol=1e-3)  # people as the last round left them
    item = made.votes.items[7]
    away = str((int(truth.best()[7]) + 1) % 4)
    standing.vote(item, "somebody new", away)
    after = standing.vote(item, "somebody else", away)
    assert after[int(away)] > before[7][int(away)]
    assert all(
        np.array_equal(standing.posterior(one), was)
        for one, was in zip(made.votes.items, before, strict=True)
        if one != item
    )


def test_a_changed_mind_takes_the_place_of_what_was_said() -> None:
    made = world("", 6)
    standing = Standing.of(made.votes, blend(made.votes))
    first = standing.vote("new item", "person 03", "1")
    standing.vote("new item", "person 03", "2")
    assert np.array_equal(standing.vote("new item", "person 03", "1"), first)
