"""From the log to the work of people: measured where the log tells it, derived where it does not."""

from dataclasses import dataclass, replace
from typing import TypeAlias

import numpy as np

from pipeline.progress.attempts import Attempts, attempts_of
from pipeline.progress.columns import NOBODY, Columns, Mask
from pipeline.progress.deriving.aside import Aside, aside
from pipeline.progress.deriving.days import working_days
from pipeline.progress.deriving.eligible import Queue, Steps, nothing_left, total
from pipeline.progress.deriving.found import Found
from pipeline.progress.deriving.intervals import Intervals, both, union, without
from pipeline.progress.deriving.measured import spells_of
from pipeline.progress.deriving.openings import for_adjudication, for_votes
from pipeline.progress.deriving.rows import derived_rows
from pipeline.progress.deriving.serving import Served, adjudicating, labeling
from pipeline.progress.deriving.starving import at_work, starved
from pipeline.progress.deriving.untold import untold
from pipeline.progress.deriving.work import Basis, Spells, Work, joined, none, stretches
from pipeline.progress.rows import merged
from schemas.team import Member, Team, may_do

Span: TypeAlias = tuple[float, float]
NEARLY = 0.9
"""Share of the work of which the log tells something, from which on it has it; under the rest of it, it has it not."""
NOTHING = Intervals(np.empty(0), np.empty(0))


def derive(columns: Columns, team: Team, as_of: float | None = None) -> tuple[Columns, Work]:
    """The log with derived served, starved, signed_on and signed_off merged in, and the work of people.

    The log should be clean (pipeline.progress.cleaning). `as_of` is the moment up to which it tells all; the last
    event of the log where nobody says. Time at work is derived from when on the log is whole, person by person, for
    the times of which the log does not tell it.
    """
    first, last = columns.span
    span = (first, last if as_of is None else max(as_of, first))
    found = worked_out(columns, team, span)
    return merged(columns, *derived_rows(columns, found)), found.work


def worked_out(columns: Columns, team: Team, span: Span) -> Found:
    """The work of people: as the log tells it, and worked out where it does not."""
    attempts = attempts_of(columns)
    labels, verdicts = labeling(attempts), adjudicating(attempts)
    other = aside(columns, labels.usual)
    log_starved, log_present = spells_of(columns)
    work = Work(
        labels.spells,
        verdicts.spells,
        log_starved,
        log_present,
        _served_basis(labels),
        "measured",
        "measured",
        aside=other.spells,
    )
    dark = untold(columns, (labels, verdicts), span)
    if columns.are("starved").any() and not dark:
        return Found(work, labels, verdicts, other, none(), none())
    waiting = _Waiting(attempts, labels, verdicts, other, team, span)
    people = sorted(dark) if waiting.waits_are_told else waiting.people()
    lots = [waiting.of(person, log_present, dark.get(person, NOTHING)) for person in people]
    starving, present = joined(lot[0] for lot in lots), joined(lot[1] for lot in lots)
    basis: Basis = _basis(_share_told(work.busy, dark)) if len(log_present) else "derived"
    work = replace(
        work,
        starved=joined((_outside(log_starved, dark), starving)),
        present=joined((_outside(log_present, dark), present)),
        starved_basis=basis if waiting.waits_are_told else "derived",
        present_basis=basis,
        notes=_told(basis, work.busy, dark),
    )
    return Found(work, labels, verdicts, other, starving, present)


def _served_basis(labels: Served) -> Basis:
    return _basis(float(labels.measured.mean())) if len(labels.spells) else "none"


def _basis(share: float) -> Basis:
    if share >= NEARLY:
        return "measured"
    return "partly" if share > 1 - NEARLY else "derived"


def _share_told(busy: Spells, dark: dict[int, Intervals]) -> float:
    """Of the hours worked, those at times of which the log tells who was there."""
    total = busy.seconds.sum()
    return float(_outside(busy, dark).seconds.sum() / total) if total else 0.0


def _told(basis: Basis, busy: Spells, dark: dict[int, Intervals]) -> tuple[str, ...]:
    if basis != "partly":
        return ()
    some = f"{len(dark)} of {len(np.unique(busy.actor))} people"
    told = f"Time at work is measured for {_share_told(busy, dark):.0%} of the hours worked"
    return (f"{told}; the rest, by {some}, is worked out from who submitted what when.",)


def _outside(spells: Spells, dark: dict[int, Intervals]) -> Spells:
    """What of some stretches does not fall into a person's times."""
    lots = [spells.at(~np.isin(spells.actor, list(dark)))]
    for person, gaps in dark.items():
        own = spells.at(spells.actor == person)
        left = without(union(own.start, own.end), gaps)
        lots.append(_of(person, left))
    return joined(lots)


@dataclass(frozen=True)
class _Skills:
    """What one person may do."""

    member: Member | None
    labels: Mask
    """Of each cell, and of none."""
    judges: Mask


class _Waiting:
    """Finds, person by person, when there was nothing for them while they were there."""

    def __init__(
        self,
        attempts: Attempts,
        labels: Served,
        verdicts: Served,
        other: Aside,
        team: Team,
        span: Span,
    ) -> None:
        self.attempts, self.span, self.other = attempts, span, other
        self.waits_are_told = bool(attempts.columns.are("starved").any())
        self.labels, self.verdicts = labels, verdicts
        self.members = {person.id: person for person in team.people}
        self.votes = Queue(attempts, for_votes(attempts, labels, team), labels.in_hands.at(~labels.skipped))
        self.judging = Queue(attempts, for_adjudication(attempts, verdicts), verdicts.in_hands)

    def people(self) -> list[int]:
        """The actors who label or adjudicate."""
        seen = np.union1d(self.labels.spells.actor, self.verdicts.spells.actor)
        return [int(person) for person in seen]

    def of(self, person: int, log_present: Spells, dark: Intervals) -> tuple[Spells, Spells]:
        """When a person was starved, and at work: within what the log does not tell (`dark`).

        Where the log has them sign on but nobody ever starved, also when they were starved while they were there.
        """
        own = [(one, np.flatnonzero(one.spells.actor == person)) for one in (self.labels, self.verdicts)]
        voted, judged = (served.in_hands.at(places) for served, places in own)
        busy = self._busy(person, [served.spells.at(places) for served, places in own])
        skills = self._skills(person, voted, judged)
        idle = nothing_left(self._left(person, skills, voted, judged), self.span)
        signed = log_present.at(log_present.actor == person)
        here = without(union(signed.start, signed.end), dark)
        found = both(starved(busy, idle, working_days(busy, idle, self.span, skills.member)), dark)
        there = both(at_work(busy, found), dark)
        if self.waits_are_told:
            return _of(person, found), _of(person, there)
        waited = without(both(idle, here), busy)
        start, end = (np.concatenate(pair) for pair in ((waited.start, found.start), (waited.end, found.end)))
        every = union(start, end)
        return _of(person, every), _of(person, there)

    def _busy(self, person: int, lots: list[Spells]) -> Intervals:
        other = self.other.spells
        spells = joined((*lots, other.at(other.actor == person)))
        recent = spells.end > self.span[0]
        return union(spells.start[recent], spells.end[recent])

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
