"""The flow of a project, from its store and the log that it brought along."""

from datetime import datetime
from pathlib import Path

from pipeline.progress.analysis import RUNS, analyse
from pipeline.progress.forecast.kept import kept_in
from pipeline.progress.gaps import gaps, told
from pipeline.progress.teams import team_of
from pipeline.store import Store
from pipeline.store.log import EventLog
from schemas.flow import Flow
from schemas.project import History, Project
from schemas.team import Team, read_team


def flow_of(
    store: Store, project: Project, folder: Path, as_of: datetime, *, runs: int = RUNS, backtest: bool = True
) -> Flow | None:
    """What holds the project back, and when it will be done; None where nobody has labeled and nothing is planned.

    Raises UsageError where the log or the team that the project brought along cannot be read. As in `analyse`, the
    sentence is still to be put.
    """
    team = whole_team(store, project, folder)
    with log_of(store, project, folder, as_of) as log:
        if not (_answers(log) or team.plan or team.targets):
            return None
        as_of = stands_still(project, log, as_of)
        unheard = gaps(store, as_of)
        with kept_in(folder, team) as kept:
            flow = analyse(log, team, as_of, runs=runs, backtest=backtest, gaps=unheard, kept=kept)
    notes = (*flow.data_quality.notes, *told(unheard), *_simulated(project.history))
    at_the_door = bool(store.value("SELECT count(*) FROM door_events"))
    return flow.replace(data_quality=flow.data_quality.replace(notes=notes, at_the_door=at_the_door))


def stands_still(project: Project, log: EventLog, as_of: datetime) -> datetime:
    """The moment that is looked at: with a history that was made up the last event, for made-up time stands still."""
    if project.history is None or not project.history.simulated or not log.counts["events"]:
        return as_of
    last: datetime = log.rows("SELECT max(ts) AS last FROM log")[0]["last"]
    return min(as_of, last)


def _answers(log: EventLog) -> int:
    return int(log.rows("SELECT count(*) AS n FROM log WHERE event = 'submitted'")[0]["n"])


def whole_team(store: Store, project: Project, folder: Path) -> Team:
    """A project's team, and that of the history that it brought along."""
    return _with_history(team_of(project, store), project.history, folder)


def log_of(store: Store, project: Project, folder: Path, as_of: datetime) -> EventLog:
    """The events of a project up to a moment: its store's, and those that it brought along."""
    log = EventLog.of_store(store, as_of)
    if project.history is not None:
        with EventLog.of_file(folder / project.history.path, as_of, whole=True) as brought:
            log.add(brought.table())
            log.counts.update(brought.counts)
    return log


def _with_history(team: Team, history: History | None, folder: Path) -> Team:
    """The project's team and that of its history; where both speak, the project has the word."""
    if history is None or history.team is None:
        return team
    brought = read_team(folder / history.team)
    known = {person.id for person in team.people}
    votes = brought.overlap if isinstance(brought.overlap, dict) else {}
    return team.replace(
        overlap={**votes, **(team.overlap if isinstance(team.overlap, dict) else {})},
        people=(*team.people, *(person for person in brought.people if person.id not in known)),
        plan={**brought.plan, **team.plan},
        targets={**brought.targets, **team.targets},
        minutes={**brought.minutes, **team.minutes},
    )


def _simulated(history: History | None) -> tuple[str, ...]:
    if history is None or not history.simulated:
        return ()
    return (f"SIMULATED: The history in {history.path} was made up; nobody ever worked so.",)
