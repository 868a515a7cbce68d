"""Preference pair: which of two answers is better, and by how much?"""

from collections.abc import Iterable, Mapping
from itertools import combinations
from typing import Annotated, ClassVar

from pydantic import Field

from schemas.base import Item, Json, Label, content_id
from schemas.records import Record
from schemas.rows import PreferenceRow, Turns, as_turns
from tasks import _markup
from tasks._style import choice, style
from tasks.base import Answers, NoItem, ParseError, Region, TaskType, Typed, say_choices, say_text

STEPS = 6
"""Steps from one end of the scale, -3, to the other, 3."""
_SCALE = {
    "-3": "A much better",
    "-2": "A better",
    "-1": "A slightly",
    "0": "About the same",
    "1": "B slightly",
    "2": "B better",
    "3": "B much better",
}


class PreferencePairItem(Item):
    """A prompt, and two different answers to it."""

    prompt: Turns
    answer_a: str
    answer_b: str


class PreferencePairLabel(Label):
    """Which answer one person prefers, and by how much."""

    scale: ClassVar[tuple[float, float]] = (-3.0, 3.0)
    preference: Annotated[int, Field(ge=-3, le=3)]
    """Below 0 where A is better, above where B is; 3 is much better, 1 slightly."""
    reason: Typed = ""


class PreferencePair(TaskType[PreferencePairItem, PreferencePairLabel]):
    """Seven points from "A much better" to "B much better": what DPO and reward models learn from."""

    name = "preference_pair"
    title = "Preference between two answers"
    item = PreferencePairItem
    label = PreferencePairLabel
    row = PreferenceRow
    agreed = "ordinal"
    tolerance = 1 / STEPS

    def items(self, record: Record, options: Mapping[str, Json]) -> Iterable[PreferencePairItem]:  # noqa: ARG002 - it has none
        answers = sorted({candidate.text.strip(): candidate.text for candidate in record.candidates}.values())
        if len(answers) < 2:  # noqa: PLR2004 - a pair
            raise NoItem(f"'candidates': a preference needs two different ones, there are {len(answers)}")
        return [_pair(record, one, other) for one, other in combinations(answers, 2)]

    def config(self) -> str:
        choices = "".join(
            choice(said, value, str(key)) for key, (value, said) in enumerate(_SCALE.items(), start=1)
        )
        return _CONFIG.format(style=style(_LOOK), choices=choices)

    def data(self, item: PreferencePairItem) -> dict[str, Json]:
        return {
            "prompt": _conversation(item.prompt),
            "answer_a": _markup.prose(item.answer_a),
            "answer_b": _markup.prose(item.answer_b),
        }

    def parse(self, item: PreferencePairItem, answers: Answers) -> PreferencePairLabel:  # noqa: ARG002 - any item can get any preference
        said = answers.choice("preference")
        if said not in _SCALE:
            raise ParseError(f"'preference': should be between -3 and 3, is {said!r:.40}")
        return PreferencePairLabel(preference=int(said), reason=answers.text("reason"))

    def result(self, label: PreferencePairLabel) -> list[Region]:
        said = [say_choices("preference", "prompt", str(label.preference))]
        return [*said, say_text("reason", "prompt", label.reason)] if label.reason else said

    def distance(self, a: PreferencePairLabel, b: PreferencePairLabel) -> float:
        return abs(a.preference - b.preference) / STEPS

    def rows(self, item: PreferencePairItem, label: PreferencePairLabel) -> Iterable[PreferenceRow]:
        if label.preference == 0:
            return
        chosen, rejected = item.answer_a, item.answer_b
        if label.preference > 0:
            chosen, rejected = rejected, chosen
        yield PreferenceRow(
            prompt=item.prompt, chosen=chosen, rejected=rejected, margin=float(abs(label.preference))
        )

    def summary(self, label: PreferencePairLabel) -> str:
        said = f"{_SCALE[str(label.preference)]} ({label.preference:+d})" if label.preference else _SCALE["0"]
        return f"{said}: {' '.join(label.reason.split())}" if label.reason else said

    def position(self, label: PreferencePairLabel) -> float:
        return float(label.preference)


def _pair(record: Record, one: str, other: str) -> PreferencePairItem:
    """The two in an order that their content decides, so that neither side is favoured and it never changes."""
    content = [[message.model_dump() for message in record.messages], one, other]
    a, b = (one, other) if int(content_id(content), 16) % 2 else (other, one)
    return PreferencePairItem(prompt=record.prompt, answer_a=a, answer_b=b)


def _conversation(prompt: Turns) -> str:
    turns = as_turns(prompt, "user")
    if len(turns) == 1:
        return _markup.prose(turns[0].content)
    return "".join(
        _markup.element(
            "div", "part", _markup.element("span", "role", turn.role) + _markup.prose(turn.content)
        )
        for turn in turns
    )


_LOOK = """
.hr .cols{display:grid;grid-template-columns:minmax(0,1fr) minmax(0,1fr);gap:8px}
.hr .part:first-child{margin-top:0;padding-top:0;border-top:0}
.hr .cols .small{margin:0 0 2px}
.hr .cols .small *{font-weight:600}
.hr .scale{flex:1 1 100%}
.hr .scale .lsf-choices{display:grid;grid-template-columns:repeat(7,minmax(0,1fr))}
.hr .scale .lsf-choice__checkbox{justify-content:center;width:100%}
@media(max-width:800px){
.hr .cols{grid-template-columns:minmax(0,1fr)}
.hr .scale .lsf-choices{grid-template-columns:minmax(0,1fr)}}
"""

_CONFIG = """\
<View className="hr">
  {style}
  <View className="card"><HyperText name="prompt" value="$prompt" inline="true"/></View>
  <View className="cols">
    <View className="card"><View className="small"><Header value="Answer A" size="6"/></View>
      <HyperText name="answer_a" value="$answer_a" inline="true"/></View>
    <View className="card"><View className="small"><Header value="Answer B" size="6"/></View>
      <HyperText name="answer_b" value="$answer_b" inline="true"/></View>
  </View>
  <View className="bar">
    <View className="scale">
      <Choices name="preference" toName="prompt" choice="single" layout="inline" required="true"
               requiredMessage="Which answer is better? Keys 1 (A much better) to 7 (B much better)">
        {choices}
      </Choices>
    </View>
    <TextArea name="reason" toName="prompt" rows="1" maxSubmissions="1" editable="true"
              placeholder="Why? One sentence (optional; Enter keeps it)"/>
  </View>
</View>
"""

task_type = PreferencePair()
