"""The commands that take care of a project as a whole: does it hold together, put it aside, bring it back."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pipeline.cli.app import EVERYDAY, AsJson, Wait, app

if TYPE_CHECKING:
    from pipeline.care.manifest import Manifest
    from pipeline.care.restore import Restored


@app.command(rich_help_panel=EVERYDAY)
def doctor(wait: Wait = 60.0, as_json: AsJson = False) -> None:
    """Compare the store and Label Studio task by task, changing nothing; exit code 1 where they disagree."""
    from pipeline import opening
    from pipeline.care.doctor import examine, speak
    from pipeline.cli.output import show, tell
    from pipeline.cli.session import bars, read_project

    folder, project = read_project()
    found = examine(folder, project, opening.usual(folder), wait=wait, progress=bars())
    show(as_json, found.to_json(), lambda: speak(found, tell))
    if not found.agrees:
        raise typer.Exit(1)


@app.command(rich_help_panel=EVERYDAY)
def backup(
    into: Annotated[Path, typer.Argument(metavar="DIR", help="The backup's folder, a new one.")],
    store_only: Annotated[
        bool, typer.Option("--store-only", help="Leave Label Studio out, as where it runs elsewhere.")
    ] = False,
    releases: Annotated[bool, typer.Option("--releases", help="Take the folder of releases too.")] = False,
    wait: Wait = 60.0,
    as_json: AsJson = False,
) -> None:
    """Put aside the store and Label Studio as they are at one moment, with the project's own files."""
    from pipeline.care.backup import Wanted, back_up
    from pipeline.cli.output import note, show, tell
    from pipeline.cli.session import read_project

    folder, project = read_project()
    made = back_up(folder, project, into, Wanted(store_only, releases), wait=wait, report=note)

    def people() -> None:
        tell(
            f"wrote {into}: {len(made.files):,} files, {made.size / 2**20:,.1f} MB; it holds secrets, keep it shut"
        )
        if made.left_out:
            tell(f"Label Studio is not in it: {made.left_out}")

    show(as_json, of_a_backup(into, made), people)


@app.command(rich_help_panel=EVERYDAY)
def restore(
    source: Annotated[Path, typer.Argument(metavar="DIR", help="A folder that headrace backup made.")],
    force: Annotated[
        bool, typer.Option("--force", help="Also where the project holds work that the backup does not.")
    ] = False,
    wait: Wait = 60.0,
    as_json: AsJson = False,
) -> None:
    """Bring a backup back into the project's folder, keeping aside what is there."""
    from pipeline.care.restore import restore as bring_back
    from pipeline.cli.output import note, show, tell

    folder = _folder_to_fill()
    done = bring_back(folder, source, force=force, wait=wait, report=note)

    def people() -> None:
        tell(f"restored {folder} as of {done.manifest.made_at:%Y-%m-%d %H:%M} UTC")
        if done.kept is not None:
            tell(f"what was there is kept in {done.kept}")
        if done.manifest.label_studio:
            tell(f"to go on: headrace -C {folder} up, headrace -C {folder} doctor")

    show(as_json, of_a_restore(folder, done), people)


def _folder_to_fill() -> Path:
    """The project's folder, or else where we are: a project may be lost as a whole."""
    from pipeline.cli.session import project_folder
    from schemas.errors import ProjectError

    try:
        return project_folder()
    except ProjectError:
        return Path.cwd()


def of_a_backup(into: Path, made: "Manifest") -> dict[str, Any]:
    """What `backup --json` prints."""
    return {"backup": into, "bytes": made.size, "files": len(made.files), **_shown(made)}


def of_a_restore(folder: Path, done: "Restored") -> dict[str, Any]:
    """What `restore --json` prints."""
    return {"project": folder, "kept": done.kept, **_shown(done.manifest)}


def _shown(manifest: "Manifest") -> dict[str, Any]:
    return manifest.model_dump(mode="json", include={"made_at", "store", "label_studio", "left_out"})
