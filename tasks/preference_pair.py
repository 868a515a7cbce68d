"""Preference pair: which of two answers is better, and by how much?"""

from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations
from typing import Annotated, ClassVar, Literal, TypeAlias

from pydantic import AfterValidator, Field

from schemas.base import Item, Json
from schemas.records import Record, Said
from schemas.rows import PreferenceRow, Turns
from tasks import _answers, _escape, _markup
from tasks._escape import UNLESS, Escapable
from tasks._options import Options
from tasks._style import NO_KEY, button, choice, remark, style
from tasks.base import Answers, NoItem, ParseError, Region, TaskType, Typed, say_choices, say_text, stated

Side: TypeAlias = Literal["a", "same", "b"]

ASPECT_KEYS = ("qwe", "asd", "zxc", "rty", "fgh", "jkl")
"""Three keys for each aspect, from A to B; aspects beyond these are clicked."""
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
    """A prompt, two different answers to it, and what else they are compared in."""

    prompt: Turns
    answer_a: str
    answer_b: str
    aspects: tuple[str, ...] = ()


class PreferencePairLabel(Escapable):
    """Which answer one person prefers, by how much, and in what."""

    verdicts: ClassVar[tuple[str, ...]] = ("preference",)
    scale: ClassVar[tuple[float, float]] = (-3.0, 3.0)
    preference: Annotated[int, Field(ge=-3, le=3)] | None = None
    """Below 0 where A is better, above where B is; 3 is much better, 1 slightly."""
    aspects: tuple[Side, ...] = ()
    """Which one is better in each of the item's aspects, in their order."""
    reason: Typed = ""


def _different(names: tuple[str, ...]) -> tuple[str, ...]:
    if len(set(names)) < len(names):
        raise ValueError("should name each aspect once")
    return names


class PreferencePairOptions(Options):
    """What a project may choose."""

    aspects: Annotated[tuple[Said, ...], AfterValidator(_different)] = ()


class PreferencePair(TaskType[PreferencePairItem, PreferencePairLabel]):
    """Seven points from "A much better" to "B much better": what DPO and reward models learn from."""

    name = "preference_pair"
    version = 2
    title = "Preference between two answers"
    item = PreferencePairItem
    label = PreferencePairLabel
    row = PreferenceRow
    agreed = "ordinal"
    tolerance = 1 / STEPS
    sided = True
    options = PreferencePairOptions

    def items(self, record: Record, options: Mapping[str, Json]) -> Iterable[PreferencePairItem]:
        chosen = PreferencePairOptions.model_validate(options)
        answers = _answers.different(record)
        if len(answers) < 2:  # noqa: PLR2004 - a pair
            raise NoItem(f"'candidates': a preference needs two different ones, there are {len(answers)}")
        pairs = [_answers.shuffled(record, pair) for pair in combinations(answers, 2)]
        aspects = chosen.aspects
        return [
            PreferencePairItem(prompt=record.prompt, answer_a=a, answer_b=b, aspects=aspects)
            for a, b in pairs
        ]

    def config(self) -> str:
        choices = "".join(
            choice(said, value, str(key)) for key, (value, said) in enumerate(_SCALE.items(), start=1)
        )
        return _CONFIG.format(
            style=style(_answers.LOOK + _LOOK),
            choices=choices,
            unless=UNLESS,
            remark=remark("prompt", "reason", "Why? One sentence"),
            escape=_escape.controls("prompt"),
        )

    def data(self, item: PreferencePairItem) -> dict[str, Json]:
        return {
            "prompt": _answers.conversation(item.prompt),
            "answer_a": _markup.prose(item.answer_a),
            "answer_b": _markup.prose(item.answer_b),
            "aspects": [
                {"name": _markup.plain(name.capitalize()), "sides": _sides(at)}
                for at, name in enumerate(item.aspects)
            ],
        }

    def parse(self, item: PreferencePairItem, answers: Answers) -> PreferencePairLabel:
        escape = _escape.said(answers)
        said = answers.choice_or_none("preference")
        if said is not None and said not in _SCALE:
            raise ParseError(f"'preference': should be between -3 and 3, is {said!r:.40}")
        return stated(
            PreferencePairLabel,
            {
                "escape": escape,
                "preference": said and int(said),
                "aspects": () if escape else _aspects(item, answers),
                "reason": answers.text("reason"),
            },
        )

    def result(self, label: PreferencePairLabel) -> list[Region]:
        if label.escape:
            return _escape.result(label.escape, "prompt")
        said = [say_choices("preference", "prompt", str(label.preference))]
        said += [
            say_choices(f"aspect_{at}", f"aspect_name_{at}", side) for at, side in enumerate(label.aspects)
        ]
        return [*said, say_text("reason", "prompt", label.reason)] if label.reason else said

    def distance(self, a: PreferencePairLabel, b: PreferencePairLabel) -> float:
        apart = _escape.apart(a, b)
        return abs(self.position(a) - self.position(b)) / STEPS if apart is None else apart

    def rows(self, item: PreferencePairItem, label: PreferencePairLabel) -> Iterable[PreferenceRow]:
        if not label.preference:
            return
        chosen, rejected = item.answer_a, item.answer_b
        if label.preference > 0:
            chosen, rejected = rejected, chosen
        yield PreferenceRow(
            prompt=item.prompt, chosen=chosen, rejected=rejected, margin=float(abs(label.preference))
        )

    def summary(self, label: PreferencePairLabel) -> str:
        if label.escape:
            return _escape.summary(label.escape)
        said = f"{_SCALE[str(label.preference)]} ({label.preference:+d})" if label.preference else _SCALE["0"]
        if label.aspects:
            said += f" [{', '.join(_TOLD[side] for side in label.aspects)}]"
        return f"{said}: {' '.join(label.reason.split())}" if label.reason else said

    def meant(
        self, item: PreferencePairItem, record: Record, label: PreferencePairLabel
    ) -> PreferencePairLabel:
        if label.escape or item.answer_a.strip() == record.candidates[0].text.strip():
            return label
        sides = tuple(_OTHER_SIDE[side] for side in label.aspects)
        return label.replace(preference=-(label.preference or 0), aspects=sides)

    def mirrored_data(self, data: Mapping[str, Json]) -> dict[str, Json]:
        # each value under the other's name, in the same order: nothing else may tell that they are swapped
        return {name: data[_OTHER_CARD.get(name, name)] for name in data}

    def mirrored_result(self, result: Sequence[Region]) -> list[Region]:
        return [_mirrored(region) for region in result]

    def position(self, label: PreferencePairLabel) -> float:
        return float(label.preference or 0)


