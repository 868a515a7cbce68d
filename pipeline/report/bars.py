"""Stacked bars: where each part begins and how wide it is, so that a template only draws."""

from collections.abc import Mapping
from typing import NamedTuple

from pipeline.report.words import STANDING, count, percent

LEAST = 0.8
"""No part is narrower than this, in per cent of the bar: one disputed task of a million can still be seen."""
PER_CHARACTER = 1.8
"""What a digit needs, in per cent of a bar on a telephone."""


class Segment(NamedTuple):
    """One state's part of a bar; `x` and `width` in per cent of it."""

    state: str
    x: float
    width: float
    number: str
    """The tasks, to be written into the part; empty where it is too narrow."""
    said: str
    """The part in words."""


def stack(states: Mapping[str, int]) -> tuple[Segment, ...]:
    """The parts of the bar that shows tasks by state; those without tasks are left out."""
    total = sum(states.values())
    held = [state for state in STANDING if states[state.name]]
    widths = [max(LEAST, 100 * states[state.name] / total) for state in held]
    scale = 100 / sum(widths) if widths else 1.0
    segments, x = [], 0.0
    for state, width in zip(held, widths, strict=True):
        tasks = states[state.name]
        fits = width * scale >= PER_CHARACTER * (len(count(tasks)) + 1)
        said = f"{count(tasks)} of {count(total)} {state.title} ({percent(tasks, total)})"
        segments.append(
            Segment(state.name, round(x, 3), round(width * scale, 3), count(tasks) if fits else "", said)
        )
        x += width * scale
    return tuple(segments)


def in_words(states: Mapping[str, int]) -> str:
    """The same bar in words, each number kept with its state at the end of a line."""
    held = (state for state in STANDING if states[state.name])
    return ", ".join(
        f"{count(states[state.name])}\u00a0{state.title}".replace(" ", "\u00a0") for state in held
    )
