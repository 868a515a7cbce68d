"""Pausing people, whose votes do not count then, with what it takes to replace those; and pausing cells."""

from collections.abc import Sequence
from datetime import datetime

from pipeline.context import Context
from pipeline.people.whos_who import Somebody, find, met
from pipeline.planning.effort import medians, total
from pipeline.store import Store
from schemas.base import Frozen
from schemas.errors import UsageError
from schemas.project import Project
from schemas.steering import CellPauseFact, PersonPauseFact

VOTES = """
SELECT v.revision_id, f.cell, f.task_type,
    NOT f.superseded AND NOT f.withdrawn AND coalesce(f.method <> 'adjudicated', true) AS missed
FROM votes v JOIN task_facts f USING (task_id)
WHERE list_contains(?, v.annotator) AND v.submitted_at >= ?
"""
DECISIONS = (
    "SELECT revision_id FROM current_decisions WHERE list_contains(?, adjudicator) AND decided_at >= ?"
)
REOPENED = """
SELECT count(*) FROM task_facts f JOIN current_resolutions r USING (task_id)
WHERE f.resolved AND NOT f.superseded AND NOT f.withdrawn AND list_has_any(r.revisions, ?)
"""


class Undone(Frozen):
    """What stops counting with a pause."""

    votes: int
    decisions: int
    """Of an adjudicator."""
    tasks: int
    """Settled ones that are open again."""
    hours: float | None
    """Of people, to replace the votes; None where nothing says how long one takes."""


def undone(project: Project, store: Store, somebody: Somebody, since: datetime | None) -> Undone:
    """What somebody's votes since a moment hold up; without one, none stops counting."""
    if since is None or not somebody.accounts:
        return Undone(votes=0, decisions=0, tasks=0, hours=0.0)
    votes = store.rows(VOTES, [somebody.annotators, since])
    decisions = store.rows(DECISIONS, [somebody.annotators, since])
    revisions = [row["revision_id"] for row in (*votes, *decisions)]
    missed = [(row["cell"], row["task_type"]) for row in votes if row["missed"]]
    return Undone(
        votes=len(votes),
        decisions=len(decisions),
        tasks=int(store.value(REOPENED, [revisions])),
        hours=_hours(project, store, missed),
    )


def pause(ctx: Context, name: str, redo_since: datetime | None, reason: str) -> Undone:
    """Pause somebody from now on, with every account of theirs; what they said since `redo_since` is undone.

    Raises UsageError where nobody is called so, or they have no account yet.
    """
    somebody = met(ctx, name)
    if not somebody.accounts:
        raise UsageError(
            f"people: an account was expected for {name!r}, Label Studio has none with their address; "
            "there is nothing to pause yet"
        )
    lost = undone(ctx.project, ctx.store, somebody, redo_since)
    _say(ctx, somebody.annotators, paused=True, redo_since=redo_since, reason=reason)
    return lost


def resume(ctx: Context, name: str) -> bool:
    """Let somebody go on; whether they were paused. What was undone stays undone."""
    paused = {row["annotator"] for row in ctx.store.rows("SELECT annotator FROM paused_people")}
    held = [one for one in find(name, ctx.project.people, ctx.store).annotators if one in paused]
    _say(ctx, held, paused=False, redo_since=None, reason="")
    return bool(held)


def set_cells(ctx: Context, cells: Sequence[str], *, paused: bool, reason: str) -> list[str]:
    """Pause or resume those cells that are not so yet; returns which."""
    now = {row["cell"] for row in ctx.store.rows("SELECT cell FROM paused_cells")}
    changed = [cell for cell in cells if (cell in now) != paused]
    at = ctx.clock()
    ctx.store.put(CellPauseFact(cell=cell, paused=paused, reason=reason, set_at=at) for cell in changed)
    return changed


def _say(
    ctx: Context, annotators: Sequence[str], *, paused: bool, redo_since: datetime | None, reason: str
) -> None:
    now = ctx.clock()
    ctx.store.put(
        PersonPauseFact(annotator=one, paused=paused, redo_since=redo_since, reason=reason, set_at=now)
        for one in annotators
    )


def _hours(project: Project, store: Store, missed: Sequence[tuple[str, str]]) -> float | None:
    """How long votes in these cells and of these task types take: as measured, or else as project.toml says."""
    seconds = medians(store)
    minutes = {task.type: task.minutes for task in project.tasks if task.minutes}
    each = [seconds.get(cell) or (minutes[kind] * 60 if kind in minutes else None) for cell, kind in missed]
    found = total(each)
    return None if found is None else found / 3600
