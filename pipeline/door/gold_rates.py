"""How much gold somebody is dealt: at a rate of their own, at places that nobody can foresee, nothing twice."""

import hashlib
from collections.abc import Iterable
from math import log

from pipeline.door.pool import Open, Pool
from pipeline.door.table import Table
from schemas.project import GoldRates

USUAL = GoldRates()
SPAN = 2**64
GOOD, BAD = 0.85, 0.60
"""Shares of right answers between which one wants to tell."""
SURE = log(0.95 / 0.05)
"""How sure one wants to be, of either: one in twenty is told wrong."""


def rate(pool: Pool, annotator: str, cell: str, task_type: str, served: int) -> float:
    """The share of gold in what an annotator is dealt in a cell now."""
    rates = pool.rates.get(task_type, USUAL)
    if (annotator, cell) in pool.warned:
        return rates.warned
    done = max(served, pool.votes.get((annotator, cell), 0))
    return rates.first if done < rates.first_items else rates.then


def gives_concern(answers: Iterable[bool]) -> bool:
    """Whether somebody's answers on gold, in their order, were last found to be those of somebody bad.

    Wald's sequential test: it needs 17 to 20 answers on average, and a fixed number of them would tell worse.
    """
    weight, found = 0.0, False
    for right in answers:
        weight += log(BAD / GOOD) if right else log((1 - BAD) / (1 - GOOD))
        if abs(weight) >= SURE:
            weight, found = 0.0, weight > 0
    return found


def is_due(key: bytes, annotator: str, cell: str, place: int, share: float) -> bool:
    """Whether the task at a place in somebody's row of tasks of a cell, counted from 0, is to be gold.

    In each stretch of 1 / share tasks it is one, at a place drawn with the ledger's key.
    """
    if share <= 0:
        return False
    stretches = {int(place * share), int((place + 1) * share)}
    return any(int((n + _drawn(key, annotator, cell, n) / SPAN) / share) == place for n in stretches)


def pick(table: Table, key: bytes, annotator: str, cell: str, last: frozenset[str]) -> Open | None:
    """A gold task of a cell that somebody never had, not worn, and no version of the prompt before if it can be."""
    there = (task for task in table.pool.gold.get(cell, ()) if task.uid not in table.pool.worn)
    found = [task for task in there if not table.was_with(task, annotator)]
    other = [task for task in found if not task.problems & last]
    return min(other or found, key=lambda task: _drawn(key, annotator, task.uid, 0), default=None)


def _drawn(key: bytes, *what: object) -> int:
    said = "\x1f".join(map(str, what)).encode("utf-8", "surrogatepass")
    return int.from_bytes(hashlib.blake2b(said, key=key, digest_size=8).digest())
