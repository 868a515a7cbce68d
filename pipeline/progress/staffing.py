"""Who there is, what they may do, and how many hours they had to give."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.calendars import declared, hours_between, in_team
from pipeline.progress.columns import NOBODY, Columns, Floats, Ints, Mask
from pipeline.progress.deriving.work import Spells, Work
from pipeline.progress.measured import DAY, WEEK, PeopleFigures, Span
from pipeline.progress.service import jobs_by, paces
from schemas.team import Member, Team, may_do

SOME = 3
"""Votes in a cell that show that somebody may do it, whatever the team says: fewer may be a slip."""
SILENT_DAYS = 4.0
"""Longer than a long weekend."""
MISSED = 0.3
"""Of a week's hours by their calendar: who is on leave misses none, and who works from Monday to Wednesday few."""
DAYS_MISSED, FEWEST_DAYS = 2.5, 1.5
"""Days of work, by their own habit, that whoever is gone has missed; of people who come seldom, at least the second."""
MOST_OF_A_WEEK = 0.8
"""Of somebody's usual days a week: missing so many will do. One shift is no absence, even before a free weekend."""
HABIT_DAYS = 28
"""Days before somebody was last seen that tell on which weekdays they come."""
LONG_ENOUGH = 5
"""Days that somebody must have been seen for, so that what they gave says what they usually give."""
LEAST_ATTENDANCE = 0.3
"""Nobody's declared hours are believed to hold for less than this: people are missing then, not their hours short."""


@dataclass(frozen=True)
class Staff:
    """The names of all people, those of the team first, and where in the log they are."""

    names: tuple[str, ...]
    codes: NDArray[np.int64]
    """The place of each in the log's actors; NOBODY for those who are not in it."""

    def of_actors(self, figures: Floats) -> Floats:
        """Figures by actor of the log (the last axis) as figures of these people; 0 for those not in it."""
        padded = np.concatenate([figures, np.zeros((*figures.shape[:-1], 1))], axis=-1)
        return padded[..., self.codes]


def staff_of(columns: Columns, team: Team) -> Staff:
    """Everybody who annotates or adjudicates: by the team, and by the log."""
    worked = np.zeros(len(columns.actors), dtype=bool)
    rows = columns.are("submitted", "adjudication_started", "served", "signed_on", "starved")
    worked[columns.actor[rows & (columns.actor != NOBODY)]] = True
    known = tuple(person.id for person in team.people)
    others = tuple(
        name for name, seen in zip(columns.actors, worked, strict=True) if seen and name not in known
    )
    names = known + others
    place = {name: code for code, name in enumerate(columns.actors)}
    return Staff(names, np.array([place.get(name, NOBODY) for name in names], dtype=np.int64))


def people_figures(
    columns: Columns, work: Work, team: Team, window: Span, usual: tuple[Floats, Floats]
) -> PeopleFigures:
    """The people's figures in a window; `usual` are the hours of a vote and of an adjudication, by cell."""
    staff, (start, end) = staff_of(columns, team), window
    actors = len(columns.actors)
    labeling, judging = work.labeling.within(start, end), work.adjudicating.within(start, end)
    busy = staff.of_actors(work.busy.hours(start, end, actors))
    starved = staff.of_actors(work.starved.hours(start, end, actors))
    said = _declared(team, staff, window)
    labels, adjudicates = _eligible(columns, work, team, staff)
    signs = _signs(columns, work)
    seen, longest = _seen(signs, staff)
    pause = np.maximum(SILENT_DAYS * DAY, longest)
    begin = columns.span[0]
    given = staff.of_actors(work.capacity(begin, end, actors))
    gone = (end - seen > pause) & _missed(team, staff, seen, end) & ~_came_lately(signs, team, staff, end)
    return PeopleFigures(
        names=staff.names,
        busy=busy,
        starved=starved,
        capacity=np.where(gone, 0.0, busy + starved),
        gone=gone,
        declared=said,
        expected=_expected(given, seen, begin, window, said * attendance(said, busy + starved)),
        last_seen=seen,
        pace=np.where(staff.codes == NOBODY, 1.0, staff.of_actors(paces(labeling, usual[0], actors))),
        pace_adjudicating=np.where(
            staff.codes == NOBODY, 1.0, staff.of_actors(paces(judging, usual[1], actors))
        ),
        labels=labels,
        adjudicates=adjudicates,
        done=staff.of_actors(jobs_by(labeling, actors, len(columns.cells)).sum(axis=0)),
    )


def _missed(team: Team, staff: Staff, seen: Floats, end: float) -> Mask:
    """Who had hours to work since they were last seen, and not few; everybody who declares none."""
    found = np.ones(len(staff.names), dtype=bool)
    for place, person in enumerate(team.people):
        if declared(person):
            since = max(seen[place], end - 4 * WEEK)
            usual = hours_between(person, end - 4 * WEEK, end) / 4
            found[place] = hours_between(person, since, end) > MISSED * usual
    return found


