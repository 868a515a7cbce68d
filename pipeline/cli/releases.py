"""The commands around releases: make one, and list them."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pipeline.cli.app import RELEASES, AsJson, Wait, app

if TYPE_CHECKING:
    from schemas.manifest import Bump, Manifest


@app.command(rich_help_panel=RELEASES)
def release(
    version: Annotated[
        str | None, typer.Argument(metavar="[VERSION]", help="Such as 1.2.0 (default: the one that follows).")
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="DIR", help="Where (default: releases/).")
    ] = None,
    preview: Annotated[
        bool,
        typer.Option(
            "--preview", help="Only look: write what would be released, frozen nowhere, with no gate."
        ),
    ] = False,
    additions_only: Annotated[
        bool,
        typer.Option(
            "--additions-only",
            help="Keep the rows of the last release as they are; list what is held back on the card.",
        ),
    ] = False,
    wait: Wait = 60.0,
    as_json: AsJson = False,
) -> None:
    """Freeze what is settled as a new version of the dataset: Parquet, a manifest and a card."""
    from pipeline.cli.output import show, tell
    from pipeline.cli.session import writing
    from pipeline.context import Context, Tally, run_stage
    from pipeline.stages import release as stage

    made: dict[str, Any] = {}

    def freeze(ctx: Context) -> Tally:
        tally, made["version"], made["folder"] = stage.release(
            ctx, version, out, preview=preview, additions_only=additions_only
        )
        return tally

    with writing("release", wait) as ctx:
        tally = run_stage(ctx, "release", freeze)
    manifest = _manifest(made["folder"])

    def people() -> None:
        for line in _lines(tally.done, manifest, made["folder"]):
            tell(line)

    show(
        as_json,
        {
            **tally.to_json("release"),
            "version": made["version"],
            "folder": str(made["folder"]),
            "preview": manifest.preview,
            "content": manifest.content,
            "bump": manifest.bump.model_dump(mode="json") if manifest.bump else None,
            "rows": manifest.counts.rows,
            "held_back": len(manifest.held_back),
        },
        people,
    )


def _manifest(folder: Path) -> "Manifest":
    from schemas.manifest import FILE, Manifest

    return Manifest.model_validate_json((folder / FILE).read_text(encoding="utf-8"))


def _lines(tasks: int, manifest: "Manifest", folder: Path) -> Iterator[str]:
    """What was made, and why it has its number."""
    if manifest.preview:
        yield f"preview of {manifest.version}: {manifest.counts.rows:,} rows, in {folder}; nothing is frozen"
    else:
        yield f"release {manifest.version}: {f'{tasks:,} tasks' if tasks else 'nothing new since then'}, in {folder}"
    if manifest.bump is not None and (tasks or manifest.preview):
        yield f"{manifest.version}, since {_why(manifest.bump)}"
    if manifest.held_back:
        yield f"{len(manifest.held_back):,} rows were held back; the card lists them"
    for gate in manifest.policies.gates if manifest.preview else ():
        if not gate.met and gate.exception is None:
            yield f"not met: {gate.name}: {gate.said}"


def _why(bump: "Bump") -> str:
    """The reason of a version's number."""
    if bump.kind == "first":
        return "it is the first"
    return f"{bump.reason}: a {bump.kind} version"


group = typer.Typer(
    name="releases",
    rich_markup_mode=None,
    invoke_without_command=True,
    help="List the releases; `verify` holds one against its manifest.",
)
app.add_typer(group, rich_help_panel=RELEASES)


@group.callback()
def releases(ctx: typer.Context, as_json: AsJson = False) -> None:
    """List the releases; `verify` holds one against its manifest."""
    if ctx.invoked_subcommand is not None:
        return
    from pipeline.cli.output import show, tell
    from pipeline.cli.session import reading
    from pipeline.releasing.versions import parts
    from schemas.facts import ReleaseFact

    with reading() as (folder, _, store):
        found = sorted(store.facts(ReleaseFact), key=lambda one: parts(one.version))

    def people() -> None:
        for one in found:
            mark = "  simulated labels" if one.simulated else ""
            tell(f"{one.version}  {one.made_at:%Y-%m-%d %H:%M}  {one.row_count:,} rows{mark}")
            if not (folder / "releases" / one.version / "manifest.json").exists() and one.manifest:
                tell(f"  its folder is not there; headrace release {one.version} writes it again")
        if not found:
            tell("no releases yet; make one with: headrace release")

    show(
        as_json,
        {"releases": [one.model_dump(mode="json", exclude={"manifest", "papers"}) for one in found]},
        people,
    )
