"""What the processes that screen have to do, and what they could: from the times of tasks before they are ready."""

from dataclasses import dataclass

import numpy as np

from pipeline.progress.columns import Floats, Mask
from pipeline.progress.measured import HOUR, ScreeningFigures, Span
from pipeline.progress.tallies import Tallies

AT_ONCE = 60.0
"""Seconds in which nothing is screened."""
RARE = 0.01
"""Processes at work for less than this share of the busy time are no further process: rows that came twice or late."""
NEXT, NEARLY_ALL = 100, 0.95
"""How many that came next are looked at, and the share of them that must be taken up, for what waits to be lost."""
FEWEST = 20
"""Tasks screened in the window, under which nothing is said about screening."""


@dataclass(frozen=True)
class Passage:
    """When tasks came to screening, were taken up, and left: one entry a task that came."""

    came: Floats
    taken: Floats
    left: Floats
    """inf where it has not happened."""
    worked: bool
    """Whether the log says when they were taken up; else they are thought to be worked on one after another."""


def passage_of(tallies: Tallies) -> Passage | None:
    """The way of the tasks of some tallies through screening; None where the log has nothing of it.

    Where no screening is in the log, but time passes between coming in and being ready, something works there.
    """
    columns = tallies.columns
    first = {
        event: columns.first(event)
        for event in ("ingested", "screening_started", "screened", "ready", "dropped", "held")
    }
    out = np.minimum.reduce([first["screened"], first["ready"], first["dropped"]])
    if not columns.are("screened").any() and _at_once(first["ingested"], out):
        return None
    aside = first["held"] < out
    came = first["ingested"] < np.inf
    came &= (tallies.of_tasks | (out < np.inf)) & ~(aside & np.isinf(first["screening_started"]))
    started, left = first["screening_started"][came], np.maximum(out[came], first["ingested"][came])
    taken = np.clip(started, first["ingested"][came], left)
    stays = ~passed_over(first["ingested"][came], np.isfinite(taken))
    return Passage(
        first["ingested"][came][stays], taken[stays], left[stays], bool(np.isfinite(started).any())
    )


def _at_once(came: Floats, out: Floats) -> bool:
    """Whether most tasks are ready as soon as they come in: nothing works on them before."""
    known = np.isfinite(came) & np.isfinite(out)
    return not known.any() or float(np.mean(out[known] - came[known] < AT_ONCE)) > 1 / 2


def passed_over(came: Floats, taken: Mask) -> Mask:
    """What nobody takes up, though nearly all that came next was: it is not there any more, and the log lost that."""
    order = np.argsort(came, kind="stable")
    so_far = np.concatenate([[0], np.cumsum(taken[order])])
    place = np.arange(len(came))
    last = np.minimum(place + NEXT, len(came) - 1)
    after = last - place
    passed = ~taken[order] & (after >= FEWEST) & (so_far[last + 1] - so_far[place + 1] >= NEARLY_ALL * after)
    found = np.zeros(len(came), dtype=bool)
    found[order[passed]] = True
    return found


def screening_figures(passed: Passage | None, window: Span) -> ScreeningFigures | None:
    """How much comes, how much goes, and how long the processes worked and idled with nothing to do."""
    if passed is None:
        return None
    start, end = window
    hours = (end - start) / HOUR
    gone = (passed.left > start) & (passed.left <= end)
    if gone.sum() < FEWEST:
        return None
    lasting, waiting, working = _steps(passed, window)
    processes = _processes(working, lasting)
    working = np.minimum(working, processes) if passed.worked else (waiting > 0).astype(np.float64)
    busy = float((working * lasting).sum()) / HOUR
    idle = float(((processes - working) * lasting)[waiting == 0].sum()) / HOUR
    came = float(((passed.came > start) & (passed.came <= end)).sum())
    return ScreeningFigures(
        came=came / hours,
        went=float(gone.sum()) / hours,
        processes=processes,
        busy=busy,
        idle=idle,
        service=busy / float(gone.sum()),
    )


def waiting_at(passed: Passage | None, moments: Floats) -> Floats:
    """How many tasks wait for screening at each moment."""
    if passed is None:
        return np.zeros(len(moments))
    came = np.searchsorted(np.sort(passed.came), moments, side="right")
    return (came - np.searchsorted(np.sort(passed.taken), moments, side="right")).astype(np.float64)


def _steps(passed: Passage, window: Span) -> tuple[Floats, Floats, Floats]:
    """How long each step between two changes lasts, in seconds, and how many tasks wait and are worked on in it."""
    start, end = window
    pair = passed.worked & np.isfinite(passed.taken) & np.isfinite(passed.left)
    moments = np.concatenate([passed.came, passed.taken, passed.taken[pair], passed.left[pair]])
    waits = np.concatenate([np.ones(len(passed.came)), -np.ones(len(passed.taken)), np.zeros(2 * pair.sum())])
    works = np.concatenate([np.zeros(2 * len(passed.came)), np.ones(pair.sum()), -np.ones(pair.sum())])
    order = np.argsort(moments, kind="stable")
    at = moments[order]
    lasting = np.maximum(np.minimum(np.append(at[1:], np.inf), end) - np.maximum(at, start), 0.0)
    return lasting, np.cumsum(waits[order]), np.cumsum(works[order])


def _processes(working: Floats, lasting: Floats) -> int:
    """How many processes there are: the most that work at once, but for rare moments."""
    busy = (working > 0) & (lasting > 0)
    if not busy.any():
        return 1
    order = np.argsort(working[busy])
    share = np.cumsum(lasting[busy][order]) / lasting[busy].sum()
    return max(1, int(working[busy][order][np.searchsorted(share, 1 - RARE)]))
