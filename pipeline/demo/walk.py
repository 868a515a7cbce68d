"""The demo from end to end: a project, a Label Studio, people at work, agreed labels, a release and a report."""

import tomllib
from collections.abc import Callable
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path

from pipeline import opening
from pipeline.context import Progress, Tally
from pipeline.demo import history
from pipeline.demo import project as demo_project
from pipeline.demo.accounts import tokens
from pipeline.demo.annotators import HttpSeat
from pipeline.demo.steps import ASK, Steps, Tell, Workplace
from pipeline.demo.summary import Made, Summary, summarize
from pipeline.label_studio import server
from pipeline.progress.project import flow_of
from pipeline.report import html, progress
from pipeline.report.sentence import told
from pipeline.store import StorePlace
from schemas.errors import HeadraceError, ProjectError, SourceError
from schemas.flow import Flow
from schemas.project import FILE, Project, parse_project, read_project

REPORT = "report.html"


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
    project = _project(folder, tell)
    place = workplace(folder, tell)
    steps = Steps(folder, project, place, tell, shown)
    steps.run("ingest", *ASK)
    steps.label()
    version, released = steps.release()
    now = datetime.now(UTC)
    with StorePlace(folder).reading() as store:
        measured = progress.measure(store, project, now)
        flow = _flow(lambda: flow_of(store, project, folder, now), tell)
        html.write(measured, folder / REPORT, flow)
        made = Made(
            project=folder / FILE,
            release=released,
            version=version,
            rows=store.value("SELECT row_count FROM releases WHERE version = ?", [version]),
            report=folder / REPORT,
            url=place.server.address,
            username=place.server.username,
            credentials=server.credentials_file(folder),
        )
        return summarize(store, measured, made, flow), steps.tallies


def _flow(analyse: Callable[[], Flow | None], tell: Tell) -> Flow | None:
    """What holds the labeling back; a fault of it is told, and the rest of the demo is worth showing."""
    try:
        flow = analyse()
    except HeadraceError as error:
        tell(f"report    {error}")
        return None
    return told(flow) if flow else None


def _project(folder: Path, tell: Tell) -> Project:
    """The demo's project in the folder, written where there is none; nothing of anybody else's is touched."""
    if find_spec("reasoning_gym") is None:
        raise SourceError(
            "demo: the package reasoning-gym was expected, is not installed; pip install 'headrace[synthetic]'"
        )
    _check_folder(folder)
    tell(f"demo      Write a project, its records, and three weeks that were simulated: {folder}")
    made = None if (folder / FILE).exists() else history.simulated(datetime.now(UTC))
    demo_project.write(folder, made.toml() if made else "")
    project = read_project(folder)
    if history.is_wanted(folder, project):
        (made or history.simulated(datetime.now(UTC))).write(folder)
    return project


def _check_folder(folder: Path) -> None:
    if not folder.exists():
        return
    if (folder / FILE).exists():
        _check_project(folder)
        return
    other = next((path.name for path in sorted(folder.iterdir())), None)
    if other is not None:
        raise ProjectError(
            f"{folder}: an empty folder or the demo's was expected, found {other!r} in it; "
            "name another folder: headrace demo DIR"
        )


def _check_project(folder: Path) -> None:
    found, ours = read_project(folder), parse_project(tomllib.loads(demo_project.project_toml()))
    if (found.sources, found.tasks) == (ours.sources, ours.tasks):
        return
    if (found.name, found.sources) == (ours.name, ours.sources):
        raise ProjectError(
            f"{folder / FILE}: the demo of this version was expected, found an older one's or a changed one, to which "
            "all other commands (status, report, run) still apply; name another folder: headrace demo DIR"
        )
    raise ProjectError(
        f"{folder / FILE}: the demo's project was expected, found another; "
        "name another folder: headrace demo DIR"
    )
