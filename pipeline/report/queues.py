"""What waits for people in each cell: in the store, in Label Studio, and behind a pause."""

from datetime import datetime
from typing import Any

from pipeline.context import Context
from pipeline.planning.pace import Pace, buffer, paces
from pipeline.terms import Terms
from schemas.base import Frozen
from tasks import is_current

WAITING = """
SELECT cell, task_type, version, min(w.uid) AS sample,
    count(*) FILTER (missing > 0 AND NOT there) AS ready,
    count(*) FILTER (missing > 0 AND there AND NOT paused) AS open,
    sum(missing)::BIGINT AS votes_wanted
FROM (SELECT w.*, p.task_id IS NOT NULL AND NOT coalesce(s.gone, false) AS there
      FROM wanted w LEFT JOIN pushes p ON p.task_id = w.uid LEFT JOIN remote_states s ON s.task_id = w.uid
      WHERE w.purpose = 'label' AND w.gold IS NULL) w
GROUP BY ALL ORDER BY cell, task_type, version
"""
PRIORITIES = """
SELECT cell, min(priority) AS lowest, max(priority) AS highest FROM (
    SELECT w.cell, w.uid, coalesce(max(greatest({weights})), 1.0) AS priority
    FROM wanted w JOIN record_tasks rt ON rt.task_id = w.uid JOIN records USING (record_id)
    WHERE w.purpose = 'label' AND w.missing > 0 AND w.gold IS NULL AND w.task_type = ? AND ({where}
    ) GROUP BY ALL)
GROUP BY cell
"""
PAUSED = "SELECT cell, set_at, reason FROM paused_cells"


class CellQueue(Frozen):
    """One cell's work, and how it is fed to people."""

    cell: str
    ready: int
    """Tasks that want votes and are not in Label Studio."""
    open: int
    """Tasks that want votes and are handed out there."""
    votes_wanted: int
    buffer: int
    """How many tasks may be open there now."""
    votes_per_hour: float | None
    people: int
    lowest_priority: float | None
    """Of the tasks that want votes; None where none does."""
    highest_priority: float | None
    paused_since: datetime | None
    paused_why: str | None


def queues(ctx: Context) -> tuple[CellQueue, ...]:
    """The queue of every cell that has tasks of today's task types."""
    rows = [row for row in ctx.store.rows(WAITING) if is_current(row["task_type"], row["version"])]
    terms = Terms(ctx, [row["sample"] for row in rows])
    pace = paces(ctx.store, ctx.clock())
    priorities, paused = _priorities(ctx), {row["cell"]: row for row in ctx.store.rows(PAUSED)}
    given = ctx.project.label_studio
    found = []
    for row in rows:
        cell, config = row["cell"], terms.of(row["sample"], row["task_type"])
        most = buffer(
            pace.get(cell), given.buffer_hours, config.overlap.first if config else 1, given.buffer_tasks
        )
        found.append(_queue(row, most, pace.get(cell), priorities.get(cell, {}), paused.get(cell, {})))
    return tuple(found)


def _queue(
    row: dict[str, Any], most: int, pace: Pace | None, priority: dict[str, Any], pause: dict[str, Any]
) -> CellQueue:
    plain = 1.0 if row["votes_wanted"] else None  # the priority where no condition says another
    return CellQueue(
        cell=row["cell"],
        ready=row["ready"],
        open=row["open"],
        votes_wanted=row["votes_wanted"],
        buffer=most,
        votes_per_hour=pace.votes_per_hour if pace else None,
        people=pace.people if pace else 0,
        lowest_priority=priority.get("lowest", plain),
        highest_priority=priority.get("highest", plain),
        paused_since=pause.get("set_at"),
        paused_why=pause.get("reason"),
    )


def _priorities(ctx: Context) -> dict[str, dict[str, Any]]:
    """The lowest and highest priority in each cell of which a condition speaks."""
    found: dict[str, dict[str, Any]] = {}
    for number, config in enumerate(ctx.project.tasks):
        if not config.priority:
            continue
        where = config.where or "true"
        ctx.store.check_condition(where, f"project.toml: tasks.{number}.where")
        for condition in config.priority:
            ctx.store.check_condition(condition, f"project.toml: tasks.{number}.priority")
        weights = [f"CASE WHEN ({one}\n) THEN {weight!r} END" for one, weight in config.priority.items()]
        sql = PRIORITIES.format(weights=", ".join(weights), where=where)
        for row in ctx.store.rows(sql, [config.type]):
            found[row["cell"]] = row
    return found
