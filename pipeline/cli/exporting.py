"""`headrace export`: a release in the format that a trainer reads."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pipeline.cli.app import RELEASES, AsJson, app

if TYPE_CHECKING:
    from exports.account import Account
    from pipeline.released.opened import Opened


@app.command(rich_help_panel=RELEASES)
def export(
    place: Annotated[
        str,
        typer.Argument(metavar="VERSION|PLACE", help="A version of the project, a folder, s3://… or hf://…."),
    ],
    wanted: Annotated[
        str | None,
        typer.Argument(metavar="FORMAT", help="Such as trl_preference (default: say which formats fit)."),
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="DIR", help="Where (default: exports/VERSION/FORMAT).")
    ] = None,
    sets: Annotated[
        list[str] | None, typer.Option("--set", metavar="NAME", help="A file set; again for another.")
    ] = None,
    choices: Annotated[
        list[str] | None,
        typer.Option("--choice", metavar="KEY=VALUE", help="What the format leaves open; again for another."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Write a release in the format that a trainer reads."""
    from pipeline.cli.output import show
    from pipeline.cli.session import bars
    from pipeline.exporting.choosing import folder_of, format_named
    from pipeline.exporting.making import Wanted, export
    from pipeline.released.opened import Opened

    folder = _project()
    release = Opened(place, folder)
    if wanted is None:
        _tell_fitting(release, as_json)
        return
    name = format_named(wanted).name
    at = out or (folder or Path.cwd()) / "exports" / folder_of(release) / name
    account = export(release, Wanted(name, tuple(sets or ()), _read(choices or [])), at, bars())
    content = {"folder": str(at), "rows": account.made, "left_out": account.left_out()}
    show(as_json, {**account.model_dump(mode="json"), **content}, lambda: _tell(account, at))


def _project() -> Path | None:
    """The project's folder; None outside of one, where places of releases are addresses."""
    from pipeline.cli.session import project_folder
    from schemas.errors import ProjectError

    try:
        return project_folder()
    except ProjectError:
        return None


def _read(choices: list[str]) -> dict[str, str]:
    from schemas.errors import UsageError

    read = {}
    for said in choices:
        key, equals, value = said.partition("=")
        if not equals:
            raise UsageError(f"--choice: KEY=VALUE was expected, is {said!r:.60}; such as neutral=wrong")
        read[key.strip()] = value
    return read


def _tell(account: "Account", at: Path) -> None:
    from pipeline.cli.output import tell

    tell(f"export {account.release.version} as {account.format}: {account.made:,} rows, in {at}")
    for why, count in account.left_out().items():
        tell(f"  left out: {count:,} because {why}")
    for name, value in account.choices.items():
        tell(f"  {name} = {value!r}")
    golds = account.golds
    if golds and golds.unreadable:
        tell(
            f"  {golds.unreadable:,} of {golds.checked:,} right answers that are no plain numbers cannot be read by a "
            f"reward function, as that of {golds.examples[0]}"
        )


def _tell_fitting(release: "Opened", as_json: bool) -> None:
    from exports import export_formats
    from pipeline.cli.output import show, tell
    from pipeline.exporting.choosing import fitting

    found = fitting(release)

    def people() -> None:
        for name, formats in found.items():
            tell(f"{name} ({release.sets[name].row_class}): {', '.join(formats)}")
        for one in export_formats().values():
            chosen = ", ".join(
                f"{key} = {_default(field)}" for key, field in one.choices.model_fields.items()
            )
            tell(f"  {one.name:<24} {one.title}{f'; {chosen}' if chosen else ''}")

    show(as_json, {"sets": found}, people)


def _default(field: Any) -> str:  # noqa: ANN401 - a field of pydantic's
    return repr(field.default)
