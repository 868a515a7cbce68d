"""The demo from end to end: a project, a Label Studio, people at work, agreed labels, a release and a report."""

import os
import tomllib
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import replace
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path
from threading import Thread

from pipeline import opening
from pipeline.context import Progress, Tally
from pipeline.demo import history
from pipeline.demo import project as demo_project
from pipeline.demo.accounts import seats, visitors_link
from pipeline.demo.rounds import compared
from pipeline.demo.steps import ASK, SIFT, Steps, Tell, Workplace
from pipeline.demo.summary import Made, Summary, summarize
from pipeline.door import process
from pipeline.label_studio import server
from pipeline.label_studio.outside import TOKEN_VARIABLE, URL_VARIABLE
from pipeline.progress.project import flow_of
from pipeline.report import html, progress
from pipeline.report.sentence import told
from pipeline.store import StorePlace
from schemas.errors import HeadraceError, ProjectError, SourceError, VerificationError
from schemas.flow import Flow
from schemas.project import FILE, Project, TaskConfig, parse_project, read_project

REPORT = "report.html"
PATIENCE = 3.0
"""Seconds that the door may take to read what was pushed."""


def own_workplace(folder: Path, tell: Tell) -> Workplace:
    """The project's own Label Studio with the door before it, started where they do not run."""
    for name in (URL_VARIABLE, TOKEN_VARIABLE):
        os.environ.pop(
            name, None
        )  # never one that a shell happens to name, also for the door, which inherits them
    running = server.up(folder, report=tell)
    door = process.up(folder, running.url, report=tell)
    return Workplace(
        server=running,
        studio=opening.embedded(running),
        door=door.addresses()[0],
        seats=lambda ctx: seats(ctx, door),
        link=lambda ctx: visitors_link(ctx, door),
        patience=PATIENCE,
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
    _prepare(folder, tell)
    coming = _beside(lambda: workplace(folder, tell))
    steps = Steps(folder, read_project(folder), None, tell, shown)
    steps.run(*SIFT)
    place = coming.result()
    demo_project.write_crew(folder, place.server.username)
    steps = replace(steps, project=read_project(folder), place=place)
    project = steps.project
    is_first = steps.begin()
    steps.run(*ASK)
    if is_first:
        steps.label()
        steps.release()
    steps.label_again()
    version, released = steps.release()
    link = steps.link()
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
            door=place.door,
            link=link,
            rounds=compared(store, folder),
        )
        return summarize(store, measured, made, flow), steps.tallies


def _beside(work: Callable[[], Workplace]) -> "Future[Workplace]":
    """Do it while something else is done: a Label Studio that was never there takes a minute to come."""
    coming: Future[Workplace] = Future()

    def fulfil() -> None:
        try:
            coming.set_result(work())
        except BaseException as error:  # noqa: BLE001 - it is raised where it is waited for
            coming.set_exception(error)

    Thread(target=fulfil, daemon=True).start()  # an interruption does not wait for it
    return coming


def _flow(analyse: Callable[[], Flow | None], tell: Tell) -> Flow | None:
    """What holds the labeling back; a fault of it is told, and the rest of the demo is worth showing."""
    try:
        flow = analyse()
    except HeadraceError as error:
        tell(f"report    {error}")
        return None
    return told(flow) if flow else None


def _prepare(folder: Path, tell: Tell) -> None:
    """Have the demo's project in the folder, written where there is none; nothing of anybody else's is touched."""
    if find_spec("reasoning_gym") is None:
        raise SourceError(
            "demo: the package reasoning-gym was expected, is not installed; pip install 'headrace[synthetic]'"
        )
    _check_folder(folder)
    tell(f"demo      Write a project, its records, and three weeks that were simulated: {folder}")
    made = None if (folder / FILE).exists() else history.simulated(datetime.now(UTC))
    demo_project.write(folder, f"{_programs(tell)}{made.toml()}" if made else "")
    if history.is_wanted(folder, read_project(folder)):
        (made or history.simulated(datetime.now(UTC))).write(folder)


def _programs(tell: Tell) -> str:
    """That programs are to be run, where they can be; else why they cannot is told, and the rest goes on."""
    try:
        return demo_project.programs_toml()
    except VerificationError as error:
        tell(f"demo      Programs are not run: {error}")
        return ""


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
    if (found.sources, _without_door(found)) == (ours.sources, _without_door(ours)):
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


def _without_door(project: Project) -> tuple[TaskConfig, ...]:
    """What is asked of people, without what a demo from before there was a door lacks."""
    return tuple(task.replace(gold=None, priority={}) for task in project.tasks)
