"""What holds the labeling back, each cause in a sentence of everyday words with its figure."""

import re

from pipeline.report.everyday import called, hours, kind, lower, many, percent_of, said, upper
from pipeline.report.words import plain
from schemas.flow import ADJUDICATION, SCREENING, UNMEETABLE, Bottleneck, Flow, Load

NEAR = 0.1
"""Hours needed by hours available may differ from the load by this share and still be told as its reason."""
_ADDED = re.compile(r"--add (\S+?/[^\s:@]+)")
"""The cell that a change adds somebody to."""


def cause(flow: Flow, one: Bottleneck, *, is_told: bool = False) -> str:
    """One bottleneck in a sentence; `is_told` where the sentence before it was about the same cell."""
    words = _CAUSES[one.cause](flow, one)
    prefix = f"{upper(called(one.where or ''))} holds the labeling back: it runs "
    return words.replace(prefix, "It runs ", 1) if is_told else words


def load_of(one: Bottleneck) -> str:
    """Its load in per cent."""
    return "an unknown share" if one.load is None else percent_of(one.load)


def _runs(one: Bottleneck, what: str = "it", of: str = "its capacity") -> str:
    if one.load is not None and one.load >= UNMEETABLE:
        return "no hours would do, since too few people there may do it"
    return f"{what} runs at {load_of(one)} of {of}"


def cells_of(flow: Flow) -> tuple[str, ...]:
    """Every cell that the analysis names."""
    found = (remedy for one in (flow.bottleneck, *flow.bottlenecks) for remedy in one.remedies)
    tried = (cell for remedy in found for cell in _ADDED.findall(remedy.spec or ""))
    return (*(load.resource for load in flow.loads), *flow.forecast.targets, *tried)


def _skill(flow: Flow, one: Bottleneck) -> str:
    return (
        f"{upper(called(one.where or 'labeling'))} holds the labeling back: "
        f"{_runs(one)}{_hours(_of(flow, one.where), one.load)}."
    )


def _overlap(flow: Flow, one: Bottleneck) -> str:
    load = _of(flow, one.where)
    people = f"; {many(load.people, 'person')} may do it" if load and load.people else ""
    return (
        f"{upper(called(one.where or 'labeling'))} has too few different people, as nobody answers a task twice: "
        f"{_runs(one, of='what they can do')}{people}."
    )


def _absent(flow: Flow, one: Bottleneck) -> str:
    words = (
        f"{plain(one.where or 'Somebody')} is missing: expected at work, but silent{_evidence(flow, one)}."
    )
    return f"{words} Without them the work is at {load_of(one)} of capacity." if one.load else words


def _adjudication(flow: Flow, one: Bottleneck) -> str:
    return (
        "Deciding the tasks whose answers differ holds the labeling back: "
        f"{_runs(one, 'adjudication')}{_hours(_of(flow, ADJUDICATION), one.load)}."
    )


def _ambiguous(flow: Flow, one: Bottleneck) -> str:
    words = f"The guideline of {kind(one.where or 'one kind of work')} leaves too much open{_evidence(flow, one)}."
    return (
        f"{words} The work done twice puts the labeling at {load_of(one)} of its capacity."
        if one.load
        else words
    )


def _screening(flow: Flow, one: Bottleneck) -> str:
    return (
        "The checks before people see a task hold the labeling back: "
        f"{_runs(one, 'screening')}{_hours(_of(flow, SCREENING), one.load)}."
    )


def _starved(flow: Flow, one: Bottleneck) -> str:
    return f"Too few tasks come in{_evidence(flow, one)}.{_spare(one)}"


def _bursty(flow: Flow, one: Bottleneck) -> str:
    return f"Tasks come in bursts, with people waiting in between{_evidence(flow, one)}.{_spare(one)}"


def _none(flow: Flow, _: Bottleneck) -> str:
    busiest = max(flow.loads, key=lambda load: load.load, default=None)
    if busiest is None:
        return "What holds the labeling back cannot be told: nothing was measured and too little is declared."
    name, load = called(busiest.resource), percent_of(busiest.load)
    if busiest.load > 1:
        return f"No cause is proved, though {name}, the busiest, seems to run at {load} of its capacity."
    return f"Nothing holds the labeling back: {name}, the busiest, runs at {load} of its capacity."


_CAUSES = {
    "skill_shortage": _skill,
    "overlap_shortage": _overlap,
    "absent_person": _absent,
    "slow_adjudication": _adjudication,
    "ambiguous_guideline": _ambiguous,
    "slow_screening": _screening,
    "starved_intake": _starved,
    "bursty_intake": _bursty,
    "none": _none,
}


TITLES = {
    "skill_shortage": "too few hours of qualified people",
    "overlap_shortage": "too few different people",
    "absent_person": "somebody is missing",
    "slow_adjudication": "slow adjudication",
    "ambiguous_guideline": "a guideline that leaves too much open",
    "slow_screening": "slow screening",
    "starved_intake": "too few tasks coming in",
    "bursty_intake": "tasks coming in bursts",
    "none": "nothing",
}
"""The causes in a few words each."""


def _hours(load: Load | None, rho: float | None) -> str:
    """Who has how many hours for how much work, where that is what the load says."""
    told = load is not None and load.people and load.hours_needed and load.hours_available
    if load is None or not told or (rho or 0.0) >= UNMEETABLE:
        return ""
    people, work = many(load.people, "person"), f"{hours(load.hours_needed)} h of work"
    if rho and abs(load.hours_needed / load.hours_available / rho - 1) <= NEAR:
        return f": {people}, {hours(load.hours_available)} h a week, for {work}"
    return f": {work} a week, and {people} who have other work too"


def _of(flow: Flow, resource: str | None) -> Load | None:
    return next((load for load in flow.loads if load.resource == resource), None)


def _spare(one: Bottleneck) -> str:
    return f" On average people are asked for {load_of(one)} of their time." if one.load else ""


def _evidence(flow: Flow, one: Bottleneck) -> str:
    """The first reason, in brackets; without the name that the sentence begins with."""
    if not one.evidence:
        return ""
    reason = one.evidence[0].removeprefix(f"{one.where}: ")
    return f" ({lower(said(reason, cells_of(flow)).rstrip('.'))})"
