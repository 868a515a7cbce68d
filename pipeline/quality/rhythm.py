"""What the times of answers tell: bursts, answers too fast to be read, times that cannot be, machine-like evenness."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from pipeline.quality.coded import Floats
from pipeline.quality.intervals import wilson
from pipeline.quality.signs import MOST_ITEMS, Kind, Sign

BURST_SECONDS, BURST = 3.0, 5
"""So many answers in a row, each within so many seconds of the one before, are a burst."""
FASTEST, FASTEST_Z = 0.01, 2.33
"""An answer is too fast where it took less than all but this share of the answers of people in its cell; of who has few
there, as many standard deviations below the mean, in logarithms."""
MANY, ENOUGH = 100, 5
"""So many answers in a cell tell somebody's fastest ones by themselves; fewer than the other tell nothing."""
TOO_MANY_FAST = 0.10
"""A share of somebody's answers that, for sure, is not by chance when 1 in 100 is."""
SLACK_SECONDS = 5.0
"""Clocks and networks may be off by so much."""
OVERLAPPING = 0.10
"""A share of somebody's answers whose times overlap, for sure, that is no slip of the clock."""
EVEN, EVEN_RUN = 0.05, 30
"""A run of so many answers whose distances vary by less than this share of their mean is even as a machine's."""
FEWEST = 20
IDLE_SECONDS = 3600.0
"""A page that was open so long was left alone."""
LEFT_OPEN = 0.10
"""A share of somebody's answers that, for sure, is more than now and then."""


@dataclass(frozen=True)
class Answer:
    """When somebody handed in an answer, and how long they say it took."""

    annotator: str
    item: str
    at: datetime
    cell: str = ""
    lead_seconds: float | None = None


def rhythm(answers: Iterable[Answer], accuracy: Mapping[str, float] | None = None) -> list[Sign]:
    """Signs in the times of answers; who is fast, and as often right as people are, is not called too fast."""
    by_person: dict[str, list[Answer]] = defaultdict(list)
    for one in answers:
        by_person[one.annotator].append(one)
    fast = _fast(by_person)
    signs = []
    for name in sorted(by_person):
        own = sorted(by_person[name], key=lambda one: (one.at, one.item))
        gaps = np.diff([one.at.timestamp() for one in own])
        good = accuracy is not None and accuracy.get(name, 0.0) >= float(np.median(list(accuracy.values())))
        found = [
            _bursts(own, gaps),
            None if good else _too_fast(own, fast),
            _overlapping(own, gaps),
            _even(own, gaps),
            _left_open(own),
        ]
        signs += [sign for sign in found if sign]
    return signs


def idle(answers: Iterable[Answer]) -> list[Answer]:
    """Answers whose time says nothing of the work: longer than an hour, or none at all."""
    return [
        one
        for one in answers
        if one.lead_seconds is not None and (one.lead_seconds > IDLE_SECONDS or one.lead_seconds <= 0)
    ]


def _fast(by_person: Mapping[str, list[Answer]]) -> dict[str, float]:
    """Of each cell the time below which an answer is too fast: that of the person in the middle.

    Not of all answers together, so that who answers much, and fast, does not set the pace.
    """
    lows: dict[str, list[float]] = defaultdict(list)
    for ones in by_person.values():
        times: dict[str, list[float]] = defaultdict(list)
        for one in ones:
            if one.lead_seconds is not None and one.lead_seconds > 0:
                times[one.cell].append(one.lead_seconds)
        for cell, own in times.items():
            if len(own) >= ENOUGH:
                lows[cell].append(_low(own))
    return {cell: float(np.median(of_people)) for cell, of_people in lows.items()}


def _low(own: list[float]) -> float:
    """The time below which about one in a hundred of somebody's answers lies."""
    if len(own) >= MANY:
        return float(np.quantile(own, FASTEST))
    logs = np.log(own)
    return float(np.exp(logs.mean() - FASTEST_Z * logs.std(ddof=1)))


def _bursts(own: list[Answer], gaps: Floats) -> Sign | None:
    runs = _runs(gaps < BURST_SECONDS)
    long = [(start, end) for start, end in runs if end - start >= BURST - 1]
    if not long:
        return None
    inside = sum(end - start + 1 for start, end in long)
    items = tuple(one.item for start, end in long for one in own[start : end + 1])[:MOST_ITEMS]
    said = f"{inside} of {len(own)} answers in {len(long)} bursts, less than {BURST_SECONDS:.0f} s after the one before"
    return _sign("burst", own, inside, len(own), said, items)


def _too_fast(own: list[Answer], fast: Mapping[str, float]) -> Sign | None:
    timed = [one for one in own if one.lead_seconds is not None and one.lead_seconds > 0]
    quick = [one for one in timed if (one.lead_seconds or 0) < fast.get(one.cell, 0.0)]
    if len(timed) < FEWEST or wilson(len(quick) / len(timed), len(timed))[0] < TOO_MANY_FAST:
        return None
    said = f"{len(quick)} of {len(timed)} answers took less time than 99 in 100 answers of other people do"
    return _sign("too_fast", own, len(quick), len(timed), said, tuple(one.item for one in quick)[:MOST_ITEMS])


def _overlapping(own: list[Answer], gaps: Floats) -> Sign | None:
    later = [(one, gap) for one, gap in zip(own[1:], gaps, strict=True) if one.lead_seconds is not None]
    impossible = [one for one, gap in later if SLACK_SECONDS + gap < (one.lead_seconds or 0) < IDLE_SECONDS]
    if len(later) < FEWEST or wilson(len(impossible) / len(later), len(later))[0] < OVERLAPPING:
        return None
    said = f"{len(impossible)} of {len(later)} answers took longer than the time since the one before"
    return _sign(
        "overlapping_times",
        own,
        len(impossible),
        len(later),
        said,
        tuple(one.item for one in impossible)[:MOST_ITEMS],
    )


def _even(own: list[Answer], gaps: Floats) -> Sign | None:
    for start in range(0, len(gaps) - EVEN_RUN + 1, EVEN_RUN // 2):
        run = gaps[start : start + EVEN_RUN]
        if run.mean() > BURST_SECONDS and run.std() < EVEN * run.mean():
            said = f"{EVEN_RUN} answers in a row {run.mean():.0f} s apart, give or take {run.std():.1f} s"
            return _sign(
                "even_pace",
                own,
                EVEN_RUN,
                len(gaps),
                said,
                tuple(one.item for one in own[start : start + MOST_ITEMS]),
            )
    return None


def _left_open(own: list[Answer]) -> Sign | None:
    timed = [one for one in own if one.lead_seconds is not None]
    long = [one for one in timed if (one.lead_seconds or 0) > IDLE_SECONDS]
    if len(timed) < FEWEST or wilson(len(long) / len(timed), len(timed))[0] < LEFT_OPEN:
        return None
    said = f"{len(long)} of {len(timed)} answers took longer than an hour by the page's clock"
    return _sign("left_open", own, len(long), len(timed), said, tuple(one.item for one in long)[:MOST_ITEMS])


def _sign(kind: Kind, own: list[Answer], hits: int, n: int, said: str, items: tuple[str, ...]) -> Sign:
    return Sign(kind, own[0].annotator, hits / n, wilson(hits / n, n), n, said, None, items)


def _runs(flags: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Where flags are set in a row: of answers, from the first to the last one."""
    edges = np.diff(np.concatenate([[0], flags.astype(int), [0]]))
    return list(zip(np.flatnonzero(edges == 1).tolist(), np.flatnonzero(edges == -1).tolist(), strict=True))
