"""Who is at work, who of them waits for something to do, and when what they begin will be done."""

import math
from collections.abc import Sequence

from pipeline.calendars import Shift
from pipeline.simulation.model import Model, Worker


class Staff:
    """The workers of a run; sets of them are bit masks."""

    def __init__(self, model: Model) -> None:
        self._workers = model.workers
        self._shifts = [_shifts_of(worker, model.start) for worker in model.workers]
        self._next = [0] * len(model.workers)
        """The shift that a worker is in, or else the next one."""
        self._since = [0.0] * len(model.workers)
        self.present = 0
        self.idle = 0
        self.staying = 0
        """Whose shift is over, but who finish what they have in hand."""
        cells = range(len(model.cells))
        self.cells = [tuple(cells) if worker.cells is None else worker.cells for worker in model.workers]
        self.label = [self._able(cell, labels=True) for cell in cells]
        self.adjudicate = [self._able(cell, labels=False) for cell in cells]
        self.both = _mask([worker.labels and worker.adjudicates for worker in model.workers])

    def _able(self, cell: int, *, labels: bool) -> int:
        return _mask(
            [
                (worker.labels if labels else worker.adjudicates) and cell in own
                for worker, own in zip(self._workers, self.cells, strict=True)
            ]
        )

    # Shifts

    def next_begin(self, worker: int) -> float:
        """When the next shift begins; inf if there is none."""
        shifts, at = self._shifts[worker], self._next[worker]
        return shifts[at][0] if at < len(shifts) else math.inf

    def comes(self, worker: int) -> tuple[bool, float]:
        """Begin the next shift; whether they had been away, and when it ends."""
        was_away = not self.present >> worker & 1
        self.present |= 1 << worker
        self.staying &= ~(1 << worker)
        return was_away, self._shifts[worker][self._next[worker]][1]

    def ends(self, worker: int, *, busy: bool) -> bool:
        """End the shift; whether they go."""
        self._next[worker] += 1
        if busy and self._workers[worker].overtime:
            self.staying |= 1 << worker
            return False
        self.goes(worker)
        return True

    def goes(self, worker: int) -> None:
        """Away, until the next shift."""
        self.present &= ~(1 << worker)
        self.staying &= ~(1 << worker)
        self.idle &= ~(1 << worker)

    def finish(self, worker: int, now: float, seconds: float) -> float:
        """When so many seconds of work that begin now will be done; inf if never."""
        shifts, at = self._shifts[worker], self._next[worker]
        end = shifts[at][1]
        if now + seconds <= end:
            return now + seconds
        if self._workers[worker].overtime:
            return now + seconds if now + seconds <= self._workers[worker].until else math.inf
        seconds -= end - now
        for begin, end in shifts[at + 1 :]:
            if begin + seconds <= end:
                return begin + seconds
            seconds -= end - begin
        return math.inf

    # Who waits

    def waits(self, worker: int, now: float) -> None:
        """Has nothing to do from now on."""
        self.idle |= 1 << worker
        self._since[worker] = now

    def takes_up(self, worker: int) -> None:
        """Has something to do."""
        self.idle &= ~(1 << worker)

    def longest_idle(self, among: int) -> int:
        """Who of these has waited longest."""
        best, since = -1, math.inf
        while among:
            lowest = among & -among
            worker = lowest.bit_length() - 1
            if self._since[worker] < since:
                best, since = worker, self._since[worker]
            among ^= lowest
        return best


def _mask(flags: list[bool]) -> int:
    return sum(1 << place for place, flag in enumerate(flags) if flag)


def _shifts_of(worker: Worker, start: float) -> Sequence[Shift]:
    """What is left of the shifts at the start, and ends when the worker does."""
    return [
        (max(begin, start), min(end, worker.until))
        for begin, end in worker.shifts
        if end > start and begin < worker.until
    ]