def _aspects(item: PreferencePairItem, answers: Answers) -> tuple[str, ...]:
    controls = [f"aspect_{at}" for at in range(len(item.aspects))]
    unknown = {name for name in answers.controls() - set(controls) if name.startswith("aspect_")}
    if unknown:
        raise ParseError(f"{min(unknown)!r}: {len(controls)} aspects are asked for, this is none of them")
    return tuple(map(answers.choice, controls))


def _sides(at: int) -> list[Json]:
    """Who is better in the aspect in this place, each with a key while there is one."""
    keys: list[str | None] = [*ASPECT_KEYS[at]] if at < len(ASPECT_KEYS) else [None] * len(_TOLD)
    return [
        {"value": told, "alias": side, "html": button(told, key), "hotkey": key or NO_KEY}
        for (side, told), key in zip(_TOLD.items(), keys, strict=True)
    ]


def _mirrored(region: Region) -> Region:
    """A region said of the other side; one that says nothing of a side, or nothing that we know, as it is."""
    name, value = str(region.get("from_name")), region.get("value")
    chosen = value.get("choices") if isinstance(value, Mapping) else None
    is_sided = name == "preference" or name.startswith("aspect_")
    if not is_sided or not isinstance(value, Mapping) or not isinstance(chosen, list | tuple):
        return region
    turned = [_OTHER.get(one, one) if isinstance(one, str) else one for one in chosen]
    return {**region, "value": {**value, "choices": turned}}


_OTHER_CARD = {"answer_a": "answer_b", "answer_b": "answer_a"}
_OTHER_SIDE: Mapping[Side, Side] = {"a": "b", "same": "same", "b": "a"}
_OTHER: Mapping[str, str] = {value: str(-int(value)) for value in _SCALE} | {**_OTHER_SIDE}
_TOLD: Mapping[Side, str] = {"a": "A", "same": "Same", "b": "B"}

_LOOK = """
.hr .scale{flex:1 1 100%}
.hr .scale .lsf-choices{display:grid;grid-template-columns:repeat(7,minmax(0,1fr))}
.hr .scale .lsf-choice__checkbox{justify-content:center;width:100%}
.hr .aspects{display:flex;flex-wrap:wrap;flex:1 1 100%;gap:6px 24px}
.hr .aspect{display:flex;flex-wrap:wrap;gap:4px 10px;align-items:center}
.hr .aspect .name *{margin:0 !important;font-size:14px !important;line-height:20px;font-weight:600}
.hr .aspects div:has(.aspect){display:contents}
.hr .aspects:not(:has(.aspect)){display:none}
@media(max-width:800px){
.hr .scale .lsf-choices{grid-template-columns:minmax(0,1fr)}}
"""

_CONFIG = """\
<View className="hr">
  {style}
  <View className="card problem"><HyperText name="prompt" value="$prompt" inline="true"/></View>
  <View className="cols">
    <View className="card">
      <View className="head"><View className="name"><Header value="A" size="6"/></View></View>
      <View className="scroll"><HyperText name="answer_a" value="$answer_a" inline="true"/></View>
    </View>
    <View className="card">
      <View className="head"><View className="name"><Header value="B" size="6"/></View></View>
      <View className="scroll"><HyperText name="answer_b" value="$answer_b" inline="true"/></View>
    </View>
  </View>
  <View className="bar">
    <View className="scale ask" {unless}>
      <Choices name="preference" toName="prompt" choice="single" layout="inline" required="true"
               requiredMessage="Which answer is better? Keys 1 (A much better) to 7 (B much better)">
        {choices}
      </Choices>
    </View>
    <View className="aspects" {unless}>
      <Repeater on="$aspects" indexFlag="{{{{idx}}}}">
        <View className="aspect">
          <View className="name">
            <HyperText name="aspect_name_{{{{idx}}}}" value="$aspects[{{{{idx}}}}].name" inline="true"/>
          </View>
          <View className="ask" {unless}>
            <Choices name="aspect_{{{{idx}}}}" toName="aspect_name_{{{{idx}}}}" choice="single" layout="inline"
                     value="$aspects[{{{{idx}}}}].sides" required="true"
                     requiredMessage="Which answer is better in each aspect? The outlined ones are missing"/>
          </View>
        </View>
      </Repeater>
    </View>
    <View className="note" {unless}>
      {remark}
    </View>
    {escape}
  </View>
</View>
"""

task_type = PreferencePair()
