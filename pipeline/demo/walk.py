"""The demo from end to end: a project, a Label Studio, people at work, agreed labels, a release and a report."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path
from typing import Any, TypeAlias

from pipeline import opening
from pipeline.context import Context, Progress, Tally, run_stage
from pipeline.demo import project as demo_project
from pipeline.demo.accounts import tokens
from pipeline.demo.annotators import HttpSeat, Seat, work
from pipeline.demo.summary import Made, Summary, summarize
from pipeline.demo.truth import Known, truth
from pipeline.label_studio import server
from pipeline.report import html, progress
from pipeline.stages import load, sentence
from pipeline.stages.release import release
from pipeline.store import StorePlace
from schemas.errors import ProjectError, SourceError
from schemas.facts import RemoteProjectFact, TaskFact
from schemas.project import FILE, Project, parse_project, read_project

Tell: TypeAlias = Callable[[str], None]
REPORT = "report.html"


@dataclass(frozen=True)
class Workplace:
    """A Label Studio that runs, and the seats in it for the demo's people."""

    server: server.Server
    studio: opening.Studio
    seats: Callable[[], Sequence[Seat]]


def own_workplace(folder: Path, tell: Tell) -> Workplace:
    """The project's own Label Studio, started where it does not run; never one that the environment names."""
    running = server.up(folder, report=tell)
    return Workplace(
        server=running,
        studio=opening.embedded(running),
        seats=lambda: [HttpSeat(running.url, token) for token in tokens(folder, running)],
    )


def walk(
    folder: Path,
    tell: Tell,
    shown: Progress,
    workplace: Callable[[Path, Tell], Workplace] = own_workplace,
) -> tuple[Summary, dict[str, Tally]]:
    """Walk the demo's records the whole way; what is done already is not done again.

    Args:
        folder: Where: empty, missing, or with the demo in it.
        tell: Is told in one line what happens.
        shown: Shows how far a long work is.
        workplace: Gives the Label Studio and its people's seats.

    Returns:
        The summary, and the tally of each stage.

    Raises:
        HeadraceError: Where the folder is somebody else's, or a stage cannot go on.
    """
    step = _Steps(folder, _project(folder, tell), tell, shown)
    place = workplace(folder, tell)
    for name in ("ingest", "generate", "push"):
        step.run(place, name)
    known = step.label(place)
    for name in ("sync", "check", "resolve"):
        step.run(place, name)
    version, released = step.release(place)
    with StorePlace(folder).reading() as store:
        html.write(progress.measure(store, step.project, datetime.now(UTC)), folder / REPORT)
        made = Made(
            project=folder / FILE,
            release=released,
            version=version,
            rows=store.value("SELECT row_count FROM releases WHERE version = ?", [version]),
            report=folder / REPORT,
            url=place.server.url,
            username=place.server.username,
            credentials=server.credentials_file(folder),
        )
        return summarize(store, known, made), step.tallies


class _Steps:
    """The steps of the walk, each with the store to itself, as if typed one after the other."""

    def __init__(self, folder: Path, project: Project, tell: Tell, shown: Progress) -> None:
        self.folder = folder
        self.project = project
        self.tallies: dict[str, Tally] = {}
        self._tell = tell
        self._shown = shown

    def run(self, place: Workplace, name: str, stage: Callable[[Context], Tally] | None = None) -> None:
        """Run one stage, keep its tally and tell it."""
        with self._writing(place, name) as ctx:
            tally = self.tallies[name] = run_stage(ctx, name, stage or load(name))
        self._say(name, sentence(name), f"{tally.done:,} new")

    def label(self, place: Workplace) -> dict[str, Known]:
        """Let the people label until the queue is empty; returns what is true of each task."""
        with self._writing(place, "demo") as ctx:
            known = _known(ctx)
            projects = ctx.store.facts(RemoteProjectFact, "server = ?", [ctx.server])
            votes = sum(task.overlap for task in ctx.store.facts(TaskFact))
            left = votes - ctx.store.value("SELECT count(*) FROM current_annotations")
        turns = work(place.seats(), [project.project_id for project in projects], known)
        answers = sum(1 for _ in self._shown.track(turns, "label", left))
        self._say(
            "(label)", "Six simulated annotators work through Label Studio's queue.", f"{answers:,} answers"
        )
        return known

    def release(self, place: Workplace) -> tuple[str, Path]:
        """Release what is agreed; the version and its folder."""
        made: dict[str, Any] = {}

        def freeze(ctx: Context) -> Tally:
            tally, made["version"], made["folder"] = release(ctx)
            return tally

        self.run(place, "release", freeze)
        return made["version"], made["folder"]

    def _writing(self, place: Workplace, command: str) -> Any:  # noqa: ANN401 - a context manager
        return opening.writing(self.folder, self.project, place.studio, command, progress=self._shown)

    def _say(self, name: str, what: str, count: str) -> None:
        self._tell(f"{name:<9} {what.partition(';')[0].rstrip('.')}: {count}")


def _project(folder: Path, tell: Tell) -> Project:
    """The demo's project in the folder, written where there is none; nothing of anybody else's is touched."""
    if find_spec("reasoning_gym") is None:
        raise SourceError(
            "demo: the package reasoning-gym was expected, is not installed; pip install 'headrace[synthetic]'"
        )
    _check_folder(folder)
    tell(f"demo      Write a project and its records: {folder}")
    demo_project.write(folder)
    return read_project(folder)


def _check_folder(folder: Path) -> None:
    if not folder.exists():
        return
    if (folder / FILE).exists():
        found, ours = read_project(folder), parse_project(_demo_toml())
        if (found.sources, found.tasks) != (ours.sources, ours.tasks):
            raise ProjectError(
                f"{folder / FILE}: the demo's project was expected, found another; "
                "name another folder: headrace demo DIR"
            )
        return
    other = next((path.name for path in sorted(folder.iterdir())), None)
    if other is not None:
        raise ProjectError(
            f"{folder}: an empty folder or the demo's was expected, found {other!r} in it; "
            "name another folder: headrace demo DIR"
        )


def _demo_toml() -> dict[str, Any]:
    import tomllib

    return tomllib.loads(demo_project.project_toml())


def _known(ctx: Context) -> dict[str, Known]:
    """What is true of each task in the store, by its id."""
    items: Mapping[str, Known] = truth()
    tasks = ctx.store.facts(TaskFact)
    strange = [task.task_id for task in tasks if task.item_id not in items]
    if strange:
        raise ProjectError(
            f"{ctx.folder}: only this version's problems were expected, found {len(strange)} tasks of another demo; "
            "remove the folder, or name another: headrace demo DIR"
        )
    return {task.task_id: items[task.item_id] for task in tasks}
