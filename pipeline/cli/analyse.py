"""The commands that work on plain files, with no project and no server."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.cli.app import FILES, AsJson, app
from pipeline.cli.flowing import AsOf, moment_of

if TYPE_CHECKING:
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
    as_of: AsOf = None,
    runs: Annotated[
        int, typer.Option("--runs", metavar="N", min=1, max=10_000, help="Simulations of the forecast.")
    ] = 60,
    html: Annotated[
        Path | None, typer.Option("--html", metavar="FILE", help="Write the page with the pictures too.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Name the bottleneck and forecast the targets, from an event log."""
    from pipeline.cli.output import draw, note, show
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
    content = json.loads(found.model_dump_json())
    show(as_json, content, lambda: draw(lambda console: flow_terminal.show(found, console)))


def tell_analysis(analysis: "Analysis") -> None:
    """Print an analysis for people."""
    from pipeline.analysis import terminal
    from pipeline.cli.output import draw

    draw(lambda console: terminal.show(analysis, console))
