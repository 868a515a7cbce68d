"""What a lead reads first: will the target be met, what holds it back, by which number, and the cheapest relief."""

import re
from collections.abc import Iterable
from datetime import datetime

from pipeline.report.cause_words import TITLES, cause, cells_of, load_of
from pipeline.report.everyday import called, kind, lower, many, percent_of, said, the_day, upper
from pipeline.report.words import count, percent, plain
from schemas.flow import Bottleneck, Coverage, Flow, Remedy, TargetForecast

SAFE = 0.85
"""A target is called likely from this probability on."""
NOTHING = 0.01
"""A remedy that brings less than this share changes nothing."""
MARK = "SIMULATED: "
"""What a note on a history that nobody lived begins with."""


def sentence(flow: Flow) -> str:
    """The whole analysis in a few sentences of everyday words, each figure rounded from one in the JSON."""
    return " ".join(parts(flow))


def parts(flow: Flow) -> tuple[str, ...]:
    """The same in pieces of a sentence or two: the target first, then what holds it back, its relief, the rest."""
    first, *others = flow.bottlenecks or (flow.bottleneck,)
    said_of = (
        _target(flow, first),
        _cause(flow, first),
        _remedies(first, cells_of(flow)),
        _others(others),
        _risks(flow, first),
        _doubt(flow, first),
        past(flow.forecast.coverage) if flow.forecast.targets or flow.forecast.present_work else "",
    )
    return tuple(part for part in said_of if part)


def about(flow: Flow) -> str | None:
    """The cell that the sentence is about, if it is about one."""
    first = (flow.bottlenecks or (flow.bottleneck,))[0]
    if flow.forecast.targets:
        return _chosen(flow, first)
    return first.where if first.where and "/" in first.where else None


def simulated_history(flow: Flow) -> str:
    """What the analysis says of a history that nobody lived, in one sentence; empty where everything happened."""
    return next((note.removeprefix(MARK) for note in flow.data_quality.notes if note.startswith(MARK)), "")


def notes(flow: Flow) -> tuple[str, ...]:
    """What else the analysis notes on its log."""
    return tuple(note for note in flow.data_quality.notes if not note.startswith(MARK))


def told(flow: Flow) -> Flow:
    """The analysis with its sentence."""
    return flow.model_copy(update={"sentence": sentence(flow)})


def _target(flow: Flow, first: Bottleneck) -> str:
    targets = flow.forecast.targets
    if not targets:
        return _no_target(flow)
    cell = _chosen(flow, first)
    return _one_target(cell, targets[cell], flow.as_of)


def _one_target(cell: str, one: TargetForecast, now: datetime) -> str:
    by, name = the_day(one.by, now), called(cell)
    if one.accepted >= one.target:
        return f"{upper(name)} has reached its {count(one.target)}."
    if one.by < now.date():
        return f"{upper(name)} missed its {count(one.target)}: {count(one.accepted)} were accepted by {by}."
    short = f", {count(one.shortfall)} short in the middle case" if one.shortfall else ""
    return f"{by}: {name} is {percent(one.probability)} likely to reach its {count(one.target)}{short}."


def _chosen(flow: Flow, first: Bottleneck) -> str:
    """The target to tell of: the bottleneck's own where it is in danger, else the least likely one."""
    targets = flow.forecast.targets
    if first.where in targets and targets[first.where].probability < SAFE:
        return first.where
    return min(targets, key=lambda cell: (targets[cell].probability, targets[cell].by, cell))


def _no_target(flow: Flow) -> str:
    work = flow.forecast.present_work
    if work is None or not work.open:
        return "No target is set."
    if work.p50 is None:
        return f"No target is set; the {count(work.open)} tasks in hand will not be settled within the time looked at."
    done, safe = the_day(work.p50, flow.as_of), the_day(work.p85, flow.as_of) if work.p85 else ""
    late = f", by {safe} in 85 cases of 100" if safe not in {"", done} else ""
    return f"No target is set; the {count(work.open)} tasks in hand are settled by {done} in the middle case{late}."


