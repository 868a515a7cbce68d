"""How sure a bottleneck is: what speaks against it, in sentences, and what is left of the confidence."""

from collections.abc import Iterable
from datetime import UTC, datetime

from pipeline.progress.causes.base import Case
from pipeline.progress.causes.thresholds import OVERLOADED, THIN
from pipeline.progress.declaring import DECLARED
from pipeline.progress.measured import DAY, Measured, Span
from pipeline.progress.model import Model, load_by_queue
from schemas.flow import ADJUDICATION, SCREENING, Confidence, Load

A_WEEK = 6.5 * DAY
NEARLY = 0.9
"""A load that is no overload, and yet worth a word."""
MOST_OF = 0.5
"""Share of a window's tasks on one day that makes them a lump."""


def doubts_of(case: Case) -> list[str]:
    """What speaks against an overload, or against its being the first."""
    told = case.model.told()
    own = next((load for load in told if load.resource == case.resource.name), None)
    found = [*_thin(case), *_one_lump(case)]
    if own is not None and own.interval is not None and own.interval[0] < OVERLOADED:
        found.append(
            f"Its load of {own.load:.2f} lies between {own.interval[0]:.2f} and {own.interval[1]:.2f}: "
            "it may be none."
        )
    return found + _ties(case, told, own)


def _ties(case: Case, told: list[Load], own: Load | None) -> list[str]:
    """Who else is as full, as far as one can tell."""
    names = case.measured.cells.names
    together = {names[cell] for judges, cell in case.resource.work if not judges}
    together |= {case.resource.name} | (
        {ADJUDICATION} if any(judges for judges, _ in case.resource.work) else set()
    )
    least = own.interval[0] if own and own.interval else case.resource.load
    return [
        f"{load.resource} is nearly as full ({load.load:.2f}): which of the two binds first is not certain."
        for load in told
        if load.resource not in together and load.load >= max(OVERLOADED, least)
    ][:1]


def _one_lump(case: Case) -> list[str]:
    """Whether most of the work came on one day: the load then says how many such windows it takes."""
    cells = [cell for judges, cell in case.resource.work if not judges]
    by_day = case.measured.days.ready[cells].sum(axis=0)
    shrinks = load_by_queue(case.model, case.resource) < 1
    if not shrinks or by_day.max(initial=0.0) <= MOST_OF * by_day.sum():
        return []
    return ["Most of what came, came on one day, and is being worked off: the load is that of one lump."]


def _thin(case: Case) -> list[str]:
    cells = case.measured.cells
    if case.resource.name == SCREENING or case.measured.hours_basis == DECLARED:
        return []
    places = {judges: [cell for j, cell in case.resource.work if j == judges] for judges in (True, False)}
    judged, voted = cells.judged[places[True]].sum(), cells.submitted[places[False]].sum()
    if case.resource.name == ADJUDICATION:
        return [f"Only {judged:.0f} adjudications were measured."] if judged < THIN else []
    return [f"Only {voted:.0f} votes were measured there."] if voted < THIN else []


def doubts_of_none(model: Model) -> list[str]:
    """What is nearly full, where nothing is."""
    return [
        f"{load.resource} is nearly full ({load.load:.2f})." for load in model.told() if load.load >= NEARLY
    ][:2]


def doubts_of_the_log(measured: Measured, gaps: Iterable[Span] = ()) -> list[str]:
    """What the log itself lacks. `gaps`: stretches in which nobody wrote it."""
    start, end = measured.window
    found = [
        f"Nobody wrote the log from {_moment(first)} to {_moment(last)}: what seems to have stopped then may not have."
        for first, last in gaps
        if last > start and first < end
    ]
    if end - start < A_WEEK:
        found.append(f"The log covers {(end - start) / DAY:.1f} days only: no weekday comes twice.")
    return found


def confidence(doubts: list[str], measured: Measured) -> Confidence:
    """High without a doubt, medium with one, low with more or with less than a week of log."""
    if measured.window[1] - measured.window[0] < A_WEEK or len(doubts) > 1:
        return "low"
    return "medium" if doubts else "high"


def _moment(seconds: float) -> str:
    return f"{datetime.fromtimestamp(seconds, UTC):%-d %B %H:%M}"
