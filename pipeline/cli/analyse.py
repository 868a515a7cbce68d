"""The commands that work on plain files, with no project and no server."""

import json
import sys
from collections.abc import Callable
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.cli.app import FILES, AsJson, app
from schemas.errors import UsageError

if TYPE_CHECKING:
    from rich.console import Console

    from pipeline.analysis.content import Analysis

analyse = typer.Typer(name="analyse", rich_markup_mode=None, no_args_is_help=True)
app.add_typer(analyse, rich_help_panel=FILES)


@analyse.callback()
def group() -> None:
    """Analyse plain files, with no project and no server."""


@analyse.command()
def labelstudio(
    export: Annotated[
        Path, typer.Argument(metavar="EXPORT.json", help="A project exported as JSON or JSON-MIN.")
    ],
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="FILE", help="Write the labels table too: .parquet or .csv."),
    ] = None,
    control: Annotated[
        list[str] | None,
        typer.Option("--control", metavar="NAME", help="Only this control (may be given several times)."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Report agreement and pace from an export of Label Studio's."""
    from pipeline.analysis import table
    from pipeline.analysis.content import analyse_export
    from pipeline.cli.output import note, show

    if out is not None:
        table.check(out)
    analysis = analyse_export(export, control or ())
    if out is not None:
        table.write(analysis.rows, out)
        note(f"wrote {out}: {len(analysis.rows):,} labels")
    show(as_json, analysis.to_json(), lambda: tell_analysis(analysis))


@analyse.command()
def flow(
    events: Annotated[Path, typer.Argument(metavar="EVENTS", help="An event log: Parquet, JSONL or CSV.")],
    team: Annotated[
        Path | None,
        typer.Option(
            "--team", metavar="TEAM", help="Who may do what and when, plan and targets: TOML or JSON."
        ),
    ] = None,
    as_of: Annotated[
        str | None,
        typer.Option(
            "--as-of", metavar="TIME", help="The flow as it was then: a day (its end) or a moment, in UTC."
        ),
    ] = None,
    runs: Annotated[
        int, typer.Option("--runs", metavar="N", min=1, max=10_000, help="Simulations of the forecast.")
    ] = 60,
    html: Annotated[
        Path | None, typer.Option("--html", metavar="FILE", help="Write the page with the pictures too.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Name the bottleneck and forecast the targets, from an event log."""
    from pipeline.cli.output import note, show
    from pipeline.progress.analysis import analyse as analyse_flow
    from pipeline.report import flow_terminal
    from pipeline.report.sentence import told
    from pipeline.store.log import EventLog
    from schemas.team import Team, read_team

    moment = moment_of(as_of) if as_of else None
    who = read_team(team) if team else Team()
    with EventLog.of_file(events, moment) as log:
        found = told(analyse_flow(log, who, moment, runs=runs))
    if html is not None:
        from pipeline.report import flow_page

        flow_page.write(found, events.name, html)
        note(f"wrote {html}")
    show(
        as_json, json.loads(found.model_dump_json()), lambda: _print(lambda on: flow_terminal.show(found, on))
    )


def moment_of(text: str) -> datetime:
    """A moment as somebody types it; a day means its end, and what names no zone is in UTC."""
    try:
        if len(text) <= len("2026-01-31"):
            return datetime.combine(date.fromisoformat(text), time.max, UTC)
        found = datetime.fromisoformat(text)
    except ValueError:
        raise UsageError(
            f"--as-of: a day or a moment such as 2026-01-31 or 2026-01-31T17:00Z was expected, found {text!r}; mend it"
        ) from None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def tell_analysis(analysis: "Analysis") -> None:
    """Print an analysis for people."""
    from pipeline.analysis import terminal

    _print(lambda console: terminal.show(analysis, console))


def _print(draw: "Callable[[Console], None]") -> None:
    from rich.console import Console

    console = Console()
    with console.capture() as said:
        draw(console)
    sys.stdout.write(said.get())  # not rich itself, for which a reader that goes away is a failure
