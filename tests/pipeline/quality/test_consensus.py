"""How votes are settled: by more than half of them, whoever votes first, and never by a minority or at a tie."""

from collections.abc import Iterable
from itertools import permutations
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.quality.consensus import WAYS, Settled, settle
from schemas.base import Label, Vote
from tasks import AnyTaskType, task_types
from tasks.base import Agreed
from tasks.code_review import CodeReview, CodeReviewLabel
from tasks.preference_pair import PreferencePairLabel
from tasks.step_review import StepReviewLabel
from tests.tasks.drawing import a_few, labels


class Verbatim(CodeReview):
    """Code review as if one could only say that two people said the very same."""

    name = "verbatim"
    agreed = "vote"  # type: ignore[assignment] # settled otherwise than what it stands in for
    tolerance = 0.0

    def distance(self, a: CodeReviewLabel, b: CodeReviewLabel) -> float:
        return float(a != b)


VERBATIM = Verbatim()
CODE, PAIR, STEPS = (task_types()[name] for name in ("code_review", "preference_pair", "step_review"))
CORRECT, CANNOT = (CodeReviewLabel(verdict="correct"), CodeReviewLabel(verdict="cannot_judge"))


def incorrect(*lines: int) -> CodeReviewLabel:
    return CodeReviewLabel(verdict="incorrect", lines=lines)


def votes(*labels: Label, weights: Iterable[float] = ()) -> list[Vote[Any]]:
    given_weights = [*weights] or [1.0] * len(labels)
    return [
        Vote[Any](annotator=f"a{at}", label=label, weight=weight)
        for at, (label, weight) in enumerate(zip(labels, given_weights, strict=True))
    ]


def settled(task_type: AnyTaskType, *labels: Label, weights: Iterable[float] = ()) -> Settled:
    """What votes come to, which is the same in every order."""
    found = {
        repr(one): one
        for one in (settle(task_type, list(order)) for order in permutations(votes(*labels, weights=weights)))
    }
    (only,) = found.values()
    return only


def preferred(*said: int, weights: Iterable[float] = ()) -> int | None:
    label = settled(PAIR, *(PreferencePairLabel(preference=one) for one in said), weights=weights).label
    return label.preference if isinstance(label, PreferencePairLabel) else None


def said_most(letters: str, *weights: float) -> str | None:
    """Which of the letters stands, each a vote: the verdict with that letter's number as the line at fault."""
    label = settled(VERBATIM, *(incorrect(ord(letter)) for letter in letters), weights=weights).label
    return chr(label.lines[0]) if isinstance(label, CodeReviewLabel) else None


def some_votes(task_type: AnyTaskType) -> st.SearchStrategy[list[Vote[Any]]]:
    """One to five votes of unlike weight, several of them on the same label."""
    said: st.SearchStrategy[list[Label]] = st.lists(labels(task_type), min_size=1, max_size=3)
    weight = st.sampled_from([0.1, 0.3, 0.5, 1.0, 2.0])

    def of(known: list[Label]) -> st.SearchStrategy[list[Vote[Any]]]:
        vote = st.builds(Vote[Any], annotator=st.just("a"), label=st.sampled_from(known), weight=weight)
        return st.lists(vote, min_size=1, max_size=5)

    return said.flatmap(of)


# What holds whatever the task type


ALL = pytest.mark.parametrize(
    "task_type", [*task_types().values(), VERBATIM], ids=[*task_types(), VERBATIM.name]
)
BY_SUPPORT = pytest.mark.parametrize(
    "task_type",
    [one for one in (*task_types().values(), VERBATIM) if one.agreed not in ("max", "rank", "parts")],
    ids=lambda task_type: task_type.name,
)
"""Those in which a label stands on the votes for it alone."""


@ALL
@a_few
@given(data=st.data())
def test_the_order_of_votes_decides_nothing(task_type: AnyTaskType, data: st.DataObject) -> None:
    cast = data.draw(some_votes(task_type))
    again = data.draw(st.permutations(cast))
    once, anew = settle(task_type, cast), settle(task_type, again)
    assert (once.label, once.method) == (anew.label, anew.method)
    assert once.agreement == pytest.approx(anew.agreement)