def attendance(declared_hours: Floats, capacity: Floats) -> float:
    """Hours seen for each hour declared: the middle one of the people who were seen; 1 where nobody declares any."""
    known = (declared_hours > 0) & (capacity > 0)
    if not known.any():
        return 1.0
    shares = capacity[known] / declared_hours[known]
    return float(np.clip(np.median(shares), LEAST_ATTENDANCE, 1.0))


def _expected(given: Floats, seen: Floats, begin: float, window: Span, kept: Floats) -> Floats:
    """Declared hours as far as people keep them; of those who declare none, what they gave while they were seen."""
    start, end = window
    last = np.minimum(np.maximum(seen, begin), end)
    known = (last - begin) / DAY >= LONG_ENOUGH
    own = np.where(known, given / np.maximum(last - begin, DAY) * (end - start), 0.0)
    found: Floats = np.where(np.isnan(kept), own, kept)
    return found


def _declared(team: Team, staff: Staff, window: Span) -> Floats:
    found = np.full(len(staff.names), np.nan)
    for place, person in enumerate(team.people):
        if declared(person):
            found[place] = hours_between(person, *window)
    return found


def _signs(columns: Columns, work: Work) -> tuple[Ints, Floats]:
    """Who did something, and when, by person. Being handed a task is nothing that somebody does."""
    rows = columns.are("submitted", "skipped", "adjudication_started", "accepted", "rejected", "signed_on")
    rows &= columns.actor != NOBODY
    actor = np.concatenate([columns.actor[rows], work.starved.actor])
    ts = np.concatenate([columns.ts[rows], work.starved.start])
    kept = ts <= columns.span[1]
    order = np.lexsort((ts[kept], actor[kept]))
    return actor[kept][order], ts[kept][order]


def _seen(signs: tuple[Ints, Floats], staff: Staff) -> tuple[Floats, Floats]:
    """When each last did something (-inf: never), and the longest that they were not seen until they were again."""
    actor, ts = signs
    actors = int(max(actor.max(initial=NOBODY), staff.codes.max(initial=NOBODY))) + 1
    last = np.full(actors + 1, -np.inf)  # one more, for those of the team who are not in the log
    last[actor] = ts
    pause = np.zeros(actors)
    same = actor[1:] == actor[:-1]
    np.maximum.at(pause, actor[1:][same], np.diff(ts)[same])
    return last[staff.codes], staff.of_actors(pause)


def _came_lately(signs: tuple[Ints, Floats], team: Team, staff: Staff, end: float) -> Mask:
    """Who has missed too few of the days on which they usually come to be gone; nobody who never came."""
    members = {person.id: person for person in team.people}
    actor, ts = signs
    found = np.zeros(len(staff.names), dtype=bool)
    codes: list[int] = staff.codes.tolist()
    for place, (name, code) in enumerate(zip(staff.names, codes, strict=True)):
        first, until = np.searchsorted(actor, [code, code + 1])
        if code == NOBODY or first == until or end - ts[until - 1] <= SILENT_DAYS * DAY:
            continue
        silent = range(int(ts[until - 1] // DAY) + 1, int(end // DAY))
        often = _often(np.unique(ts[first:until] // DAY).astype(np.int64))
        missed = sum(often[day % 7] for day in silent if not _on_leave(members.get(name), day * DAY))
        found[place] = missed < np.clip(MOST_OF_A_WEEK * often.sum(), FEWEST_DAYS, DAYS_MISSED)
    return found


def _often(days: NDArray[np.int64]) -> Floats:
    """On what share of each weekday somebody came, until they were last seen; `days` since 1970, in order."""
    since = max(days[0], days[-1] - HABIT_DAYS + 1)
    all_days = np.bincount(np.arange(since, days[-1] + 1) % 7, minlength=7)
    came = np.bincount(days[days >= since] % 7, minlength=7)
    found: Floats = came / np.maximum(all_days, 1)
    return found


def _on_leave(member: Member | None, begin: float) -> bool:
    """Whether more than half of a day is leave, or before they began or after they ended."""
    if member is None or not (member.away or member.from_ or member.until):
        return False
    return sum(last - first for first, last in in_team(member, begin, begin + DAY)) < DAY / 2


def _eligible(columns: Columns, work: Work, team: Team, staff: Staff) -> tuple[Mask, Mask]:
    """Who may label and who may adjudicate in which cell: as declared, and as they do."""
    labels = staff.of_actors(_done(work.labeling, columns)) >= SOME
    adjudicates = staff.of_actors(_done(work.adjudicating, columns)) >= SOME
    for place, person in enumerate(team.people):
        own = np.array([may_do(person.cells, cell) for cell in columns.cells], dtype=bool)
        if person.role == "annotator":
            labels[:, place] |= own
        elif person.role == "adjudicator":
            adjudicates[:, place] |= own
    return labels, adjudicates


def _done(spells: Spells, columns: Columns) -> Floats:
    return jobs_by(spells, len(columns.actors), len(columns.cells))
