"""Another project's data and answers as items and labels of a task type, by a map that somebody wrote."""

from typing import Any

import pytest

from pipeline.analysis.adoption import field_map, item_of, label_of
from pipeline.analysis.controls import Judgement
from schemas.base import set_fields
from schemas.errors import UsageError
from tasks import task_types
from tasks.base import ParseError
from tasks.ranking import RankingLabel

PAIR = [
    "data.text=prompt",
    "data.a=answer_a",
    "data.b=answer_b",
    "better=preference:A=-2,B=2,same=0",
    "why=reason",
]
DATA = {"text": "1 + 1?", "a": "2", "b": "3", "more": [1]}


def pair(*maps: str) -> Any:
    return field_map(task_types()["preference_pair"], maps or PAIR)


def chose(*values: str) -> Judgement:
    return Judgement("choices", values)


def test_an_item_is_made_of_the_fields_that_are_mapped() -> None:
    item = item_of(pair(), DATA)
    assert set_fields(item) == {"prompt": "1 + 1?", "answer_a": "2", "answer_b": "3"}


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({"text": "1 + 1?", "a": "2"}, "data: should have 'b', has 'text', 'a'"),
        ({}, "data: should have 'text', has nothing"),
        ({**DATA, "b": 3}, "item's 'answer_b': .* is 3"),
    ],
)
def test_data_without_the_item_is_told(data: dict[str, Any], message: str) -> None:
    with pytest.raises(ParseError, match=message):
        item_of(pair(), data)


def test_answers_are_put_into_the_types_words() -> None:
    item = item_of(pair(), DATA)
    said = {"better": chose("A"), "why": Judgement("text", ("because", "so")), "other": chose("x")}
    label = label_of(pair(), item, said)
    assert set_fields(label) == {"preference": -2, "reason": "because\nso"}
    rated = pair("data.text=prompt", "data.a=answer_a", "data.b=answer_b", "scale=preference")
    assert label_of(rated, item, {"scale": Judgement("rating", ("3",))}).model_dump()["preference"] == 3


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ({}, "'preference' should be stated"),
        ({"better": chose("C")}, "'preference'.*is 'C'"),
        ({"better": chose("A", "B")}, "'better': should hold one answer"),
        ({"better": Judgement("number", ("7",))}, "'preference'.*less than or equal to 3"),
    ],
)
def test_answers_that_state_no_label_are_told(said: dict[str, Judgement], message: str) -> None:
    with pytest.raises(ParseError, match=message):
        label_of(pair(), item_of(pair(), DATA), said)


def test_a_ranking_is_adopted_from_a_row_of_controls() -> None:
    maps = ["data.p=prompt", "data.all=answers", "place_{n}=tiers"]
    ranking = field_map(task_types()["ranking"], maps)
    item = item_of(ranking, {"p": "1 + 1?", "all": ["2", "3", "4"]})
    said = {"place_0": chose("1"), "place_1": chose("3"), "place_2": chose("3")}
    assert label_of(ranking, item, said) == RankingLabel(tiers=(1, 2, 2))


def test_a_label_that_the_types_own_page_cannot_give_is_refused() -> None:
    review = field_map(task_types()["code_review"], ["data.p=prompt", "data.c=code", "v=verdict", "l=lines"])
    item = item_of(review, {"p": "add", "c": "a\nb"})
    good = {"v": chose("incorrect"), "l": chose("2", "1")}
    assert label_of(review, item, good).model_dump()["lines"] == (1, 2)
    with pytest.raises(ParseError):
        label_of(review, item, {**good, "l": chose("99")})


def test_a_row_of_controls_is_one_field() -> None:
    steps = field_map(
        task_types()["step_review"],
        ["data.q=prompt", "data.s=steps", "step_{n}=ratings:ok=good", "end=finish"],
    )
    item = item_of(steps, {"q": "1 + 1?", "s": ["one", "two", "three"]})
    said = {"step_0": chose("ok"), "step_2": chose("ok"), "step_x": chose("ok"), "end": chose("complete")}
    ratings = {"step_0": chose("ok"), "step_1": chose("ok"), "step_2": chose("neutral")}
    label = label_of(steps, item, {**ratings, "end": chose("solved")})
    assert label.model_dump()["ratings"] == ("good", "good", "neutral")
    with pytest.raises(ParseError):
        label_of(steps, item, said)


@pytest.mark.parametrize(
    ("maps", "message"),
    [
        (["text"], "--map 'text': data.KEY=FIELD or CONTROL=FIELD was expected"),
        (["=prompt"], "was expected"),
        (["data.x=promt"], "PreferencePairItem has no field 'promt'; did you mean 'prompt'"),
        (["better=prefer"], "PreferencePairLabel has no field 'prefer'; did you mean 'preference'"),
        (["better=preference:A"], "THEIRS=OURS was expected after the colon"),
        (PAIR[1:], "a map for the item's 'prompt' was expected; give --map data.KEY=prompt"),
        (PAIR[:3], "a map for the label's 'preference' was expected; give --map CONTROL=preference"),
    ],
)
def test_a_map_that_cannot_be_is_refused_with_the_next_step(maps: list[str], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        pair(*maps)