@ALL
@a_few
@given(data=st.data())
def test_unanimity_wins(task_type: AnyTaskType, data: st.DataObject) -> None:
    label = data.draw(labels(task_type))
    found = settle(task_type, votes(*[label] * data.draw(st.integers(2, 5))))
    assert found == Settled(label, "unanimous", 1.0)


@BY_SUPPORT
@a_few
@given(data=st.data())
def test_what_is_settled_has_more_than_half_of_the_weight_behind_it(
    task_type: AnyTaskType, data: st.DataObject
) -> None:
    cast = data.draw(some_votes(task_type))
    label = settle(task_type, cast).label
    if label is None:
        return
    behind = [vote for vote in cast if task_type.distance(vote.label, label) <= task_type.tolerance + 1e-9]
    assert sum(vote.weight for vote in behind) > sum(vote.weight for vote in cast) / 2


@BY_SUPPORT
@a_few
@given(data=st.data())
def test_a_label_that_more_than_half_gave_is_never_overruled(
    task_type: AnyTaskType, data: st.DataObject
) -> None:
    """What is settled is the same judgement as it, if anything is."""
    label = data.draw(labels(task_type))
    others = data.draw(st.lists(labels(task_type), max_size=2))
    found = settle(task_type, votes(*[label] * 3, *others)).label
    assert found is not None
    assert task_type.distance(found, label) <= task_type.tolerance + 1e-9


@BY_SUPPORT
@a_few
@given(data=st.data())
def test_two_that_stand_against_each_other_are_disputed(task_type: AnyTaskType, data: st.DataObject) -> None:
    one, other = data.draw(labels(task_type)), data.draw(labels(task_type))
    found = settle(task_type, votes(one, other))
    apart = task_type.distance(one, other) > task_type.tolerance + 1e-9
    assert (found.label is None) == apart
    assert found.label in (one, other, None)


@ALL
@a_few
@given(data=st.data())
def test_one_vote_stands_alone(task_type: AnyTaskType, data: st.DataObject) -> None:
    label = data.draw(labels(task_type))
    assert settle(task_type, votes(label)) == Settled(label, "single", None)


def test_every_way_that_a_task_type_can_name_is_there() -> None:
    assert set(WAYS) == set(get_args(Agreed))


# The majority vote


@pytest.mark.parametrize(
    ("letters", "said"),
    [
        ("aab", "a"),
        ("ab", None),
        ("aabb", None),
        ("abc", None),
        ("aabc", None),
        ("aaabb", "a"),
        ("aabcd", None),
    ],
)
def test_more_than_half_decides(letters: str, said: str | None) -> None:
    assert said_most(letters) == said


@pytest.mark.parametrize(
    ("letters", "weights", "said"),
    [
        ("ab", (2.0, 1.0), "a"),
        ("aab", (1.0, 1.0, 3.0), "b"),
        ("aab", (1.0, 1.0, 2.0), None),
        ("aaab", (0.1, 0.1, 0.1, 0.3), None),
        ("aab", (0.5, 0.6, 1.0), "a"),
    ],
)
def test_votes_count_by_their_weight(letters: str, weights: tuple[float, ...], said: str | None) -> None:
    assert said_most(letters, *weights) == said


def test_the_method_says_how_it_was_settled() -> None:
    a, b = incorrect(1), incorrect(2)
    assert settled(VERBATIM, a, a, b).method == "vote"
    assert settled(VERBATIM, a, b) == Settled(None, "none", 0.0)
    assert settled(CODE, CORRECT, CORRECT, incorrect(1)).method == "medoid"
    assert settled(PAIR, *(PreferencePairLabel(preference=at) for at in (1, 2))).method == "ordinal"


# Code review: the verdict first, then the lines


