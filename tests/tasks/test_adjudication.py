"""Adjudication of every task type: what goes into the page, and what comes back from it."""

import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any, ClassVar
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st
from label_studio_sdk.label_interface.interface import LabelInterface
from pydantic import ValidationError

from schemas.base import Item, Label
from tasks import AnyTaskType, _markup, task_types
from tasks._adjudication import SEND_BACK_KEY, Adjudication, Decision
from tasks._escape import Escape
from tasks._style import NO_KEY
from tasks.base import Answers, ParseError, Region, say_choices, say_text
from tasks.code_review import CodeReview, CodeReviewItem, CodeReviewLabel
from tasks.preference_pair import PreferencePairLabel
from tests.tasks.drawing import a_few, labeled

every = pytest.mark.parametrize("task_type", task_types().values(), ids=task_types())
reasons = st.text(min_size=1).filter(lambda text: text.strip())

HOSTILE = (
    "<script>alert(1)</script><img src=x onerror=alert(1)> $\\href{javascript:alert(1)}{x}$ \ud800 &amp;"
)
CODE = CodeReviewItem(prompt="Add.", code="def add(a, b):\n    return a - b")
WRONG = CodeReviewLabel(verdict="incorrect", lines=(2,), severity="major", comment="minus")
RIGHT = CodeReviewLabel(verdict="correct")
REVIEW = Adjudication(task_types()["code_review"])


def tree(task_type: AnyTaskType) -> ET.Element:
    return ET.fromstring(Adjudication(task_type).config())  # noqa: S314 - our own config


def keys(value: Any) -> Iterator[str]:
    """Every hotkey in a task's data."""
    if isinstance(value, Mapping):
        yield from (one for name, one in value.items() if name == "hotkey")
        yield from keys(list(value.values()))
    elif isinstance(value, list):
        for inner in value:
            yield from keys(inner)


def votes_of(*labels: Label, task_type: str = "code_review") -> str:
    """The votes' card as text: markup gone, a line for each group."""
    votes = Adjudication(task_types()[task_type]).data(CODE, labels)["adjudication_votes"]
    return re.sub(r"<[^>]+>", "", str(votes).replace('<span class="number">', "\n"))


def sent_back(reason: str) -> list[Region]:
    return [
        say_choices("adjudication_back", "adjudication_votes", "back"),
        say_text("adjudication_reason", "adjudication_votes", reason),
    ]


@every
def test_label_studio_accepts_the_config(task_type: AnyTaskType) -> None:
    LabelInterface(Adjudication(task_type).config()).validate()


@every
def test_the_type_keeps_all_that_it_shows_and_asks(task_type: AnyTaskType) -> None:
    own = ET.fromstring(task_type.config())  # noqa: S314 - our own config
    named = [(e.tag, e.attrib) for e in own.iter() if "name" in e.attrib]
    adjudicated = [(e.tag, e.attrib) for e in tree(task_type).iter() if "name" in e.attrib]
    ours = {"adjudication_votes", "adjudication_back", "adjudication_reason"}
    assert [one for one in adjudicated if one[1]["name"] not in ours] == named
    assert not [one for one in named if one[1]["name"].startswith("adjudication_")]
    assert {one[1]["name"] for one in adjudicated} >= ours


@every
def test_nothing_is_required_of_an_item_that_is_sent_back(task_type: AnyTaskType) -> None:
    root = tree(task_type)
    parents = {child: parent for parent in root.iter() for child in parent}

    def conditions(element: ET.Element) -> Iterator[tuple[str | None, str | None]]:
        while element in parents:
            element = parents[element]
            yield element.get("whenTagName"), element.get("visibleWhen")

    required = [e for e in root.iter() if e.get("required") == "true"]
    assert len(required) > 1
    for control in required:
        when = "choice-selected" if control.get("name") == "adjudication_reason" else "choice-unselected"
        assert ("adjudication_back", when) in conditions(control)


@every
@a_few
@given(st.data())
def test_sending_back_has_a_key_of_its_own(task_type: AnyTaskType, data: st.DataObject) -> None:
    item: Item = data.draw(st.from_type(task_type.item))
    used = [e.attrib["hotkey"] for e in tree(task_type).iter() if "hotkey" in e.attrib]
    used = [key for key in used if key != NO_KEY]
    used += [key for key in keys(Adjudication(task_type).data(item, [])) if key != NO_KEY]
    assert used.count(SEND_BACK_KEY) == 1
    assert len(used) == len(set(used)) > 1


@every
@a_few
@given(st.data())
def test_every_variable_of_the_config_is_filled(task_type: AnyTaskType, data: st.DataObject) -> None:
    item, label = data.draw(labeled(task_type))
    config = Adjudication(task_type).config()
    filled = Adjudication(task_type).data(item, [label])
    assert set(re.findall(r'="\$(\w+)', config)) <= set(filled)
    assert dict(task_type.data(item)).items() <= filled.items()


@every
@a_few
@given(st.data(), reasons)
def test_a_decision_survives_the_trip_through_label_studio(
    task_type: AnyTaskType, data: st.DataObject, reason: str
) -> None:
    item, label = data.draw(labeled(task_type))
    adjudication = Adjudication(task_type)
    for decision in (Decision(label=label), Decision(label=None, reason=reason)):
        assert adjudication.parse(item, Answers(adjudication.result(decision))) == decision


