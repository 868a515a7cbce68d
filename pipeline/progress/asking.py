"""What-if: the forecast and the loads of a log, before and after a change to its team."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from pipeline.progress.analysis import prepare
from pipeline.progress.changed import changed
from pipeline.progress.forecast.changes import Known, apply
from pipeline.progress.forecast.whatif import Question, what_if
from pipeline.progress.measuring import measure, window_of
from pipeline.progress.model import Model
from pipeline.progress.project import log_of, stands_still, whole_team
from pipeline.progress.reading import columns_of
from pipeline.store import Store
from pipeline.store.log import EventLog
from schemas.errors import UsageError
from schemas.flow import Load, WhatIf
from schemas.project import Project
from schemas.team import Team


@dataclass(frozen=True)
class Answer:
    """What a change would do."""

    as_of: datetime
    forecasts: WhatIf
    loads: tuple[tuple[Load, Load | None], ...]
    """Each resource before and after, once the change is in force."""


def ask_project(store: Store, project: Project, folder: Path, as_of: datetime, question: Question) -> Answer:
    """What a change would do to a project; UsageError where it names what is not there, or nothing is there."""
    with log_of(store, project, folder, as_of) as log:
        return ask(log, whole_team(store, project, folder), stands_still(project, log, as_of), question)


def ask(log: EventLog, team: Team, as_of: datetime | None, question: Question) -> Answer:
    """What a change would do to the flow of a log as of a moment, by default its last."""
    if not log.counts["events"]:
        raise UsageError("what-if: events were expected to go by, there are none yet; see: headrace report")
    prepared = prepare(columns_of(log), team, as_of)
    forecasts = what_if(prepared.columns, team, prepared.as_of, question, prepared.work)
    window = window_of(prepared.columns, prepared.as_of.timestamp())
    before = measure(prepared.columns, prepared.work, team, window)
    after = apply(team, question.changes, Known(before.cells.names, before.people.names))
    eased = {load.resource: load for load in Model(changed(before, team, after)).told()}
    loads = tuple((load, eased.get(load.resource)) for load in Model(before).told())
    return Answer(prepared.as_of, forecasts, loads)
