"""Choosing by a condition what is to be redone or withdrawn, and saying what that would do."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from fnmatch import fnmatchcase
from typing import Any

from pipeline.context import Context
from pipeline.planning.effort import CellEffort, efforts
from pipeline.store import Store
from schemas.base import Frozen
from schemas.errors import ProjectError, UsageError
from schemas.nearest import nearest
from schemas.steering import RedoFact, WithdrawalFact
from tasks import is_current

OLD = "old"
"""Instead of a guideline's version: every one but today's."""
TODAY = "SELECT task_type, arg_max(version, since) AS version FROM guidelines GROUP BY task_type"
REDOABLE = """
SELECT DISTINCT task_id, task_type, version, cell, votes, overlap, guideline FROM redoable_tasks WHERE ({condition}
) ORDER BY task_id
"""
WITHDRAWABLE = """
SELECT record_id FROM withdrawable_records WHERE ({condition}
) ORDER BY record_id
"""
TOUCHED = """
WITH chosen AS (SELECT unnest(?) AS record_id),
gone AS (SELECT record_id FROM chosen UNION SELECT record_id FROM withdrawals),
touched AS (
    SELECT rt.task_id, count(*) = count(gone.record_id) AS leaves
    FROM record_tasks rt LEFT JOIN gone USING (record_id)
    WHERE rt.task_id IN (SELECT task_id FROM record_tasks JOIN chosen USING (record_id)) GROUP BY rt.task_id)
SELECT count(*) FILTER (leaves AND NOT f.superseded) AS tasks,
    count(*) FILTER (NOT leaves AND NOT f.superseded) AS shared,
    count(*) FILTER (leaves AND f.pushed AND NOT coalesce(s.gone, false)) AS in_label_studio,
    count(*) FILTER (leaves AND f.accepted AND NOT f.superseded) AS labels,
    coalesce(sum(f.votes) FILTER (leaves), 0)::BIGINT AS votes,
    (SELECT list_sort(list(DISTINCT m.version)) FROM release_members m JOIN touched USING (task_id) WHERE leaves)
        AS releases
FROM touched JOIN task_facts f USING (task_id) LEFT JOIN remote_states s USING (task_id)
"""


@dataclass(frozen=True)
class Wish:
    """Which tasks somebody wants redone, as it was said."""

    where: str
    guideline: str | None = None
    cell: str | None = None
    task_type: str | None = None

    def __str__(self) -> str:
        """The wish as the command line has it."""
        named = {"guideline": self.guideline, "cell": self.cell, "type": self.task_type}
        return self.where + "".join(
            f" --{name} {value}" for name, value in named.items() if value is not None
        )


class Redoing(Frozen):
    """What a redo asks for."""

    tasks: int
    task_ids: tuple[str, ...]
    without_votes: int
    """Chosen, and left alone: nobody has said anything that counts."""
    older_versions: int
    """Chosen, and left alone: tasks of an older version of their type are asked no more."""
    cells: tuple[CellEffort, ...]


class Withdrawing(Frozen):
    """What a withdrawal takes away."""

    records: int
    record_ids: tuple[str, ...]
    tasks: int
    """Those that leave with the records."""
    shared: int
    """Tasks that stay, since a record that stays has them too."""
    in_label_studio: int
    labels: int
    """Settled labels that no release to come will hold."""
    votes: int
    releases: tuple[str, ...]
    """Those made already that hold such labels; they stay as they are."""


def redoing(ctx: Context, wish: Wish) -> Redoing:
    """What the wish means now; UsageError where a condition, a cell, a type or a guideline version is none."""
    chosen = _chosen(ctx.store, wish)
    current = [row for row in chosen if is_current(row["task_type"], row["version"])]
    voted = [row for row in current if row["votes"]]
    return Redoing(
        tasks=len(voted),
        task_ids=tuple(row["task_id"] for row in voted),
        without_votes=len(current) - len(voted),
        older_versions=len(chosen) - len(current),
        cells=efforts(ctx, voted),
    )


def redos(plan: Redoing, wish: Wish, reason: str, now: datetime) -> Iterable[RedoFact]:
    """The facts that bring a redo about."""
    for task_id in plan.task_ids:
        yield RedoFact(task_id=task_id, reason=reason, condition=str(wish), redone_at=now)


def withdrawing(store: Store, where: str) -> Withdrawing:
    """What withdrawing the records that meet a condition takes away now; UsageError where it is none."""
    _check(store, where, "withdrawable_records")
    ids = [row["record_id"] for row in store.rows(WITHDRAWABLE.format(condition=where))]
    (found,) = store.rows(TOUCHED, [ids])
    releases = tuple(found.pop("releases") or ())
    return Withdrawing(records=len(ids), record_ids=tuple(ids), releases=releases, **found)


def withdrawals(plan: Withdrawing, where: str, reason: str, now: datetime) -> Iterable[WithdrawalFact]:
    """The facts that bring a withdrawal about."""
    for record_id in plan.record_ids:
        yield WithdrawalFact(record_id=record_id, reason=reason, condition=where, withdrawn_at=now)


def cells_like(store: Store, pattern: str) -> list[str]:
    """The cells with tasks whose name fits, `*` and `?` standing for any letters; UsageError where none does."""
    known = _distinct(store, "cell")
    found = [cell for cell in known if fnmatchcase(cell, pattern)]
    if not found:
        raise UsageError(f"cells: no cell is called {pattern!r}; {nearest(pattern, known)}")
    return found


def _chosen(store: Store, wish: Wish) -> list[dict[str, Any]]:
    _check(store, wish.where, "redoable_tasks")
    found = store.rows(REDOABLE.format(condition=wish.where))
    if wish.cell is not None:
        cells = set(cells_like(store, wish.cell))
        found = [row for row in found if row["cell"] in cells]
    if wish.task_type is not None:
        _check_type(store, wish.task_type)
        found = [row for row in found if row["task_type"] == wish.task_type]
    return found if wish.guideline is None else _under(store, found, wish.guideline)


def _under(store: Store, rows: Sequence[dict[str, Any]], guideline: str) -> list[dict[str, Any]]:
    """Those settled under a guideline version, or under another one than today's."""
    settled = [row for row in rows if row["guideline"] is not None]
    if guideline == OLD:
        today = {row["task_type"]: row["version"] for row in store.rows(TODAY)}
        return [row for row in settled if row["guideline"] != today.get(row["task_type"], "")]
    known = [
        str(row["version"]) for row in store.rows("SELECT DISTINCT version FROM guidelines ORDER BY version")
    ]
    if guideline not in known:
        raise UsageError(
            f"--guideline: should be {OLD} or one of {', '.join(known) or 'none yet'}, is {guideline!r}; mend it"
        )
    return [row for row in settled if row["guideline"] == guideline]


def _check(store: Store, where: str, view: str) -> None:
    try:
        store.check_condition(where, "--where", view)
    except ProjectError as error:
        raise UsageError(str(error)) from None  # it was typed, not written down


def _check_type(store: Store, name: str) -> None:
    known = _distinct(store, "task_type")
    if name not in known:
        raise UsageError(f"--type: no task is of the type {name!r}; {nearest(name, known)}")


def _distinct(store: Store, column: str) -> list[str]:
    rows = store.rows(f"SELECT DISTINCT {column} AS name FROM tasks ORDER BY name")  # noqa: S608 - names of our own
    return [str(row["name"]) for row in rows]
