"""From the log to the work of people: measured where the log tells it, derived where it does not."""

from dataclasses import dataclass, replace
from typing import TypeAlias

import numpy as np

from pipeline.progress.attempts import Attempts, attempts_of
from pipeline.progress.columns import NOBODY, Columns, Mask
from pipeline.progress.deriving.days import working_days
from pipeline.progress.deriving.eligible import Queue, Steps, nothing_left, total
from pipeline.progress.deriving.intervals import Intervals, both, union, without
from pipeline.progress.deriving.measured import spells_of
from pipeline.progress.deriving.openings import for_adjudication, for_votes
from pipeline.progress.deriving.rows import derived_rows
from pipeline.progress.deriving.serving import Served, adjudicating, labeling
from pipeline.progress.deriving.starving import at_work, starved
from pipeline.progress.deriving.work import Basis, Spells, Work, joined, stretches
from pipeline.progress.rows import merged
from schemas.team import Member, Team, may_do

Span: TypeAlias = tuple[float, float]
MOSTLY = 0.5
"""Share of the answers that have their `served`, from which on the log has them."""


def derive(columns: Columns, team: Team, as_of: float | None = None) -> tuple[Columns, Work]:
    """The log with derived served, starved, signed_on and signed_off merged in, and the work of people.

    The log should be clean (pipeline.progress.cleaning). `as_of` is the moment up to which it tells all; the last
    event of the log where nobody says. Time at work is derived from when on the log is whole.
    """
    first, last = columns.span
    span = (first, last if as_of is None else max(as_of, first))
    work, labels, verdicts = worked_out(columns, team, span)
    return merged(columns, *derived_rows(columns, work, labels, verdicts)), work


def worked_out(columns: Columns, team: Team, span: Span) -> tuple[Work, Served, Served]:
    """The work of people, and what of the labeling and the adjudicating is measured."""
    attempts = attempts_of(columns)
    labels, verdicts = labeling(attempts), adjudicating(attempts)
    served_basis = _served_basis(labels)
    log_starved, log_present = spells_of(columns)
    work = Work(
        labels.spells, verdicts.spells, log_starved, log_present, served_basis, "measured", "measured"
    )
    if len(log_starved) or (len(log_present) and served_basis == "measured" and columns.are("starved").any()):
        return work, labels, verdicts
    waiting = _Waiting(attempts, labels, verdicts, team, span)
    lots = [waiting.of(person, log_present) for person in waiting.people()]
    found = joined(lot[0] for lot in lots)
    present = log_present if len(log_present) else joined(lot[1] for lot in lots)
    present_basis: Basis = "measured" if len(log_present) else "derived"
    work = replace(work, starved=found, present=present, starved_basis="derived", present_basis=present_basis)
    return work, labels, verdicts


def _served_basis(labels: Served) -> Basis:
    if not len(labels.spells):
        return "none"
    return "measured" if labels.measured.mean() >= MOSTLY else "derived"


@dataclass(frozen=True)
class _Skills:
    """What one person may do."""

    member: Member | None
    labels: Mask
    """Of each cell, and of none."""
    judges: Mask


class _Waiting:
    """Finds, person by person, when there was nothing for them while they were there."""

    def __init__(self, attempts: Attempts, labels: Served, verdicts: Served, team: Team, span: Span) -> None:
        self.attempts, self.span = attempts, span
        self.labels, self.verdicts = labels, verdicts
        self.members = {person.id: person for person in team.people}
        self.votes = Queue(attempts, for_votes(attempts, labels, team), labels.spells.at(~labels.skipped))
        self.judging = Queue(attempts, for_adjudication(attempts, verdicts), verdicts.spells)

    def people(self) -> list[int]:
        """The actors who label or adjudicate."""
        seen = np.union1d(self.labels.spells.actor, self.verdicts.spells.actor)
        return [int(person) for person in seen]

    def of(self, person: int, log_present: Spells) -> tuple[Spells, Spells]:
        """When a person was starved, and at work."""
        voted, judged = (
            served.spells.at(np.flatnonzero(served.spells.actor == person))
            for served in (self.labels, self.verdicts)
        )
        spells = joined((voted, judged))
        recent = spells.end > self.span[0]
        busy = union(spells.start[recent], spells.end[recent])
        skills = self._skills(person, voted, judged)
        idle = nothing_left(self._left(person, skills, voted, judged), self.span)
        signed = log_present.at(log_present.actor == person)
        if len(signed):
            found = without(both(idle, union(signed.start, signed.end)), busy)
        else:
            found = starved(busy, idle, working_days(busy, idle, self.span, skills.member))
        return _of(person, found), _of(person, at_work(busy, found))

    def _left(self, person: int, skills: _Skills, voted: Spells, judged: Spells) -> Steps:
        """How many tasks there were for a person at each moment, to label and to adjudicate."""
        counts = []
        if skills.labels.any():
            counts.append(self.votes.left_for(person, skills.labels, voted))
        if skills.judges.any():
            counts.append(self.judging.left_for(person, skills.judges, joined((voted, judged))))
        return total(counts)

    def _skills(self, person: int, voted: Spells, judged: Spells) -> _Skills:
        """By what the team declares, else by what they did."""
        cells = self.attempts.columns.cells
        member = self.members.get(self.attempts.columns.actors[person])
        if member is None:
            return _Skills(None, _did(voted, len(cells)), _did(judged, len(cells)))
        may = np.array([*(may_do(member.cells, cell) for cell in cells), not member.cells])
        labels = (member.role == "annotator" or len(voted) > 0) & may
        judges = (member.role == "adjudicator" or len(judged) > 0) & may
        return _Skills(member, labels | _did(voted, len(cells)), judges | _did(judged, len(cells)))


def _did(spells: Spells, cells: int) -> Mask:
    found = np.zeros(cells + 1, dtype=bool)
    found[np.where(spells.cell == NOBODY, cells, spells.cell)] = True
    return found


def _of(person: int, found: Intervals) -> Spells:
    return stretches(np.full(len(found), person, dtype=np.int32), found.start, found.end)
