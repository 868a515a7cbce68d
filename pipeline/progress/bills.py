"""The bill of a project: hours and work by team, person or cell, from its own store alone."""

from datetime import datetime

from pipeline.progress.analysis import prepare
from pipeline.progress.metrics.billing import Bill, By, billing
from pipeline.progress.reading import columns_of, table_of
from pipeline.progress.teams import team_of
from pipeline.store import Store
from pipeline.store.log import EventLog
from schemas.project import Project


def bills_of(store: Store, project: Project, as_of: datetime, by: By) -> tuple[Bill, ...]:
    """A line each with hours and votes up to a moment; a log that the project brought along is not in it."""
    team = team_of(project, store)
    with EventLog.of_store(store, as_of, whole=True) as log:
        if not log.counts["events"]:
            return ()
        columns = prepare(columns_of(log), team, as_of).columns
    with EventLog.of_arrow(table_of(columns)) as whole:
        return billing(whole, team, by)
