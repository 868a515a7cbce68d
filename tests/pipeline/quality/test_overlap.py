"""When a task needs another vote: never before the policy's first, never beyond its most, and for a reason."""

from itertools import pairwise
from typing import Any, ClassVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.quality.consensus import settle
from pipeline.quality.one_coin import OneCoin
from pipeline.quality.overlap import Demand, demand, is_audited
from pipeline.quality.savings import Savings, Spent, clopper_pearson, savings, spent
from schemas.base import Label, Vote
from schemas.project import Overlap
from tasks import AnyTaskType, task_types
from tasks.code_review import CodeReviewLabel
from tasks.preference_pair import PreferencePairLabel
from tests.tasks.drawing import labels

a_few = settings(deadline=None, max_examples=20)
CODE, PAIR = task_types()["code_review"], task_types()["preference_pair"]
THIRD = Overlap(policy="third_on_disagreement")
SURE = Overlap(policy="posterior", n=5)
POLICIES = (Overlap(), Overlap(n=3), Overlap(n=1), THIRD, SURE, Overlap(policy="posterior", n=3, p=0.9))
MODEL = OneCoin(expected=0.85, accuracies={"expert": 0.98, "a0": 0.9, "a1": 0.6, "a2": 0.5, "guesser": 0.5})


class Said:
    """Short names of judgements that stand apart."""

    right: ClassVar = CodeReviewLabel(verdict="correct")
    wrong: ClassVar = CodeReviewLabel(verdict="incorrect")
    unclear: ClassVar = CodeReviewLabel(verdict="cannot_judge")


def votes(*labels: Label, people: tuple[str, ...] = ()) -> list[Vote[Any]]:
    names = people or tuple(f"a{at}" for at in range(len(labels)))
    return [Vote[Any](annotator=name, label=label) for name, label in zip(names, labels, strict=True)]


def wanted(overlap: Overlap, cast: list[Vote[Any]], *, audited: bool = False) -> Demand:
    return demand(CODE, overlap, cast, audited=audited, model=MODEL)


LABELS = st.sampled_from(
    [Said.right, Said.wrong, Said.unclear, CodeReviewLabel(verdict="incorrect", lines=(2,))]
)
CASTS = st.lists(LABELS, max_size=7).map(lambda labels: votes(*labels))
OVERLAPS = st.sampled_from(POLICIES)


# What holds for every policy


@a_few
@given(overlap=OVERLAPS, cast=CASTS, audited=st.booleans())
def test_a_demand_lies_between_the_first_and_the_most(
    overlap: Overlap,
    cast: list[Vote[Any]],
    audited: bool,  # noqa: FBT001 - hypothesis draws it
) -> None:
    assert overlap.first <= wanted(overlap, cast, audited=audited).votes <= overlap.most


@a_few
@given(overlap=OVERLAPS, cast=CASTS)
def test_a_further_vote_never_lowers_the_demand(overlap: Overlap, cast: list[Vote[Any]]) -> None:
    grown = [wanted(overlap, cast[:so_far]).votes for so_far in range(len(cast) + 1)]
    assert grown == sorted(grown)


@a_few
@given(overlap=OVERLAPS, cast=CASTS, data=st.data())
def test_a_surplus_vote_is_not_looked_at(
    overlap: Overlap, cast: list[Vote[Any]], data: st.DataObject
) -> None:
    now = wanted(overlap, cast)
    if len(cast) >= now.votes:
        surplus = votes(*data.draw(st.lists(LABELS, max_size=3)))
        assert wanted(overlap, cast[: now.votes] + surplus) == now


@a_few
@given(overlap=OVERLAPS, cast=CASTS, data=st.data())
def test_what_people_are_called_decides_nothing(
    overlap: Overlap, cast: list[Vote[Any]], data: st.DataObject
) -> None:
    names = [f"a{at}" for at in range(7)]
    called = dict(zip(names, data.draw(st.permutations(names)), strict=True))
    renamed = [vote.model_copy(update={"annotator": called[vote.annotator]}) for vote in cast]
    model = OneCoin(MODEL.expected, accuracies={called[name]: MODEL.accuracy(name) for name in names})
    assert demand(CODE, overlap, renamed, audited=False, model=model) == demand(
        CODE, overlap, cast, audited=False, model=MODEL
    )


