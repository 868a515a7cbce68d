"""All that a simulation needs to be told, fitted to the log, and how sure each figure is."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from pipeline.progress.columns import Columns, Floats
from pipeline.progress.deriving.work import Work
from pipeline.progress.forecast.arrivals import Arrivals, arrivals, cells_of
from pipeline.progress.forecast.attendance import missed
from pipeline.progress.forecast.leaving import beyond, stay, without_overhang
from pipeline.progress.forecast.people import Human, humans
from pipeline.progress.forecast.presence import weekly_spread
from pipeline.progress.forecast.screening import Screening, screening
from pipeline.progress.forecast.seen import Seen
from pipeline.progress.forecast.shares import Share, Votes, declared_votes, measured_votes
from pipeline.progress.forecast.times import Pieces, Times, pieces, times
from pipeline.progress.forecast.tried import Tried, tried
from pipeline.progress.forecast.window import Window, habits_at, window_at
from schemas.team import Team, task_type_of

MINUTES = 5.0
"""A vote takes, where it was neither measured nor declared; an adjudication too."""


@dataclass(frozen=True)
class Parameters:
    """What the log and the team file say, by cell where it is a list."""

    cells: tuple[str, ...]
    team: Team
    """That it was fitted with; a change is told from it."""
    window: Window
    habits: Window
    """The longer one, that people's days are taken from."""
    people: tuple[Human, ...]
    missed: float
    """Share of declared working days on which people do not come."""
    stay: bool
    """Whether they finish what they have in hand when their time is over."""
    votes: tuple[Votes, ...]
    vote: Times
    adjudication: Times
    escalated: tuple[Share, ...]
    rejected: tuple[Share, ...]
    screening: Screening
    arrivals: Arrivals
    common: float
    """Standard error of what all people together do in a week, as a share."""
    pace: Floats
    """Tasks settled a week, by cell."""
    measured: bool
    """Whether there was a log to measure in."""


def with_cells(columns: Columns, team: Team) -> Columns:
    """The log with the cells, too, that are planned or wanted and that nothing has come for yet."""
    named = dict.fromkeys((*team.plan, *team.targets))
    known = columns.cells
    new = [key for key in named if not cells_of(key, known)]
    return replace(columns, cells=(*known, *new)) if new else columns


def fit(columns: Columns, work: Work, team: Team, moment: float) -> Parameters:
    """The parameters as of a moment; the log ends there."""
    tries = tried(columns)
    seen = _seen(columns, work, team, moment, tries)
    people, recent = humans(seen), tries.since(seen.window.start)
    return Parameters(
        cells=columns.cells,
        team=team,
        window=seen.window,
        habits=seen.habits,
        people=people,
        missed=missed(seen, [(one.member, one.actor) for one in people]),
        stay=seen.shifts is not seen.work.present,
        votes=tuple(
            measured_votes(recent.votes_in(cell), declared_votes(team.votes(name)))
            for cell, name in enumerate(columns.cells)
        ),
        vote=seen.pace,
        adjudication=seen.pace_adjudicating,
        escalated=recent.escalated(columns.cells),
        rejected=recent.rejected_of(columns.cells),
        screening=screening(columns, seen.window),
        arrivals=arrivals(columns, team, seen.window),
        common=weekly_spread([one.presence for one in people]),
        pace=recent.finished(len(columns.cells)) / seen.window.weeks,
        measured=len(seen.votes) > 0,
    )


def _seen(columns: Columns, work: Work, team: Team, moment: float, tries: Tried) -> Seen:
    window, habits = window_at(columns, moment), habits_at(columns, moment)
    work = work.within(min(window.start, habits.start), moment)  # nothing that came later is known
    cells, actors = len(columns.cells), len(columns.actors)
    votes, judged = pieces(columns, "served", "submitted"), _judgements(columns, tries)
    lately = judged.within(window.start, moment)
    pace = times(votes.within(window.start, moment), cells, actors, _declared(columns.cells, team))
    after = beyond(work)
    return Seen(
        columns,
        work,
        team,
        window,
        habits,
        without_overhang(work.present, after, _rest(pace)) if stay(work, after) else work.present,
        votes,
        judged,
        pace,
        times(lately, cells, actors, _usual(columns, lately)),
    )


def _rest(pace: Times) -> float:
    """Seconds that a vote goes on after a moment in its middle; longer ones have more middle."""
    if not pace.count.sum():
        return 0.0
    mean, square = (
        float(np.average(pace.mean * power, weights=pace.count))
        for power in (1, pace.mean * (1 + pace.cv**2))
    )
    return square / mean / 2


def _judgements(columns: Columns, tries: Tried) -> Pieces:
    """What adjudicators decided; what was accepted without them is not among it."""
    return pieces(columns, "adjudication_started", "accepted", "rejected", among=tries.by_adjudicators)


def _declared(cells: Sequence[str], team: Team) -> Floats:
    """Seconds of a vote, by what the team file says."""
    minutes = [team.minutes.get(cell, team.minutes.get(task_type_of(cell), MINUTES)) for cell in cells]
    return np.array(minutes, dtype=float) * 60


def _usual(columns: Columns, judged: Pieces) -> Floats:
    """Seconds of an adjudication in a cell that has had none."""
    known = judged.seconds[~np.isnan(judged.seconds)]
    return np.full(len(columns.cells), float(known.mean()) if len(known) else MINUTES * 60)
