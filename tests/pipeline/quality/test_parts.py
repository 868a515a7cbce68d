"""Settling part by part: each case, criterion and step has a majority of its own."""

from typing import Any, Literal, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.quality.consensus import Settled, settle
from pipeline.quality.one_coin import OneCoin
from pipeline.quality.overlap import demand
from pipeline.quality.parts import outcome
from schemas.base import Label, Vote
from schemas.project import Overlap
from tasks import AnyTaskType, task_types
from tasks._escape import Escape
from tasks.rubric_grade import Grade, RubricGradeLabel
from tasks.step_review import StepReviewLabel
from tasks.test_review import TestReviewLabel
from tests.pipeline.quality.voting import settled, votes
from tests.tasks.drawing import a_few

CASES, RUBRIC, STEPS = (task_types()[name] for name in ("test_review", "rubric_grade", "step_review"))
VERDICTS = {"r": "right", "w": "wrong", "n": "too_narrow", "c": "cannot_tell"}
RATINGS = {"g": "good", "n": "neutral", "b": "bad", "-": None}
BAD = Escape(kind="bad_problem")
THIRD, SURE = Overlap(policy="third_on_disagreement"), Overlap(policy="posterior", n=5)
TYPES = pytest.mark.parametrize("task_type", [CASES, RUBRIC, STEPS], ids=lambda one: one.name)
Finish = Literal["solved", "unfinished"]


def cases(said: str, comment: str = "") -> TestReviewLabel:
    """What is said of each case, by its letter."""
    return TestReviewLabel(cases=cast("Any", tuple(VERDICTS[one] for one in said)), comment=comment)


def grades(*levels: int, top: int = 4, comment: str = "") -> RubricGradeLabel:
    return RubricGradeLabel(grades=tuple(Grade(level=level, top=top) for level in levels), comment=comment)


def steps(said: str, end: Finish = "solved", fixed: str = "", comment: str = "") -> StepReviewLabel:
    """What is said of each step, by its letter; `fixed` is what the first bad one should say."""
    return StepReviewLabel(
        ratings=cast("Any", tuple(RATINGS[one] for one in said)),
        corrections=((said.index("b"), fixed),) if fixed else (),
        finish="found_error" if "b" in said else end,
        comment=comment,
    )


def of_one_item(task_type: AnyTaskType) -> st.SearchStrategy[list[Label]]:
    """One to five labels of an item with three parts."""
    comment = st.sampled_from(["", "why"])
    kinds: dict[str, st.SearchStrategy[Label]] = {
        CASES.name: st.builds(cases, st.text("rwn", min_size=3, max_size=3), comment),
        RUBRIC.name: st.builds(grades, *[st.integers(0, 4)] * 3, comment=comment),
        STEPS.name: st.builds(
            steps, st.from_regex(r"[gn]{0,3}b?", fullmatch=True), st.sampled_from(["solved", "unfinished"])
        ),
    }
    return st.lists(kinds[task_type.name], min_size=1, max_size=5)


def said_of_parts(task_type: AnyTaskType, labels: list[Label]) -> list[list[Any]]:
    """By label what it says of each part."""
    rows = task_type.verdicts(labels)
    width = max(map(len, rows))
    return [[*row, *[None] * (width - len(row))] for row in rows]


# What holds for every type that is settled so


@TYPES
@a_few
@given(data=st.data())
def test_more_than_half_on_every_part_is_the_label(task_type: AnyTaskType, data: st.DataObject) -> None:
    """Also where nobody gave it."""
    labels = data.draw(of_one_item(task_type))
    columns = list(zip(*said_of_parts(task_type, labels), strict=True))
    most = [max(column, key=column.count) for column in columns]
    if any(column.count(one) * 2 <= len(column) for column, one in zip(columns, most, strict=True)):
        return
    label = settle(task_type, votes(*labels)).label
    assert label is not None
    assert said_of_parts(task_type, [*labels, label])[-1] == most


@TYPES
@a_few
@given(data=st.data())
def test_a_vote_for_what_is_settled_never_unsettles_it(task_type: AnyTaskType, data: st.DataObject) -> None:
    labels = data.draw(of_one_item(task_type))
    weights = data.draw(st.tuples(*[st.sampled_from([0.3, 1.0, 2.0])] * (len(labels) + 1)))
    label = settle(task_type, votes(*labels, weights=weights[:-1])).label
    if label is not None:
        again = settle(task_type, votes(*labels, label, weights=weights)).label
        assert again is not None
        assert task_type.distance(again, label) == 0


