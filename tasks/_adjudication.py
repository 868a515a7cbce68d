"""Adjudication: a task type's own page once more, with the votes above it and a way to send the item back."""

from collections import Counter
from collections.abc import Sequence
from typing import Self
from xml.etree import ElementTree as ET

from pydantic import SerializeAsAny, model_validator

from schemas.base import Frozen, Item, Json, Label
from tasks import AnyTaskType, _markup
from tasks._style import choice
from tasks.base import Answers, ParseError, Region, Typed, say_choices, say_text

SEND_BACK_KEY = "b"
"""A key that no task type has for itself."""

_OURS = "adjudication_"
_VOTES, _BACK, _REASON = f"{_OURS}votes", f"{_OURS}back", f"{_OURS}reason"
_SENT = "back"


class Decision(Frozen):
    """What one adjudicator decided of an item: its label, or that it goes back and why."""

    label: SerializeAsAny[Label] | None
    """None where the item is sent back."""
    reason: Typed = ""
    """Why it is sent back; empty otherwise."""

    @model_validator(mode="after")
    def _either(self) -> Self:
        if (self.label is None) != bool(self.reason):
            raise ValueError("a decision is a label, or else a reason to send the item back")
        return self


class Adjudication:
    """The page on which one person settles what the votes on an item of this task type did not."""

    def __init__(self, task_type: AnyTaskType) -> None:
        self._task_type = task_type

    def config(self) -> str:
        """The task type's labeling config (XML) with the votes above and the choice to send back in its bar."""
        root = ET.fromstring(self._task_type.config())  # noqa: S314 - our own config
        bar = root.find(".//View[@className='bar']")
        if bar is None:
            bar = ET.SubElement(root, "View", className="bar")
        _hide_what_must_be_answered(root, bar)
        root[:0] = list(ET.fromstring(_CARD))  # noqa: S314 - our own XML
        bar.extend(ET.fromstring(_CONTROLS))  # noqa: S314 - our own XML
        return ET.tostring(root, "unicode")

    def data(self, item: Item, votes: Sequence[Label]) -> dict[str, Json]:
        """The `$variables` of the config: the task type's own, and the votes as HTML, counted, nobody named."""
        said = Counter(map(self._task_type.summary, votes))
        counted = sorted(said.items(), key=lambda one: (-one[1], one[0]))
        html = "".join(
            _markup.element("span", "number", f"{count} \u00d7") + _markup.prose(summary)
            for summary, count in counted
        )
        return {**self._task_type.data(item), _VOTES: _markup.element("span", "role", "Votes") + html}

    def seed(self, leading: Label | None) -> tuple[Region, ...]:
        """The regions that the page starts from: the leading label; none where no label leads."""
        return () if leading is None else tuple(self._task_type.result(leading))

    def parse(self, item: Item, answers: Answers) -> Decision:
        """The decision an annotation states; raises ParseError where it states none, or gives no reason."""
        sent_back = answers.choice_or_none(_BACK)
        if sent_back is None:
            return Decision(label=self._task_type.parse(item, _without_ours(answers)))
        if sent_back != _SENT:
            raise ParseError(f"{_BACK!r}: should be {_SENT!r} or left alone, is {sent_back!r:.40}")
        reason = answers.text(_REASON)
        if not reason:
            raise ParseError(f"{_REASON!r}: should say why the item is sent back, is empty")
        return Decision(label=None, reason=reason)

    def result(self, decision: Decision) -> list[Region]:
        """The annotation result that states a decision: the inverse of `parse`."""
        if decision.label is None:
            return [say_choices(_BACK, _VOTES, _SENT), say_text(_REASON, _VOTES, decision.reason)]
        return self._task_type.result(decision.label)


def _hide_what_must_be_answered(root: ET.Element, bar: ET.Element) -> None:
    """Have nothing ask for an answer while the item is sent back: Label Studio insists on what it shows alone.

    What was filled in before stays in the annotation all the same, hidden as it is: `parse` looks at it no more.
    """
    hidden = {"visibleWhen": "choice-unselected", "whenTagName": _BACK, "whenChoiceValue": _SENT}
    in_bar = set(bar.iter())
    for parent in list(root.iter()):
        for at, control in enumerate(parent):
            if control.get("required") == "true" and control not in in_bar:
                parent[at] = ET.Element("View", hidden)
                parent[at].append(control)
    answer = ET.Element("View", {"className": "answer", **hidden})
    answer.extend(bar)
    bar[:] = [answer]


def _without_ours(answers: Answers) -> Answers:
    if not any(name.startswith(_OURS) for name in answers.controls()):
        return answers
    return Answers([one for one in answers.result if not str(one.get("from_name")).startswith(_OURS)])


_LOOK = """
.hr .votes .lsf-richtext__container{display:grid;grid-template-columns:max-content minmax(0,1fr);gap:2px 10px;
  align-items:baseline}
.hr .votes .role{grid-column:1 / -1}
.hr .votes .number{font-weight:600;font-variant-numeric:tabular-nums;text-align:right}
.hr .bar .answer{display:contents}
.hr .bar .back{margin-left:auto}
.hr .bar .why{display:flex;flex:1 1 320px}
.hr .lsf-text-area div{margin-bottom:0 !important}
"""

_CARD = f"""\
<View>
  <Style>{_LOOK}</Style>
  <View className="card votes">
    <HyperText name="{_VOTES}" value="${_VOTES}" inline="true"/>
  </View>
</View>
"""

_CONTROLS = f"""\
<View>
  <View className="why" visibleWhen="choice-selected" whenTagName="{_BACK}" whenChoiceValue="{_SENT}">
    <TextArea name="{_REASON}" toName="{_VOTES}" rows="1" maxSubmissions="1" editable="true"
              required="true" requiredMessage="Why is it sent back? Write it beside the choice; b takes it back"
              placeholder="Why is it sent back? (Enter keeps it)"/>
  </View>
  <View className="back">
    <Choices name="{_BACK}" toName="{_VOTES}" choice="single" layout="inline">
      {choice("Send back", _SENT, SEND_BACK_KEY, "No label can be given: it is to be mended and voted on anew")}
    </Choices>
  </View>
</View>
"""
