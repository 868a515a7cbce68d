"""How far the tasks of each cell are."""

from collections.abc import Iterable
from typing import Any

from pipeline.report.words import SETTLED, STANDING
from pipeline.store import Store
from schemas.base import Frozen

COUNTS = """
SELECT cell, state, count(*) AS tasks, sum(overlap)::BIGINT AS wanted,
    sum(least(votes, overlap))::BIGINT AS given, count(agreement) AS compared,
    coalesce(sum(round(agreement * 1000000)::BIGINT), 0)::BIGINT AS millionths
FROM task_states GROUP BY cell, state ORDER BY cell, state
"""
"""Agreement is summed in whole millionths: a sum of floats would depend on the order of the threads."""

LEAD_TIMES = """
SELECT t.cell, quantile_cont(v.lead_seconds, 0.5) AS median, quantile_cont(v.lead_seconds, 0.85) AS p85
FROM votes v JOIN tasks t USING (task_id) GROUP BY t.cell
"""


class CellProgress(Frozen):
    """One cell: its tasks by state, and how its labeling goes."""

    cell: str
    tasks: int
    """Those that stand: superseded and withdrawn ones count in no other figure."""
    superseded: int
    withdrawn: int
    states: dict[str, int]
    """Tasks by state, every state in order, those without tasks too."""
    settled: int
    settled_share: float
    votes_given: int
    """Those that count: a vote more than a task's overlap brings it no further."""
    votes_wanted: int
    median_lead_seconds: float | None
    p85_lead_seconds: float | None
    mean_agreement: float | None
    """Of the votes on one task with each other, over all tasks compared; None where none was."""
    compared: int
    """Tasks whose votes were compared."""


def by_cell(store: Store, lately: Store | None = None) -> tuple[CellProgress, ...]:
    """Every cell that has tasks that stand, the least settled first; lead times as of lately, where that is given."""
    lead_times = {row["cell"]: row for row in (lately or store).rows(LEAD_TIMES)}
    counts: dict[str, list[dict[str, Any]]] = {}
    for row in store.rows(COUNTS):
        counts.setdefault(row["cell"], []).append(row)
    cells = (_cell(cell, rows, lead_times.get(cell, {})) for cell, rows in counts.items())
    return tuple(sorted((one for one in cells if one.tasks), key=lambda one: (one.settled_share, one.cell)))


def in_order(counts: dict[str, int]) -> dict[str, int]:
    """Tasks by state, every state in its order."""
    return {state.name: counts.get(state.name, 0) for state in STANDING}


def all_states(cells: Iterable[CellProgress]) -> dict[str, int]:
    """The tasks of all cells together, by state."""
    cells = list(cells)
    return {state.name: sum(cell.states[state.name] for cell in cells) for state in STANDING}


def settled(states: dict[str, int]) -> int:
    """The tasks that are agreed on."""
    return sum(states[name] for name in SETTLED)


def _cell(cell: str, rows: list[dict[str, Any]], lead_times: dict[str, Any]) -> CellProgress:
    found = {row["state"]: row["tasks"] for row in rows}
    states = in_order(found)
    rows = [row for row in rows if row["state"] in states]
    tasks, compared = sum(states.values()), sum(row["compared"] for row in rows)
    millionths = sum(row["millionths"] for row in rows)
    return CellProgress(
        cell=cell,
        tasks=tasks,
        superseded=found.get("superseded", 0),
        withdrawn=found.get("withdrawn", 0),
        states=states,
        settled=settled(states),
        settled_share=settled(states) / tasks if tasks else 0.0,
        votes_given=sum(row["given"] for row in rows),
        votes_wanted=sum(row["wanted"] for row in rows),
        median_lead_seconds=lead_times.get("median"),
        p85_lead_seconds=lead_times.get("p85"),
        mean_agreement=millionths / 1_000_000 / compared if compared else None,
        compared=compared,
    )
