"""What stands out about people, in everyday words: what it rests on, which tasks to look at, and what can be done."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from types import MappingProxyType

from pipeline.assessing.gold_tests import GoldTested, gold_tests, worst
from pipeline.assessing.people import Noticed, newest, pause_command
from pipeline.planning.gold import gold_votes
from pipeline.quality.intervals import wilson
from pipeline.quality.signs import MEANINGS
from pipeline.store import Store
from schemas.base import Frozen

FAILS, DROPPED = "fails_gold", "worse_on_gold"
TITLES: Mapping[str, str] = MappingProxyType(
    {
        "random": "Answers at random",
        "constant": "Always the same answer",
        "copies_first": "Sides with the first answer",
        "copies_previous": "Sides with the answer before",
        "copies_person": "Copies somebody",
        "copies_model": "Copies a model",
        "twins": "Same answers as somebody",
        "burst": "Bursts of answers",
        "too_fast": "Too fast",
        "overlapping_times": "Overlapping times",
        "even_pace": "The pace of a machine",
        "left_open": "Pages left open",
        FAILS: "Fails known answers",
        DROPPED: "Worse on known answers",
    }
)
GOLD_MEANINGS: Mapping[str, str] = MappingProxyType(
    {
        FAILS: "gives so many known answers wrong that it is no bad luck",
        DROPPED: "gives more known answers wrong than before",
    }
)
PAUSED = "SELECT annotator FROM paused_people"


class PersonSign(Frozen):
    """Something that stands out about somebody: evidence to look at, never a verdict."""

    annotator: str
    """The pseudonym."""
    kind: str
    title: str
    """In two or three words."""
    meaning: str
    """In everyday words."""
    said: str
    """The evidence in one line."""
    value: float
    low: float
    """The figure lies between these two 95 times in 100."""
    high: float
    is_share: bool
    """Whether the figure is a share; else it is a measure with a scale of its own, which `said` explains."""
    n: int
    other: str | None
    """The pseudonym of whose answers these are like."""
    tasks: tuple[str, ...]
    """Some of those that tell most."""
    since: datetime
    """From when on it concerns what they said."""
    paused: bool
    command: str
    """What stops it and has their work since done anew; empty where they are paused."""


def signs(store: Store) -> tuple[PersonSign, ...]:
    """All that stands out now, person by person: the signs as people were assessed last, gold as it is this moment."""
    found = newest(store)[0]
    tested = gold_tests(gold_votes(store), found.aside)
    paused = {row["annotator"] for row in store.rows(PAUSED)}
    told = [*_on_gold(tested, paused), *(one for sign in found.noticed for one in _noticed(sign, paused))]
    return tuple(sorted(told, key=lambda one: (one.annotator, list(TITLES).index(one.kind))))


def _noticed(sign: Noticed, paused: Iterable[str]) -> Iterator[PersonSign]:
    """A sign of two people stands under both."""
    both = (sign.annotator, sign.other) if sign.kind == "twins" and sign.other else (sign.annotator,)
    for name, other in zip(both, (sign.other, sign.annotator), strict=False):
        yield PersonSign(
            annotator=name,
            kind=sign.kind,
            title=TITLES[sign.kind],
            meaning=MEANINGS[sign.kind],
            said=sign.said.replace(name, str(other)),
            value=sign.value,
            low=sign.low,
            high=sign.high,
            is_share=sign.kind != "random",
            n=sign.n,
            other=other,
            tasks=sign.tasks,
            since=sign.since,
            paused=name in paused,
            command="" if name in paused else pause_command(name, sign.since),
        )


def _on_gold(tests: Iterable[GoldTested], paused: Iterable[str]) -> Iterator[PersonSign]:
    for test in worst(tests):
        fails, drop = test.state == "failed", test.dropped
        since = drop.began if drop else test.since
        right, of = (drop.right, drop.of) if drop and not fails else (test.right, test.of)
        low, high = wilson(right / of, of)
        kind = FAILS if fails else DROPPED
        where = f" in {test.cell}" if test.cell else ""
        yield PersonSign(
            annotator=test.annotator,
            kind=kind,
            title=TITLES[kind],
            meaning=GOLD_MEANINGS[kind],
            said=f"gold: {right} of {'the last ' * (not fails)}{of}{where}",
            value=right / of,
            low=low,
            high=high,
            is_share=True,
            n=of,
            other=None,
            tasks=test.missed[:10],
            since=since,
            paused=test.annotator in paused,
            command="" if test.annotator in paused else pause_command(test.annotator, since),
        )
