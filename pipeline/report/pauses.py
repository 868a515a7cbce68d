"""Who and what is paused now, since when, and why."""

from datetime import datetime
from typing import Literal

from pipeline.store import Store
from schemas.base import Frozen

PAUSED = """
SELECT 'cell' AS kind, cell AS name, set_at AS since, reason, NULL AS redo_since FROM paused_cells
UNION ALL
SELECT 'person', annotator, set_at, reason, redo_since FROM paused_people
ORDER BY kind, since, name
"""


class Paused(Frozen):
    """A cell that is not handed out, or a person whose votes do not count for the time being."""

    kind: Literal["cell", "person"]
    name: str
    """The cell, or the person's pseudonym."""
    since: datetime
    reason: str
    redo_since: datetime | None
    """From when on the person's earlier votes do not count either."""


def paused(store: Store) -> tuple[Paused, ...]:
    """The cells and people that are paused, cells first."""
    return tuple(Paused(**row) for row in store.rows(PAUSED))
