"""Whether the figures of one log agree with each other."""

from collections import Counter
from datetime import timedelta

from pipeline.progress.metrics.cumulative_flow import cumulative_flow
from pipeline.progress.metrics.hours import hours
from pipeline.progress.metrics.moments import gather
from pipeline.progress.metrics.window import Window, whole
from pipeline.store.log import EventLog
from schemas.base import Frozen
from schemas.team import Team

STANDING = "SELECT stands, count(*) AS n FROM log_tasks GROUP BY 1 ORDER BY 1"
RELEASED = """
SELECT count(*) FILTER (WHERE accepted IS NOT NULL) AS accepted, count(released) AS released,
    count(*) FILTER (WHERE released IS NOT NULL AND accepted IS NOT NULL) AS accepted_and_released
FROM log_tasks
"""
SLACK = 1e-6


class Reconciled(Frozen):
    """Sums that must be equal, side by side."""

    tasks: int
    """That came in."""
    states: dict[str, int]
    """Where they stand now."""
    in_cumulative_flow: int
    """The sum of its last day's states, computed on its own from every turn."""
    hours_at_work: float | None
    hours_busy_starved_other: float | None
    """Of the same people."""
    released: int
    accepted_and_released: int
    """No more may be released than was accepted."""
    holds: bool
    faults: tuple[str, ...]


def reconcile(log: EventLog) -> Reconciled:
    """States sum to what came in, hours to the time at work, and what was released was accepted."""
    gather(log)
    states = Counter({row["stands"]: row["n"] for row in log.rows(STANDING)})
    if log.past is not None:
        states += Counter(done=log.past.accepted, dropped=log.past.dropped)
    counts = log.rows(RELEASED)[0]
    span = whole(log)
    window = span and Window(span.start, span.end + timedelta(seconds=1))  # its end is not in it
    flow = window and cumulative_flow(log, window, Team())
    worked = window and hours(log, window, Team())
    there = [one for one in worked.people if one.at_work is not None] if worked else []
    last = flow.days[-1].model_dump(exclude={"day"}) if flow else {}
    at_work = sum(one.at_work or 0.0 for one in there) if there else None
    parts = (
        sum(one.labeling + one.adjudicating + one.starved + (one.other or 0.0) for one in there)
        if there
        else None
    )
    faults = []
    if {name: n for name, n in last.items() if n} != states:
        faults.append(f"states: the cumulative flow ends with {last}, tasks stand {states}")
    if at_work is not None and parts is not None and abs(at_work - parts) > SLACK * max(at_work, 1.0):
        faults.append(f"hours: {at_work:.3f} at work, the parts sum to {parts:.3f}")
    if counts["released"] != counts["accepted_and_released"]:
        faults.append(f"released: {counts['released']}, of which accepted {counts['accepted_and_released']}")
    return Reconciled(
        tasks=sum(states.values()),
        states=dict(states),
        in_cumulative_flow=sum(last.values()),
        hours_at_work=at_work,
        hours_busy_starved_other=parts,
        released=counts["released"],
        accepted_and_released=counts["accepted_and_released"],
        holds=not faults,
        faults=tuple(faults),
    )