@pytest.mark.parametrize("overlap", POLICIES)
def test_an_audited_task_gets_the_most_from_the_beginning(overlap: Overlap) -> None:
    for so_far in range(4):
        assert wanted(overlap, votes(*[Said.right] * so_far), audited=True).votes == overlap.most
    reason = "policy" if overlap.first == overlap.most else "audit"
    assert wanted(overlap, [], audited=True).reason == reason


# Each policy


@a_few
@given(cast=CASTS, n=st.integers(1, 9))
def test_fixed_takes_no_notice_of_votes(cast: list[Vote[Any]], n: int) -> None:
    assert wanted(Overlap(n=n), cast) == Demand(n, "policy")


def test_a_third_is_asked_only_where_two_differ() -> None:
    assert wanted(THIRD, []) == wanted(THIRD, votes(Said.right)) == Demand(2, "policy")
    assert wanted(THIRD, votes(Said.right, Said.right, Said.wrong)) == Demand(2, "policy")
    assert wanted(THIRD, votes(Said.right, Said.wrong)) == Demand(3, "disagreement")


def test_two_within_the_tolerance_need_no_third_and_weights_settle_no_difference() -> None:
    near, far = ([PreferencePairLabel(preference=at) for at in two] for two in ((1, 2), (1, 3)))
    assert demand(PAIR, THIRD, votes(*near), audited=False, model=MODEL).votes == 2
    assert demand(PAIR, THIRD, votes(*far), audited=False, model=MODEL).votes == 3
    heavy = [vote.model_copy(update={"weight": at + 1.0}) for at, vote in enumerate(votes(*far))]
    assert demand(PAIR, THIRD, heavy, audited=False, model=MODEL).votes == 3


@a_few
@given(labels=st.lists(st.sampled_from([Said.right, Said.wrong, Said.unclear]), min_size=3, max_size=3))
def test_a_third_on_disagreement_settles_what_a_third_for_all_does(labels: list[Label]) -> None:
    cast = votes(*labels)
    asked = cast[: wanted(THIRD, cast).votes]
    assert settle(CODE, asked).label == settle(CODE, cast).label


def test_the_posterior_asks_until_it_is_sure() -> None:
    experts = votes(Said.right, Said.right, people=("expert", "a0"))
    found = wanted(SURE, experts)
    assert (found.votes, found.reason) == (2, "policy")
    assert found.posterior == pytest.approx(0.98 * 0.9 / (0.98 * 0.9 + 0.02 * 0.1))
    doubtful = wanted(SURE, votes(Said.right, Said.right, people=("a1", "a2")))
    assert (doubtful.votes, doubtful.reason) == (3, "doubt")
    assert doubtful.posterior == pytest.approx(0.6)


def test_a_vote_that_was_asked_for_counts_though_the_model_would_not_ask_for_it_any_more() -> None:
    sure = votes(Said.right, Said.right, Said.wrong, people=("expert", "a0", "a1"))
    fresh = demand(CODE, SURE, sure, audited=False, model=MODEL)
    assert (fresh.votes, fresh.reason) == (2, "policy")
    paid = demand(CODE, SURE, sure, audited=False, model=MODEL, asked=3)
    assert (paid.votes, paid.reason) == (3, "doubt")
    assert paid.posterior == MODEL.posterior(CODE, sure).probability
    assert demand(CODE, SURE, sure[:2], audited=False, model=MODEL, asked=3) == fresh
    less = Overlap(policy="posterior", n=2)
    assert demand(CODE, less, sure, audited=False, model=MODEL, asked=3).votes == 2


def test_two_who_differ_are_never_enough_however_well_one_of_them_is_known() -> None:
    two = votes(Said.right, Said.wrong, people=("expert", "guesser"))
    assert MODEL.posterior(CODE, two).probability > SURE.sure
    found = demand(CODE, SURE, two, audited=False, model=MODEL)
    assert (found.votes, found.reason) == (3, "doubt")


def test_the_posterior_gives_up_at_the_most() -> None:
    five = votes(*[Said.right] * 5, people=("guesser", "a2", "b", "c", "d"))
    known = OneCoin(accuracies=dict.fromkeys(("guesser", "a2", "b", "c", "d"), 0.5))
    found = demand(CODE, SURE, five, audited=False, model=known)
    assert (found.votes, found.reason) == (5, "doubt")
    assert found.posterior == pytest.approx(0.5)


