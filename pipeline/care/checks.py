"""One thing that was looked at, and what was found of it."""

from dataclasses import dataclass
from typing import Any

from pipeline.store import Store

MOST = 20
"""Examples shown of one thing."""


@dataclass(frozen=True)
class Check:
    """One thing that was looked at."""

    name: str
    ok: bool
    count: int = 0
    """How many speak against it; where it is in order, how many there are of what its detail says."""
    detail: str = ""
    examples: tuple[str, ...] = ()
    """At most MOST lines, each with what to do."""
    warning: bool = False
    """Whether both sides agree all the same."""

    def to_json(self) -> dict[str, Any]:
        """As `--json` prints it."""
        return {
            "name": self.name,
            "ok": self.ok,
            "warning": self.warning,
            "count": self.count,
            "detail": self.detail,
            "examples": list(self.examples),
        }


def shortened(store: Store, sql: str) -> tuple[int, tuple[str, ...]]:
    """How many lines a query of ours gives, and the first of them."""
    rows = store.rows(f"SELECT line, count(*) OVER () AS total FROM ({sql}) ORDER BY line LIMIT {MOST}")  # noqa: S608 - ours
    return (rows[0]["total"] if rows else 0), tuple(row["line"] for row in rows)
