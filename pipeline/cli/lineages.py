"""`headrace lineage`: from a row of a release back to its votes, its record and its source."""

from typing import Annotated

import typer

from pipeline.cli.app import RELEASES, AsJson, app


@app.command(rich_help_panel=RELEASES)
def lineage(
    row: Annotated[str, typer.Argument(metavar="ROW", help="A released row's id, or the beginning of it.")],
    release: Annotated[
        str | None,
        typer.Option(
            "--release",
            metavar="PLACE",
            help="Ask a release alone, no store: a version, its folder, or an address such as hf://org/set@1.3.0.",
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Lead from a released row back to its votes, its task, its record and its source."""
    from pipeline.cli.output import show, tell

    if release is not None:
        from pipeline.cli.places import opened, project_here
        from pipeline.released import behind

        chain = behind.told(opened(release, project_here()), row)
        lines = behind.in_words(chain)
    else:
        from pipeline.cli.session import reading
        from pipeline.lineage import in_words, lineage

        with reading() as (_, _, store):
            chain = lineage(store, row)
        lines = in_words(chain)

    def people() -> None:
        for line in lines:
            tell(line)

    show(as_json, chain, people)
