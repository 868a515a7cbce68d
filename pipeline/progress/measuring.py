"""From the log to the numbers that the model of the bottleneck needs."""

from itertools import pairwise

import numpy as np

from pipeline.progress.columns import Columns, Floats
from pipeline.progress.deriving.work import Work
from pipeline.progress.intake import came_by_day, planned, tasks_until
from pipeline.progress.lumps import to_whole_rounds
from pipeline.progress.measured import DAY, FORTNIGHT, HOUR, WEEK, CellFigures, Days, Measured, Span
from pipeline.progress.screening import passage_of, screening_figures
from pipeline.progress.service import usual
from pipeline.progress.staffing import Staff, attendance, people_figures, staff_of
from pipeline.progress.tallies import ENOUGH, Tallies, tallies_of, votes_per_task
from pipeline.progress.waiting import queues
from schemas.team import Team

A_VOTE, AN_ADJUDICATION = 0.1, 0.1
"""Hours, where there is nothing to measure and nobody declares minutes."""


def window_of(columns: Columns, as_of: float | None = None) -> Span:
    """The last two weeks; the last one of a log too short for two; all of a log shorter than that."""
    first, last = columns.span
    end = last if as_of is None else as_of
    length = end - first
    if length >= FORTNIGHT - DAY / 2:
        return end - FORTNIGHT, end
    return (end - WEEK, end) if length >= WEEK - DAY / 2 else (min(first, end - HOUR), end)


def measure(columns: Columns, work: Work, team: Team, window: Span) -> Measured:
    """The flow of a cleaned and derived log within a window. Nothing after the window's end is looked at."""
    tallies = tallies_of(columns, window)
    names = columns.cells
    votes = votes_per_task(tallies, np.array([team.votes(name) for name in names], dtype=np.float64))
    labeling, judging = work.labeling.within(*window), work.adjudicating.within(*window)
    hours = (
        _with_minutes(usual(labeling, len(names), A_VOTE), tallies, team),
        usual(judging, len(names), AN_ADJUDICATION),
    )
    people = people_figures(tallies.columns, work, team, window, hours)
    passed = passage_of(tallies)
    staff = staff_of(tallies.columns, team)
    days = _days(tallies, work, staff)
    return Measured(
        window=window,
        cells=_cells(tallies, votes, hours, to_whole_rounds(days.came, days.ready)),
        people=people,
        screening=screening_figures(passed, window),
        queues=queues(tallies, votes, passed, work, staff),
        days=days,
        plan=planned(team, names, tasks_until(tallies), window),
        attendance=attendance(people.declared, people.capacity),
        hours_basis=work.starved_basis,
        notes=work.notes,
    )


def _cells(tallies: Tallies, votes: Floats, hours: tuple[Floats, Floats], rounds: Floats) -> CellFigures:
    attempts, (start, end) = tallies.attempts, tallies.window
    lasting = (end - start) / HOUR
    opened, sent = tallies.within(tallies.opened), tallies.within(tallies.sent)
    closed = tallies.within(tallies.closed) & (tallies.votes > 0)
    by_person = attempts.first("adjudication_started", "rejected") < np.inf
    judged = tallies.within(attempts.first("accepted", "rejected")) & by_person & np.isfinite(tallies.sent)
    sent_back = tallies.within(attempts.first("rejected"))
    first = opened & (attempts.number == 1)
    submitted = tallies.by_cell(
        tallies.wanted & (tallies.votes > 0) & (attempts.last("submitted") > start),
        tallies.votes.astype(float),
    )
    return CellFigures(
        names=tallies.columns.cells,
        first=tallies.by_cell(first) * rounds / lasting,
        again=tallies.by_cell(opened & ~first) / lasting,
        votes=votes,
        service=hours[0],
        adjudication=hours[1],
        sent=tallies.by_cell(sent) / lasting,
        closed=tallies.by_cell(closed),
        escalated=tallies.by_cell(closed & np.isfinite(tallies.sent)),
        judged=tallies.by_cell(judged),
        rejected=tallies.by_cell(sent_back),
        submitted=submitted,
        distinct=np.ones(len(tallies.columns.cells), dtype=bool),
        basis=tuple("measured" for _ in tallies.columns.cells),
    )


def _with_minutes(measured: Floats, tallies: Tallies, team: Team) -> Floats:
    """Hours of a vote, by what the team declares where a cell has too few votes."""
    voted = tallies.by_cell(tallies.wanted, tallies.votes.astype(np.float64))
    found = measured.copy()
    for place, name in enumerate(tallies.columns.cells):
        declared = team.minutes_of(name)
        if declared and voted[place] < ENOUGH:
            found[place] = declared / 60
    return found


def _days(tallies: Tallies, work: Work, staff: Staff) -> Days:
    columns, window = tallies.columns, tallies.window
    edges = np.linspace(*window, max(1, round((window[1] - window[0]) / DAY)) + 1)
    spells = (work.busy.within(*window), work.starved.within(*window))
    actors = len(columns.actors)
    capacity = [sum(one.hours(day, until, actors) for one in spells) for day, until in pairwise(edges)]
    return Days(
        ready=tallies.by_day(tallies.opened),
        sent=tallies.by_day(tallies.sent),
        capacity=staff.of_actors(np.array(capacity)).T,
        came=came_by_day(columns, len(columns.cells), window[1]),
    )
