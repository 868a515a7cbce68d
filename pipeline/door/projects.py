"""The settings of Label Studio's projects, cut, and kept for a while: they are the same for everybody."""

import time
from collections.abc import Callable

from pipeline.door import cutting
from pipeline.door.base import Visitor
from pipeline.door.calls import Declined
from pipeline.door.cutting import Project
from pipeline.door.upstream import Upstream

FRESH = 30.0
"""Seconds for which they are not asked for again."""


class Projects:
    """Asks once in a while, under the account of whoever comes first."""

    def __init__(self, upstream: Upstream, clock: Callable[[], float] = time.monotonic) -> None:
        self._upstream, self._clock = upstream, clock
        self._known: dict[int, tuple[float, Project]] = {}

    async def get(self, who: Visitor, number: int) -> Project:
        """A project's settings; Declined where Label Studio does not give it."""
        seen, known = self._known.get(number, (-FRESH, None))
        if known is not None and self._clock() - seen < FRESH:
            return known
        answer = await self._upstream.call(who, "GET", f"/api/projects/{number}/")
        if not answer.is_success:
            raise Declined(answer.status_code)
        made = cutting.project(answer.json())
        self._known[number] = self._clock(), made
        return made