@TYPES
@a_few
@given(data=st.data())
def test_no_order_of_votes_decides_anything(task_type: AnyTaskType, data: st.DataObject) -> None:
    labels = data.draw(of_one_item(task_type))
    if data.draw(st.booleans()):
        labels.append(task_type.label(escape=BAD))
    weights = data.draw(st.tuples(*[st.sampled_from([0.3, 1.0, 2.0])] * len(labels)))
    both = votes(*labels, weights=weights)
    again = data.draw(st.permutations(both))
    assert settle(task_type, both).label == settle(task_type, again).label
    model = OneCoin(accuracies={"a0": 0.9, "a1": 0.7})
    assert model.posterior(task_type, both) == model.posterior(task_type, again)


@TYPES
@a_few
@given(data=st.data())
def test_what_all_say_is_what_they_say(task_type: AnyTaskType, data: st.DataObject) -> None:
    label = data.draw(of_one_item(task_type))[0]
    assert settle(task_type, votes(label, label, label)) == Settled(label, "unanimous", 1.0)


@pytest.mark.parametrize(
    ("said", "weights", "stands"),
    [
        (("a", "a", "b"), (1, 1, 1), ("a",)),
        (("a", "b"), (1, 1), ()),
        (("a", "b"), (2, 1), ("a",)),
        (("a", "a", "b", None), (1, 1, 1, 1), ()),
        ((None, None, "a"), (1, 1, 1), (None,)),
        ((0.0, 0.25, 0.5), (1, 1, 1), (0.25,)),
        ((0.0, 0.5, 1.0), (1, 1, 1), ()),
        ((0.75, 1.0), (1, 1), (0.75,)),
        ((0.5, 1.0), (1, 1), ()),
        ((1.0, 1.0, None, None), (1, 1, 1, 1), ()),
        ((1.0, 1.0), (0, 0), ()),
        (("bad_problem", ("bad_problem",)), (1, 1), ()),
    ],
)
def test_a_part_comes_to_what_more_than_half_of_all_say_of_it(
    said: tuple[Any, ...], weights: tuple[float, ...], stands: tuple[Any, ...]
) -> None:
    assert outcome(said, weights, 0.25) == stands


# Cases


def test_three_people_with_different_exceptions_agree() -> None:
    found = settled(CASES, cases("wrr"), cases("rnr"), cases("rrw"))
    assert (found.label, found.method) == (cases("rrr"), "parts")


def test_one_case_without_a_majority_is_a_dispute() -> None:
    assert settled(CASES, cases("rr"), cases("rw"), cases("rn")).label is None
    assert settled(CASES, cases("rr"), cases("rw")).label is None


def test_a_heavier_vote_decides_a_case() -> None:
    assert settled(CASES, cases("rr"), cases("rw"), weights=(1.0, 2.0)).label == cases("rw")


def test_a_comment_is_taken_from_a_vote_that_says_just_this() -> None:
    one, other = cases("rw", "the second overflows"), cases("wr", "the first is empty")
    assert settled(CASES, one, other, cases("rr")).label == cases("rr")
    assert settled(CASES, one, cases("rw"), other).label == one
    assert settled(CASES, one, cases("wr"), cases("rr")).label == cases("rr")


def test_a_way_out_counts_against_every_part_and_is_agreed_on_as_ever() -> None:
    out = TestReviewLabel(escape=BAD)
    assert settled(CASES, cases("rw"), cases("rw"), out).label == cases("rw")
    assert settled(CASES, cases("rw"), cases("rr"), out).label is None
    assert settled(CASES, cases("rw"), out, out).label == out
    assert settled(CASES, out, TestReviewLabel(escape=Escape(kind="cannot_judge"))).label is None


# Criteria


def test_a_criterion_is_settled_by_the_median_on_its_scale() -> None:
    said = settled(RUBRIC, grades(0, 4, 2), grades(1, 4, 2), grades(2, 0, 2))
    assert said.label == grades(1, 4, 2)
    assert settled(RUBRIC, grades(0, 4), grades(1, 3)).label == grades(1, 3)
    assert settled(RUBRIC, grades(0, 3), grades(1, 4)).label == grades(1, 3)


def test_a_criterion_on_whose_level_people_are_far_apart_is_open() -> None:
    assert settled(RUBRIC, grades(0, 4), grades(2, 4), grades(4, 4)).label is None
    assert settled(RUBRIC, grades(0, top=1), grades(1, top=1)).label is None
    assert settled(RUBRIC, *(grades(level, top=1) for level in (0, 1, 1))).label == grades(1, top=1)


# Steps


