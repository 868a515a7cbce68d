"""The one abstraction of this package: something that does many jobs at once."""

from collections.abc import Callable, Iterator, Sequence
from typing import Protocol, TypeVar

JobT = TypeVar("JobT")
ResultT = TypeVar("ResultT")

TRIES = 3
"""How often a job is begun whose worker died under it."""


class Engine(Protocol):
    """Does jobs, in this process, in others, or on other machines, with the same results."""

    @property
    def workers(self) -> int:
        """How many jobs are done at once."""

    def run(self, work: Callable[[JobT], ResultT], jobs: Sequence[JobT]) -> Iterator[tuple[JobT, ResultT]]:
        """Each job with what came of it, as they are done: in any order.

        `work` is a function of a module, jobs and results are small values that can be pickled: paths and
        numbers, frozen dataclasses of them. Data goes through files. What `work` raises is raised here, and ends
        the run. A worker that dies costs its job only, which is tried again; JobLost after the third time. A job
        may therefore be done twice, also at once by one that was given up: it writes whole files and renames them.

        One job, or one worker: done in this process.
        """


def here(work: Callable[[JobT], ResultT], jobs: Sequence[JobT]) -> Iterator[tuple[JobT, ResultT]]:
    """Do jobs in this process, in their order."""
    for job in jobs:
        yield job, work(job)
