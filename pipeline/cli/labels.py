"""`headrace analyse labels`: agreement, truth and people, from a plain labels table."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, cast

import typer

from pipeline.cli.analyse import analyse
from pipeline.cli.app import AsJson

if TYPE_CHECKING:
    from pipeline.quality.choosing import Kind

KINDS = ("nominal", "ordinal", "interval")


@analyse.command()
def labels(
    table: Annotated[
        Path,
        typer.Argument(
            metavar="LABELS", help="item, annotator, label and more as columns: .parquet or .csv."
        ),
    ],
    gold: Annotated[
        Path | None,
        typer.Option("--gold", metavar="FILE", help="Known labels: item and label, .parquet or .csv."),
    ] = None,
    kind: Annotated[
        str, typer.Option("--kind", metavar="KIND", help="nominal, ordinal or interval.")
    ] = "nominal",
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="FILE", help="Write each item's label too: .parquet or .csv."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Report agreement, settle labels and judge people, from a labels table."""
    from pipeline.analysis import label_tables, label_terminal
    from pipeline.analysis import table as files
    from pipeline.cli.output import draw, note, show
    from schemas.errors import UsageError
    from schemas.nearest import nearest

    if kind not in KINDS:
        raise UsageError(
            f"--kind: one of {', '.join(KINDS)} was expected, found {kind!r:.40}; {nearest(kind, KINDS)}"
        )
    if out is not None:
        files.check(out)
    found = label_tables.analysed(table, gold, cast("Kind", kind))
    if out is not None:
        items = label_tables.write(found, out)
        note(f"wrote {out}: {items:,} items")
    show(as_json, found.to_json(), lambda: draw(lambda console: label_terminal.show(found, console)))
