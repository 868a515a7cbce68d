"""A project opened for work: its store, the Label Studio it speaks to, and how its progress is shown."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from pipeline.context import Context, Progress
from pipeline.label_studio import outside
from pipeline.label_studio.base import LabelStudio
from pipeline.label_studio.server import Server, connection
from pipeline.store import StorePlace
from schemas.project import Project
from tasks import _own as own_tasks

EMBEDDED = "embedded"


@dataclass(frozen=True)
class Studio:
    """A Label Studio: what the facts call it, and how to reach it."""

    name: str
    connect: Callable[[], LabelStudio]


def embedded(server: Server) -> Studio:
    """The project's own, which runs."""
    return Studio(EMBEDDED, lambda: _connect(server.url, server.token))


def usual(folder: Path) -> Studio:
    """The one that the environment names, or else the project's own; raises LabelStudioError once it is asked."""
    return Studio(outside.address() or EMBEDDED, lambda: _connect(*connection(folder)))


@contextmanager
def writing(
    folder: Path, project: Project, studio: Studio, command: str, *, wait: float = 60.0, progress: Progress
) -> Iterator[Context]:
    """A context that may write, alone; raises StoreBusy where another command writes for longer than the wait."""
    own_tasks.look_in(folder)
    with StorePlace(folder).writing(f"headrace {command}", wait) as store:
        yield Context(
            folder=folder,
            project=project,
            store=store,
            connect=studio.connect,
            server=studio.name,
            progress=progress,
        )


def _connect(url: str, token: str) -> LabelStudio:
    from pipeline.label_studio.client import connect

    return connect(url, token)
