"""The demo as a command."""

import shlex
import sys
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from pipeline.cli.app import EVERYDAY, AsJson, app, chosen

if TYPE_CHECKING:
    from pipeline.context import Progress

T = TypeVar("T")
SILENCE = 10.0
"""Seconds between two lines about a work that goes on."""


@app.command(rich_help_panel=EVERYDAY)
def demo(
    into: Annotated[
        Path | None, typer.Argument(metavar="[DIR]", help="Where (default: the folder of -C, or else demo).")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Walk 192 known problems the whole way, on a real Label Studio with simulated annotators."""
    from pipeline.cli.output import note, show, tell
    from pipeline.demo.telling import lines
    from pipeline.demo.walk import walk

    folder = into or chosen.folder or Path("demo")
    summary, tallies = walk(folder, note, _progress())

    def people() -> None:
        typed = f"{_as_typed()} -C {shlex.quote(str(folder))}"
        for line in lines(summary, typed, shlex.quote(str(folder)), _password(folder)):
            tell(line)

    stages = [tally.to_json(name) for name, tally in tallies.items()]
    show(as_json, {"stages": stages, **summary.to_json()}, people)


class Lines:
    """Progress for a pipe: a line now and then."""

    def track(self, things: Iterable[T], what: str, total: int | None = None) -> Iterator[T]:
        """Hand the things on, and say every now and then how many have gone by."""
        from pipeline.cli.output import note

        told = time.monotonic()
        for number, thing in enumerate(things, start=1):
            yield thing
            if time.monotonic() - told > SILENCE:
                told = time.monotonic()
                note(f"{what}: {number:,}{f' of {total:,}' if total else ''}")


def _progress() -> "Progress":
    from pipeline.cli.session import Bars

    return Bars() if sys.stderr.isatty() else Lines()


def _password(folder: Path) -> str | None:
    """The demo's own password, for eyes at a terminal: never into a log."""
    from pipeline.label_studio.state import Home

    server = Home(folder).read() if sys.stdout.isatty() else None
    return server.password if server else None


def _as_typed() -> str:
    """How this program is called from here: `make demo` runs it from an environment that is not on the PATH."""
    import shutil

    program = Path(sys.argv[0])
    if program.name == "__main__.py":
        return f"{shlex.quote(sys.executable)} -m pipeline"
    found = shutil.which("headrace")
    if found is not None and Path(found).resolve() == program.resolve():
        return "headrace"
    return shlex.quote(str(program))
