"""Tasks in lots that one import request can carry."""

from collections.abc import Iterable, Iterator

from pipeline.label_studio.base import UID, NewTask
from schemas.errors import LabelStudioRefused

LOT_BYTES = 2_000_000
"""Few enough for the server to have stored them within seconds, many enough that a request costs little beside."""
LOT_TASKS = 1000
LARGEST_TASK = 200_000_000
"""Label Studio takes requests of 250 MiB."""


def batches(
    tasks: Iterable[NewTask],
    limit_bytes: int = LOT_BYTES,
    limit_tasks: int = LOT_TASKS,
    largest: int = LARGEST_TASK,
) -> Iterator[list[NewTask]]:
    """The tasks in their order, cut where a lot would pass a limit; one that is too large for it is a lot of its own.

    Raises LabelStudioRefused, with its uid, for a task that no request can carry.
    """
    lot: list[NewTask] = []
    size = 0
    for task in tasks:
        weight = _weight(task, largest)
        if lot and (size + weight > limit_bytes or len(lot) == limit_tasks):
            yield lot
            lot, size = [], 0
        lot.append(task)
        size += weight
    if lot:
        yield lot


def _weight(task: NewTask, largest: int) -> int:
    weight = len(task.body.encode()) + len(", ")
    if weight > largest:
        raise LabelStudioRefused(
            f"task {task.data.get(UID)!r}: expected at most {largest:,} bytes for Label Studio, "
            f"found {weight:,}; leave its record out, or show less of it"
        )
    return weight
