"""Ranking: in which order do three to six answers stand, ties allowed?"""

from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations, permutations
from typing import Annotated, ClassVar

from pydantic import Field, field_validator

from schemas.base import Item, Json
from schemas.records import Record
from schemas.rows import PreferenceRow, Turns
from tasks import _answers, _escape, _markup
from tasks._escape import UNLESS, Escapable
from tasks._style import NO_KEY, button, remark, style
from tasks.base import Answers, NoItem, ParseError, Region, TaskType, Typed, say_choices, say_text, stated

FEWEST, MOST = 3, 6
LETTERS = "abcdef"
KEYS = ("12345", "qwert", "asdfg", "zxcvy", "67890", "hjklo")
"""A row of keys for each answer, the best tier first. A sixth tier, which only six answers can have, is clicked."""


class RankingItem(Item):
    """A prompt, and different answers to it."""

    prompt: Turns
    answers: Annotated[tuple[str, ...], Field(min_length=FEWEST, max_length=MOST)]


class RankingLabel(Escapable):
    """In which tier one person puts each answer."""

    verdicts: ClassVar[tuple[str, ...]] = ("tiers",)
    tiers: Annotated[tuple[int, ...], Field(min_length=FEWEST, max_length=MOST)] | None = None
    """One for each answer, in the item's order: 1 is best, the same number a tie, and none between is left out."""
    reason: Typed = ""

    @field_validator("tiers")
    @classmethod
    def _without_gaps(cls, given: tuple[int, ...] | None) -> tuple[int, ...] | None:
        return given and _tiers(given)


class Ranking(TaskType[RankingItem, RankingLabel]):
    """Tiers from best to worst: as many preferences at once as there are pairs in different ones."""

    name = "ranking"
    title = "Ranking of answers"
    item = RankingItem
    label = RankingLabel
    row = PreferenceRow
    agreed = "rank"
    tolerance = 0.2

    def items(self, record: Record, options: Mapping[str, Json]) -> Iterable[RankingItem]:  # noqa: ARG002 - it has none
        answers = _answers.different(record)
        if not FEWEST <= len(answers) <= MOST:
            raise NoItem(
                f"'candidates': a ranking needs {FEWEST} to {MOST} different ones, there are {len(answers)}"
            )
        return [RankingItem(prompt=record.prompt, answers=_answers.shuffled(record, answers))]

    def config(self) -> str:
        cards = "".join(_CARD.format(letter=letter, name=letter.upper(), unless=UNLESS) for letter in LETTERS)
        return _CONFIG.format(
            style=style(_answers.LOOK + _LOOK),
            cards=cards,
            unless=UNLESS,
            remark=remark("prompt", "reason", "Why? One sentence"),
            escape=_escape.controls("prompt"),
        )

    def data(self, item: RankingItem) -> dict[str, Json]:
        cards = {f"card_{letter}": list[Json]() for letter in LETTERS}
        for at, (letter, answer) in enumerate(zip(LETTERS, item.answers, strict=False)):
            cards[f"card_{letter}"] = [
                {"html": _markup.prose(answer), "tiers": _choices(at, len(item.answers))}
            ]
        return {"prompt": _answers.conversation(item.prompt), **cards}

    def parse(self, item: RankingItem, answers: Answers) -> RankingLabel:
        known = {f"tier_{letter}" for letter in _letters(item)}
        unknown = {name for name in answers.controls() - known if name.startswith("tier_")}
        if unknown:
            raise ParseError(f"{min(unknown)!r}: there are {len(known)} answers, this is none of them")
        escape = _escape.said(answers)
        tiers = None if escape else tuple(_tier(item, letter, answers) for letter in _letters(item))
        return stated(RankingLabel, {"escape": escape, "tiers": tiers, "reason": answers.text("reason")})

    def result(self, label: RankingLabel) -> list[Region]:
        if label.escape:
            return _escape.result(label.escape, "prompt")
        said = [
            say_choices(f"tier_{letter}", f"answer_{letter}", str(tier))
            for letter, tier in zip(LETTERS, label.tiers or (), strict=False)
        ]
        return [*said, say_text("reason", "prompt", label.reason)] if label.reason else said

    def distance(self, a: RankingLabel, b: RankingLabel) -> float:
        """Kendall's with ties, as a share: a pair reversed counts 1, one tied by one of the two alone a half."""
        apart = _escape.apart(a, b)
        if apart is not None or not a.tiers or not b.tiers:
            return apart or 0.0
        if len(a.tiers) != len(b.tiers):
            return 1.0
        pairs = list(combinations(range(len(a.tiers)), 2))
        steps = sum(abs(_order(a.tiers, pair) - _order(b.tiers, pair)) for pair in pairs)
        return steps / (2 * len(pairs))

    def rows(self, item: RankingItem, label: RankingLabel) -> Iterable[PreferenceRow]:
        ranked = zip(label.tiers or (), item.answers, strict=False)
        for (better, chosen), (worse, rejected) in permutations(ranked, 2):
            if better < worse:
                margin = float(worse - better)
                yield PreferenceRow(prompt=item.prompt, chosen=chosen, rejected=rejected, margin=margin)

    def summary(self, label: RankingLabel) -> str:
        if label.escape:
            return _escape.summary(label.escape)
        tiers = label.tiers or ()
        named = list(zip(tiers, LETTERS.upper(), strict=False))
        said = " > ".join(
            " = ".join(letter for at, letter in named if at == tier) for tier in sorted(set(tiers))
        )
        return f"{said}: {' '.join(label.reason.split())}" if label.reason else said

    def meant(self, item: RankingItem, record: Record, label: RankingLabel) -> RankingLabel:
        given = list(dict.fromkeys(candidate.text.strip() for candidate in record.candidates))
        if not label.tiers or len(label.tiers) != len(given):
            return label
        tiers = dict(zip(given, label.tiers, strict=True))
        return label.replace(tiers=tuple(tiers[answer.strip()] for answer in item.answers))

    def places(self, label: RankingLabel) -> tuple[float, ...]:
        return tuple(map(float, label.tiers or ()))

    def ranked(self, places: Sequence[float]) -> RankingLabel:
        return RankingLabel(tiers=_tiers(places))


