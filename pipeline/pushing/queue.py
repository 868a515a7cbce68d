"""Which tasks go to Label Studio next: those of the highest priority, as many as the buffer has room for."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pipeline.context import Context
from pipeline.planning.pace import buffer, paces
from pipeline.pushing.strewing import Golds, strewn
from pipeline.terms import Terms
from schemas.project import TaskConfig
from tasks import is_current

USUAL = 1.0
"""The priority of a task that no condition speaks of."""
WAITING = """
SELECT w.cell, w.task_type, w.version, w.purpose,
    coalesce(list(w.uid ORDER BY coalesce(t.generated_at, j.asked_at), w.uid) FILTER (w.gold IS NULL), []) AS uids,
    coalesce(list(w.uid ORDER BY w.uid) FILTER (w.gold = 'entry'), []) AS entry,
    coalesce(list(w.uid ORDER BY w.uid) FILTER (w.gold = 'gold'), []) AS gold
FROM to_push w LEFT JOIN tasks t ON t.task_id = w.uid LEFT JOIN adjudications j ON j.adjudication_id = w.uid
WHERE w.uid NOT IN (SELECT unnest(task_ids) FROM sends WHERE answered_at IS NULL)
GROUP BY w.cell, w.task_type, w.version, w.purpose ORDER BY w.cell, w.task_type, w.version, w.purpose
"""
PRIORITIES = """
SELECT w.uid, max(greatest({weights})) AS priority
FROM to_push w JOIN record_tasks rt ON rt.task_id = w.uid JOIN records USING (record_id)
WHERE w.task_type = ? AND ({where}
) GROUP BY w.uid
"""


@dataclass(frozen=True)
class Lot:
    """Tasks, or adjudications, that belong into one Label Studio project, in the order of their sending.

    Gold is strewn among the others by lot, so that no place tells it.
    """

    cell: str
    task_type: str
    version: int
    purpose: str
    uids: tuple[str, ...]
    held: int
    """How many wait for room in the buffer."""


def lots(ctx: Context) -> list[Lot]:
    """What should be sent now, by project."""
    rows = [row for row in ctx.store.rows(WAITING) if is_current(row["task_type"], row["version"])]
    if not rows:
        return []
    priorities = _priorities(ctx)
    rooms, golds = _Rooms(ctx), Golds(ctx)
    found = []
    for row in rows:
        key = row["cell"], row["task_type"], row["version"], row["purpose"]
        uids = sorted(row["uids"], key=lambda uid: -priorities.get(uid, USUAL))
        room = rooms.of(*key, sample=uids[0]) if uids else 0
        gold = golds.of(key, len(uids[:room]), row["entry"], row["gold"])
        found.append(Lot(*key, uids=strewn(uids[:room], gold), held=max(0, len(uids) - room)))
    return found


def _priorities(ctx: Context) -> Mapping[str, float]:
    """The priority of each waiting task that a condition speaks of: the highest that fits."""
    found: dict[str, float] = {}
    for config in ctx.project.tasks:
        if not config.priority:
            continue
        weights = ", ".join(
            f"CASE WHEN ({condition}\n) THEN {weight!r} END" for condition, weight in config.priority.items()
        )
        sql = PRIORITIES.format(weights=weights, where=config.where or "true")  # checked by `generate`
        found |= {
            row["uid"]: row["priority"]
            for row in ctx.store.rows(sql, [config.type])
            if row["priority"] is not None
        }
    return found


class _Rooms:
    """How many more tasks each cell may have open in Label Studio."""

    def __init__(self, ctx: Context) -> None:
        self._ctx = ctx
        self._paces = paces(ctx.store, ctx.clock())
        rows: list[dict[str, Any]] = ctx.store.rows("SELECT * FROM open_tasks")
        self._open = {(row["cell"], row["task_type"], row["version"]): row["tasks"] for row in rows}

    def of(self, cell: str, task_type: str, version: int, purpose: str, *, sample: str) -> int:
        """The room of a project; adjudications wait for nobody's pace."""
        if purpose != "label":
            return 2**31
        given = self._ctx.project.label_studio
        config: TaskConfig | None = Terms(self._ctx, [sample]).of(sample, task_type)
        votes: int = config.overlap.first if config else 1
        most = buffer(self._paces.get(cell), given.buffer_hours, votes, given.buffer_tasks)
        return max(0, most - int(self._open.get((cell, task_type, version), 0)))
