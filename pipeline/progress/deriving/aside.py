"""Work that brings no task on: gold and newcomers' tests stand in the log with a person, and without a task."""

from dataclasses import dataclass

import numpy as np

from pipeline.progress.attempts import before_by
from pipeline.progress.beginnings import paired
from pipeline.progress.columns import NOBODY, Columns, Mask
from pipeline.progress.deriving.leads import Usual, unknown_cell
from pipeline.progress.deriving.serving import at_it
from pipeline.progress.deriving.work import Spells


@dataclass(frozen=True)
class Aside:
    """Stretches at such work, and which starts the log has."""

    spells: Spells
    measured: Mask


def aside(columns: Columns, usual: Usual) -> Aside:
    """From served until submitted or skipped; where that is not known, as long as it took by itself."""
    about = (columns.task == NOBODY) & (columns.actor != NOBODY)
    ends = np.flatnonzero(about & columns.are("submitted", "skipped"))
    began, _ = paired(
        columns, np.flatnonzero(about & columns.are("served")), ends, columns.actor.astype(np.int64)
    )
    previous = before_by(columns.actor[ends], columns.ts[ends])
    taken = at_it(columns, ends, began, previous)
    most = usual.most[unknown_cell(columns.cell[ends])]
    taken = np.where(np.isnan(taken), np.nan_to_num(columns.lead[ends]), taken)
    start = columns.ts[ends] - np.clip(taken, 0.0, np.minimum(most, columns.ts[ends] - previous))
    order = np.argsort(start, kind="stable")
    spells = Spells(
        columns.actor[ends],
        start,
        columns.ts[ends],
        columns.cell[ends],
        columns.task[ends],
        columns.attempt[ends],
        columns.slot[ends],
    )
    return Aside(spells.at(order), ~np.isnan(began)[order])
