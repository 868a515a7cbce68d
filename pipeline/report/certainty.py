"""How sure the settled labels are, as the report shows it: a bar a cell, and everyday words for methods."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from pipeline.assessing.truth import Certainty
from pipeline.report.words import count, percent

WORDS: Mapping[str, str] = MappingProxyType(
    {
        "blend": "several models of people, blended",
        "one_coin": "how often each person is right",
        "dawid_skene": "what each person takes for what",
        "pooled": "what people take for what",
        "pooled_flat": "what people take for what",
        "ordinal": "how far each person is off on the scale",
        "majority": "heads counted",
        "medoid": "how near each person is to the others",
        "bradley_terry": "how reliably each person ranks",
        "most_severe": "the severest answer counts",
        "adjudicator": "decided by an adjudicator",
        "machine": "decided by machine",
    }
)
"""By the method, what it goes by."""


class Part(NamedTuple):
    """One part of a bar; `x` and `width` in per cent of it."""

    colour: str
    x: float
    width: float
    said: str


def by_words(method: str) -> str:
    """What a method goes by; the name of one that somebody added."""
    return WORDS.get(method, method.replace("_", " "))


def sureness(one: Certainty) -> tuple[Part, ...]:
    """The labels with a probability, from the surest to the least sure; those without one are left out."""
    held = (
        ("accepted", one.told - one.below_95, "95 % sure or more"),
        ("labeled", one.below_95 - one.below_90, "90 to 95 % sure"),
        ("in_labeling", one.below_90 - one.below_80, "80 to 90 % sure"),
        ("disputed", one.below_80, "less than 80 % sure"),
    )
    parts, x = [], 0.0
    for colour, labels, said in held:
        width = 100 * labels / one.told if one.told else 0.0
        if labels:
            in_words = f"{count(labels)} of {count(one.told)} {said} ({percent(labels, one.told)})"
            parts.append(Part(colour, round(x, 3), round(width, 3), in_words))
        x += width
    return tuple(parts)
