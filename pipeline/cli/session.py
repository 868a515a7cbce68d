"""From the command line to a Context: the project's folder, its store, its Label Studio, progress."""

import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from pipeline.cli.app import chosen
from schemas.errors import ProjectError

if TYPE_CHECKING:
    from pipeline.context import Context, Progress
    from pipeline.store import Store
    from schemas.project import Project

T = TypeVar("T")


def project_folder() -> Path:
    """The folder named by -C, or the nearest with a project.toml from here upwards."""
    if chosen.folder is not None:
        return chosen.folder
    here = Path.cwd()
    for folder in (here, *here.parents):
        if (folder / "project.toml").exists():
            return folder
    raise ProjectError(
        f"{here}: a project.toml was expected here or above, there is none; make one with: headrace init DIR"
    )


def read_project() -> tuple[Path, "Project"]:
    """The folder and its project, whose own task types are known from then on."""
    from schemas import project
    from tasks import _own

    folder = project_folder()
    _own.look_in(folder)
    return folder, project.read_project(folder)


@contextmanager
def writing(command: str, wait: float) -> Iterator["Context"]:
    """A context that may write, alone."""
    from pipeline import opening

    folder, project = read_project()
    studio = opening.usual(folder)
    with opening.writing(folder, project, studio, command, wait=wait, progress=bars()) as ctx:
        yield ctx


@contextmanager
def reading() -> Iterator[tuple[Path, "Project", "Store"]]:
    """The folder, its project and the newest snapshot of its store."""
    from pipeline.store import StorePlace

    folder, project = read_project()
    with StorePlace(folder).reading() as store:
        yield folder, project, store


def bars() -> "Progress":
    """Progress bars on a terminal, nothing in a pipe."""
    from pipeline.context import Quiet

    return Bars() if sys.stderr.isatty() else Quiet()


class Bars:
    """A progress bar on stderr for work that takes a while."""

    def track(self, things: Iterable[T], what: str, total: int | None = None) -> Iterator[T]:
        """Hand the things on, and show how many have gone by."""
        from rich.console import Console
        from rich.progress import track

        yield from track(things, what, total, console=Console(stderr=True), transient=True)
