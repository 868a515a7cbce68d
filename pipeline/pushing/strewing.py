"""Strewing gold among the tasks that are sent: how much of it, and where, so that neither tells it apart."""

from collections.abc import Sequence
from secrets import SystemRandom
from typing import TypeAlias

from pipeline.context import Context

Key: TypeAlias = tuple[str, str, int, str]
EVERY = 5
"""At most every so many of a project's tasks is strewn gold: as much as anybody is ever given of it."""

SENT = """
SELECT w.cell, w.task_type, w.version, w.purpose,
    count(*) FILTER (w.gold IS NULL) AS others, count(*) FILTER (w.gold = 'gold') AS gold
FROM wanted w JOIN pushes p ON p.task_id = w.uid GROUP BY ALL
"""


class Golds:
    """How much gold each project may get now: as much as what is sent there beside it can hide."""

    def __init__(self, ctx: Context) -> None:
        self._ctx = ctx
        self._sent: dict[Key, tuple[int, int]] | None = None

    def of(self, key: Key, others: int, entry: Sequence[str], gold: Sequence[str]) -> list[str]:
        """The gold to send with so many others: all of newcomers' tests, of the rest a share; none where is no work."""
        if not entry and not gold:
            return []
        there, strewn_there = self._known().get(key, (0, 0))
        if not there + others:
            return []
        room = max(0, (there + others) // (EVERY - 1) - strewn_there)
        return [*entry, *SystemRandom().sample(gold, min(room, len(gold)))]

    def _known(self) -> dict[Key, tuple[int, int]]:
        if self._sent is None:
            self._sent = {
                (row["cell"], row["task_type"], row["version"], row["purpose"]): (row["others"], row["gold"])
                for row in self._ctx.store.rows(SENT)
            }
        return self._sent


def strewn(others: Sequence[str], gold: Sequence[str]) -> tuple[str, ...]:
    """Both in one order, that of each kept, the places of gold drawn by lot."""
    chance = SystemRandom()
    places = set(chance.sample(range(len(others) + len(gold)), len(gold)))
    known, rest = iter(chance.sample(gold, len(gold))), iter(others)
    return tuple(next(known if place in places else rest) for place in range(len(others) + len(gold)))
