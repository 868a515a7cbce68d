"""Numbers, times and states in the words a reader expects: the same on the terminal and on the page."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from pipeline.quality.gold import GoldScore

MINUTE, HOUR, DAY = 60, 3600, 86400
DASH = "\u2013"
NONE = DASH
"""What stands where there is no figure."""
JOINERS = "\u200c\u200d"
"""Invisible, but part of how Persian or Hindi words are written."""


class State(NamedTuple):
    """A state of a task, and what it means to somebody who has never heard of it."""

    name: str
    title: str
    meaning: str


STANDING = (
    State("ready", "ready", "Made, but not in Label Studio yet."),
    State("open", "open", "In Label Studio, waiting for a first answer."),
    State("in_labeling", "in labeling", "Some answers are in; more are wanted, or not checked yet."),
    State("labeled", "labeled", "All answers wanted are in; they have not been compared yet."),
    State("disputed", "disputed", "The answers do not agree; somebody has to decide."),
    State("accepted", "accepted", "One answer is agreed on; not in a release yet."),
    State("released", "released", "One answer is agreed on, and part of a release."),
)
"""The states of the tasks that stand, which a report counts."""

APART = (
    State("gold", "gold", "The answer is known: it measures people, and is no work."),
    State("superseded", "superseded", "Asked anew: the next attempt stands in its place."),
    State("withdrawn", "withdrawn", "Taken out, with its record; in no release to come."),
)
"""The states of those that it tells apart."""

STATES = (*STANDING, *APART)
"""Every state a task can have, in the order it goes through them."""

TESTS = {"passed": "good", "failed": "not good enough", "open": "not sure yet"}
"""What the test on gold says of somebody."""
SETTLED = ("accepted", "released")
TO_LABEL = ("ready", "open", "in_labeling")


def count(number: int) -> str:
    """A whole number, its thousands apart."""
    return f"{number:,}"


def percent(part: float, whole: float = 1.0) -> str:
    """A share in whole per cent; never `0 %` of something, nor `100 %` of less than all; NONE of nothing."""
    if whole == 0:
        return NONE
    if part in (0, whole):
        return f"{100 * part / whole:.0f} %"
    exact = 100 * part / whole
    return "<1 %" if exact < 1 else f"{min(round(exact), 99)} %"


def share(value: float | None) -> str:
    """A measured share in whole per cent, NONE where there is none."""
    return NONE if value is None else f"{100 * value:.0f} %"


def rate(value: float | None) -> str:
    """How many an hour, to a tenth; NONE where nobody knows."""
    return NONE if value is None else f"{value:,.1f}"


def between(low: float, high: float) -> str:
    """Two shares as the ends of an interval, in whole per cent."""
    return f"{100 * low:.0f}{DASH}{100 * high:.0f} %"


def right_of(score: "GoldScore | None", between: str = " of ") -> str:
    """How many were right of how many; NONE where nothing was asked."""
    return f"{count(score.right)}{between}{count(score.of)}" if score and score.of else NONE


def told_of(test: str | None) -> str:
    """What gold says of somebody so far, in a word or two; NONE of who had none."""
    return TESTS.get(test or "", NONE)


def duration(seconds: float | None) -> str:
    """How long something took, in the unit one would say it in; NONE where nobody knows."""
    if seconds is None:
        return NONE
    if round(seconds) < MINUTE:
        return f"{seconds:.0f} s"
    if seconds < HOUR:
        return f"{seconds / MINUTE:.1f} min"
    return f"{seconds / HOUR:.1f} h" if seconds < 2 * DAY else f"{seconds / DAY:.0f} d"


def moment(at: datetime) -> str:
    """A moment in UTC, to the minute."""
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M")


def day(at: datetime) -> str:
    """A moment's day in UTC."""
    return at.astimezone(UTC).strftime("%Y-%m-%d")


def whole(text: str) -> str:
    """Text whose figures stay with their per cent signs at the end of a line."""
    return text.replace(" %", "\u00a0%")


def plain(text: str) -> str:
    """Text from outside as one line that shows what it is: nothing in it steers a terminal or turns the line."""
    words = " ".join(text.split())
    return "".join(char if char.isprintable() or char in JOINERS else "\ufffd" for char in words)
