"""How many tasks get through in the model: each resource on the way lets pass what it has hours for."""

import numpy as np

from pipeline.progress.columns import Floats
from pipeline.progress.measured import WEEK_HOURS
from pipeline.progress.model import Model


def accepted_a_week(model: Model) -> Floats:
    """Tasks of each cell that are settled in a week; a resource with a load of 1.25 lets four of five pass."""
    cells, demand, loads = model.measured.cells, model.demand, model.loads
    passes = np.ones(len(cells.names))
    judged = np.ones(len(cells.names))
    for place, served in enumerate(demand.cells):
        (judged if demand.judges[place] else passes)[list(served)] = 1 / max(loads.load[place], 1.0)
    contested = np.where(cells.closed > 0, cells.escalated / np.maximum(cells.closed, 1), 0.0)
    found: Floats = cells.first * WEEK_HOURS * passes * (1 - contested + contested * judged)
    return found


def gain(before: Model, after: Model) -> float:
    """Share of settled tasks a week more."""
    had, gets = accepted_a_week(before).sum(), accepted_a_week(after).sum()
    return float(gets / had - 1) if had > 0 else 0.0
