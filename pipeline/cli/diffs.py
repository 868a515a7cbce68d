"""`headrace diff`: which rows make one release another than the next, and why."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from pipeline.cli.app import RELEASES, AsJson, app

if TYPE_CHECKING:
    from pipeline.released.differing import Difference
    from pipeline.released.opened import Opened
    from pipeline.released.whys import Ask

PLACE = "A version, a release's folder, or an address such as hf://org/set@1.3.0."
_ROWS = 20
_MOST_IN_JSON = 10_000


@app.command(rich_help_panel=RELEASES)
def diff(
    a: Annotated[str, typer.Argument(metavar="A", help=f"The release before. {PLACE}")],
    b: Annotated[str, typer.Argument(metavar="B", help="The one after it.")],
    rows: Annotated[
        int | None,
        typer.Option(
            "--rows", metavar="N", min=0, help="Show so many rows (default: 20; with --json, 10,000)."
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Tell which rows two releases differ in, each with why; no store is needed."""
    from pipeline.cli.output import show, tell
    from pipeline.cli.places import opened, project_here
    from pipeline.released.difference_words import in_words
    from pipeline.released.differing import difference, shown

    most = rows if rows is not None else _MOST_IN_JSON if as_json else _ROWS
    project = project_here()
    first, second = (opened(place, project) for place in (a, b))
    with difference(first, second, _ask(first, second)) as found:
        listed = shown(found.rows(), most)
        left_out = sum(found.all.changes.values()) - len(listed)

        def people() -> None:
            for line in in_words(found, listed, left_out):
                tell(line)

        show(as_json, {**_json(found), "rows": listed, "rows_left_out": left_out}, people)


def _ask(a: "Opened", b: "Opened") -> "Ask":
    """The project's store, where both are of this project; it is read at once, and only where something is to ask."""
    from pipeline.cli.places import of_this_project
    from pipeline.released.whys import nobody

    if not (of_this_project(a) and of_this_project(b)):
        return nobody

    def ask(tasks: Any) -> Any:  # noqa: ANN401 - columns of Arrow
        from pipeline.cli.session import reading
        from pipeline.releasing.asking import asker

        if len(tasks) == tasks.null_count:
            return nobody(tasks)
        with reading() as (_, _, store):
            return asker(store, b.manifest.version)(tasks)

    return ask


def _json(found: "Difference") -> dict[str, Any]:
    return {
        "a": _about(found.a),
        "b": _about(found.b),
        **found.all.to_json(),
        "same": found.same,
        "bump": found.bump,
        "cells": {name: counts.to_json() for name, counts in sorted(found.cells.items())},
        "task_types": {name: counts.to_json() for name, counts in sorted(found.task_types.items())},
    }


def _about(release: "Opened") -> dict[str, str]:
    manifest = release.manifest
    return {"name": manifest.name, "version": manifest.version, "content": manifest.content}
