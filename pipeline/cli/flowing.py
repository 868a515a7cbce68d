"""The analysis of the flow as commands ask for it: its fault is a line on stderr, and hides nothing else."""

import os
import traceback
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from schemas.errors import HeadraceError, UsageError

if TYPE_CHECKING:
    from pipeline.store import Store
    from schemas.flow import Flow
    from schemas.project import Project

AsOf = Annotated[
    str | None,
    typer.Option(
        "--as-of", metavar="TIME", help="The flow as it was then: a day (its end) or a moment, in UTC."
    ),
]


def moment_of(text: str) -> datetime:
    """A moment as somebody types it; a day means its end, no zone means UTC. UsageError where it is none."""
    try:
        if len(text) <= len("2026-01-31"):
            return datetime.combine(date.fromisoformat(text), time.max, UTC)
        found = datetime.fromisoformat(text)
    except ValueError:
        raise UsageError(
            f"--as-of: a day or a moment such as 2026-01-31 or 2026-01-31T17:00Z was expected, found {text!r}; mend it"
        ) from None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def moment_or_now(as_of: str | None) -> datetime:
    """What --as-of means, at the most now, which it is without it."""
    now = datetime.now(UTC)
    return min(moment_of(as_of), now) if as_of else now


def looked_at(
    store: "Store", project: "Project", folder: Path, as_of: datetime, *, forecast: bool = True
) -> "tuple[Flow | None, str | None]":
    """The flow, and what went wrong with it in one line; both None where there is nothing to analyse."""
    from pipeline.progress import project as flows
    from pipeline.progress.analysis import RUNS
    from pipeline.report.sentence import told

    runs = RUNS if forecast else 0
    try:
        flow = flows.flow_of(store, project, folder, as_of, runs=runs, backtest=forecast)
        return told(flow) if flow else None, None
    except HeadraceError as error:
        return None, f"flow: {error}"
    except Exception as error:  # noqa: BLE001 - whatever it is, the counts are still worth showing
        if os.environ.get("HEADRACE_DEBUG"):
            traceback.print_exc()
        what = f"{type(error).__name__}: {' '.join(str(error).split())[:300]}"
        return (
            None,
            f"flow: left out for a fault of headrace's own ({what}); HEADRACE_DEBUG=1 shows where",
        )
