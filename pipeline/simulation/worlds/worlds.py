"""Worlds: a project drawn by its seed, with a cause planted in it."""

import numpy as np

from pipeline.simulation.worlds.decoys import with_a_long_cell, with_decoys
from pipeline.simulation.worlds.planting import PLANTS
from pipeline.simulation.worlds.project import Project, Truth, Unsuitable, Wish, World
from pipeline.simulation.worlds.shape import Shape, draw_project, happens
from pipeline.simulation.worlds.teams import team_of
from schemas.flow import CAUSES, Cause

PLANTED = (1.12, 1.7)
DRAWS = 150


def world(cause: Cause, seed: int, shape: Shape | None = None) -> World:
    """The world of a cause and a seed; projects are drawn until there is one that can have the cause."""
    wanted = shape or Shape()
    first = np.random.default_rng([CAUSES.index(cause), seed])
    wish = Wish(wanted.load or float(first.uniform(*PLANTED)), float(first.random()))
    for draw in range(DRAWS):
        source = np.random.default_rng([CAUSES.index(cause), seed, draw])
        try:
            project, truth = _planted(cause, wanted, wish, source)
        except Unsuitable:
            continue
        return World(seed, project, team_of(project, source), truth)
    raise Unsuitable(f"{cause}: no project of the shape {wanted} can have it; wish for less")


def _planted(cause: Cause, shape: Shape, wish: Wish, source: np.random.Generator) -> tuple[Project, Truth]:
    project = draw_project(shape, source)
    if shape.decoys and happens(source, 0.5):
        project = with_a_long_cell(project, source)
    project, truth = PLANTS[cause](project, wish, source)
    return (with_decoys(project, truth, source) if shape.decoys else project), truth
