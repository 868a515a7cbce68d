"""Which jobs are to be begun, and begun again."""

from collections import deque
from collections.abc import Sequence
from typing import Generic

from pipeline.engine.base import TRIES, JobT
from schemas.errors import JobLost


class Tries(Generic[JobT]):
    """The jobs of a run: each is begun once, and again where its worker died under it."""

    def __init__(self, jobs: Sequence[JobT]) -> None:
        self.jobs = jobs
        self._waiting, self._begun = deque(range(len(jobs))), [0] * len(jobs)

    def __bool__(self) -> bool:
        return bool(self._waiting)

    def begin(self) -> int:
        """The number of the job that is to be begun next."""
        number = self._waiting.popleft()
        self._begun[number] += 1
        return number

    def died(self, number: int) -> None:
        """A job's worker died; raises JobLost where it was not the first one."""
        if self._begun[number] == TRIES:
            raise JobLost(
                f"{self.jobs[number]!s:.200}: a worker should do it, {TRIES} died under it; look for what kills them, "
                "such as too little memory, then run the command again: what is done stays done"
            )
        self._waiting.appendleft(number)
