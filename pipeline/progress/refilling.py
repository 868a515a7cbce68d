"""What would relieve an intake that is too small or lumpy, and what would not."""

import numpy as np

from pipeline.progress.measured import WEEK_HOURS
from pipeline.progress.model import Model
from pipeline.progress.remedies import somebody_for
from pipeline.progress.throughput import gain
from schemas.flow import Remedy


def as_planned(model: Model) -> tuple[Remedy, ...]:
    """As much as is planned comes in; and, for nothing, one more person."""
    cells, plan = model.measured.cells, model.measured.plan
    came = model.measured.came.sum(axis=1) / model.measured.hours
    times = np.where((plan > came) & (came > 0), plan / np.maximum(came, 1e-12), 1.0)
    world = model.measured.with_cells(
        first=cells.first * times, again=cells.again * times, sent=cells.sent * times
    )
    planned = float(np.nansum(plan)) * WEEK_HOURS
    after = Model(world)
    relief = Remedy(
        change=f"as many tasks come in as are planned: {planned:.0f} a week",
        load_after=after.highest(),
        throughput_gain=round(gain(model, after), 4),
    )
    return (relief, *_one_more(model))


def evenly(model: Model, wait: float, even: float) -> tuple[Remedy, ...]:
    """The same tasks come a few each day; and, for nothing, one more person."""
    relief = Remedy(
        change=f"the same tasks, a few each working day: a task waits {even:.1f} working days, not {wait:.1f}",
        load_after=model.highest(),
        throughput_gain=0.0,
    )
    return (relief, *_one_more(model))


def _one_more(model: Model) -> tuple[Remedy, ...]:
    measured = model.measured
    if not measured.cells.ready.any():
        return ()
    cell = int(np.argmax(model.loads.load[: len(measured.cells.names)]))
    change = somebody_for(measured, cell)
    after = Model(change.world)
    return (
        Remedy(
            change=change.text,
            spec=change.spec,
            load_after=after.highest(),
            throughput_gain=round(gain(model, after), 4),
        ),
    )
