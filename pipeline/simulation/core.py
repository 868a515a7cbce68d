"""The event simulation: tasks, k distinct people, adjudication, rework and calendars, deterministic by its seed."""

import math
from collections.abc import Callable
from heapq import heapify, heappop, heappush
from typing import TypeAlias

import numpy as np

from pipeline.simulation.draws import Chances, Durations
from pipeline.simulation.model import NOTHING, Model, Recorder, Run
from pipeline.simulation.queues import Queue
from pipeline.simulation.staff import Staff
from schemas.events import EventName

Handler: TypeAlias = Callable[[int, int, float], None]


def simulate(model: Model, seed: int | np.random.Generator, record: Recorder | None = None) -> Run:
    """Run a model to its end, or until nothing is left to do; the same seed gives the same run.

    With `record`, each event of the log is handed over as it happens, and the run goes on to the end of the shifts.
    """
    return Simulation(model, np.random.default_rng(seed), record).run()


class Simulation:
    """One run. Tasks are numbered by priority and age, so that the smaller number always goes first."""

    def __init__(self, model: Model, source: np.random.Generator, record: Recorder | None) -> None:
        self._model = model
        self._record = record
        self._now = model.start
        self._agenda: list[tuple[float, int, Handler, int, int, float]] = []
        self._planned = 0
        self._handled = 0
        self._draw(source)
        self._number_the_jobs()
        self._staff = Staff(model)
        self._busy = [False] * len(model.workers)
        self._slot = [0] * len(model.workers)
        self._to_label = [Queue() for _ in model.cells]
        self._to_adjudicate = [Queue() for _ in model.cells]
        self._to_screen: list[int] = []
        self._screeners = list(range(model.screeners - 1, -1, -1))
        self._accepted: list[list[float]] = [[] for _ in model.cells]

    def _draw(self, source: np.random.Generator) -> None:
        cells = self._model.cells
        self._chances = Chances(source)
        self._votes = [Durations(cell.vote, source) for cell in cells]
        self._adjudications = [Durations(cell.adjudication, source) for cell in cells]
        self._screenings = [Durations(cell.screening, source) for cell in cells]

    def _number_the_jobs(self) -> None:
        jobs = self._model.jobs
        self._place = sorted(range(len(jobs)), key=lambda job: (jobs[job].priority, jobs[job].at))
        ordered = [jobs[job] for job in self._place]
        self._cell = [job.cell for job in ordered]
        self._attempt = [job.attempt for job in ordered]
        self._given = [len(job.voters) + job.others for job in ordered]
        """Votes that are in, of this attempt; `served` counts those in hand too, `wanted` those asked for."""
        self._served = list(self._given)
        self._wanted = [
            max(self._model.cells[job.cell].first, len(job.voters) + job.others) for job in ordered
        ]
        self._voters = [sum(1 << worker for worker in set(job.voters)) for job in ordered]
        self._settled = [math.inf] * len(jobs)
        self._unsettled = len(jobs)

    # The clock

    def run(self) -> Run:
        """Handle event after event."""
        for worker in range(len(self._model.workers)):
            self._plan(self._staff.next_begin(worker), self._comes, worker)
        self._begin()
        end, agenda = self._model.end, self._agenda
        while agenda and (self._unsettled or self._record):
            moment, _, handle, one, other, seconds = heappop(agenda)
            if moment > end:
                break
            self._now = moment
            self._handled += 1
            handle(one, other, seconds)
        for moments in self._accepted:
            moments.sort()
        return Run(self._accepted, self._settled, self._handled)

    def _plan(
        self, moment: float, handle: Handler, one: int, other: int = NOTHING, seconds: float = 0.0
    ) -> None:
        if moment < math.inf:
            self._planned += 1
            heappush(self._agenda, (moment, self._planned, handle, one, other, seconds))

    def _begin(self) -> None:
        """Put what is in hand into its queues before anybody comes to work, and plan what is to come."""
        jobs, start = self._model.jobs, self._model.start
        for task, place in enumerate(self._place):
            job = jobs[place]
            if job.at >= start:
                self._planned += 1
                self._agenda.append((job.at, self._planned, self._comes_in, task, NOTHING, 0.0))
            elif job.stage == "screening":
                self._queue_for_screening(task)
            elif job.stage == "adjudication":
                self._queue_for_adjudication(task)
            elif self._given[task] >= self._wanted[task]:
                self._all_votes_in(task)
            else:
                self._offer(task)
        heapify(self._agenda)

    # Intake

    def _comes_in(self, task: int, _: int, __: float) -> None:
        self._say("ingested", task)
        if self._model.jobs[self._place[task]].stage == "screening":
            self._queue_for_screening(task)
        else:
            self._open(task)

    def _queue_for_screening(self, task: int) -> None:
        if not self._model.screeners:
            self._after_screening(task)
        elif self._screeners:
            self._screen(self._screeners.pop(), task)
        else:
            heappush(self._to_screen, task)

    def _screen(self, screener: int, task: int) -> None:
        seconds = self._screenings[self._cell[task]].next()
        self._say("screening_started", task, len(self._model.workers) + screener)
        self._plan(self._now + seconds, self._screened, screener, task)

    def _screened(self, screener: int, task: int, _: float) -> None:
        self._say("screened", task, len(self._model.workers) + screener)
        if self._to_screen:
            self._screen(screener, heappop(self._to_screen))
        else:
            self._screeners.append(screener)
        self._after_screening(task)

    def _after_screening(self, task: int) -> None:
        if self._chances.happens(self._model.cells[self._cell[task]].p_dropped):
            self._say("dropped", task)
            self._settle(task)
        else:
            self._open(task)

    # Labeling

    def _open(self, task: int) -> None:
        self._say("ready", task)
        self._offer(task)

    def _offer(self, task: int) -> None:
        """Serve a task to those who wait for one; queue it for what is left."""
        cell, staff = self._cell[task], self._staff
        while self._served[task] < self._wanted[task]:
            waiting = staff.idle & staff.label[cell] & ~self._voters[task]
            if not waiting:
                self._to_label[cell].put(task, self._voters[task])
                return
            self._serve(staff.longest_idle(waiting), task)

    def _serve(self, worker: int, task: int) -> None:
        self._served[task] += 1
        self._slot[worker] = self._served[task]
        self._voters[task] |= 1 << worker
        seconds = self._votes[self._cell[task]].next() / self._model.workers[worker].speed
        self._say("served", task, worker, self._served[task])
        self._work(worker, task, seconds, self._votes_done)

    def _work(self, worker: int, task: int, seconds: float, done: Handler) -> None:
        self._staff.takes_up(worker)
        self._busy[worker] = True
        self._plan(self._staff.finish(worker, self._now, seconds), done, worker, task, seconds)

    def _votes_done(self, worker: int, task: int, seconds: float) -> None:
        self._given[task] += 1
        self._say("submitted", task, worker, self._slot[worker], seconds)
        if self._given[task] == self._wanted[task]:
            self._all_votes_in(task)
        self._free(worker)

    def _all_votes_in(self, task: int) -> None:
        cell = self._model.cells[self._cell[task]]
        if self._wanted[task] < cell.most and self._chances.happens(cell.p_more):
            self._wanted[task] += 1
            self._offer(task)
        elif self._chances.happens(cell.p_escalated):
            self._say("sent_to_adjudication", task)
            self._queue_for_adjudication(task)
        else:
            self._accept(task)

    # Adjudication

    def _queue_for_adjudication(self, task: int) -> None:
        cell, staff = self._cell[task], self._staff
        barred = self._voters[task] & staff.both
        waiting = staff.idle & staff.adjudicate[cell] & ~barred
        if waiting:
            self._adjudicate(staff.longest_idle(waiting), task)
        else:
            self._to_adjudicate[cell].put(task, barred)

    def _adjudicate(self, worker: int, task: int) -> None:
        seconds = self._adjudications[self._cell[task]].next() / self._model.workers[worker].speed
        self._say("adjudication_started", task, worker)
        self._work(worker, task, seconds, self._adjudicated)

    def _adjudicated(self, worker: int, task: int, seconds: float) -> None:
        if self._chances.happens(self._model.cells[self._cell[task]].p_rejected):
            self._say("rejected", task, worker, 0, seconds)
            self._again(task)
        else:
            self._accept(task, worker, seconds)
        self._free(worker)

    def _again(self, task: int) -> None:
        self._attempt[task] += 1
        self._given[task] = self._served[task] = self._voters[task] = 0
        self._wanted[task] = self._model.cells[self._cell[task]].first
        self._open(task)

    def _accept(self, task: int, worker: int = NOTHING, seconds: float = math.nan) -> None:
        self._say("accepted", task, worker, 0, seconds)
        self._accepted[self._cell[task]].append(self._now)
        self._settle(task)

    def _settle(self, task: int) -> None:
        self._settled[self._place[task]] = self._now
        self._unsettled -= 1

    # People

    def _comes(self, worker: int, _: int, __: float) -> None:
        was_away, end = self._staff.comes(worker)
        self._plan(end, self._ends_the_shift, worker)
        if was_away:
            self._say("signed_on", NOTHING, worker)
        if not self._busy[worker]:
            self._look_for_work(worker)

    def _ends_the_shift(self, worker: int, _: int, __: float) -> None:
        if self._staff.ends(worker, busy=self._busy[worker]):
            self._say("signed_off", NOTHING, worker)
        self._plan(self._staff.next_begin(worker), self._comes, worker)

    def _free(self, worker: int) -> None:
        """Done with what they had in hand."""
        self._busy[worker] = False
        if self._staff.staying >> worker & 1:
            self._staff.goes(worker)
            self._say("signed_off", NOTHING, worker)
        elif self._staff.present >> worker & 1:  # else the shift ended in the very moment that the work did
            self._look_for_work(worker)

    def _look_for_work(self, worker: int) -> None:
        """Adjudication first, then the oldest task that is theirs to label; else wait."""
        who, staff = self._model.workers[worker], self._staff
        if who.adjudicates and (task := self._take(self._to_adjudicate, worker)) != NOTHING:
            self._adjudicate(worker, task)
        elif who.labels and (task := self._take(self._to_label, worker)) != NOTHING:
            self._serve(worker, task)
            self._offer(task)
        else:
            staff.waits(worker, self._now)
            self._say("starved", NOTHING, worker)

    def _take(self, queues: list[Queue], worker: int) -> int:
        """The oldest task that a worker may have out of their cells' queues, taken out of there; or NOTHING."""
        own = 1 << worker
        oldest, best, where = math.inf, 0, None
        for cell in self._staff.cells[worker]:
            queue = queues[cell]
            for barred, heap in queue.heaps.items():
                if heap[0] < oldest and not barred & own:
                    oldest, best, where = heap[0], barred, queue
        return NOTHING if where is None else where.take(best)

    def _say(
        self, event: EventName, task: int, actor: int = NOTHING, slot: int = 0, seconds: float = math.nan
    ) -> None:
        if self._record is None:
            return
        if task == NOTHING:
            self._record(self._now, event, NOTHING, actor, 1, 0, math.nan)
        else:
            self._record(self._now, event, self._place[task], actor, self._attempt[task], slot, seconds)
