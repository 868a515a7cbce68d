"""Agreement: against published values, by properties, and where little or nothing can be said."""

import json
import os
import random
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.quality.agreement import FEWEST, MOST_SETS, Agreement, Scale, agreement, verdict
from pipeline.quality.coded import Rating
from pipeline.quality.scales import jaccard, kendall, rankings

DATA = Path(os.environ.get("HEADRACE_DATA", Path(__file__).parents[4] / "shared" / "data"))
KRIPPENDORFF = """
1 2 3 3 2 1 4 1 2 . . .
1 2 3 3 2 2 4 1 2 5 . 3
. 3 3 3 2 3 4 2 2 5 1 .
1 2 3 3 2 4 4 1 2 5 1 .
"""
"""Four people, twelve items, some left out: the example by which both measures were published."""


def table(text: str) -> list[Rating]:
    rows = [line.split() for line in text.strip().splitlines()]
    return [
        (str(item), f"person {person}", label)
        for person, labels in enumerate(rows)
        for item, label in enumerate(labels)
        if label != "."
    ]


def same(found: float | None, expected: float, within: float = 5e-4) -> bool:
    return found is not None and abs(found - expected) < within


@pytest.mark.parametrize(("scale", "alpha"), [("nominal", 0.743), ("ordinal", 0.815), ("interval", 0.849)])
def test_alpha_is_what_was_published(scale: Scale, alpha: float) -> None:
    assert same(agreement(table(KRIPPENDORFF), scale).alpha, alpha)


def test_ac1_is_what_was_published() -> None:
    found = agreement(table(KRIPPENDORFF), "nominal")
    assert same(found.ac1, 0.77544, 1e-5)
    assert same(found.raw, 0.81818, 1e-5)
    assert (found.items, found.doubly_labeled, found.annotators) == (12, 11, 4)


def test_alpha_by_hand() -> None:
    # two people, three items: aa, ab, bb. Do = 2/6, De = (36 - 9 - 9) / 30
    found = agreement(table("a a b\na b b"), "nominal")
    assert same(found.alpha, 1 - (2 / 6) / (18 / 30), 1e-12)
    assert same(found.raw, 2 / 3, 1e-12)
    assert same(found.ac1, (2 / 3 - 0.5) / 0.5, 1e-12)
    assert found.prevalence == {"a": 0.5, "b": 0.5}


LABELS = st.lists(
    st.tuples(st.integers(0, 8).map(str), st.integers(0, 4).map(str), st.integers(0, 3).map(str)), max_size=60
)


def first_of_each(ratings: list[Rating]) -> list[Rating]:
    return list({(item, annotator): (item, annotator, label) for item, annotator, label in ratings}.values())


@settings(deadline=None, max_examples=20)
@given(LABELS, st.randoms(use_true_random=False), st.sampled_from(["nominal", "ordinal", "interval"]))
def test_neither_order_nor_names_matter(ratings: list[Rating], chance: random.Random, scale: Scale) -> None:
    ratings = first_of_each(ratings)
    names = {str(n): f"somebody {9 - n}" for n in range(9)}
    moved = [(names[item], names[annotator], label) for item, annotator, label in ratings]
    chance.shuffle(moved)
    assert agreement(moved, scale) == agreement(ratings, scale)


@settings(deadline=None, max_examples=20)
@given(LABELS)
def test_what_labels_are_called_does_not_matter_to_nominal_ones(ratings: list[Rating]) -> None:
    ratings = first_of_each(ratings)
    called = agreement(
        [(item, annotator, f"x{9 - int(label)}") for item, annotator, label in ratings], "nominal"
    )
    found = agreement(ratings, "nominal")
    for one, other in ((found.alpha, called.alpha), (found.ac1, called.ac1), (found.raw, called.raw)):
        assert one == pytest.approx(other)


@settings(deadline=None, max_examples=20)
@given(st.lists(st.integers(0, 4), min_size=2, max_size=30), st.integers(2, 4))
def test_those_who_always_agree_agree_perfectly(truth: list[int], people: int) -> None:
    ratings = [(str(item), str(p), str(label)) for item, label in enumerate(truth) for p in range(people)]
    for scale in ("nominal", "ordinal", "interval"):
        found = agreement(ratings, scale)
        assert found.raw == 1
        assert found.alpha == (None if len(set(truth)) == 1 else pytest.approx(1))
    assert agreement(ratings, "nominal").ac1 == pytest.approx(1)