def _tiers(places: Sequence[float]) -> tuple[int, ...]:
    """Numbered from 1 without a gap: what people mean by tiers 1, 3 and 3 is an order, and that is 1, 2, 2."""
    order = sorted(set(places))
    return tuple(order.index(place) + 1 for place in places)


def _order(tiers: tuple[int, ...], pair: tuple[int, int]) -> int:
    """-1 where the first of the two is better, 1 where it is worse, 0 where they are tied."""
    one, other = tiers[pair[0]], tiers[pair[1]]
    return (one > other) - (one < other)


def _letters(item: RankingItem) -> str:
    return LETTERS[: len(item.answers)]


def _tier(item: RankingItem, letter: str, answers: Answers) -> int:
    """The tier of one answer; ParseError where it has none, or one that there is not."""
    said = answers.choice(f"tier_{letter}")
    known = [str(tier) for tier in range(1, len(item.answers) + 1)]
    if said not in known:
        raise ParseError(f"'tier_{letter}': should be between 1 and {known[-1]}, is {said!r:.40}")
    return int(said)


def _choices(at: int, answers: int) -> list[Json]:
    """The tiers of the answer in this place, each with a key while there is one."""
    keys: list[str | None] = [*KEYS[at], None]
    return [
        {
            "value": f"Tier {tier}",
            "alias": str(tier),
            "html": button(_TOLD[tier - 1], key),
            "hotkey": key or NO_KEY,
        }
        for tier, key in zip(range(1, answers + 1), keys, strict=False)
    ]


_TOLD = ("1st", "2nd", "3rd", "4th", "5th", "6th")

_LOOK = """
.hr .cols{grid-template-columns:repeat(3,minmax(0,1fr))}
.hr .cols:has(.answer_d):not(:has(.answer_e)){grid-template-columns:repeat(2,minmax(0,1fr))}
.hr .cols div:has(.card){display:contents}
.hr .cols div:empty{display:none}
.hr .cols:has(.answer_d) .scroll{max-height:27vh}
.hr .tiers .lsf-choice__checkbox{padding:3px 6px}
@media(max-width:800px){
.hr .cols,.hr .cols:has(.answer_d):not(:has(.answer_e)){grid-template-columns:minmax(0,1fr)}
.hr .cols:has(.answer_d) .scroll{max-height:60vh}}
"""

_CARD = """\
<Repeater on="$card_{letter}" indexFlag="{{{{idx}}}}">
  <View className="card answer_{letter}">
    <View className="head">
      <View className="name"><Header value="{name}" size="6"/></View>
      <View className="tiers ask" {unless}>
        <Choices name="tier_{letter}" toName="answer_{letter}" choice="single" layout="inline" required="true"
                 value="$card_{letter}[{{{{idx}}}}].tiers"
                 requiredMessage="Answer {name} has no tier yet: 1 is best, the same number is a tie"/>
      </View>
    </View>
    <View className="scroll">
      <HyperText name="answer_{letter}" value="$card_{letter}[{{{{idx}}}}].html" inline="true"/>
    </View>
  </View>
</Repeater>
"""

_CONFIG = """\
<View className="hr">
  {style}
  <View className="card problem"><HyperText name="prompt" value="$prompt" inline="true"/></View>
  <View className="cols">
    {cards}
  </View>
  <View className="bar">
    <View className="note" {unless}>
      {remark}
    </View>
    {escape}
  </View>
</View>
"""

task_type = Ranking()