@pytest.mark.parametrize(
    ("labels", "said"),
    [
        ((CORRECT, CORRECT, incorrect(1)), CORRECT),
        ((CORRECT, CORRECT, incorrect(1), incorrect(2)), None),
        ((CORRECT, CORRECT, incorrect(1), incorrect(1, 2)), None),
        ((CORRECT, CORRECT, incorrect(1), CANNOT), None),
        ((CORRECT, CORRECT, CORRECT, *(incorrect(line) for line in (1, 2, 3, 4))), None),
        ((CORRECT, CORRECT, incorrect(1), incorrect(1, 2), incorrect(1, 3)), incorrect(1)),
        ((CORRECT, incorrect(1), incorrect(2)), None),
    ],
    ids=["2-1", "2-2 apart", "2-2 together", "2-1-1", "3-4 apart", "2-3 together", "1-2 apart"],
)
def test_a_minority_and_a_tie_never_win_by_agreeing_on_more(
    labels: tuple[CodeReviewLabel, ...], said: CodeReviewLabel | None
) -> None:
    assert settled(CODE, *labels).label == said


def test_blaming_other_lines_is_a_dispute_and_sharing_one_is_not() -> None:
    assert settled(CODE, incorrect(1), incorrect(2)).label is None
    assert settled(CODE, incorrect(1, 2), incorrect(2, 3)).label in (incorrect(1, 2), incorrect(2, 3))
    assert settled(CODE, incorrect(1), incorrect(1), incorrect(2)).label == incorrect(1)


def test_of_two_who_blame_a_program_the_one_who_says_where_is_taken() -> None:
    for line in (1, 9, 10, 99):
        assert settled(CODE, incorrect(), incorrect(line)).label == incorrect(line)
    assert settled(CODE, incorrect(), incorrect(3), incorrect(3)).label == incorrect(3)
    assert settled(CODE, incorrect(), incorrect(1), incorrect(2)).label == incorrect()


def test_the_label_taken_is_the_one_nearest_to_those_who_support_it() -> None:
    labels = (incorrect(1), incorrect(1, 2), incorrect(1, 2, 3))
    assert settled(CODE, *labels).label == incorrect(1, 2)
    assert settled(CODE, *labels, weights=(5.0, 1.0, 1.0)).label == incorrect(1)


# Step review: the outcome first, then the ratings


def test_the_first_wrong_step_decides_and_not_the_ratings_before_it() -> None:
    second = StepReviewLabel(ratings=("good", "bad"), finish="found_error")
    too = StepReviewLabel(ratings=("neutral", "bad"), finish="found_error")
    first = StepReviewLabel(ratings=("bad",), finish="found_error")
    assert settled(STEPS, second, too, first).label in (second, too)
    assert settled(STEPS, second, too, first, first).label is None


# Preferences: the median, where more than half are near it


@pytest.mark.parametrize(
    ("said", "median"),
    [
        ((-3, 0, 3), None),
        ((-1, 0, 1), 0),
        ((2, 3, -3), 2),
        ((1, 2), 1),
        ((-1, -2), -1),
        ((1, 3), None),
        ((0, 1), 0),
        ((-1, 1), None),
        ((-1, 1, 1), 1),
        ((-3, -3, 3, 3), None),
        ((-3, 0, 0, 3), None),
        ((-3, -2, 2, 3, 0), None),
        ((3, 3, 3, -3, -3), 3),
    ],
)
def test_the_median_stands_where_more_than_half_are_within_a_step(
    said: tuple[int, ...], median: int | None
) -> None:
    assert preferred(*said) == median


def test_a_heavier_vote_moves_the_median() -> None:
    assert preferred(-3, 3, weights=(1.0, 2.0)) == 3
    assert preferred(-3, 0, 3, weights=(1.0, 1.0, 3.0)) == 3
    assert preferred(-3, 0, 3, weights=(1.0, 3.0, 1.0)) == 0
    assert preferred(-3, -3, 3, weights=(1.0, 1.0, 2.0)) is None
