"""`headrace releases verify`: whether a release is what its manifest says, and is made again byte for byte."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pipeline.cli.app import AsJson
from pipeline.cli.releases import group

if TYPE_CHECKING:
    from pipeline.released.opened import Opened
    from pipeline.released.verifying import Check, Rebuild

FAILED = 1


@group.command()
def verify(
    place: Annotated[
        str,
        typer.Argument(
            metavar="VERSION|PLACE",
            help="A version, a release's folder, or an address such as hf://org/set@1.3.0.",
        ),
    ],
    as_json: AsJson = False,
) -> None:
    """Hold a release against its manifest: files, rows, votes, splits; in its project, make it again and compare."""
    from pipeline.cli.output import note, show, tell
    from pipeline.cli.places import opened, project_here
    from pipeline.released.verifying import verify as looked

    release = opened(place, project_here())
    checks: list[Check] = []
    for check in looked(release, _rebuild(release)):
        checks.append(check)
        if not as_json:
            tell(_line(check))
            for fault in check.faults:
                tell(f"  {fault}")
    failed = [check.name for check in checks if not check.held]

    def people() -> None:
        tell(f"{release}: {'not as its manifest says' if failed else 'as its manifest says'}")

    show(as_json, _json(release, checks), people)
    if failed:
        note(f"{place}: all checks were expected to hold, {', '.join(failed)} did not; do not use it")
        raise typer.Exit(FAILED)


def _json(release: "Opened", checks: "list[Check]") -> dict[str, Any]:
    return {
        "name": release.manifest.name,
        "version": release.manifest.version,
        "content": release.manifest.content,
        "held": all(check.held for check in checks),
        "checks": [check.to_json() for check in checks],
    }


def _line(check: "Check") -> str:
    return f"{'held' if check.held else 'FAILED':<7} {check.name:<12} {check.looked:>10,} looked at"


def _rebuild(release: "Opened") -> "Rebuild | None":
    """Makes it again from the store, where it is of this project and no preview."""
    from pipeline.cli.places import of_this_project, project_here

    project = project_here()
    if project is None or release.manifest.preview or not of_this_project(release):
        return None

    def again(version: str) -> dict[str, str]:
        from tempfile import TemporaryDirectory

        from pipeline.cli.session import reading
        from pipeline.released.parquet import sha256
        from pipeline.releasing.frozen import rebuild

        with reading() as (_, _, store), TemporaryDirectory(dir=project / ".headrace") as folder:
            rebuild(store, version, Path(folder))
            made = [path for path in Path(folder).rglob("*") if path.is_file()]
            return {path.relative_to(folder).as_posix(): sha256(path) for path in made}

    return again