def test_only_the_posterior_policy_speaks_of_a_posterior() -> None:
    assert wanted(SURE, []).posterior is None
    assert wanted(THIRD, votes(Said.right, Said.wrong)).posterior is None


# The audit


def test_a_growing_audit_keeps_whom_it_has() -> None:
    tasks = [f"task {at}" for at in range(2000)]
    slices = [{task for task in tasks if is_audited(task, share)} for share in (0.0, 0.05, 0.2, 1.0)]
    assert all(small < large for small, large in pairwise(slices))
    assert slices[0] == set()
    assert slices[3] == set(tasks)
    assert 70 <= len(slices[1]) <= 130


def test_an_audited_task_says_whether_stopping_early_would_have_changed_its_label() -> None:
    overlap = Overlap(policy="posterior", n=5, p=0.9)
    model = OneCoin(expected=0.9)
    early = votes(Said.right, Said.right, Said.wrong, Said.wrong, Said.wrong)
    kept = votes(Said.right, Said.right, Said.right, Said.wrong, Said.wrong)
    assert spent(CODE, overlap, early, audited=True, model=model) == Spent(5, 5, flipped=True)
    assert spent(CODE, overlap, kept, audited=True, model=model) == Spent(5, 5, flipped=False)
    assert spent(CODE, overlap, early, audited=False, model=model) == Spent(2, 5)
    assert spent(CODE, overlap, early, audited=False, model=model, asked=3) == Spent(3, 5)
    assert spent(CODE, overlap, early[:4], audited=True, model=model) == Spent(4, 5)
    assert spent(CODE, Overlap(n=3), early[:3], audited=True, model=model) == Spent(3, 3)


def test_wording_within_the_tolerance_is_no_flip() -> None:
    overlap, model = Overlap(policy="posterior", n=3, p=0.9), OneCoin(expected=0.9)
    cast = votes(*(PreferencePairLabel(preference=at) for at in (1, 1, 2)))
    assert spent(PAIR, overlap, cast, audited=True, model=model).flipped is False


def test_savings_count_the_audit_as_spent() -> None:
    tasks = [Spent(2, 5)] * 8 + [Spent(5, 5, flipped=False), Spent(5, 5, flipped=True)]
    found = savings(tasks)
    assert (found.asked, found.full, found.audited, found.flipped) == (26, 50, 2, 1)
    assert found.saved_share == pytest.approx(0.48)
    assert found.error == 0.5
    assert found.error_interval == pytest.approx((0.0126, 0.9874), abs=1e-4)


def test_without_an_audit_nothing_is_known_of_the_error() -> None:
    assert savings([]) == Savings(0, 0, 0.0, 0, 0, (0.0, 1.0))
    found = savings([Spent(2, 3)])
    assert (found.error, found.error_interval) == (None, (0.0, 1.0))


@pytest.mark.parametrize(
    ("hits", "trials", "interval"),
    [
        (0, 100, (0.0, 0.036217)),
        (5, 100, (0.016432, 0.112835)),
        (10, 10, (0.691503, 1.0)),
        (20, 4000, (0.003057, 0.007711)),
    ],
)
def test_the_interval_is_the_exact_one(hits: int, trials: int, interval: tuple[float, float]) -> None:
    assert clopper_pearson(hits, trials) == pytest.approx(interval, abs=2e-5)


@a_few
@given(trials=st.integers(1, 200), data=st.data())
def test_the_interval_holds_the_share_and_mirrors(trials: int, data: st.DataObject) -> None:
    hits = data.draw(st.integers(0, trials))
    low, high = clopper_pearson(hits, trials)
    assert 0 <= low <= hits / trials <= high <= 1
    assert clopper_pearson(trials - hits, trials) == pytest.approx((1 - high, 1 - low), abs=1e-9)


@pytest.mark.parametrize("task_type", task_types().values(), ids=task_types())
@a_few
@given(overlap=OVERLAPS, data=st.data())
def test_two_people_of_one_mind_suffice_whatever_the_task_type(
    task_type: AnyTaskType, overlap: Overlap, data: st.DataObject
) -> None:
    label = data.draw(labels(task_type))
    model = OneCoin(expected=0.95)
    found = demand(task_type, overlap, votes(label, label), audited=False, model=model)
    assert found.votes == overlap.first