@settings(deadline=None, max_examples=20)
@given(LABELS)
def test_two_labels_agree_alike_on_every_scale(ratings: list[Rating]) -> None:
    ratings = [(item, annotator, str(int(label) % 2)) for item, annotator, label in first_of_each(ratings)]
    nominal = agreement(ratings, "nominal").alpha
    for scale in ("ordinal", "interval"):
        assert agreement(ratings, scale).alpha == pytest.approx(nominal)


def test_a_number_moved_and_stretched_changes_nothing() -> None:
    ratings = table(KRIPPENDORFF)
    stretched = [(item, annotator, str(1e12 + 1e9 * float(label))) for item, annotator, label in ratings]
    assert agreement(stretched, "interval").alpha == pytest.approx(agreement(ratings, "interval").alpha)


def test_guessing_agrees_by_chance() -> None:
    chance = random.Random(1)
    ratings = [(str(i), str(p), chance.choice("ab")) for i in range(500) for p in range(3)]
    found = agreement(ratings, "nominal")
    assert found.alpha_interval is not None
    assert found.alpha_interval[0] < 0 < found.alpha_interval[1]
    assert verdict(found) == "weak"


def skewed(prevalence: float) -> Agreement:
    """Two people, each right 92 times in 100, and how often the truth is `a`."""
    chance = random.Random(7)
    ratings: list[Rating] = []
    for item in range(2000):
        truth = "a" if chance.random() < prevalence else "b"
        for person in "12":
            wrong = {"a": "b", "b": "a"}[truth]
            ratings.append((str(item), person, truth if chance.random() < 0.92 else wrong))
    return agreement(ratings, "nominal")


def test_alpha_falls_where_one_label_prevails_and_ac1_does_not() -> None:
    even, lopsided = skewed(0.5), skewed(0.98)
    assert even.alpha is not None and lopsided.alpha is not None  # noqa: PT018 - for mypy, in one line
    assert even.ac1 is not None and lopsided.ac1 is not None  # noqa: PT018 - as above
    assert same(even.raw, 0.85, 0.02)
    assert same(lopsided.raw, 0.85, 0.02)
    assert even.alpha - lopsided.alpha > 0.4
    assert lopsided.ac1 > even.ac1
    assert verdict(lopsided) == "lopsided: read AC1"


def test_the_interval_is_the_same_each_time_and_narrows_with_items() -> None:
    few = agreement(table(KRIPPENDORFF), "nominal")
    many = agreement(
        [
            (f"{n}/{item}", annotator, label)
            for n in range(20)
            for item, annotator, label in table(KRIPPENDORFF)
        ],
        "nominal",
    )
    assert few == agreement(table(KRIPPENDORFF), "nominal")
    assert few.alpha_interval is not None
    assert many.alpha_interval is not None
    assert few.alpha_interval[0] < 0.743 < few.alpha_interval[1]
    assert (
        many.alpha_interval[1] - many.alpha_interval[0] < (few.alpha_interval[1] - few.alpha_interval[0]) / 2
    )


def test_no_verdict_on_few_items() -> None:
    ratings = [(str(item), person, "ab"[item % 2]) for item in range(FEWEST - 1) for person in "12"]
    assert verdict(agreement(ratings, "nominal")) == "too few to judge"
    ratings += [("one more", person, "a") for person in "12"]
    assert verdict(agreement(ratings, "nominal")) == "reliable"


def test_nothing_is_said_of_nothing() -> None:
    alone = agreement([("1", "ann", "a"), ("2", "ben", "b")], "nominal")
    assert (alone.alpha, alone.alpha_interval, alone.ac1, alone.raw) == (None, None, None, None)
    assert (alone.items, alone.doubly_labeled) == (2, 0)
    assert agreement([], "ordinal").prevalence == {}


