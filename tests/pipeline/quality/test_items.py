"""Items to look at again: bad gold, wrong labels, unclear clauses, confusable labels; and structured labels."""

from dataclasses import asdict

import numpy as np
import pytest

from benchmarks.measuring.planted_people import Shape, world
from pipeline.quality.ambiguity import Difference, differences
from pipeline.quality.beyond_chance import (
    beyond_chance,
    first_error,
    harmonic_accuracy,
    iou,
    line_sets,
    weighted_kappa,
)
from pipeline.quality.bradley_terry import bradley_terry, compared, with_judges
from pipeline.quality.coded import UNKNOWN, Coded, Places
from pipeline.quality.concordance import kendall_w, mean_w
from pipeline.quality.confusable import confusable, score
from pipeline.quality.dawid_skene import blend
from pipeline.quality.gold_faults import gold_faults, trusted
from pipeline.quality.gold_wear import worn
from pipeline.quality.label_errors import Slice, accepted_error, suspects
from pipeline.quality.medoid_weights import medoids


def corrupted(truth: Places, seed: int, share: float = 0.05) -> tuple[Places, set[str]]:
    """Known labels of which some are wrong, and which."""
    chance = np.random.default_rng(seed)
    bad = chance.random(truth.size) < share
    known = np.where(bad, (truth + chance.integers(1, 4, truth.size)) % 4, truth)
    return known, {f"item {at}" for at in np.flatnonzero(bad)}


def test_bad_gold_is_listed() -> None:
    listed = planted = 0
    for seed in range(5):
        made = world("", seed, Shape(labels=100, overlap=8, hard=0.2))
        known, bad = corrupted(made.truth, seed)
        found = gold_faults(made.votes, known)
        assert [one.probability for one in found] == sorted(one.probability for one in found)
        listed += len({one.item for one in found} & bad)
        planted += len(bad)
        aside = trusted(made.votes, known) == UNKNOWN
        assert {made.votes.items[at] for at in np.flatnonzero(aside)} == {
            one.item for one in found if one.set_aside
        }
    assert listed / planted >= 0.9


def test_good_gold_is_hardly_listed() -> None:
    made = world("", 9, Shape(labels=100, overlap=8, hard=0.2))
    assert len(gold_faults(made.votes, made.truth)) < 0.04 * len(made.truth)
    nothing = np.full(len(made.truth), UNKNOWN)
    assert gold_faults(made.votes, nothing) == []


def test_gold_wears_by_being_shown_or_told() -> None:
    half = [True, False]
    assert worn(half * 10) is None
    often = worn(half * 15)
    assert often is not None
    assert (often.reason, often.shown, often.after) == ("shown often", 30, 0.5)
    told = worn(half * 6 + [False] * 2 + [True] * 20)
    assert told is not None
    assert told.reason == "known suddenly"
    assert told.before < 0.6 < told.after
    chance = np.random.default_rng(3)
    assert np.mean([worn((chance.random(29) < 0.7).tolist()) is not None for _ in range(400)]) < 0.03


def test_wrong_labels_come_first_and_a_machine_helps() -> None:
    made = world("", 4, Shape(labels=150))
    truth = blend(made.votes)
    wrong = {made.votes.items[at] for at in np.flatnonzero(truth.best() != made.truth)}
    alone = suspects(made.votes, truth)
    assert len(wrong & {one.item for one in alone[: len(wrong)]}) > 3 * len(wrong) ** 2 / len(made.truth)
    verifier = np.where(
        np.random.default_rng(1).random(made.truth.size) < 0.95, made.truth, (made.truth + 1) % 4
    )
    helped = suspects(made.votes, truth, truth.best(), {"verifier": verifier})
    top = [len(wrong & {one.item for one in found[: len(wrong)]}) for found in (alone, helped)]
    assert top[1] > top[0]


def test_the_error_of_what_was_accepted() -> None:
    assert accepted_error([]) == accepted_error([Slice(100, 0, 0)])
    plain = accepted_error([Slice(1000, 50, 1)])
    assert plain.share == 0.02
    assert plain.interval == pytest.approx(
        (0.000506, 0.106470), abs=1e-5
    )  # Clopper and Pearson's, of 1 in 50
    two = accepted_error([Slice(900, 45, 0), Slice(100, 20, 10)])
    assert two.share == pytest.approx(0.05)
    assert two.interval[0] < 0.05 < two.interval[1]


