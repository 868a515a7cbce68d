"""Eight ways to make a project stall, and one to leave it alone: each with the load that it was given."""

from collections.abc import Callable
from dataclasses import replace
from typing import TypeAlias

import numpy as np

from pipeline.simulation.worlds.capacity import (
    labeling,
    raised,
    with_adjudication,
    with_ample_rest,
    with_screening,
    with_short_adjudication,
)
from pipeline.simulation.worlds.loads import adjudication_load, labeling_load, screening_load, short_of_hours
from pipeline.simulation.worlds.planting_people import RELIEVED, plant_absent_person, plant_overlap_shortage
from pipeline.simulation.worlds.project import Project, Truth, Unsuitable, Wish
from pipeline.simulation.worlds.shape import LOADS, scaled, with_few_tasks
from schemas.flow import ADJUDICATION, SCREENING, Cause

Planted: TypeAlias = tuple[Project, Truth]
Plant: TypeAlias = Callable[[Project, Wish, np.random.Generator], Planted]
OFTEN, MOSTLY = (0.35, 0.6), (0.58, 0.68)
"""How often an unclear guideline ends in dispute, and such a task is sent back."""
MOST_BY_REWORK = 1.22
"""A load that rework alone can make of an ample one."""
BY_LANGUAGE, BY_ADJUDICATION, WEEKLY = 0.6, 0.6, 0.5
"""Shares of the first of two ways to plant a cause."""
SHARED = 0.97
"""Of a shortage's load, what is there without the rule of distinct people too."""


def plant_none(project: Project, _: Wish, source: np.random.Generator) -> Planted:
    """All loads between 0.55 and 0.8 at most."""
    project = raised(project, source.uniform(*LOADS), labeling)
    project = with_ample_rest(with_few_tasks(project), source)
    highest = max(labeling(project), adjudication_load(project), screening_load(project))
    return project, Truth("none", load=highest)


def plant_skill_shortage(project: Project, wish: Wish, source: np.random.Generator) -> Planted:
    """More tasks of one language, or of one cell, than its people have hours for."""
    cells = [kind.name for kind in project.kinds]
    target = cells[int(source.integers(len(cells)))]
    if wish.variant < BY_LANGUAGE:
        own = frozenset(cell for cell in cells if cell.split("/")[0] == target.split("/")[0])
    else:
        own = frozenset({target})
    project = with_few_tasks(raised(project, wish.load, labeling, own))
    found = labeling_load(project)
    if labeling_load(project, distinct=False).load < SHARED * found.load:
        raise Unsuitable
    where = max(found.tight, key=lambda cell: found.tight[cell])
    short = short_of_hours(project)
    truth = Truth("skill_shortage", where, short, short, found.load)
    return with_ample_rest(project, source), truth


def plant_slow_adjudication(project: Project, wish: Wish, source: np.random.Generator) -> Planted:
    """Adjudicators who have too little time for what is sent to them."""
    project = with_short_adjudication(project, wish.load)
    project = with_ample_rest(project, source, adjudication=False)
    return project, Truth(
        "slow_adjudication", resources=frozenset({ADJUDICATION}), load=adjudication_load(project)
    )


def plant_slow_screening(project: Project, wish: Wish, source: np.random.Generator) -> Planted:
    """Processes that screen more slowly than tasks come in."""
    project = with_ample_rest(project, source, screening=False)
    project = with_screening(project, wish.load, int(source.integers(1, 4)))
    return project, Truth("slow_screening", resources=frozenset({SCREENING}), load=screening_load(project))


def plant_ambiguous_guideline(project: Project, wish: Wish, source: np.random.Generator) -> Planted:
    """One task type on which people disagree, and adjudicators send much of it back."""
    types = sorted({kind.type for kind in project.kinds})
    unclear = types[int(source.integers(len(types)))]
    by_adjudication = wish.variant < BY_ADJUDICATION
    escalated, rejected = source.uniform(*(OFTEN if by_adjudication else MOSTLY), 2)
    kinds = tuple(
        replace(kind, p_escalated=float(escalated), p_rejected=float(rejected))
        if kind.type == unclear
        else kind
        for kind in project.kinds
    )
    clear, project = project, replace(project, kinds=kinds)
    if by_adjudication:
        project = raised(project, min(labeling(project), LOADS[1]), labeling)
        project = with_ample_rest(with_short_adjudication(project, wish.load), source, adjudication=False)
        short = frozenset({ADJUDICATION})
        load, relieved = adjudication_load(project), adjudication_load(_cleared(project, clear))
    else:
        own = frozenset(kind.name for kind in kinds if kind.type == unclear)
        project = scaled(project, 0.2, frozenset(kind.name for kind in kinds) - own)
        project = with_few_tasks(raised(project, min(wish.load, MOST_BY_REWORK), labeling, own))
        project = with_ample_rest(project, source)
        short = short_of_hours(project)
        load, relieved = labeling(project), labeling(_cleared(project, clear))
    if relieved > RELIEVED:
        raise Unsuitable
    return project, Truth("ambiguous_guideline", unclear, resources=short, load=load)


def _cleared(project: Project, clear: Project) -> Project:
    """The same with the rates that it had before."""
    rates = {kind.name: (kind.p_escalated, kind.p_rejected) for kind in clear.kinds}
    return replace(
        project,
        kinds=tuple(
            replace(kind, p_escalated=rates[kind.name][0], p_rejected=rates[kind.name][1])
            for kind in project.kinds
        ),
    )


def plant_starved_intake(project: Project, _: Wish, source: np.random.Generator) -> Planted:
    """Much less comes in than was planned, and people wait."""
    share = float(source.uniform(0.3, 0.7))
    project = replace(scaled(raised(project, source.uniform(0.6, 0.8), labeling), share), intake=share)
    project = with_ample_rest(with_few_tasks(project), source)
    return project, Truth("starved_intake", load=labeling(project))


def plant_bursty_intake(project: Project, wish: Wish, source: np.random.Generator) -> Planted:
    """Enough people for the week's tasks, which come in all at once."""
    weekly = wish.variant < WEEKLY
    days = 7 if weekly else int(source.integers(5, 11))
    project = raised(project, source.uniform(0.5, 0.85 if weekly else 0.62), labeling)
    project = with_adjudication(with_few_tasks(project), source.uniform(0.3, 0.6))
    project = with_screening(project, source.uniform(0.01, 0.08), int(source.integers(1, 4)))
    return replace(project, lot_days=days), Truth("bursty_intake", load=labeling(project))


PLANTS: dict[Cause, Plant] = {
    "skill_shortage": plant_skill_shortage,
    "overlap_shortage": plant_overlap_shortage,
    "absent_person": plant_absent_person,
    "slow_adjudication": plant_slow_adjudication,
    "ambiguous_guideline": plant_ambiguous_guideline,
    "slow_screening": plant_slow_screening,
    "starved_intake": plant_starved_intake,
    "bursty_intake": plant_bursty_intake,
    "none": plant_none,
}
