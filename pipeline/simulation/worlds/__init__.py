"""Made-up projects with a planted cause, and the logs that they leave."""

from pipeline.simulation.worlds.log import run
from pipeline.simulation.worlds.marring import dirtied, reduced
from pipeline.simulation.worlds.project import Truth, Unsuitable, World
from pipeline.simulation.worlds.shape import Shape
from pipeline.simulation.worlds.worlds import world

__all__ = ["Shape", "Truth", "Unsuitable", "World", "dirtied", "reduced", "run", "world"]