# guidelines


def judged(seed: int, what: str) -> tuple[Coded, Places]:
    """400 items of 8 clauses; on clause 0 everybody is unsure, or person 0 is so everywhere."""
    chance = np.random.default_rng(seed)
    truth, clause = chance.integers(4, size=400), chance.integers(8, size=400)
    item = np.repeat(np.arange(400), 3)
    person = np.concatenate([chance.choice(12, 3, replace=False) for _ in range(400)])
    skill = np.full(item.size, 0.9)
    if what == "person":
        skill[person == 0] = 0.5
    if what == "clause":
        skill[clause[item] == 0] = 0.6
    other = (truth[item] + chance.integers(1, 4, item.size)) % 4
    label = np.where(chance.random(item.size) < skill, truth[item], other)
    names = [f"item {n}" for n in range(400)], [f"person {n}" for n in range(12)]
    return Coded(*names, list("abcd"), item, person, label), clause


def named(seed: int, what: str) -> list[Difference]:
    votes, clause = judged(seed, what)
    return [one for one in differences(votes, clause, [f"clause {n}" for n in range(8)]) if one.named]


@pytest.mark.parametrize(("what", "name"), [("clause", "clause 0"), ("person", "person 0")])
def test_an_unclear_clause_and_a_bad_person_are_told_apart(what: str, name: str) -> None:
    found = [[(one.cause, one.name) for one in named(seed, what)][:1] == [(what, name)] for seed in range(20)]
    assert np.mean(found) >= 0.9


def test_where_nothing_is_unclear_little_is_named() -> None:
    assert sum(len(named(seed, "")) for seed in range(20)) <= 3


def test_labels_taken_for_each_other_by_many_or_by_one() -> None:
    chance = np.random.default_rng(1)
    truth = chance.integers(4, size=400)
    item, person = np.repeat(np.arange(400), 3), np.tile([0, 1, 2], 400)
    person = np.concatenate([chance.choice(12, 3, replace=False) for _ in range(400)])
    for by_all in (True, False):
        share = np.where(by_all, 0.3, np.where(person == 0, 0.8, 0.0))
        swapped = (truth[item] < 2) & (chance.random(item.size) < share)
        label = np.where(swapped, 1 - truth[item], truth[item])
        label = np.where(chance.random(item.size) < 0.05, chance.integers(4, size=item.size), label)
        names = [f"item {n}" for n in range(400)], [f"person {n}" for n in range(12)]
        first = confusable(Coded(*names, list("abcd"), item, person, label))[0]
        assert first.labels == ("a", "b")
        assert first.by_one == (None if by_all else "person 0")
        assert first.stands_out
        assert first.interval[0] < first.score < first.interval[1]


def test_the_confusion_score_by_hand() -> None:
    # three items: ab, aa, bb. P(differ) 1/3; P(a) = P(b) = 1/2; by lot 2 / 4
    counts = np.array([[1.0, 1.0], [2.0, 0.0], [0.0, 2.0]])
    assert score(counts, 0, 1) == pytest.approx((1 / 3) / (1 / 2))


# structured labels


def test_first_errors_by_hand() -> None:
    # two people, four items; equal on three. Half of what is said is 1, a quarter 2, a quarter no error
    found = first_error([(1, 1), (1, 1), (2, None), (None, 2)])
    assert found.raw == 0.5
    assert found.chance == pytest.approx(0.25 + 0.0625 + 0.0625)
    assert found.value == pytest.approx((0.5 - 0.375) / (1 - 0.375))


def test_a_step_of_tolerance_raises_chance_too() -> None:
    chance = np.random.default_rng(1)
    said = [tuple(chance.integers(1, 7, 2).tolist()) for _ in range(400)]
    exact, near = first_error(said), first_error(said, within=1)
    assert near.raw is not None
    assert exact.raw is not None
    assert near.raw > 2 * exact.raw
    for found in (exact, near):
        assert found.interval is not None
        assert found.interval[0] < 0 < found.interval[1]


def test_line_sets_by_hand() -> None:
    a, b, none = frozenset({1, 2}), frozenset({2, 3}), frozenset[int]()
    assert [iou(a, b), iou(none, none), iou(a, none)] == pytest.approx([1 / 3, 1, 0])
    found = line_sets([(a, a), (b, b), (a, b)])
    assert found.raw == pytest.approx((1 + 1 + 1 / 3) / 3)
    assert found.chance == pytest.approx(0.5 + 0.5 / 3)
    assert line_sets([(a, b)], least=0.5).raw == 0


