"""The demo's two rounds: most of the work and a release, then the rest and what is doubtful, and the next release."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from pipeline.context import Context
from pipeline.planning.pausing import set_cells
from pipeline.released.difference_words import in_a_line
from pipeline.released.differing import difference
from pipeline.released.opened import Opened
from pipeline.releasing.versions import parts
from pipeline.store import Store
from schemas.base import Frozen
from schemas.facts import ReleaseFact
from schemas.steering import RedoFact

LATER: Final = ("en/answer_check",)
"""The cells that wait for the second round."""
AGAIN: Final = 6
"""So many labels are asked for anew."""
REASON: Final = "one of the labels that are least sure"
LEAST_SURE: Final = """
SELECT f.task_id FROM task_facts f JOIN current_resolutions r USING (task_id)
LEFT JOIN current_truths t ON t.resolution_id = r.resolution_id
WHERE f.released_rows > 0 AND NOT f.superseded AND r.method NOT IN ('machine', 'adjudicated')
ORDER BY coalesce(t.posterior, r.agreement, 1), f.task_id LIMIT ?
"""


class Rounds(Frozen):
    """The two releases, and what makes the second another one."""

    first: str
    second: str
    first_rows: int
    second_rows: int
    difference: str
    """In a line."""


def hold_back(ctx: Context) -> None:
    """Have some cells wait for the second round."""
    set_cells(ctx, LATER, paused=True, reason="for the second round")


def begin_second(ctx: Context) -> int:
    """Let the cells go on that waited, and have the least sure labels asked for anew, once; returns how many are."""
    set_cells(ctx, LATER, paused=False, reason="")
    if not ctx.store.facts(RedoFact):
        moment = ctx.clock()
        doubtful = [row["task_id"] for row in ctx.store.rows(LEAST_SURE, [AGAIN])]
        ctx.store.put(
            RedoFact(task_id=task, reason=REASON, condition=REASON, redone_at=moment) for task in doubtful
        )
    return len(ctx.store.facts(RedoFact))


def versions(store: Store) -> Sequence[str]:
    """The releases there are, in order."""
    return sorted((one.version for one in store.facts(ReleaseFact)), key=parts)


def compared(store: Store, folder: Path) -> Rounds | None:
    """What makes the newest release another one than the first; None where there is one alone."""
    first, *others = versions(store)
    if not others:
        return None
    a, b = (Opened(version, folder) for version in (first, others[-1]))
    with difference(a, b) as found:
        line = in_a_line(found)
    before, after = (release.manifest for release in (a, b))
    return Rounds(
        first=before.version,
        second=after.version,
        first_rows=before.counts.rows,
        second_rows=after.counts.rows,
        difference=line,
    )
