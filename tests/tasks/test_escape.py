"""The ways out of a question: what the page says of them, and what a label with one is."""

from typing import ClassVar
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st
from label_studio_sdk.label_interface.interface import LabelInterface
from pydantic import ValidationError

from tasks import AnyTaskType, _escape, guideline, task_types
from tasks._escape import Escapable, Escape
from tasks.base import Answers, ParseError, say_choices, say_text, stated
from tests.tasks.drawing import a_few

kinds = st.sampled_from(["bad_problem", "cannot_judge", "pass"])
escapes = st.builds(Escape, kind=kinds, reason=st.text(min_size=1).filter(str.strip))
PAGE = f'<View><HyperText name="q" value="$q" inline="true"/>{_escape.controls("q")}</View>'


class Judged(Escapable):
    """A label of one verdict."""

    verdicts: ClassVar[tuple[str, ...]] = ("right",)
    right: bool | None = None
    comment: str = ""


RIGHT, WRONG = Judged(right=True), Judged(right=False)
PASSED = Judged(escape=Escape(kind="pass", reason="Too long."))


@a_few
@given(escapes)
def test_a_way_out_survives_the_trip_through_label_studio(escape: Escape) -> None:
    result = _escape.result(escape, "q")
    assert LabelInterface(PAGE).validate_prediction({"result": result}, return_errors=True) == []
    assert _escape.said(Answers(result)) == escape


def test_no_way_out_is_taken_where_none_was_chosen() -> None:
    assert _escape.said(Answers([say_text("escape_why", "q", "Too long.")])) is None


@pytest.mark.parametrize("why", ["", "  \n"])
def test_a_pass_says_why(why: str) -> None:
    said = [say_choices("escape", "q", "pass"), say_text("escape_why", "q", why)]
    with pytest.raises(ParseError, match="a pass should say why"):
        _escape.said(Answers(said))


def test_a_bad_problem_may_stand_without_a_word() -> None:
    assert _escape.said(Answers([say_choices("escape", "q", "bad_problem")])) == Escape(kind="bad_problem")


def test_the_reason_of_another_way_out_is_no_reason() -> None:
    said = [say_choices("escape", "q", "cannot_judge"), say_text("escape_why", "q", "Too long.")]
    assert _escape.said(Answers(said)) == Escape(kind="cannot_judge")


def test_a_way_out_that_nobody_knows_is_refused() -> None:
    with pytest.raises(ParseError, match=r"'kind'.*'lunch'"):
        _escape.said(Answers([say_choices("escape", "q", "lunch")]))


def test_a_label_with_a_way_out_says_nothing_else() -> None:
    label = Judged.model_validate({"right": True, "comment": "fine", "escape": {"kind": "bad_problem"}})
    assert label == Judged(escape=Escape(kind="bad_problem"))
    assert Judged.model_validate_json(label.model_dump_json()) == label


def test_a_label_without_a_verdict_or_a_way_out_says_nothing() -> None:
    with pytest.raises(ValidationError, match="'right' should be stated"):
        Judged(comment="fine")
    with pytest.raises(ParseError, match=r"^'right' should be stated, is missing$"):
        stated(Judged, {"comment": "fine"})


def test_the_same_way_out_is_one_judgement_and_another_is_as_far_as_can_be() -> None:
    other = Judged(escape=Escape(kind="pass", reason="No time."))
    assert _escape.apart(RIGHT, WRONG) is None
    assert _escape.apart(PASSED, other) == 0.0
    assert _escape.apart(PASSED, Judged(escape=Escape(kind="bad_problem"))) == 1.0
    assert _escape.apart(PASSED, RIGHT) == _escape.apart(RIGHT, PASSED) == 1.0


def test_a_way_out_is_one_line_for_people() -> None:
    assert _escape.summary(Escape(kind="pass", reason="Too long.\nToo hard.")) == "pass: Too long. Too hard."
    assert _escape.summary(Escape(kind="cannot_judge")) == "cannot judge"


def test_every_way_out_has_its_key_and_shows_it() -> None:
    choices = list(ET.fromstring(PAGE).iter("Choice"))  # noqa: S314 - our own XML
    assert {one.attrib["alias"]: one.attrib["hotkey"] for one in choices} == dict(_escape.KEYS)
    assert all(f">{one.attrib['hotkey'].upper()}<" in one.attrib["html"] for one in choices)


def test_unless_names_every_way_out() -> None:
    hidden = ET.fromstring(f"<View {_escape.UNLESS}/>").attrib  # noqa: S314 - our own XML
    assert hidden["whenTagName"] == "escape"
    assert set(hidden["whenChoiceValue"].split(",")) == set(_escape.KEYS)


# On the page of every task type

every = pytest.mark.parametrize("task_type", task_types().values(), ids=task_types())


@every
def test_every_type_of_ours_has_ways_out_and_a_guideline(task_type: AnyTaskType) -> None:
    assert issubclass(task_type.label, Escapable)
    assert len(guideline(task_type.name)) > 500
    assert all(f"`{key}`" in guideline(task_type.name) for key in _escape.KEYS.values())


@every
def test_nothing_is_asked_for_once_a_way_out_is_taken(task_type: AnyTaskType) -> None:
    page = ET.fromstring(task_type.config())  # noqa: S314 - our own XML
    above = {child: parent for parent in page.iter() for child in parent}
    named = {one.attrib["name"]: one for one in page.iter() if "name" in one.attrib}
    unless = ET.fromstring(f"<View {_escape.UNLESS}/>").attrib  # noqa: S314 - our own XML

    def is_hidden(one: ET.Element | None) -> bool:
        """Whether it stands in what a way out hides, or in what only such a thing shows."""
        if one is None:
            return False
        on = named.get(one.get("whenTagName", "")) if one.get("visibleWhen") == "choice-selected" else None
        return one.attrib.items() >= unless.items() or is_hidden(on) or is_hidden(above.get(one))

    asked = [one for one in page.iter() if one.get("required") == "true"]
    assert [one.attrib["name"] for one in asked if not is_hidden(one)] == ["escape_why"]
