"""Grading by a rubric: where criteria come from, what their levels come to, and the keys that pick them."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from schemas.records import Record
from tasks._escape import Escape
from tasks._rubric import KEYS, MOST, SCALES, TOTAL, Asked, keys_of
from tasks._style import NO_KEY
from tasks.base import Answers, NoItem, ParseError, say_choices, say_text
from tasks.rubric_grade import Grade, RubricGradeItem, RubricGradeLabel, task_type
from tests.tasks.drawing import a_few

MET = SCALES["met"]
RUBRIC = (
    Asked(criterion="is right", levels=MET, points=5),
    Asked(criterion="blames the reader", levels=MET, points=-3),
    Asked(criterion="clarity", levels=SCALES["1-5"], points=3),
    Asked(criterion="tone", levels=("rude", "plain", "kind"), points=2),
)
ITEM = RubricGradeItem(prompt="Why?", answer="Because.", rubric=RUBRIC)


def record(*criteria: object, **fields: object) -> Record:
    return Record.model_validate(
        {
            "prompt": "Why?",
            "domain": "reasoning",
            "candidates": [{"text": "Because."}],
            "rubric": list(criteria),
            **fields,
        }
    )


def label(*levels: int, item: RubricGradeItem = ITEM) -> RubricGradeLabel:
    pairs = zip(levels, item.rubric, strict=True)
    return RubricGradeLabel(grades=tuple(Grade(level=level, top=one.top) for level, one in pairs))


def said(*levels: str) -> Answers:
    return Answers(
        [
            say_choices(f"grade_{number}", f"criterion_{number}", level)
            for number, level in enumerate(levels, start=1)
            if level
        ]
    )


def items(given: Record, **options: Any) -> list[RubricGradeItem]:
    return list(task_type.items(given, options))


def test_the_criteria_of_the_record_are_met_or_not() -> None:
    (item,) = items(record({"criterion": "is right", "points": 5, "tags": ["axis:truth"]}))
    assert item.rubric == (Asked(criterion="is right", levels=("Not met", "Met"), points=5),)


def test_another_scale_can_be_asked_of_them() -> None:
    (item,) = items(record({"criterion": "is right"}), scale="0-4")
    assert item.rubric[0].levels == ("0", "1", "2", "3", "4")


def test_a_record_without_criteria_takes_those_of_the_project() -> None:
    wanted = [
        {"criterion": "tone", "scale": ["rude", "kind"]},
        {"criterion": "clarity", "scale": "1-5", "points": 2},
    ]
    (item,) = items(record(), criteria=wanted)
    assert item.rubric == (
        Asked(criterion="tone", levels=("rude", "kind")),
        Asked(criterion="clarity", levels=SCALES["1-5"], points=2),
    )
    (own,) = items(record({"criterion": "is right"}), criteria=wanted)
    assert [one.criterion for one in own.rubric] == ["is right"]


@pytest.mark.parametrize(
    ("criteria", "fault"),
    [
        ([], "needs 1 to 50 criteria, there are 0"),
        ([{"criterion": str(number)} for number in range(MOST + 1)], "there are 51"),
        ([{"criterion": "a"}, {"criterion": "a"}], "holds 'a'"),
        ([{"criterion": TOTAL}], "holds 'total'"),
    ],
)
def test_criteria_that_cannot_be_graded_are_refused_with_a_reason(criteria: object, fault: str) -> None:
    with pytest.raises(NoItem, match=fault):
        items(record(), criteria=criteria)


@pytest.mark.parametrize(
    ("criteria", "fault"),
    [
        ([{"criterion": " "}], "blank"),
        ([{"criterion": "a", "scale": "1-7"}], "criteria.0.scale"),
        ([{"criterion": "a", "scale": ["only"]}], "criteria.0.scale"),
        ([{"criterion": "a", "scale": list("abcdefghijk")}], "criteria.0.scale"),
        ([{"criterion": "a", "scale": ["x" * 61, "y"]}], "criteria.0.scale"),
        ([{"criterion": "a", "points": float("inf")}], "criteria.0.points"),
        ([{"criterion": "a", "weight": 2}], "criteria.0.weight"),
        ("clarity", "criteria"),
    ],
)
def test_criteria_of_a_project_that_are_none_are_refused(criteria: object, fault: str) -> None:
    with pytest.raises(ValidationError, match=fault):
        task_type.options.model_validate({"criteria": criteria})


def test_every_different_candidate_is_graded_and_one_is_needed() -> None:
    twice = record({"criterion": "a"}, candidates=[{"text": "x"}, {"text": "y"}, {"text": "x", "model": "m"}])
    assert [item.answer for item in items(twice)] == ["x", "y"]
    with pytest.raises(NoItem, match="candidates"):
        items(record({"criterion": "a"}, candidates=[]))


def test_the_reference_is_folded_away_or_left_out() -> None:
    known = record({"criterion": "a"}, reference={"answer": "unmistakable"})
    (shown,), (hidden,) = items(known), items(known, show_reference=False)
    assert "<details" in str(task_type.data(shown)["question"])
    assert "unmistakable" in str(task_type.data(shown)["question"])
    assert "unmistakable" not in str(task_type.data(hidden))


@a_few
@given(st.data())
def test_a_label_is_read_back_as_it_was_said(data: st.DataObject) -> None:
    levels = [data.draw(st.integers(0, one.top)) for one in RUBRIC]
    given = label(*levels).replace(comment=data.draw(st.text()))
    assert task_type.parse(ITEM, Answers(task_type.result(given))) == given


def test_every_criterion_needs_a_grade() -> None:
    with pytest.raises(ParseError, match=r"grade_3.*1, 2, 3, 4, 5.*missing"):
        task_type.parse(ITEM, said("1/1", "0/1", "", "2/2"))


@pytest.mark.parametrize("level", ["2/1", "1", "-1/1", "1/2", "Met", "\u0661/1"])
def test_a_level_that_the_criterion_does_not_have_is_refused(level: str) -> None:
    with pytest.raises(ParseError, match=r"grade_1.*between 0/1 and 1/1"):
        task_type.parse(ITEM, said(level, "0/1", "0/4", "0/2"))


def test_a_grade_of_another_rubric_is_refused() -> None:
    grades = ("1/1", "0/1", "0/4", "0/2")
    with pytest.raises(ParseError, match=r"grade_5.*4 criteria"):
        task_type.parse(ITEM, said(*grades, "1/1"))
    with pytest.raises(ParseError, match=r"grade_0.*4 criteria"):
        task_type.parse(ITEM, Answers([*said(*grades).result, say_choices("grade_0", "criterion_0", "1/1")]))


def test_a_level_lies_on_its_scale() -> None:
    with pytest.raises(ValueError, match="at most 1, is 2"):
        Grade(level=2, top=1)
    assert Grade(level=3, top=4).share == 0.75


def test_a_way_out_needs_no_grades() -> None:
    escape = Escape(kind="bad_problem", reason="no rubric for this")
    result = [*said("1/1").result, *task_type.result(RubricGradeLabel(escape=escape))]
    assert task_type.parse(ITEM, Answers(result)) == RubricGradeLabel(escape=escape)


def test_a_step_on_five_levels_is_one_judgement_and_met_against_not_met_is_not() -> None:
    assert task_type.distance(label(1, 0, 2, 1), label(1, 0, 3, 1)) <= task_type.tolerance
    assert task_type.distance(label(1, 0, 2, 1), label(1, 0, 4, 1)) > task_type.tolerance
    assert task_type.distance(label(1, 0, 2, 1), label(1, 1, 2, 1)) > task_type.tolerance
    assert task_type.distance(label(1, 0, 2, 1), label(1, 0, 2, 2)) > task_type.tolerance
    assert task_type.distance(label(0, 0, 0, 0), label(1, 1, 4, 2)) == pytest.approx(1.0)


@pytest.mark.parametrize("top", range(1, 10))
def test_however_many_levels_no_more_than_a_quarter_of_the_scale_is_tolerated(top: int) -> None:
    others = tuple(Grade(level=0, top=1) for _ in range(MOST - 1))
    lowest = RubricGradeLabel(grades=(Grade(level=0, top=top), *others))
    for level in range(top + 1):
        other = RubricGradeLabel(grades=(Grade(level=level, top=top), *others))
        assert (task_type.distance(lowest, other) <= task_type.tolerance) == (level / top <= 0.25)


def test_more_criteria_are_as_far_apart_as_can_be() -> None:
    short = RubricGradeLabel(grades=(Grade(level=1, top=1),))
    assert task_type.distance(short, label(1, 0, 0, 0)) > 0.8


def test_criteria_are_settled_each_by_itself() -> None:
    labels = [label(1, 0, 2, 1).replace(comment="mine"), label(0, 0, 4, 2)]
    assert task_type.verdicts(labels) == [[1.0, 0.0, 0.5, 0.5], [0.0, 0.0, 1.0, 1.0]]
    assert task_type.of_verdicts([0.0, 0.0, 0.5, 1.0], labels) == label(0, 0, 2, 2)
    assert task_type.of_verdicts([1.0, 0.0, None, None], labels) == RubricGradeLabel(
        grades=(Grade(level=1, top=1), Grade(level=0, top=1))
    )


def test_criteria_that_only_one_of_two_graded_are_settled_by_that_one() -> None:
    short = RubricGradeLabel(grades=(Grade(level=1, top=1),))
    assert task_type.of_verdicts([1.0, 0.0, 0.5, 0.5], [short, label(0, 0, 2, 1)]) == label(1, 0, 2, 1)


def test_the_distance_is_that_of_the_criterion_farthest_apart_and_a_little_of_their_mean() -> None:
    assert task_type.distance(label(1, 0, 2, 1), label(1, 0, 3, 1)) == pytest.approx(0.9 / 4 + 0.1 / 16)
    assert task_type.distance(label(1, 0, 2, 1), label(1, 0, 4, 1)) == pytest.approx(0.9 / 2 + 0.1 / 8)
    short = RubricGradeLabel(grades=(Grade(level=1, top=1),))
    assert task_type.distance(short, label(1, 0, 0, 0)) == pytest.approx(0.9 + 0.1 * 3 / 4)
    assert task_type.distance(label(1, 0, 0, 0), short) == pytest.approx(0.9 + 0.1 * 3 / 4)


def test_a_grade_counts_from_the_worst_level_of_at_least_two() -> None:
    for level, top in ((-1, 1), (0, 0), (2, 1)):
        with pytest.raises(ValidationError):
            Grade(level=level, top=top)
    with pytest.raises(ValidationError, match="grades"):
        RubricGradeLabel(grades=())
    with pytest.raises(ValidationError, match="levels"):
        Asked(criterion="a", levels=("only",))
    with pytest.raises(ValidationError, match="rubric"):
        RubricGradeItem(prompt="", answer="", rubric=())


def test_all_that_is_known_of_the_answer_comes_with_it() -> None:
    given = record({"criterion": "a"}, reference={"answer": "2", "solution": "1 + 1"})
    (item,) = items(given)
    rubric = (Asked(criterion="a", levels=("Not met", "Met"), points=1.0),)
    assert item == RubricGradeItem(prompt="Why?", answer="Because.", rubric=rubric, reference="1 + 1")
    (own,) = items(record(), criteria=[{"criterion": "b"}])
    assert own.rubric == (Asked(criterion="b", levels=("Not met", "Met")),)
    assert own.rubric[0].points == 1.0


@pytest.mark.parametrize("points", [1e6, -1e6])
def test_points_have_a_bound_on_each_side(points: float) -> None:
    (item,) = items(record(), criteria=[{"criterion": "a", "points": points}])
    assert item.rubric[0].points == points
    with pytest.raises(ValidationError, match="points"):
        items(record(), criteria=[{"criterion": "a", "points": points * 1.5}])


def test_fifty_criteria_of_ten_levels_with_long_names_are_graded() -> None:
    levels = [f"{at}{'x' * 59}" for at in range(10)]
    wanted = [{"criterion": str(number), "scale": levels} for number in range(50)]
    (item,) = items(record(), criteria=wanted)
    assert [len(one.levels) for one in item.rubric] == [10] * 50


def test_a_row_holds_the_scores_and_the_share_of_points() -> None:
    (row,) = task_type.rows(ITEM, label(1, 0, 2, 2).replace(comment="good"))
    assert row.scores == {"is right": 1.0, "blames the reader": 0.0, "clarity": 3.0, "tone": 2.0, TOTAL: 0.85}
    assert (row.prompt, row.completion, row.comment) == ("Why?", "Because.", "good")


def test_the_total_stays_between_0_and_1_and_needs_points_to_be_had() -> None:
    (low,) = task_type.rows(ITEM, label(0, 1, 0, 0))
    assert low.scores[TOTAL] == 0.0
    (high,) = task_type.rows(ITEM, label(1, 0, 4, 2))
    assert high.scores[TOTAL] == 1.0
    small = tuple(Asked(criterion=str(points), levels=MET, points=points) for points in (1, 0.5, -0.5))
    some = ITEM.replace(rubric=small)
    (third,) = task_type.rows(some, label(0, 1, 0, item=some))
    assert third.scores[TOTAL] == pytest.approx(1 / 3)
    faults = RubricGradeItem(prompt="", answer="", rubric=(Asked(criterion="a", levels=MET, points=-1),))
    (none,) = task_type.rows(faults, label(0, item=faults))
    assert none.scores == {"a": 0.0, TOTAL: None}


def test_a_level_called_by_a_number_scores_it_and_others_their_place() -> None:
    assert Asked(criterion="a", levels=("0", "5", "10")).score(2) == 10.0
    assert Asked(criterion="a", levels=("low", "inf", "\u0663")).score(2) == 2.0


def test_the_levels_of_a_criterion_lie_side_by_side_until_the_keys_run_out() -> None:
    assert list(keys_of(RUBRIC)) == ["12", "34", "qwert", "asd"]
    many = [Asked(criterion=str(number), levels=MET) for number in range(20)]
    dealt = list(keys_of(many))
    assert all(any(keys in row for row in KEYS) for keys in dealt)
    pressed = "".join(dealt)
    assert len(pressed) == len(set(pressed)) == 26
    assert not set(pressed) & set("nmpbu")


def test_what_has_no_key_can_be_clicked() -> None:
    item = RubricGradeItem(prompt="", answer="", rubric=(Asked(criterion="a", levels=tuple("abcdefg")),))
    shown: Any = task_type.data(item)["criteria"]
    assert {one["hotkey"] for one in shown[0][0]["levels"]} == {NO_KEY}
    assert [one["value"] for one in shown[0][0]["levels"]] == list("abcdefg")


def test_met_stands_before_not_met() -> None:
    shown: Any = task_type.data(ITEM)["criteria"]
    assert [(one["value"], one["alias"], one["hotkey"]) for one in shown[0][0]["levels"]] == [
        ("Met", "1/1", "1"),
        ("Not met", "0/1", "2"),
    ]


def test_a_missing_grade_is_asked_for_by_its_number() -> None:
    config = task_type.config()
    assert all(f"Criterion {number} has no grade yet" in config for number in (1, 2, MOST))


def test_the_summary_lists_the_grades() -> None:
    assert task_type.summary(label(1, 0, 2, 2)) == "1/1 0/1 2/4 2/2"
    commented = task_type.parse(
        ITEM, Answers([*task_type.result(label(1, 0, 2, 2)), say_text("comment", "question", "so\nso")])
    )
    assert task_type.summary(commented) == "1/1 0/1 2/4 2/2: so so"
    assert task_type.summary(RubricGradeLabel(escape=Escape(kind="cannot_judge"))) == "cannot judge"
