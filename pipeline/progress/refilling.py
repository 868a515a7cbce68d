"""What would relieve an intake that is too small or lumpy, and what would not."""

import numpy as np

from pipeline.progress.measured import WEEK_HOURS, Measured
from pipeline.progress.model import Model, with_people_like
from pipeline.progress.throughput import gain
from schemas.flow import Remedy


def as_planned(model: Model) -> tuple[Remedy, ...]:
    """As much as is planned comes in; and, for nothing, one more person."""
    cells, plan = model.measured.cells, model.measured.plan
    days = round(model.measured.hours / 24)
    came = model.measured.days.came[:, -days:].sum(axis=1) / model.measured.hours
    times = np.where((plan > came) & (came > 0), plan / np.maximum(came, 1e-12), 1.0)
    world = model.measured.with_cells(
        first=cells.first * times, again=cells.again * times, sent=cells.sent * times
    )
    planned = float(np.nansum(plan)) * WEEK_HOURS
    after = Model(world)
    relief = Remedy(
        change=f"as many tasks come in as are planned: {planned:.0f} a week",
        load_after=_fullest(after),
        throughput_gain=round(gain(model, after), 4),
    )
    return (relief, *_one_more(model))


def evenly(model: Model, wait: float, even: float) -> tuple[Remedy, ...]:
    """The same tasks come a few each day; and, for nothing, one more person."""
    relief = Remedy(
        change=f"the same tasks, a few each working day: a task waits {even:.1f} working days, not {wait:.1f}",
        load_after=_fullest(model),
        throughput_gain=0.0,
    )
    return (relief, *_one_more(model))


def _one_more(model: Model) -> tuple[Remedy, ...]:
    measured = model.measured
    if not measured.cells.ready.any():
        return ()
    cell = int(np.argmax(model.loads.load[: len(measured.cells.names)]))
    hours = _usual_hours(measured)
    after = Model(with_people_like(measured, frozenset({(False, cell)}), hours, 1))
    name = measured.cells.names[cell]
    return (
        Remedy(
            change=f"1 more person for {name}, {hours / measured.hours * WEEK_HOURS:.0f} h a week",
            spec=f"--add {name}:1",
            load_after=_fullest(after),
            throughput_gain=round(gain(model, after), 4),
        ),
    )


def _usual_hours(measured: Measured) -> float:
    hours = measured.people.expected[measured.people.expected > 0]
    return float(np.median(hours)) if len(hours) else 0.0


def _fullest(model: Model) -> float | None:
    told = model.told()
    return round(told[0].load, 3) if told else None
