"""Planted people are found, honest ones left alone: who guesses, copies, hurries, or is good at it no more."""

import random
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from math import log

import numpy as np
import pytest

from benchmarks.measuring.planted_people import KINDS, Shape, World, area, world
from pipeline.quality.careless import careless, insight
from pipeline.quality.coded import UNKNOWN, Coded, Floats
from pipeline.quality.copied_model import copies_model, matching, with_model
from pipeline.quality.copying import copies_earlier, pairs, with_first
from pipeline.quality.dawid_skene import pooled
from pipeline.quality.reliability import ENOUGH, reliabilities
from pipeline.quality.rhythm import Answer, idle, rhythm
from pipeline.quality.sequential import BAD, ERROR, GOOD, drifts, newest_test, sequential_test
from pipeline.quality.signs import Sign
from pipeline.quality.truth import held

START = datetime(2026, 1, 5, 9, tzinfo=UTC)


def signs(made: World) -> list[Sign]:
    people = pooled(made.votes).models[0]
    found = careless(made.votes, people) + copies_earlier(made.votes, people, made.turn)
    return found + pairs(made.votes, people, made.turn) + copies_model(made.votes, people, made.model)


def scores(made: World, kind: str) -> Floats:
    people = pooled(made.votes).models[0]
    if kind == "copier":
        return with_first(made.votes, people, made.turn).surprise()
    if kind == "model user":
        return matching(with_model(made.votes, people, made.model))
    return -insight(made.votes, people).value


@pytest.mark.parametrize("kind", KINDS)
def test_planted_people_come_first_and_are_flagged(kind: str) -> None:
    honest = 0
    for seed in range(4):
        made = world(kind, seed)
        assert area(scores(made, kind), made.planted) >= 0.95
        flagged = {sign.annotator for sign in signs(made)}
        planted = {name for name, bad in zip(made.votes.annotators, made.planted, strict=True) if bad}
        assert planted <= flagged
        honest += len(flagged - planted)
    assert honest <= 4


def test_honest_people_are_seldom_flagged() -> None:
    assert sum(len({sign.annotator for sign in signs(world("", seed))}) for seed in range(6)) <= 3


def test_skewed_labels_make_nobody_careless() -> None:
    for seed in range(6):
        made = world("", seed, Shape(shares=(0.97, 0.03), hard=0.1))
        assert careless(made.votes, pooled(made.votes).models[0]) == []


def test_who_copies_one_person_is_named_with_that_person() -> None:
    made = world("", 3, Shape(people=8, labels=200, overlap=4))
    votes, turn = made.votes, made.turn.copy()
    label = votes.label.copy()
    mine, theirs = votes.annotator == 0, votes.annotator == 1
    said = dict(zip(votes.item[theirs].tolist(), votes.label[theirs].tolist(), strict=True))
    for at in np.flatnonzero(mine):
        label[at] = said.get(int(votes.item[at]), label[at])
        turn[at] = 9  # after everybody
    copied = Coded(votes.items, votes.annotators, votes.labels, votes.item, votes.annotator, label)
    found = pairs(copied, pooled(copied).models[0], turn)
    assert [(sign.kind, sign.annotator, sign.other) for sign in found] == [
        ("copies_person", "person 00", "person 01")
    ]
    assert found[0].items


# accuracy


def test_gold_decides_where_there_is_enough_of_it() -> None:
    made = world("", 2)
    known = made.truth.copy()
    posterior = held(pooled(made.votes, known).posterior, known)
    for one in reliabilities(made.votes, posterior, known):
        assert (one.judged_by, one.gold_of) == ("gold", one.labels)
        assert one.accuracy == one.gold_right / one.gold_of


def test_the_interval_holds_the_true_accuracy() -> None:
    inside = of = 0
    for seed in range(8):
        made = world("", seed, Shape(overlap=5))
        nothing = np.full(len(made.truth), UNKNOWN)
        true = (
            np.bincount(made.votes.annotator, made.truth[made.votes.item] == made.votes.label)
            / made.votes.votes_per_annotator()
        )
        for one, accuracy in zip(
            reliabilities(made.votes, pooled(made.votes).posterior, nothing), true, strict=True
        ):
            inside += one.interval[0] <= accuracy <= one.interval[1]
            of += 1
    assert inside / of > 0.9
    assert ENOUGH > 1


# tests on gold


