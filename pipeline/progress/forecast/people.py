"""Who works, on what, when and how fast: from the team file where it says so, else from the log."""

from dataclasses import dataclass, replace

import numpy as np

from pipeline.progress.columns import NOBODY, Ints
from pipeline.progress.forecast.attendance import kept, never_came, presence_of
from pipeline.progress.forecast.presence import Presence
from pipeline.progress.forecast.seen import Deeds, Seen
from schemas.team import Member, may_do

KNOWN = 30
"""Votes from which on the log says what somebody does."""
OFTEN = 0.01
"""Share of somebody's votes that makes a cell theirs."""
FEW = 5
PSEUDO_HOURS = 10.0
"""Hours at the team's average that each person's begin with."""
LEAST, MOST = 0.4, 1.5


@dataclass(frozen=True)
class Human:
    """Somebody who works."""

    name: str
    member: Member | None
    """As the team file has them; None where it does not."""
    presence: Presence
    factor: float = 1.0
    """On the time that work takes; 2 takes twice as long."""
    efficiency: float = 1.0
    """Of the time at work, how much is work or waiting for it."""
    pieces: int = 0
    """Pieces of work that these stand on."""
    cells: tuple[int, ...] | None = None
    labels: bool = True
    adjudicates: bool = False
    actor: int = NOBODY


def humans(seen: Seen) -> tuple[Human, ...]:
    """Everybody in the team file, and whoever else has voted or adjudicated lately."""
    done = seen.deeds()
    places = {name: place for place, name in enumerate(seen.columns.actors)}
    listed = {person.id: person for person in seen.team.people}
    did = (done.votes.sum(axis=1) > 0) | (done.adjudicated > 0)
    worked = [name for name, place in places.items() if name not in listed and did[place]]
    everybody = [
        _human(seen, done, name, places.get(name, NOBODY), listed.get(name)) for name in (*listed, *worked)
    ]
    share = kept(seen, done, [(one.member, one.actor) for one in everybody])
    return tuple(
        replace(one, presence=replace(one.presence, share=part))
        for one, part in zip(everybody, share, strict=True)
    )


def _human(seen: Seen, done: Deeds, name: str, actor: int, member: Member | None) -> Human:
    role = member.role if member else "annotator"
    if actor == NOBODY:
        return Human(
            name,
            member,
            Presence(gone=never_came(seen, member)),
            cells=_able(seen, member, None),
            labels=role != "adjudicator",
            adjudicates=role == "adjudicator",
        )
    votes, adjudicated = int(done.votes[actor].sum()), int(done.adjudicated[actor])
    pace = seen.pace_adjudicating if adjudicated > votes else seen.pace
    return Human(
        name,
        member,
        presence_of(seen, done, actor, member),
        factor=float(pace.factor[actor]),
        efficiency=_efficiency(done, actor),
        pieces=int(pace.by_actor[actor]),
        cells=_able(seen, member, done.votes[actor]),
        labels=(role != "adjudicator" and not adjudicated) or votes > FEW,
        adjudicates=role == "adjudicator" or adjudicated > FEW,
        actor=actor,
    )


def _able(seen: Seen, member: Member | None, votes: Ints | None) -> tuple[int, ...] | None:
    """Who may do what: as declared; where nobody's cells are, those that somebody has often worked in."""
    declared = any(person.cells for person in seen.team.people)
    if member is not None and (member.cells or declared):
        return tuple(place for place, cell in enumerate(seen.columns.cells) if may_do(member.cells, cell))
    if votes is None or votes.sum() < KNOWN:
        return None
    return tuple(np.flatnonzero(votes >= OFTEN * votes.sum()).tolist())


def _efficiency(done: Deeds, actor: int) -> float:
    """Work and waiting for it in an hour at work, leaning on everybody's."""
    everywhere = float(done.working.sum() / done.present.sum()) if done.present.sum() else 1.0
    working = float(done.working[actor]) + PSEUDO_HOURS * everywhere
    return float(np.clip(working / (float(done.present[actor]) + PSEUDO_HOURS), LEAST, MOST))
