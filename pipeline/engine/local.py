"""Many jobs at once on this machine, each worker a process of its own."""

import multiprocessing
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import Any

from pipeline.engine.base import JobT, ResultT, here
from pipeline.engine.tries import Tries
from pipeline.engine.worker import Failed, serve

_CONTEXT = multiprocessing.get_context("forkserver")
"""Never a fork of this process, whose threads and locks a child would inherit in the middle of something."""


class LocalEngine:
    """The processors of this machine."""

    def __init__(self, workers: int | None = None) -> None:
        self._workers = workers or len(os.sched_getaffinity(0))

    @property
    def workers(self) -> int:
        """As many as asked for, or as there are processors for this process."""
        return self._workers

    def run(self, work: Callable[[JobT], ResultT], jobs: Sequence[JobT]) -> Iterator[tuple[JobT, ResultT]]:
        """See Engine: the workers are there while somebody takes results."""
        count = min(self._workers, len(jobs))
        if count <= 1:
            yield from here(work, jobs)
            return
        with _crew(work, count) as crew:
            yield from crew.run(jobs)


class _Worker:
    """A process that does one job after the other."""

    def __init__(self, work: Callable[[Any], Any]) -> None:
        self.connection, theirs = _CONTEXT.Pipe()
        self.process: BaseProcess = _CONTEXT.Process(target=serve, args=(work, theirs), daemon=True)
        self.process.start()
        theirs.close()  # so that the end of the process is the end of the pipe
        self.job: int | None = None

    def give(self, number: int, job: object) -> None:
        """Let it do a job; where it is dead already, the pipe's end will tell."""
        self.job = number
        try:
            self.connection.send(job)
        except OSError:
            return

    def end(self) -> None:
        """End it, whatever it does."""
        self.connection.close()
        self.process.kill()
        self.process.join()
        self.process.close()


class _Crew:
    """The workers of one run, and which job each of them has."""

    def __init__(self, work: Callable[[Any], Any], count: int) -> None:
        self._work = work
        self._workers: dict[Connection, _Worker] = {}
        self._hire(count)

    def run(self, jobs: Sequence[Any]) -> Iterator[tuple[Any, Any]]:
        """Each job with its result; a dead worker's job goes to a new one."""
        tries, left = Tries(jobs), len(jobs)
        while left:
            for worker in self._workers.values():
                if tries and worker.job is None:
                    number = tries.begin()
                    worker.give(number, jobs[number])
            for number, result in self._results():
                if isinstance(result, Failed):
                    raise result.error
                if result is _DIED:
                    tries.died(number)
                else:
                    left -= 1
                    yield jobs[number], result

    def _results(self) -> Iterator[tuple[int, Any]]:
        """What has come by now; at least one thing."""
        busy = [connection for connection, worker in self._workers.items() if worker.job is not None]
        for connection in wait(busy):
            worker = self._workers[connection]  # type: ignore[index] # pipes were given, pipes come back
            number, worker.job = worker.job, None
            assert number is not None  # noqa: S101 - only the busy ones were waited for
            try:
                yield number, worker.connection.recv()
            except (EOFError, OSError):
                self._dismiss(worker)
                self._hire(1)
                yield number, _DIED

    def _hire(self, count: int) -> None:
        for _ in range(count):
            worker = _Worker(self._work)
            self._workers[worker.connection] = worker

    def _dismiss(self, worker: _Worker) -> None:
        del self._workers[worker.connection]
        worker.end()

    def end(self) -> None:
        """End all of them."""
        for worker in list(self._workers.values()):
            self._dismiss(worker)


_DIED = object()


@contextmanager
def _crew(work: Callable[[Any], Any], count: int) -> Iterator[_Crew]:
    crew = _Crew(work, count)
    with ExitStack() as stack:
        stack.callback(crew.end)
        yield crew
