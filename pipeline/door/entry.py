"""The test of a newcomer to a cell: all of it before anything else there, and nothing else there until it is passed."""

import hashlib
from typing import Literal, TypeAlias

from pipeline.door.pool import Open
from pipeline.door.table import Table
from pipeline.planning.newcomers import looked_at
from pipeline.quality.gold import passes

Standing: TypeAlias = Literal["no test", "ahead", "not looked at yet", "passed", "failed"]


def standing(table: Table, annotator: str, cell: str) -> Standing:
    """Where somebody stands with the test of a cell."""
    test = table.pool.tests.get(cell)
    if test is None or not test.items or table.pool.votes.get((annotator, cell), 0) > 0:
        return "no test"
    if next_item(table, annotator, cell) is not None:
        return "ahead"
    right = looked_at([item.uid for item in test.items], annotator, table.pool.results)
    if right is None:
        return "not looked at yet"
    return "passed" if passes(right, test.pass_at) else "failed"


def next_item(table: Table, annotator: str, cell: str) -> Open | None:
    """The item of the test that somebody does next, in an order of their own; None where they did all."""
    ahead = [item for item in table.pool.tests[cell].items if not table.was_with(item, annotator)]
    return min(ahead, key=lambda item: _mixed(item.uid, annotator), default=None)


def _mixed(uid: str, annotator: str) -> bytes:
    """Two who do the test side by side do not have the same item before them."""
    return hashlib.blake2b(f"{uid}/{annotator}".encode(), digest_size=8).digest()
