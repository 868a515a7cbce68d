"""The event log that a world leaves, as a stranger's table: times in UTC, ids as texts."""

import math
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from pipeline.simulation.core import simulate
from pipeline.simulation.model import NOTHING, CellModel, Job, Model, Service, Worker
from pipeline.simulation.worlds.hours import shifts_of
from pipeline.simulation.worlds.intake import arrivals
from pipeline.simulation.worlds.project import WEEK, Kind, Person, Project, World
from schemas.events import EventName

if TYPE_CHECKING:
    import pyarrow as pa

ADJUDICATION_CV = 0.6
SCREENING_CV = 0.5
REASONS: dict[EventName, str] = {"held": "parked", "dropped": "screened_out", "released": "weekly"}
Row: TypeAlias = tuple[float, EventName, int, int, int, int, float]
"""What a Recorder takes."""


def run(world: World) -> "pa.Table":
    """The log of a world, with the columns of schemas.events, sorted by time."""
    project = world.project
    source = np.random.default_rng([world.seed, 1])
    model = model_of(project, source)
    rows: list[Row] = []
    simulate(model, source, lambda *row: rows.append(row))
    cells = [job.cell for job in model.jobs]
    cells += _park(project, len(cells), rows, source)
    if project.releases:
        _release(project, rows)
    names = [worker.name for worker in model.workers]
    names += [f"screening-{number + 1}" for number in range(model.screeners)]
    return _table(rows, [kind.name for kind in project.kinds], cells, names)


def model_of(project: Project, source: np.random.Generator) -> Model:
    """A project as the simulation takes it."""
    return Model(
        cells=[_cell(kind, project) for kind in project.kinds],
        workers=[_worker(person, project) for person in project.people],
        jobs=[Job(moment, cell) for moment, cell in arrivals(project, source)],
        start=project.start,
        end=project.end,
        screeners=project.screeners,
    )


def _cell(kind: Kind, project: Project) -> CellModel:
    return CellModel(
        vote=Service(kind.minutes * 60, kind.cv),
        first=kind.first,
        most=kind.most,
        p_more=kind.p_more,
        p_escalated=kind.p_escalated,
        adjudication=Service(project.adjudication_minutes * 60, ADJUDICATION_CV),
        p_rejected=kind.p_rejected,
        screening=Service(project.screening_minutes * 60, SCREENING_CV),
        p_dropped=kind.p_dropped,
    )


def _worker(person: Person, project: Project) -> Worker:
    return Worker(
        name=person.id,
        cells=tuple(at for at, kind in enumerate(project.kinds) if person.may(kind.name)),
        shifts=shifts_of(person, project),
        speed=person.speed,
        labels=not person.adjudicates,
        adjudicates=person.adjudicates,
        until=person.until,
        overtime=project.overtime,
    )


def _park(project: Project, first: int, rows: list[Row], source: np.random.Generator) -> list[int]:
    """Tasks that come in and are put aside on purpose: here and there, or all on one day; their cells."""
    begin, end = project.start, project.intake_end
    if source.random() < 1 / 3:
        begin = float(source.uniform(begin, end - 86_400))
        end = begin + 3600
    moments = np.sort(source.uniform(begin, end, project.held)).tolist()
    for job, moment in enumerate(moments, first):
        rows.append(_row(moment, "ingested", job))
        rows.append(_row(min(moment + float(source.uniform(1, 7200)), project.end), "held", job))
    cells: list[int] = source.integers(0, len(project.kinds), project.held).tolist()
    return cells


def _release(project: Project, rows: list[Row]) -> None:
    """Every week, what has been accepted since the last time."""
    accepted = [(row[0], row[2]) for row in rows if row[1] == "accepted"]
    for ts, job in accepted:
        moment = project.start + math.ceil((ts - project.start) / WEEK) * WEEK
        if moment <= project.end:
            rows.append(_row(moment, "released", job))


def _row(ts: float, event: EventName, job: int) -> Row:
    return ts, event, job, NOTHING, 1, 0, math.nan


def _table(rows: list[Row], names: list[str], cells: list[int], actors: list[str]) -> "pa.Table":
    import pyarrow as pa

    ts, event, job, actor, attempt, slot, lead = zip(*sorted(rows, key=lambda row: row[0]), strict=True)
    jobs = np.array(job)
    given = jobs >= 0
    cell = np.append(np.array(cells, dtype=np.int64), 0)[jobs]
    voted = np.array(slot) > 0
    seconds = np.array(lead)
    return pa.table(
        {
            "ts": pa.array((np.array(ts) * 1e6).astype("int64"), pa.timestamp("us", tz="UTC")),
            "event": pa.array(event, pa.string()),
            "task": _texts([f"task-{number:06d}" for number in range(len(cells))], jobs, given),
            "record": _texts([f"record-{number:06d}" for number in range(len(cells))], jobs, given),
            "actor": _texts(actors, np.array(actor), np.array(actor) >= 0),
            "cell": _texts(names, cell, given),
            "attempt": pa.array(np.array(attempt, dtype=np.int32), mask=~given),
            "slot": pa.array(np.array(slot, dtype=np.int32), mask=~voted),
            "lead_seconds": pa.array(seconds, mask=np.isnan(seconds)),
            "reason": pa.array([REASONS.get(name) for name in event], pa.string()),
        }
    )


def _texts(names: list[str], places: Any, given: Any) -> "pa.Array":  # noqa: ANN401 - numpy arrays of any shape of number
    import pyarrow as pa

    places = pa.array(places.astype(np.int32), mask=~given)
    return pa.DictionaryArray.from_arrays(places, pa.array(names, pa.string())).cast(pa.string())