@every
@a_few
@given(st.data())
def test_the_seed_submitted_unchanged_is_the_leading_label(
    task_type: AnyTaskType, data: st.DataObject
) -> None:
    item, label = data.draw(labeled(task_type))
    adjudication = Adjudication(task_type)
    assert adjudication.parse(item, Answers(adjudication.seed(label))).label == label
    assert adjudication.seed(None) == ()


@every
@a_few
@given(st.data(), reasons)
def test_a_seeded_form_that_is_sent_back_decides_no_label(
    task_type: AnyTaskType, data: st.DataObject, reason: str
) -> None:
    item, label = data.draw(labeled(task_type))
    adjudication = Adjudication(task_type)
    regions = [*adjudication.seed(label), *sent_back(reason)]
    assert adjudication.parse(item, Answers(regions)) == Decision(label=None, reason=reason.strip())


@every
@a_few
@given(st.data())
def test_the_votes_are_text_and_never_markup(task_type: AnyTaskType, data: st.DataObject) -> None:
    item, label = data.draw(labeled(task_type))
    votes = Adjudication(task_type).data(item, [label, label])["adjudication_votes"]
    assert "2 \u00d7" in str(votes)
    assert _markup.sanitised(str(votes)) == votes
    str(votes).encode()


def test_votes_are_counted_and_the_most_frequent_come_first() -> None:
    assert votes_of(WRONG, RIGHT, RIGHT).splitlines() == [
        "Votes",
        "2 \u00d7correct",
        "1 \u00d7incorrect, line 2, major",
    ]


def test_the_order_of_the_votes_shows_nowhere() -> None:
    cannot = CodeReviewLabel(escape=Escape(kind="cannot_judge"))
    assert votes_of(WRONG, RIGHT, cannot) == votes_of(cannot, WRONG, RIGHT)


def test_hostile_comments_are_shown_as_they_stand() -> None:
    pair = task_types()["preference_pair"]
    item = pair.item.model_validate({"prompt": "Which?", "answer_a": "1", "answer_b": "2"})
    label = PreferencePairLabel(preference=3, reason=HOSTILE)
    votes = str(Adjudication(pair).data(item, [label])["adjudication_votes"])
    assert "&lt;script&gt;" in votes
    assert "<script" not in votes
    assert "<img" not in votes
    assert "href=" not in votes


def test_sending_back_without_a_reason_is_refused() -> None:
    for reason in ("", "  \n"):
        with pytest.raises(ParseError, match=r"adjudication_reason.*why the item is sent back"):
            REVIEW.parse(CODE, Answers(sent_back(reason)))
    with pytest.raises(ParseError, match="adjudication_reason"):
        REVIEW.parse(CODE, Answers(sent_back("")[:1]))


def test_a_form_that_decides_nothing_is_refused() -> None:
    with pytest.raises(ParseError, match="verdict"):
        REVIEW.parse(CODE, Answers([]))


def test_a_reason_taken_back_counts_for_nothing() -> None:
    regions = [*REVIEW.seed(WRONG), *sent_back("unclear")[1:]]
    assert REVIEW.parse(CODE, Answers(regions)) == Decision(label=WRONG)


def test_another_way_back_than_ours_is_refused() -> None:
    with pytest.raises(ParseError, match=r"adjudication_back.*'forward'"):
        REVIEW.parse(CODE, Answers([say_choices("adjudication_back", "adjudication_votes", "forward")]))


@a_few
@given(st.lists(st.sampled_from([None, 3, "x", {"from_name": "adjudication_back", "value": 7}, {}])))
def test_no_submission_breaks_the_reader(result: Any) -> None:
    with suppress(ParseError):
        assert isinstance(REVIEW.parse(CODE, Answers(result)), Decision)


def test_a_decision_is_a_label_or_a_reason() -> None:
    with pytest.raises(ValidationError, match="a label, or else a reason"):
        Decision(label=None, reason=" ")
    with pytest.raises(ValidationError, match="a label, or else a reason"):
        Decision(label=RIGHT, reason="unclear")


class Scattered(CodeReview):
    """A task type whose page has no bar, and asks inside a repeater and under a condition."""

    name: ClassVar[str] = "scattered"

    def config(self) -> str:
        return """<View className="hr">
          <HyperText name="task" value="$task" inline="true"/>
          <Repeater on="$steps" indexFlag="{{idx}}"><View>
            <Choices name="step_{{idx}}" toName="task" required="true"><Choice value="a"/></Choices>
          </View></Repeater>
          <Choices name="verdict" toName="task" required="true" visibleWhen="choice-selected" whenTagName="x">
            <Choice value="a"/></Choices>
          <TextArea name="comment" toName="task"/>
        </View>"""


def test_a_page_without_a_bar_is_given_one() -> None:
    root = tree(Scattered())
    test_nothing_is_required_of_an_item_that_is_sent_back(Scattered())
    bar = root.find("View[@className='bar']")
    assert bar is not None
    assert bar.find(".//Choices[@name='adjudication_back']") is not None
    assert root.find("Repeater/View/View/Choices[@name='step_{{idx}}']") is not None
    assert root.find("TextArea[@name='comment']") is not None
