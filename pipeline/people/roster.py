"""Who may do what: the project's people, matched to the accounts seen, with their pauses."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, TypeAlias
from zoneinfo import ZoneInfo

from pipeline.context import Context
from pipeline.people.whos_who import everybody
from schemas.people import Person, covers
from schemas.steering import PersonPauseFact

Purpose: TypeAlias = Literal["label", "adjudicate"]

OUTSIDE = "outside their cells"
NOT_HERE = "not on the project"
PAUSED = "paused"
REDO = "redo since"
NO_ADJUDICATOR = "not an adjudicator"
NOT_THEN = "before or after their time"

KINDS = (OUTSIDE, NOT_HERE, PAUSED, REDO, NO_ADJUDICATOR, NOT_THEN)
"""Why a vote may not count."""


@dataclass(frozen=True)
class Pause:
    """A time in which somebody's votes do not count, and from when on those before it do not either."""

    since: datetime
    redo_since: datetime | None
    until: datetime | None
    """When they were resumed; None while the pause is in force."""

    def covers(self, at: datetime) -> bool:
        """Whether somebody is paused at a moment."""
        return self.since <= at and not self._over(at)

    def undoes(self, at: datetime) -> bool:
        """Whether what was said at a moment is to be said again by somebody else."""
        return self.redo_since is not None and self.redo_since <= at and not self._over(at)

    def _over(self, at: datetime) -> bool:
        return self.until is not None and at >= self.until


class Roster:
    """The project's people as the votes are held to them.

    A project that names nobody lets everybody do everything. Pauses hold all the same, and what an account says
    after it was forgotten counts for nobody; what it said before stays as it is, since nobody knows its cells any more.
    """

    def __init__(self, ctx: Context) -> None:
        known = everybody(ctx.project.people, ctx.store)
        accounts = [account for one in known for account in one.accounts]
        self._open = not ctx.project.people
        self._people = {annotator: one.person for one in known for annotator in one.annotators}
        self._forgotten = {one.annotator: one.forgotten_at for one in accounts if one.forgotten_at}
        self._pauses = pauses_of(ctx.store.facts(PersonPauseFact))

    def why_not(self, annotator: str, cell: str, at: datetime, purpose: Purpose) -> tuple[str, str] | None:
        """Why what was submitted at a moment does not count: one of KINDS with one line; None where it does."""
        found = self._paused(annotator, at) or self._not_allowed(annotator, cell, at, purpose)
        return found and (found[0], f"{annotator}: {found[1]}; the vote does not count")

    def _paused(self, annotator: str, at: datetime) -> tuple[str, str] | None:
        pauses = self._pauses.get(annotator, ())
        if any(pause.covers(at) for pause in pauses):
            return PAUSED, f"expected to be at work, was paused on {at:%Y-%m-%d %H:%M} UTC"
        if any(pause.undoes(at) for pause in pauses):
            since = min(pause.redo_since for pause in pauses if pause.redo_since and pause.undoes(at))
            return REDO, f"expected from before {since:%Y-%m-%d %H:%M} UTC, is from {at:%Y-%m-%d %H:%M}"
        return None

    def _not_allowed(
        self, annotator: str, cell: str, at: datetime, purpose: Purpose
    ) -> tuple[str, str] | None:
        if annotator in self._forgotten:
            over = at >= self._forgotten[annotator]
            return (NOT_HERE, "expected to have left, since the account was forgotten") if over else None
        if self._open:
            return None
        person = self._people.get(annotator)
        if person is None:
            return NOT_HERE, "expected among the project's people, is not; add them with: headrace people add"
        return _not_theirs(person, cell, at, purpose)


def _not_theirs(person: Person, cell: str, at: datetime, purpose: Purpose) -> tuple[str, str] | None:
    if purpose == "adjudicate" and person.role == "annotator":
        return NO_ADJUDICATOR, "expected the role adjudicator or lead, is annotator"
    day = at.astimezone(ZoneInfo(person.zone)).date()
    if (person.from_ and day < person.from_) or (person.until and day > person.until):
        return (
            NOT_THEN,
            f"expected from {person.from_ or 'the start'} to {person.until or 'the end'}, is from {day}",
        )
    if person.cells and not any(covers(pattern, cell) for pattern in person.cells):
        return OUTSIDE, f"expected in {', '.join(person.cells)}, is in {cell}"
    return None


def pauses_of(facts: Iterable[PersonPauseFact]) -> dict[str, list[Pause]]:
    """The pauses of each annotator, over or not."""
    said: dict[str, list[PersonPauseFact]] = defaultdict(list)
    for fact in sorted(facts, key=lambda one: one.set_at):
        said[fact.annotator].append(fact)
    return {annotator: _pauses(of_one) for annotator, of_one in said.items()}


def _pauses(facts: Sequence[PersonPauseFact]) -> list[Pause]:
    """A person's pauses from what was said of them, in its order."""
    return [
        Pause(fact.set_at, fact.redo_since, next((f.set_at for f in facts[n:] if not f.paused), None))
        for n, fact in enumerate(facts)
        if fact.paused
    ]