def _cause(flow: Flow, first: Bottleneck) -> str:
    is_told = bool(flow.forecast.targets) and _chosen(flow, first) == first.where
    words = cause(flow, first, is_told=is_told)
    if first.basis == "declared":
        return f"Nothing is measured yet; from what was declared: {lower(words)}"
    return words


def _risks(flow: Flow, first: Bottleneck) -> str:
    targets = flow.forecast.targets
    told_of = _chosen(flow, first) if targets else None
    risks = sum(one.probability < SAFE for cell, one in targets.items() if cell != told_of)
    return f"{many(risks, 'other target')} {'is' if risks == 1 else 'are'} in danger too." if risks else ""


def _others(others: list[Bottleneck]) -> str:
    return "".join(
        f"Once that is mended, next comes {TITLES[one.cause]}{_at(one)}."
        for one in others[:1]
        if one.cause != "none"
    )


def _at(one: Bottleneck) -> str:
    where = {"absent_person": plain, "ambiguous_guideline": kind}.get(one.cause, called)
    place = f" ({where(one.where)})" if one.where else ""
    return f"{place}, at {load_of(one)} of capacity" if one.load else place


def _remedies(one: Bottleneck, cells: Iterable[str]) -> str:
    """The best change, and one that would have been thought of and brings nothing."""
    names = tuple(cells)
    helping = [remedy for n, remedy in enumerate(one.remedies) if _helps(remedy, one, n)]
    idle = [remedy for remedy in one.remedies if remedy not in helping]
    words = [f"{_change(best, names)}{_effect(best, one)}" for best in helping[:1]]
    words += [f"{_change(other, names)} changes nothing" for other in idle[:1]]
    return f"{upper('; '.join(words))}." if words else ""


def _change(remedy: Remedy, cells: tuple[str, ...]) -> str:
    """The change as what a sentence is about: 'one more person …', or 'she comes back: that'."""
    words = said(remedy.change, cells)
    if not re.match(r"\d|an? ", words):
        return f"{words}: that"
    return f"{words}," if "," in words else words


def _helps(remedy: Remedy, one: Bottleneck, place: int) -> bool:
    if one.cause == "bursty_intake" and place == 0:
        return True  # an even intake takes no load away and brings no throughput: it takes away the waiting
    eased = (one.load or 0) - remedy.load_after if remedy.load_after is not None else 0.0
    return eased > NOTHING or (remedy.throughput_gain or 0) > NOTHING


def _effect(remedy: Remedy, one: Bottleneck) -> str:
    if one.cause == "bursty_intake":
        return " would end it"
    if remedy.load_after is not None and one.cause != "starved_intake":
        return f" makes it {percent_of(remedy.load_after)}"
    return f" brings {percent_of(remedy.throughput_gain or 0)} more accepted tasks a week"


def _doubt(flow: Flow, one: Bottleneck) -> str:
    if one.confidence == "high":
        return ""
    how = "likely, not certain" if one.confidence == "medium" else "a guess on thin data"
    why = said(one.doubts[0], cells_of(flow)).rstrip(".") if one.doubts else ""
    return f"This is {how}: {lower(why)}." if why else f"This is {how}."


def past(coverage: Coverage) -> str:
    """How far the forecast can be trusted: how earlier ones fared."""
    if coverage.calibrated:
        return (
            "Past forecasts: the truth came no later than the day called 85 % safe "
            f"in {coverage.before_p85} of {coverage.scored}."
        )
    if not coverage.scored:
        return "The forecast is uncalibrated: none of its kind could be compared with what then came."
    return (
        f"The forecast is uncalibrated: only {coverage.scored} earlier "
        f"{'one' if coverage.scored == 1 else 'ones'} could be compared with what then came."
    )
