"""What the runs say of targets, and of the work in hand: probabilities, dates, shortfalls."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta

import numpy as np

from pipeline.progress.columns import Floats
from pipeline.progress.forecast.arrivals import cells_of
from pipeline.progress.forecast.runs import Outcomes
from pipeline.progress.forecast.state import State
from schemas.flow import PresentWork, TargetForecast, WorkForecast
from schemas.project import Target

QUANTILES = (0.05, 0.15, 0.5, 0.85, 0.95)
MIDDLE = 0.5
MOMENTS = 24
"""Of a fan."""


def end_of(day: date) -> float:
    """The last moment of a day, UTC: a target by that day is met until then."""
    return datetime.combine(day + timedelta(days=1), time(), UTC).timestamp()


def quantile(values: Floats, share: float) -> float:
    """The value under which a next run would fall with this probability, to the safe side of the middle.

    Of n runs and one more, each is as likely to be the k-th: it is below the k-th of n with probability k / (n + 1).
    """
    exact = share * (len(values) + 1)
    place = int(np.ceil(exact - 1e-9) if share >= MIDDLE else np.floor(exact + 1e-9)) - 1
    return float(np.sort(values)[min(max(place, 0), len(values) - 1)])


def moment(seconds: float) -> datetime | None:
    """As a date; None beyond the horizon."""
    return datetime.fromtimestamp(seconds, UTC).replace(microsecond=0) if np.isfinite(seconds) else None


def target_forecast(
    outcomes: Outcomes, state: State, names: Sequence[str], key: str, target: Target
) -> TargetForecast:
    """Whether and when a target is reached. What was accepted before counts."""
    cells = cells_of(key, names)
    accepted = sum(state.accepted[cell] for cell in cells)
    missing = target.accepted - accepted
    at_once: Floats = np.full(len(outcomes.accepted), state.at)
    reached = outcomes.reached(cells, missing) if missing > 0 else at_once
    day = end_of(target.by)
    counts = accepted + outcomes.counts(cells, day)
    expected = [round(quantile(counts, share)) for share in (0.05, 0.5, 0.95)]
    return TargetForecast(
        target=target.accepted,
        by=target.by,
        accepted=accepted,
        probability=1.0
        if missing <= 0
        else _chance(int((reached <= day).sum()), len(reached), over=day <= state.at),
        p50=moment(quantile(reached, 0.5)),
        p85=moment(quantile(reached, 0.85)),
        p95=moment(quantile(reached, 0.95)),
        shortfall=max(0, target.accepted - expected[1]),
        expected=(expected[0], expected[1], expected[2]),
        fan=_fan(outcomes, state, cells, accepted, day),
    )


def _chance(yes: int, of: int, *, over: bool) -> float:
    """The share of the runs; never quite 0 or 1 before the day is over, as so few runs cannot tell."""
    return 0.0 if over else (yes + 0.5) / (of + 1)


def _fan(
    outcomes: Outcomes, state: State, cells: Sequence[int], accepted: int, day: float
) -> tuple[tuple[datetime, float, float, float, float, float], ...]:
    end = min(max(day, state.at), outcomes.until)
    found = []
    for at in np.linspace(state.at, end, MOMENTS).tolist() if end > state.at else []:
        counts = accepted + outcomes.counts(cells, at)
        low, lower, middle, higher, high = (quantile(counts, share) for share in QUANTILES)
        found.append(
            (datetime.fromtimestamp(at, UTC).replace(microsecond=0), low, lower, middle, higher, high)
        )
    return tuple(found)


def present_work(outcomes: Outcomes, state: State, names: Sequence[str]) -> PresentWork:
    """By when what is in hand is settled: all of it, to the last task."""
    hands = [0] * len(names)
    for one in state.waiting:
        hands[one.cell] += 1
    cells = {
        name: WorkForecast(**_dates(outcomes.done(cell)), open=hands[cell])
        for cell, name in enumerate(names)
        if hands[cell]
    }
    if not cells:
        now = moment(state.at)
        return PresentWork(p50=now, p85=now, p95=now)
    return PresentWork(**_dates(outcomes.done()), open=len(state.waiting), cells=cells)


def _dates(done: Floats) -> dict[str, datetime | None]:
    return {
        "p50": moment(quantile(done, 0.5)),
        "p85": moment(quantile(done, 0.85)),
        "p95": moment(quantile(done, 0.95)),
    }