def test_nothing_is_said_where_there_is_nothing() -> None:
    assert beyond_chance([("x",)], lambda a, b: float(a == b)).value is None
    assert beyond_chance([("x", "x")], lambda a, b: float(a == b)).value is None
    assert weighted_kappa([]) is None
    assert weighted_kappa([(1, 1), (1, 1)]) is None


def test_the_harmonic_mean_of_processbench() -> None:
    known = {"1": None, "2": None, "3": 4, "4": 2}
    assert harmonic_accuracy({"1": None, "2": 1, "3": 4, "4": 2}, known) == pytest.approx(2 * 0.5 / 1.5)
    assert harmonic_accuracy({"1": None}, known) is None


def test_kendalls_w_by_hand() -> None:
    same = [{"a": 1.0, "b": 2.0, "c": 3.0}] * 3
    assert kendall_w(same) == 1
    # rank sums 4, 4, 4: no agreement
    assert kendall_w([{"a": 1, "b": 2, "c": 3}, {"a": 3, "b": 2, "c": 1}]) == 0
    assert kendall_w([{"a": 1}, {"a": 1}]) is None
    assert mean_w([same, []]) == 1


BASEBALL = """
Milwaukee . 7 9 7 7 9 11
Detroit 6 . 7 5 11 9 9
Toronto 4 6 . 7 7 8 12
NewYork 6 8 6 . 6 7 10
Boston 6 2 6 7 . 7 12
Cleveland 4 4 5 6 6 . 6
Baltimore 2 4 1 3 1 7 .
"""
"""Wins in the American League in 1987, Agresti's example of the Bradley-Terry model: rows won against columns."""


def test_bradley_and_terry_as_agresti_has_them() -> None:
    rows = [line.split() for line in BASEBALL.split("\n") if line]
    teams = [row[0] for row in rows]
    games = [
        ("season", row[0], teams[at])
        for row in rows
        for at, wins in enumerate(row[1:])
        if wins != "."
        for _ in range(int(wins))
    ]
    found = bradley_terry(games, drawn=0)
    assert found.order() == teams
    logs = {team: float(np.log(found.scores[team] / found.scores["Baltimore"])) for team in teams}
    published = (1.58, 1.44, 1.29, 1.25, 1.11, 0.68)
    assert list(logs.values())[:-1] == pytest.approx(published, abs=0.006)


def test_a_judge_who_guesses_counts_for_little() -> None:
    chance = np.random.default_rng(1)
    good = [
        comparison
        for n in range(3)
        for _ in range(4)
        for comparison in compared(f"good {n}", {"a": 1, "b": 2, "c": 3})
    ]
    guesses = []
    for _ in range(40):
        places = dict(zip("abc", chance.permutation(3).tolist(), strict=True))
        guesses += compared("guesses", places)
    found = with_judges(good + guesses)
    assert found.order() == ["a", "b", "c"]
    assert found.reliability["guesses"] < found.reliability["good 0"] - 0.5
    assert found.wins("a", "c") > bradley_terry(good + guesses).wins("a", "c")


def test_ties_say_nothing() -> None:
    assert compared("j", {"a": 1, "b": 1}) == []


def test_the_medoid_of_people_who_know() -> None:
    chance = np.random.default_rng(2)
    items = {}
    for n in range(60):
        truth = float(chance.uniform(0, 1))
        near = [("good a", truth + 0.01), ("good b", truth - 0.01)]
        wild = [(f"wild {k}", float(chance.uniform(0, 1))) for k in range(2)]
        items[str(n)] = near + wild
    found = medoids(items, lambda a, b: min(abs(a - b), 1.0))
    assert min(found.weights["good a"], found.weights["good b"]) > 2 * max(
        found.weights["wild 0"], found.weights["wild 1"]
    )
    off = [min(abs(found.labels[name] - label) for _, label in votes[:2]) for name, votes in items.items()]
    assert np.mean([one == 0 for one in off]) > 0.9
    assert all(margin >= 0 for margin in found.margin.values())


def test_signs_can_be_written_as_json() -> None:
    votes, clause = judged(1, "clause")
    assert set(asdict(differences(votes, clause, [f"clause {n}" for n in range(8)])[0])) >= {
        "cause",
        "odds",
        "tasks",
    }
