"""The pictures of the flow in words: for readers of screens, and for those who have never seen such a picture."""

from typing import NamedTuple

from pipeline.progress.metrics.ageing import Ageing
from pipeline.progress.metrics.cumulative_flow import CumulativeFlow
from pipeline.progress.metrics.throughput import Throughput
from pipeline.report.everyday import called, hours, percent_of, the_day
from pipeline.report.pictures.rows import Part
from pipeline.report.words import DASH, NONE, between, count, percent
from schemas.flow import Flow, Known, Load, TargetForecast

LEAST_SAID = 0.05
"""A part of a bar that rounds to nothing is not said."""
STEADY = (0.9, 1.1)
"""Tasks in hand by rate times time: within these, averages of finished tasks stand for all."""


class Kind(NamedTuple):
    """A kind of state, of hours or of waiting: its name in the figures, in words, and its colour."""

    name: str
    title: str
    colour: str


STATES = (
    Kind("done", "settled", "s3"),
    Kind("dropped", "dropped", "s6"),
    Kind("adjudication", "to be decided", "s2"),
    Kind("labeling", "in labeling", "s1"),
    Kind("intake", "not yet open", "s4"),
    Kind("held", "parked on purpose", "s5"),
)
"""Where a task can stand, from the bottom of the cumulative flow to its top."""

HOUR_PARTS = (
    Kind("labeling", "labeling", "s1"),
    Kind("adjudicating", "deciding", "s2"),
    Kind("starved", "at work, with nothing to do", "s6"),
    Kind("other", "at work otherwise", "s5"),
)
"""What people's hours consist of."""

DAY_PARTS = (
    Kind("intake", "until open for labeling", "s4"),
    Kind("first_wait", "until somebody began", "s1"),
    Kind("overlap_wait", "until the last person began", "s7"),
    Kind("touch", "being answered", "s3"),
    Kind("deciding", "until the answers were compared", "s5"),
    Kind("adjudication_wait", "waiting for a decision", "s2"),
    Kind("adjudication", "being decided", "s8"),
    Kind("rework", "done again after being sent back", "s6"),
)
"""What the time of a task consists of, from coming in to being settled."""

SOURCES = {
    "measured": "told by the log",
    "partly": "told by the log for some people or times, else worked out from who submitted what when",
    "derived": "worked out from who submitted what when, as the log does not tell it",
    "none": "not known",
}
"""Where a kind of fact came from."""


def in_source(known: Known, *, at_the_door: bool) -> str:
    """Where a kind of fact came from; of a project with a door, that it was measured there."""
    return (
        SOURCES[known].replace("told by the log", "measured at the door") if at_the_door else SOURCES[known]
    )


def in_load(one: Load) -> str:
    """A bar of a load."""
    words = f"{called(one.resource)} at {percent_of(one.load)} of its capacity"
    if one.interval:
        words += f", between {between(*one.interval)}"
    return f"{words}: {hours(one.hours_needed)} of {hours(one.hours_available)} hours"


def in_fan(cell: str, one: TargetForecast, flow: Flow) -> str:
    """A fan of a target."""
    low, middle, high = one.expected
    return (
        f"{called(cell)}: {count(one.accepted)} accepted by now, on {the_day(one.by, flow.as_of)} "
        f"{count(middle)} in the middle future, between {count(low)} and {count(high)} in 90 of 100; "
        f"wanted are {count(one.target)}, which is {percent(one.probability)} likely"
    )


def in_little(ratio: float) -> str:
    """What the Little ratio says of averages."""
    low, high = STEADY
    if low <= ratio <= high:
        return (
            f"As many tasks come out as go in (the tasks in hand are {ratio:.2f} times what rate and time say): "
            "averages of finished tasks stand for all."
        )
    tells = f"the tasks in hand are {ratio:.2f} times what rate and time say"
    if ratio > high:
        return (
            f"More goes in than comes out ({tells}): what was finished are the quick ones; "
            "do not quote how long they took."
        )
    return (
        f"An old queue is being worked off ({tells}): what was finished had waited longer than new tasks will; "
        "do not quote how long it took."
    )


def gain(share: float | None) -> str:
    """How much more comes out after a change, with its sign."""
    if share is None:
        return NONE
    rounded = round(100 * share)
    return f"+{rounded} %" if rounded > 0 else f"{rounded} %".replace("-", "\u2212")


def in_areas(one: CumulativeFlow) -> str:
    """The cumulative flow on its last day."""
    last = one.days[-1]
    standing = [
        f"{count(getattr(last, state.name))} {state.title}" for state in STATES if getattr(last, state.name)
    ]
    return f"Tasks by state, day by day, from {one.days[0].day} to {last.day}; on the last day {', '.join(standing)}"


def in_columns(one: Throughput) -> str:
    """The accepted tasks of each day."""
    return f"Tasks accepted a day: {count(one.accepted)} in {len(one.days)} days, {one.accepted_per_day:.1f} a day"


def in_dots(one: Ageing) -> str:
    """The open tasks by their age."""
    return f"{count(one.open)} open tasks by age and state, {count(one.late)} of them late"


def in_parts(parts: list[Part], unit: str) -> str:
    """A bar of parts."""
    return (
        ", ".join(f"{part.name} {hours(part.amount)} {unit}" for part in parts if part.amount >= LEAST_SAID)
        or NONE
    )


def around(interval: tuple[float, float] | None) -> str:
    """The ends of an interval of numbers; NONE where there is none."""
    return NONE if interval is None else f"{interval[0]:,.1f}{DASH}{interval[1]:,.1f}"


def tenth(value: float | None) -> str:
    """A number to a tenth; NONE where there is none."""
    return NONE if value is None else f"{value:,.1f}"