def test_the_bounds_are_walds() -> None:
    bound = log((1 - ERROR) / ERROR)
    fails = sequential_test([False] * 50)
    assert fails.state == "failed"
    assert fails.n == -(-bound // log((1 - BAD) / (1 - GOOD)))
    passes = sequential_test([True] * 50)
    assert passes.state == "passed"
    assert passes.n == -(-bound // log(GOOD / BAD))
    assert sequential_test([True, False]).state == "open"


def runs(accuracy: float, count: int = 5000) -> list[tuple[str, int]]:
    chance = np.random.default_rng(1)
    answers = chance.random((count, 400)) < accuracy
    return [(one.state, one.n) for one in (sequential_test(row.tolist()) for row in answers)]


def test_good_people_pass_and_bad_ones_fail_on_few_gold_items() -> None:
    good, bad = runs(GOOD), runs(BAD)
    assert np.mean([state == "failed" for state, _ in good]) <= ERROR
    assert np.mean([state != "failed" for state, _ in bad]) <= ERROR
    assert max(np.mean([n for _, n in good]), np.mean([n for _, n in bad])) <= 25


def test_who_passes_is_tested_anew() -> None:
    passing, failing = [True] * 20, [False] * 8
    assert newest_test(passing + failing).state == "failed"
    assert sequential_test(passing + failing).state == "passed"


def test_of_good_people_who_are_tested_on_and_on_few_ever_fail() -> None:
    answers = np.random.default_rng(3).random((4000, 100)) < GOOD
    assert np.mean([newest_test(row.tolist()).state == "failed" for row in answers]) <= ERROR
    answers = np.random.default_rng(4).random((600, 60)) < BAD
    assert np.mean([newest_test(row.tolist()).state == "failed" for row in answers]) >= 1 - ERROR


def test_a_drop_is_noticed_soon_and_steadiness_seldom_mistaken() -> None:
    chance = np.random.default_rng(2)
    delays = [drifts((chance.random(400) < 0.7).tolist())[0].after for _ in range(1000)]
    assert np.percentile(delays, 90) <= 45
    alarms = [len(drifts((chance.random(700) < 0.9).tolist())) for _ in range(400)]
    assert np.mean(alarms) <= 1


def test_a_drift_says_when_it_began() -> None:
    (found,) = drifts([True] * 40 + [False] * 4)
    assert (found.began, found.after, found.right, found.of) == (40, 44, 0, 4)


# times


def answers(name: str, gaps: list[float], lead: Sequence[float | None]) -> list[Answer]:
    at, found = START, []
    for n, (gap, seconds) in enumerate(zip(gaps, lead, strict=True)):
        at += timedelta(seconds=gap)
        found.append(Answer(name, f"{name} {n}", at, "en/step_review", seconds))
    return found


def crowd(seed: int = 1, people: int = 8, count: int = 60) -> list[Answer]:
    chance = random.Random(seed)
    found: list[Answer] = []
    for person in range(people):
        lead = [chance.lognormvariate(4, 0.6) for _ in range(count)]
        found += answers(f"p{person}", [one + chance.uniform(2, 30) for one in lead], lead)
    return found


def test_an_ordinary_rhythm_is_no_sign() -> None:
    assert [sign for seed in range(10) for sign in rhythm(crowd(seed))] == []


@pytest.mark.parametrize(
    ("kind", "gaps", "lead"),
    [
        ("burst", [60.0 + n for n in range(20)] + [1.5] * 8, [20.0 + n for n in range(20)] + [None] * 8),
        ("too_fast", [30.0 + n for n in range(40)], [1.5] * 40),
        ("overlapping_times", [20.0 + n % 7 for n in range(40)], [200.0] * 40),
        ("even_pace", [60.0] * 40, [50.0 + n % 9 for n in range(40)]),
    ],
)
def test_a_strange_rhythm_is_seen(kind: str, gaps: list[float], lead: list[float | None]) -> None:
    found = rhythm(crowd() + answers("strange", gaps, lead))
    assert [(sign.annotator, sign.kind) for sign in found] == [("strange", kind)]


def test_who_is_fast_and_right_is_left_alone() -> None:
    fast = answers("fast", [30.0 + n for n in range(40)], [1.5] * 40)
    accuracy = {"fast": 0.95, **{f"p{n}": 0.9 for n in range(8)}}
    assert rhythm(crowd() + fast, accuracy) == []


def test_idle_times_are_told_apart() -> None:
    assert [one.lead_seconds for one in idle(answers("a", [1.0] * 4, [20.0, 0.0, -3.0, 90_000.0]))] == [
        0.0,
        -3.0,
        90_000.0,
    ]


def test_pages_that_stand_open_for_hours_tell_nothing_of_pace() -> None:
    found = rhythm(crowd() + answers("away", [9000.0, 20_000.0] * 20, [7200.0, 30.0] * 20))
    assert [(sign.kind, sign.annotator, sign.n) for sign in found] == [("left_open", "away", 40)]


def test_of_few_answers_the_fastest_one_is_not_taken_for_one_in_a_hundred() -> None:
    drawn = np.random.default_rng(3)
    few = [
        answer
        for n in range(8)
        for answer in answers(f"p{n}", [60.0] * 24, np.exp(drawn.normal(3.5, 0.35, 24)).tolist())
    ]
    quick = answers("quick", [60.0] * 24, np.exp(drawn.normal(3.1, 0.35, 24)).tolist())
    assert [sign.kind for sign in rhythm(few + quick)] == []


def test_who_comes_after_another_more_often_than_not_is_the_one_who_copies() -> None:
    made = world("", 3, Shape(people=8, labels=200, overlap=4))
    votes, label = made.votes, made.votes.label.copy()
    mine, theirs = votes.annotator == 0, votes.annotator == 1
    said = dict(zip(votes.item[theirs].tolist(), votes.label[theirs].tolist(), strict=True))
    for at in np.flatnonzero(mine):
        label[at] = said.get(int(votes.item[at]), label[at])
    copied = Coded(votes.items, votes.annotators, votes.labels, votes.item, votes.annotator, label)
    found = {}
    for name, later in (("twins", 0.5), ("copies_person", 0.8)):
        turn = made.turn.copy()
        places = np.flatnonzero(mine & np.isin(votes.item, votes.item[theirs]))
        turn[places] = np.where(np.arange(places.size) < later * places.size, 9, -9)
        found[name] = {sign.kind for sign in pairs(copied, pooled(copied).models[0], turn)}
    assert found == {"twins": {"twins"}, "copies_person": {"copies_person"}}
