"""What the page and the terminal say of agreement, unclear guidelines and wrong labels: lines, figures and words."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from types import MappingProxyType
from typing import NamedTuple

from pipeline.assessing.agreement import WHOLE, Agreed
from pipeline.assessing.ambiguity import Ambiguities, Confused, Differing
from pipeline.assessing.errors import ENOUGH, AcceptedErrors, By
from pipeline.report.everyday import called, kind, many, upper
from pipeline.report.pictures.accord import Between
from pipeline.report.words import DASH, NONE, between, percent, plain

KNOWN_BY: Mapping[By, str] = MappingProxyType(
    {"gold": "gold", "audit": "audit", "both": "gold and audit", "nothing": "nothing yet"}
)
MINUS = "\u2212"
SHORT = 8
"""So many characters of a guideline's version tell it from the others."""


class Line(NamedTuple):
    """The agreement on one kind of work, in one of its cells or dimensions, before and after sorting out."""

    name: str
    """The task type, a cell, or a dimension."""
    is_whole: bool
    """Whether it is the whole label in all cells: what stands below it are its parts."""
    before: Agreed
    after: Agreed | None


class Weeks(NamedTuple):
    """The agreement on one kind of work, week by week."""

    task_type: str
    weeks: list[Agreed]


def lines(found: Sequence[Agreed]) -> list[Line]:
    """Each task type, below it its cells, where there are several, and its dimensions."""
    accepted = {(one.task_type, one.dimension, one.cell): one for one in found if one.of == "accepted"}
    cells = dict.fromkeys((one.task_type for one in found), 0)
    for one in found:
        is_cell = one.cell is not None and one.dimension == WHOLE and one.of == "compared"
        cells[one.task_type] += is_cell
    return [
        Line(
            _name(one),
            one.cell is None and one.dimension == WHOLE,
            one,
            accepted.get((one.task_type, one.dimension, one.cell)),
        )
        for one in found
        if one.of == "compared"
        and one.week is None
        and (one.cell is None or (one.dimension == WHOLE and cells[one.task_type] > 1))
    ]


def _name(one: Agreed) -> str:
    if one.cell is not None:
        return one.cell
    return one.task_type if one.dimension == WHOLE else one.dimension


def by_week(found: Sequence[Agreed]) -> list[Weeks]:
    """Task types with agreement in two weeks or more."""
    types = dict.fromkeys(one.task_type for one in found)
    every = [
        Weeks(name, [one for one in found if one.task_type == name and one.week and one.value is not None])
        for name in types
    ]
    return [one for one in every if len(one.weeks) > 1]


def mondays(one: Weeks) -> list[date]:
    """The weeks, by their Mondays."""
    return [week.week for week in one.weeks if week.week]


def pairs(found: Ambiguities) -> list[Confused]:
    """Pairs of labels that stand out: those that are the guideline's doing first."""
    return sorted(
        (one for one in found.confused if one.stands_out), key=lambda one: (not one.unclear, -one.score)
    )


def causes(found: Ambiguities) -> list[Differing]:
    """What is clear enough to be called a cause, the largest first."""
    return sorted((one for one in found.differing if one.named), key=lambda one: -one.odds)


def is_unclear(found: Ambiguities) -> bool:
    """Whether there is anything to tell."""
    return bool(pairs(found) or causes(found))


def where(one: Confused | Differing) -> str:
    """Under which guideline something is so."""
    clause = [f"clause {one.clause!r}"] if isinstance(one, Confused) and one.clause else []
    return ", ".join([upper(kind(one.task_type)), *clause, *_version(one.guideline)])


def on_what(one: Differing, name: Callable[[str], str] = plain) -> str:
    """What people differ on, or with whom; `name` says what a person is called."""
    words = {"cell": upper(called(one.name)), "clause": f"Clause {one.name!r}"}
    return words.get(one.cause, f"With {name(one.name)}")


def _version(guideline: str) -> list[str]:
    return [f"guideline {guideline[:SHORT]}"] if guideline else []


def errors_said(found: Sequence[AcceptedErrors]) -> str:
    """How many of all accepted labels are wrong, in a sentence or two."""
    whole = found[0]
    seen = whole.estimate
    if seen.share is None:
        doubt = (
            f" The answers themselves leave {percent(whole.doubt)} of them open."
            if whole.doubt is not None
            else ""
        )
        seen_again = f"of {ENOUGH} that are needed {seen.looked_at:,} were" if seen.looked_at else "none was"
        return (
            f"Nobody knows yet how many of the accepted labels are wrong: {seen_again} looked at again. "
            f"Gold, or an audit_share of a policy that asks until it is sure, tells.{doubt}"
        )
    told = (
        f"About {percent(seen.share)} of the accepted labels are wrong, {between(seen.low, seen.high)} "
        f"95 times in 100: of {many(seen.looked_at, 'label')} looked at again, by {KNOWN_BY[whole.by]}, "
        f"{seen.wrong:,} came out otherwise."
    )
    if not whole.unseen:
        return told
    unseen = (
        f"{whole.unseen:,} of the {whole.accepted:,} are of kinds of work of which none was looked at again"
    )
    return f"{told} {unseen}: they may be anything."


def between_of(weeks: Sequence[Agreed]) -> list[Between]:
    """The figure of each week; where there is no interval, itself."""
    return [interval for one in weeks if (interval := interval_of(one))]


def interval_of(one: Agreed) -> Between | None:
    """A figure with its interval; None where nothing can be said."""
    if one.value is None:
        return None
    return Between(
        one.value, one.value if one.low is None else one.low, one.value if one.high is None else one.high
    )


def is_sampled(found: Sequence[Agreed]) -> bool:
    """Whether not all tasks were looked at."""
    return any(one.dimension == WHOLE and one.tasks < one.tasks_in_all for one in found)


def most_of(found: Sequence[Confused] | Sequence[Differing]) -> float:
    """The end of the axis that they are drawn on."""
    return max([one.high for one in found] + [1.0]) * 1.05


def in_times(value: float, low: float, high: float) -> str:
    """What a picture of times shows, in words."""
    return f"{value:.1f} times, interval {from_to(low, high, 1)}"


def known_errors(found: Sequence[AcceptedErrors]) -> list[AcceptedErrors]:
    """All together, then what something is known of; a cell that is all of its task type does not come again."""
    seen = {one.task_type: one.estimate.looked_at for one in found if one.cell is None}
    known = [one for one in found[1:] if one.estimate.share is not None]
    return [
        *found[:1],
        *(one for one in known if one.cell is None or one.estimate.looked_at < seen[one.task_type]),
    ]


def in_weeks(one: Weeks) -> str:
    """What the picture of weeks shows, in words."""
    first, last = one.weeks[0], one.weeks[-1]
    return (
        f"Agreement on {kind(one.task_type)} week by week: {hundredths(first.value)} at first, "
        f"{hundredths(last.value)} at last"
    )


def in_line(one: Line) -> str:
    """What the picture of a line shows, in words."""
    before = f"{hundredths(one.before.value)}, interval {from_to(one.before.low, one.before.high)}"
    after = f"; of those accepted {hundredths(one.after.value)}" if one.after else ""
    return upper(f"{before}{after}")


def hundredths(value: float | None) -> str:
    """A figure to two places; NONE where there is none."""
    return NONE if value is None else f"{value:.2f}"


def from_to(low: float | None, high: float | None, places: int = 2) -> str:
    """The ends of an interval."""
    if low is None or high is None:
        return NONE
    return f"{low:.{places}f}{DASH}{high:.{places}f}".replace("-", MINUS)
