"""The metrics: each a pure function of a log, a window and a team, with its SQL; None where there are no facts."""

from collections.abc import Callable, Mapping
from typing import TypeAlias

from pipeline.progress.metrics.ageing import ageing
from pipeline.progress.metrics.cost import cost
from pipeline.progress.metrics.cumulative_flow import cumulative_flow
from pipeline.progress.metrics.days import days
from pipeline.progress.metrics.effort import effort
from pipeline.progress.metrics.hours import hours
from pipeline.progress.metrics.little import little
from pipeline.progress.metrics.rework import rework
from pipeline.progress.metrics.throughput import throughput
from pipeline.progress.metrics.window import Window
from pipeline.store.log import EventLog
from schemas.base import Frozen
from schemas.team import Team

Metric: TypeAlias = Callable[[EventLog, Window, Team], Frozen | None]

METRICS: Mapping[str, Metric] = {
    "cumulative_flow": cumulative_flow,
    "little": little,
    "throughput": throughput,
    "hours": hours,
    "ageing": ageing,
    "days": days,
    "rework": rework,
    "effort": effort,
    "cost": cost,
}
"""By the name under which `--json` prints it."""


def measure(log: EventLog, window: Window, team: Team) -> dict[str, Frozen]:
    """All metrics that there are facts for. The log ends with the window, not later."""
    found = {name: metric(log, window, team) for name, metric in METRICS.items()}
    return {name: one for name, one in found.items() if one is not None}
