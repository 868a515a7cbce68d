"""A queue out of which each person takes the oldest task that they have had nothing to do with yet."""

from heapq import heappop, heappush


class Queue:
    """Tasks of one cell by the set of people who may not have them (a bit mask): in each set, the oldest first.

    Nobody ever looks through tasks that they may not have: there are as many heaps as sets in use, which are few
    while tasks are finished in about the order in which they came.
    """

    __slots__ = ("heaps",)

    def __init__(self) -> None:
        self.heaps: dict[int, list[int]] = {}

    def put(self, task: int, barred: int) -> None:
        """Queue a task; tasks are numbered by age."""
        heap = self.heaps.get(barred)
        if heap is None:
            self.heaps[barred] = [task]
        else:
            heappush(heap, task)

    def take(self, barred: int) -> int:
        """The oldest of a set."""
        heap = self.heaps[barred]
        task = heappop(heap)
        if not heap:
            del self.heaps[barred]
        return task
