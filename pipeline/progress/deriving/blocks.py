"""Cleaning and deriving four weeks at a time, so that what is settled need not be gone over again.

No command keeps blocks: an analysis goes over the whole log. `benchmarks/measuring/flow_store.py` times both.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np

from pipeline.progress.attempts import NEVER
from pipeline.progress.cleaning import clean
from pipeline.progress.columns import NOBODY, Columns, Ints, Mask
from pipeline.progress.deriving.derive import derive
from pipeline.progress.deriving.work import Spells, Work, joined
from pipeline.progress.rows import end_to_end
from schemas.team import Team

DAY = 86400.0
LENGTH = 28 * DAY
BEFORE = 14 * DAY
"""What comes before a block and is looked at for it: people's habits, and what they did last."""
AFTER = DAY
"""What must have come after a block for it to be settled: work begun in it may be handed in then."""


@dataclass(frozen=True)
class Block:
    """Four weeks of a log, clean and with what was derived; the last one goes on for as long as the log does."""

    start: float
    end: float
    columns: Columns
    work: Work
    counts: dict[str, int]
    notes: tuple[str, ...]

    def is_settled(self, moment: float) -> bool:
        """Whether nothing that comes from a moment on changes it."""
        return self.end + AFTER <= moment


def in_blocks(
    columns: Columns, team: Team, as_of: float, kept: Iterable[Block] = (), changed: float = -NEVER
) -> tuple[Block, ...]:
    """A log block by block; those kept from before are taken over where all before `changed` is as it was.

    The places of names in the log's tables must be those that the kept blocks have.
    """
    settled = {block.start: block for block in kept if block.is_settled(changed)}
    first = columns.span[0] // DAY * DAY
    starts = first + LENGTH * np.arange(max(0, int((as_of - first) // LENGTH)) + 1)
    return tuple(
        _as_named(settled[start], columns) if start in settled else _block(columns, team, start, as_of)
        for start in map(float, starts)
    )


def as_one(blocks: tuple[Block, ...]) -> tuple[Columns, Work]:
    """All blocks as one log, and the work of people in it."""
    columns = end_to_end(blocks[0].columns, *(block.columns for block in blocks[1:]))
    work = replace(
        blocks[-1].work,
        labeling=joined(block.work.labeling for block in blocks),
        adjudicating=joined(block.work.adjudicating for block in blocks),
        starved=joined(block.work.starved for block in blocks),
        present=joined(block.work.present for block in blocks),
    )
    return columns, work


def _block(columns: Columns, team: Team, start: float, as_of: float) -> Block:
    end = start + LENGTH
    since, until = start - BEFORE, min(end + AFTER, as_of)
    part = _part(columns, since, until)
    few, task = _of_few_tasks(part)
    cleaned, counts, notes = clean(few)
    derived, work = derive(cleaned, team, until, since=since)
    derived = derived.at((derived.ts >= start) & (derived.ts < end))
    derived = replace(derived, task=task[derived.task], tasks=columns.tasks)
    work = replace(
        work,
        labeling=_ended(work.labeling, start, end, task),
        adjudicating=_ended(work.adjudicating, start, end, task),
        starved=work.starved.within(start, end),
        present=work.present.within(start, end),
    )
    return Block(start, end, derived, work, counts, notes)


def _ended(spells: Spells, start: float, end: float, task: Ints) -> Spells:
    """Stretches that end within, under the whole log's tasks; so each counts in one block, and whole."""
    ended = spells.at((spells.end >= start) & (spells.end < end))
    return replace(ended, task=task[ended.task])


def _of_few_tasks(columns: Columns) -> tuple[Columns, Ints]:
    """The log with no more names of tasks than it needs, and the places that those had; of no task, NOBODY again."""
    needed = np.flatnonzero(np.bincount(columns.task + 1, minlength=len(columns.tasks) + 1)[1:])
    place = np.full(len(columns.tasks) + 1, NOBODY, dtype=np.int32)
    place[needed] = np.arange(len(needed))
    few = replace(columns, task=place[columns.task], tasks=tuple(columns.tasks[n] for n in needed))
    return few, np.append(needed, NOBODY).astype(np.int32)


def _part(columns: Columns, since: float, until: float) -> Columns:
    """What happened in a time, with all that was before of the tasks that were open or touched in it."""
    known = columns.until(until)
    recent = known.ts >= since
    if recent.all():
        return known
    about = known.task != NOBODY
    wanted = _touched(known, recent & about) | ~_touched(known, known.are("accepted", "dropped") & about)
    return known.at(np.where(about, wanted[known.task], recent))


def _touched(columns: Columns, where: Mask) -> Mask:
    found = np.zeros(len(columns.tasks), dtype=bool)
    found[columns.task[where]] = True
    return found


def _as_named(block: Block, columns: Columns) -> Block:
    """A kept block with the names of the log that it is now a part of."""
    named = replace(block.columns, tasks=columns.tasks, actors=columns.actors, cells=columns.cells)
    return replace(block, columns=named)
