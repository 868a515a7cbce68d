"""What does many jobs at once: the processes of this machine, or a Ray cluster."""

from pipeline.engine.base import Engine
from schemas import project

__all__ = ["Engine", "engine_of"]


def engine_of(config: project.Engine) -> Engine:
    """The engine that `[engine]` asks for; nothing is started before there is work for more than one."""
    if config.kind == "ray":
        from pipeline.engine.cluster import RayEngine

        return RayEngine(config.address, config.workers)
    from pipeline.engine.local import LocalEngine

    return LocalEngine(config.workers)
