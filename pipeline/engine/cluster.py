"""Many jobs at once on a Ray cluster (the extra `ray`)."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from pipeline.engine.base import JobT, ResultT, here
from pipeline.engine.tries import Tries
from schemas.errors import EngineError


class RayEngine:
    """A Ray cluster that is there already, or, without an address, one of this machine."""

    def __init__(self, address: str | None = None, workers: int | None = None) -> None:
        self._address, self._workers = address, workers

    @property
    def workers(self) -> int:
        """As many as asked for, or as the cluster has processors."""
        return self._workers or max(1, int(self._ray().cluster_resources().get("CPU", 1)))

    def run(self, work: Callable[[JobT], ResultT], jobs: Sequence[JobT]) -> Iterator[tuple[JobT, ResultT]]:
        """See Engine: at most `workers` jobs are with the cluster at a time."""
        if len(jobs) <= 1:
            yield from here(work, jobs)
            return
        ray, tries, running = self._ray(), Tries(jobs), dict[Any, int]()
        remote = ray.remote(max_retries=0, num_cpus=1)(work)
        try:
            while tries or running:
                while tries and len(running) < self.workers:
                    number = tries.begin()
                    running[remote.remote(jobs[number])] = number
                (done, *_), _ = ray.wait(list(running), num_returns=1)
                number = running.pop(done)
                try:
                    result = ray.get(done)
                except _deaths(ray):
                    tries.died(number)
                except ray.exceptions.RayTaskError as error:
                    raise _cause(error) from None
                else:
                    yield jobs[number], result
        finally:
            for reference in running:
                ray.cancel(reference, force=True)

    def _ray(self) -> Any:  # noqa: ANN401 - ray is not typed
        try:
            import ray
        except ImportError:
            raise EngineError(
                "[engine] kind = 'ray': the package ray was expected, is not installed; pip install 'headrace[ray]'"
            ) from None
        if not ray.is_initialized():
            _connect(ray, self._address, self._workers)
        return ray


def _connect(ray: Any, address: str | None, workers: int | None) -> None:  # noqa: ANN401 - ray is not typed
    own = {"num_cpus": workers, "include_dashboard": False} if address is None else {"address": address}
    try:
        ray.init(log_to_driver=False, configure_logging=False, ignore_reinit_error=True, **own)
    except Exception as error:  # noqa: BLE001 - ray raises what its many parts raise
        where = address or "this machine"
        said = " ".join(str(error).split())[:300]
        raise EngineError(
            f"[engine] address: a Ray cluster was expected at {where}, there is none ({said}); "
            "start it, or mend the address"
        ) from None


def _deaths(ray: Any) -> tuple[type[Exception], ...]:  # noqa: ANN401 - ray is not typed
    """What says that the worker died, not that its work raised something."""
    found = ray.exceptions
    return (found.WorkerCrashedError, found.NodeDiedError, found.OutOfMemoryError, found.ObjectLostError)


def _cause(error: Any) -> Exception:  # noqa: ANN401 - a RayTaskError
    cause = getattr(error, "cause", None)
    return cause if isinstance(cause, Exception) else error