def test_one_label_only_leaves_alpha_open() -> None:
    found = agreement([(str(i), p, "a") for i in range(60) for p in "12"], "nominal")
    assert (found.alpha, found.raw, found.ac1) == (None, 1.0, 1.0)
    assert verdict(found) == "one label only"


def test_the_last_label_of_a_person_counts() -> None:
    ratings = [("1", "ann", "b"), ("1", "ann", "a"), ("1", "ben", "a"), ("2", "ann", "b"), ("2", "ben", "b")]
    assert agreement(ratings, "nominal").alpha == 1


def sets(*labels: str) -> list[str]:
    return [json.dumps(sorted(label)) for label in labels]


def test_sets_that_overlap_agree_in_part() -> None:
    assert jaccard(sets("", "a", "ab", "bc")).tolist() == [
        [0, 1, 1, 1], [1, 0, 0.5, 1], [1, 0.5, 0, 1 - 1 / 3], [1, 1, 1 - 1 / 3, 0],
    ]  # fmt: skip
    pairs = list(zip(sets("ab", "c", "ab", "cd"), sets("a", "c", "ab", "cd"), strict=True))
    ratings = [(str(item), str(p), label) for item, two in enumerate(pairs) for p, label in enumerate(two)]
    found, by_identity = agreement(ratings, "set"), agreement(ratings, "nominal")
    assert found.alpha is not None and by_identity.alpha is not None  # noqa: PT018 - for mypy, in one line
    assert by_identity.alpha < found.alpha < 1
    assert found.prevalence == {"a": 0.5, "c": 0.5, "b": 0.375, "d": 0.25}


def test_too_many_sets_are_compared_as_wholes() -> None:
    ratings = [(str(n), p, json.dumps([str(n)])) for n in range(MOST_SETS + 1) for p in "12"]
    assert agreement(ratings, "set").scale == "nominal"


def test_rankings_agree_by_their_order() -> None:
    up, down, tied = '{"a":0,"b":1,"c":2}', '{"a":2,"b":1,"c":0}', '{"a":0,"b":0,"c":1}'
    distance = rankings([up, down, tied])
    assert (distance(0, 0), distance(0, 1)) == (0, 1)
    assert kendall({"a": 0, "b": 0, "c": 1}, {"a": 0, "b": 1, "c": 2}) == pytest.approx(2 / 6**0.5)
    assert kendall({"a": 0}, {"a": 1}) == 0
    same_order = [(str(i), p, up) for i in range(3) for p in "12"]
    assert agreement(same_order, "rank").alpha == 1
    assert agreement([("1", "ann", up), ("1", "ben", down)], "rank").alpha == -1


def real(name: str) -> Any:
    file = DATA / "labels" / name
    if not file.is_file():
        pytest.skip("the real label sets are not on this machine; HEADRACE_DATA names their folder")
    import pyarrow.parquet as pq

    rows = pq.read_table(file, columns=["item", "annotator", "label"]).to_pylist()
    return [(row["item"], row["annotator"], row["label"]) for row in rows]


@pytest.mark.parametrize(
    ("name", "items", "alpha"), [("barzan_mozafari.parquet", 1000, 0.41), ("snow_rte.parquet", 800, None)]
)
def test_real_sets_have_the_agreement_known_of_them(name: str, items: int, alpha: float | None) -> None:
    found = agreement(real(name), "nominal")
    assert (found.items, found.doubly_labeled) == (items, items)
    assert found.alpha is not None
    assert found.alpha_interval is not None
    assert found.alpha_interval[0] < found.alpha < found.alpha_interval[1]
    assert alpha is None or same(found.alpha, alpha, 0.01)


def test_a_real_set_of_grades_agrees_better_as_grades() -> None:
    grades = {"G": "0", "P": "1", "R": "2", "X": "3"}
    ratings = [(item, annotator, grades[label]) for item, annotator, label in real("adultcontent2.parquet")]
    nominal, ordinal = agreement(ratings, "nominal"), agreement(ratings, "ordinal")
    assert nominal.alpha is not None and ordinal.alpha is not None  # noqa: PT018 - for mypy, in one line
    assert nominal.annotators == 825
    assert ordinal.alpha > nominal.alpha