@pytest.mark.parametrize(
    ("said", "stands"),
    [
        (("gb", "gb", ""), "gb"),
        (("b", "", ""), ""),
        (("b", "gb", ""), None),
        (("b", "gggb", "gggb"), "gggb"),
        (("n", "gn", "ggn"), ""),
        (("n", "n", "g"), "n"),
        (("b", "n", "g"), "n"),
        (("b", "b", "gb", "gb", ""), None),
        (("b", ""), None),
        (("nb", "gb"), "nb"),
        (("b", "gn", "gg"), "gn"),
    ],
)
def test_steps_are_settled_up_to_the_first_error_that_more_than_half_see(
    said: tuple[str, ...], stands: str | None
) -> None:
    assert settled(STEPS, *map(steps, said)).label == (None if stands is None else steps(stands))


def test_who_stopped_before_a_step_says_nothing_of_it() -> None:
    """Of five, three come to the third step: what two of these say is no majority."""
    assert settled(STEPS, *map(steps, ("b", "b", "ggg", "ggn", "ggn"))).label == steps("ggn")
    assert settled(STEPS, *map(steps, ("b", "b", "ggg", "ggb", "ggb"))).label is None


def test_where_steps_are_rated_on_those_behind_the_error_are_settled_too() -> None:
    assert settled(STEPS, *map(steps, ("bgb", "bgb", "b"))).label == steps("bgb")
    assert settled(STEPS, *map(steps, ("bgb", "b", "b"))).label == steps("b")
    assert settled(STEPS, *map(steps, ("bgb", "b"))).label is None


def test_an_error_that_each_sees_elsewhere_is_no_chain_without_one() -> None:
    assert settled(STEPS, *map(steps, ("bgn", "gb", ""))).label is None


def test_the_end_has_a_majority_of_its_own() -> None:
    solved, unfinished = steps("gn"), steps("gn", "unfinished")
    assert settled(STEPS, solved, unfinished, unfinished).label == unfinished
    assert settled(STEPS, solved, unfinished).label is None
    assert settled(STEPS, solved, unfinished, steps("gb")).label is None


def test_a_correction_is_of_somebody_who_calls_that_step_bad() -> None:
    said = (steps("ngb", fixed="3"), steps("gnb", comment="odd"), steps("b", fixed="1"))
    found = settled(STEPS, *said)
    assert (found.label, found.method) == (steps("nnb", fixed="3"), "parts")


# Who is asked again


@pytest.mark.parametrize("overlap", [THIRD, SURE], ids=lambda one: one.policy)
def test_another_vote_is_asked_for_only_where_a_part_is_open(overlap: Overlap) -> None:
    model = OneCoin(expected=0.98)
    for said, wanted in ((("rw", "rw"), 2), (("rw", "rr"), 3), (("rw", "rr", "rr"), 3)):
        found = demand(CASES, overlap, votes(*map(cases, said)), audited=False, model=model)
        assert found.votes == wanted, said
    exceptions = votes(*map(cases, ("wrr", "rwr", "rrw")))
    assert demand(CASES, overlap, exceptions, audited=False, model=model).votes == 3
    near = votes(grades(1, 2), grades(2, 1))
    assert demand(RUBRIC, overlap, near, audited=False, model=model).votes == 2


def test_a_label_is_as_sure_as_its_least_sure_part() -> None:
    model = OneCoin(expected=0.8)
    found = model.posterior(CASES, votes(*map(cases, ("wrr", "rrr", "rrr"))))
    assert found.label == cases("rrr")
    assert found.probability == pytest.approx(16 / (16 + 4))
    sure = model.posterior(CASES, votes(*map(cases, ("rrr", "rrr", "rrr"))))
    assert sure.probability == pytest.approx(64 / (64 + 1))


def test_a_model_learns_from_every_part_how_often_somebody_is_right() -> None:
    said = {"ann": "rrrr", "bo": "rrrr", "cy": "wrrr", "di": "wwww"}
    items = {
        f"{at}": [Vote[Any](annotator=name, label=cases(one)) for name, one in said.items()]
        for at in range(50)
    }
    model = OneCoin.fit(CASES, items)
    assert model.accuracy("ann") > 0.95
    assert model.accuracy("cy") == pytest.approx(0.75, abs=0.05)
    assert model.accuracy("di") < 0.1


def test_where_nobody_judges_the_ways_out_are_weighed_as_wholes() -> None:
    out = TestReviewLabel(escape=BAD)
    found = OneCoin(expected=0.8).posterior(CASES, votes(out, out))
    assert found.label == out
    assert found.probability == pytest.approx(16 / 17)
