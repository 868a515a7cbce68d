"""A crowd in a real Label Studio, each with an account, who answer as real people once did."""

import random
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.overlap import read
from pipeline.demo.people import DOMAIN
from pipeline.label_studio.accounts import invite_link, sign_up
from pipeline.label_studio.base import RemoteTask
from pipeline.label_studio.server import Server
from schemas.base import Label, Vote
from tasks import task_types
from tests.pipeline.stages.queue_seats import QueueSeat

TYPE = task_types()["preference_pair"]
ENOUGH = 3
"""Votes that an item has in the data, at the least: as many as any policy may ask for."""


@dataclass(frozen=True)
class Cast:
    """Items that people answered once: who said what of each, in the order in which they come, and what is true."""

    votes: Mapping[str, Sequence[Vote[Any]]]
    truth: Mapping[str, Label]

    @classmethod
    def of(cls, path: Path, most: int | None = None, seed: int = 0) -> "Cast":
        """The items of a set with a known truth, or those of them on which its busiest people meet.

        Without gold the majority of all votes on an item stands for its truth.
        """
        cast, truth = read(path)
        busy: dict[str, int] = {}
        for votes in cast.values():
            for vote in votes:
                busy[vote.annotator] = busy.get(vote.annotator, 0) + 1
        full = sorted(item for item, votes in cast.items() if len(votes) >= ENOUGH)
        chosen = sorted(full, key=lambda item: -sum(busy[vote.annotator] for vote in cast[item]))[:most]
        dice = random.Random(seed)
        return cls(
            {item: dice.sample(cast[item], len(cast[item])) for item in sorted(chosen)},
            {item: truth[item] for item in chosen},
        )

    def said(self, item: str, annotator: str) -> Label:
        """What somebody says of an item."""
        label: Label = next(vote.label for vote in self.votes[item] if vote.annotator == annotator)
        return label

    def everybody(self) -> set[str]:
        """All who answered any of the items."""
        return {vote.annotator for votes in self.votes.values() for vote in votes}


class Crowd:
    """The people of all sets, each with an account that is made when they first come."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._invite = invite_link(server.url, server.token)
        self._seats: dict[str, QueueSeat] = {}

    def seat(self, annotator: str) -> QueueSeat:
        """Somebody's place in Label Studio."""
        if annotator not in self._seats:
            email = f"{annotator}-{secrets.token_hex(4)}@{DOMAIN}"
            token = sign_up(self._server.url, self._invite, email, secrets.token_hex(8))
            self._seats[annotator] = QueueSeat(self._server.url, token)
        return self._seats[annotator]

    def answer(self, cast: Cast, item: str, task_id: int, annotator: str) -> None:
        """Somebody says of an item what they said of it once."""
        self.seat(annotator).submit(task_id, TYPE.result(cast.said(item, annotator)), 10.0)

    def answer_open(self, cast: Cast, tasks: Sequence[tuple[str, RemoteTask]], dice: random.Random) -> int:
        """Each open task gets the votes it still waits for, from those who come next; returns how many."""
        given = 0
        for item, task in dice.sample(list(tasks), len(tasks)):
            has = len(task.annotations)
            for vote in cast.votes[item][has : task.overlap]:
                self.answer(cast, item, task.id, vote.annotator)
                given += 1
        return given

    def answer_handed(
        self, cast: Cast, items: Mapping[str, str], project_id: int, dice: random.Random
    ) -> int:
        """Everybody works through Label Studio's own queue, in turns, until it has nothing for any of them."""
        given, at_work = 0, sorted(cast.everybody())
        while at_work:
            annotator = dice.choice(at_work)
            handed = self.seat(annotator).next_task(project_id)
            if handed is None:
                at_work.remove(annotator)
                continue
            self.answer(cast, items[handed.uid], handed.id, annotator)
            given += 1
        return given
