"""The commands that work on plain files, with no project and no server."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.cli.app import FILES, AsJson, app

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


def tell_analysis(analysis: "Analysis") -> None:
    """Print an analysis for people."""
    from rich.console import Console

    from pipeline.analysis import terminal

    console = Console()
    with console.capture() as said:
        terminal.show(analysis, console)
    sys.stdout.write(said.get())  # not rich itself, for which a reader that goes away is a failure
