"""The commands around releases: make one, list them, and lead from a row back to its annotations."""

from pathlib import Path
from typing import Annotated, Any

import typer

from pipeline.cli.app import RELEASES, AsJson, Wait, app


@app.command(rich_help_panel=RELEASES)
def release(
    version: Annotated[
        str | None, typer.Argument(metavar="[VERSION]", help="Such as 1.2.0 (default: the one that follows).")
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="DIR", help="Where (default: releases/).")
    ] = None,
    wait: Wait = 60.0,
    as_json: AsJson = False,
) -> None:
    """Freeze what is settled as a new version of the dataset: Parquet and JSONL, a manifest and a card."""
    from pipeline.cli.output import show, tell
    from pipeline.cli.session import writing
    from pipeline.context import Context, Tally, run_stage
    from pipeline.stages import release as stage

    made: dict[str, Any] = {}

    def freeze(ctx: Context) -> Tally:
        tally, made["version"], made["folder"] = stage.release(ctx, version, out)
        return tally

    with writing("release", wait) as ctx:
        tally = run_stage(ctx, "release", freeze)

    def people() -> None:
        news = f"{tally.done:,} tasks" if tally.done else "nothing new since then"
        tell(f"release {made['version']}: {news}, in {made['folder']}")

    show(
        as_json,
        {**tally.to_json("release"), "version": made["version"], "folder": str(made["folder"])},
        people,
    )


@app.command(rich_help_panel=RELEASES)
def releases(as_json: AsJson = False) -> None:
    """List the releases."""
    from pipeline.cli.output import show, tell
    from pipeline.cli.session import reading
    from pipeline.releasing.versions import parts
    from schemas.facts import ReleaseFact

    with reading() as (_, _, store):
        found = sorted(store.facts(ReleaseFact), key=lambda one: parts(one.version))

    def people() -> None:
        for one in found:
            mark = "  simulated labels" if one.simulated else ""
            tell(f"{one.version}  {one.made_at:%Y-%m-%d %H:%M}  {one.row_count:,} rows{mark}")
        if not found:
            tell("no releases yet; make one with: headrace release")

    show(as_json, {"releases": [one.model_dump(mode="json") for one in found]}, people)


@app.command(rich_help_panel=RELEASES)
def lineage(
    row: Annotated[str, typer.Argument(metavar="ROW", help="A released row's id, or the beginning of it.")],
    as_json: AsJson = False,
) -> None:
    """Lead from a released row back to its annotations and its record."""
    from pipeline.cli.output import show, tell
    from pipeline.cli.session import reading
    from pipeline.lineage import in_words, lineage

    with reading() as (_, _, store):
        chain = lineage(store, row)

    def people() -> None:
        for line in in_words(chain):
            tell(line)

    show(as_json, chain, people)
