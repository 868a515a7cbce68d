"""Which task goes to somebody who asks for one, and why: what may go to them at all, then the rules."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from pipeline.door import entry, gold_rates
from pipeline.door.pool import Account, Open
from pipeline.door.rules import RULES, Asker, Head
from pipeline.door.table import Order, Queue, Table

START: Order = (float("-inf"), 0.0, "")
NOTHING_THERE = "no task"
NOT_THEIRS = "no task in their cells"
DONE_ALL = "had all there are"
FAILED = "test failed"
WAITS = "test not looked at yet"


@dataclass
class Choice:
    """What somebody gets, and by which rules among how many; or why nothing."""

    task: Open | None = None
    reason: str = ""
    """Where there is nothing: why."""
    rules: list[dict[str, Any]] = field(default_factory=list)

    def step(self, rule: str, among: int, left: int) -> None:
        """Write down what a rule chose, where it did."""
        if left < among:
            self.rules.append({"rule": rule, "among": among, "left": left})


@dataclass(frozen=True)
class Question:
    """Somebody asks for a task at a moment."""

    account: Account
    at: datetime
    key: bytes
    """What is drawn, is drawn with it."""

    @property
    def annotator(self) -> str:
        """The pseudonym."""
        return self.account.annotator


def choose(table: Table, asked: Question) -> Choice:
    """The task for somebody who has none in hand."""
    mine = _Mine(table, asked)
    if (task := mine.begun()) is not None:
        return Choice(task, rules=[{"rule": "begun before", "among": 1, "left": 1}])
    if (task := mine.test()) is not None:
        return Choice(task, rules=[{"rule": "test", "among": 1, "left": 1}])
    choice = Choice()
    choice.task = mine.ordinary(choice)
    if choice.task is None:
        choice.reason = mine.reason()
    elif (gold := mine.gold(choice.task)) is not None:
        choice.task = gold
        choice.rules.append({"rule": "gold", "among": 1, "left": 1})
    return choice


class _Mine:
    """A table as one person may take from it."""

    def __init__(self, table: Table, asked: Question) -> None:
        self._table, self._asked = table, asked
        last = table.last_of(asked.annotator)
        self._asker = Asker(asked.annotator, asked.account.names, last)
        self._allowed: dict[tuple[str, str], bool] = {}

    def begun(self) -> Open | None:
        """What they began, where it may still be theirs."""
        return next((task for task in self._table.begun(self._asked.annotator) if self._fits(task)), None)

    def test(self) -> Open | None:
        """The next item of a newcomer's test, first of the kind of work they are at."""
        last = self._asker.last
        cells = sorted(self._table.pool.tests, key=lambda cell: (last is None or last.cell != cell, cell))
        for cell in cells:
            if self._may(cell, "label") and self._standing(cell) == "ahead":
                return entry.next_item(self._table, self._asked.annotator, cell)
        return None

    def ordinary(self, choice: Choice) -> Open | None:
        """The work that needs them most."""
        queues = [queue for queue in self._table.queues.values() if queue.tasks]
        theirs = [queue for queue in queues if self._is_open(queue.cell, queue.purpose)]
        choice.step("their cells", _size(queues), _size(theirs))
        heads: Sequence[Head] = [
            Head(queue, task) for queue in theirs if (task := self._head(queue)) is not None
        ]
        if not heads:
            return None
        for name, rule in RULES:
            left = rule(self._asker, heads) or heads
            choice.step(name, _size_of(heads), _size_of(left))
            heads = left
        choice.step("first made", _size_of(heads), 1)
        return min((head.task for head in heads), key=lambda task: (task.born, task.uid))

    def gold(self, task: Open) -> Open | None:
        """Gold in the place of a task, where it is due."""
        if task.purpose != "label":
            return None
        pool, who = self._table.pool, self._asked.annotator
        place = self._table.served[who, task.cell]
        share = gold_rates.rate(pool, who, task.cell, task.task_type, place)
        if not gold_rates.is_due(self._asked.key, who, task.cell, place, share):
            return None
        return gold_rates.pick(self._table, self._asked.key, who, task.cell, self._asker.problems)

    def reason(self) -> str:
        """Why there is nothing for them."""
        queues = [queue for queue in self._table.queues.values() if queue.tasks]
        if not queues:
            return NOTHING_THERE
        cells = {queue.cell for queue in queues if self._may(queue.cell, queue.purpose)}
        if not cells:
            return NOT_THEIRS
        stands = {self._standing(cell) for cell in cells}
        if stands <= {"failed", "not looked at yet"}:
            return WAITS if "not looked at yet" in stands else FAILED
        return DONE_ALL

    def _head(self, queue: Queue) -> Open | None:
        """The first task of a queue that may go to them: of another prompt than the last, where there is one."""
        same: Open | None = None
        passed = True  # so far nothing that could ever be theirs
        for task in queue.after(queue.starts.get(self._asked.annotator, START)):
            if self._had(task):
                continue
            if passed:
                queue.starts[self._asked.annotator] = task.order
                passed = False
            if not task.problems & self._asker.problems:
                return task
            same = same or task
        if passed and queue.tasks:
            queue.starts[self._asked.annotator] = (*queue.tasks[-1].order[:2], queue.tasks[-1].uid + "\0")
        return same

    def _fits(self, task: Open) -> bool:
        if self._had(task):
            return False
        if task.uid in self._table.pool.tasks:
            return self._is_open(task.cell, task.purpose)
        return self._may(task.cell, task.purpose)

    def _had(self, task: Open) -> bool:
        """Whether it can never be theirs: they had it, voted on what it is about, or wrote it."""
        return self._table.was_with(task, self._asked.annotator) or bool(task.authors & self._asker.names)

    def _is_open(self, cell: str, purpose: str) -> bool:
        """Whether ordinary work of a cell may go to them."""
        if not self._may(cell, purpose):
            return False
        return purpose == "adjudicate" or self._standing(cell) in ("no test", "passed")

    def _may(self, cell: str, purpose: str) -> bool:
        key = cell, purpose
        if key not in self._allowed:
            asked = self._asked
            why_not = self._table.pool.why_not(
                asked.annotator, cell, asked.at, "adjudicate" if purpose == "adjudicate" else "label"
            )
            self._allowed[key] = why_not is None
        return self._allowed[key]

    def _standing(self, cell: str) -> entry.Standing:
        return entry.standing(self._table, self._asked.annotator, cell)


def _size(queues: Sequence[Queue]) -> int:
    return sum(len(queue.tasks) for queue in queues)


def _size_of(heads: Sequence[Head]) -> int:
    return _size([head.queue for head in heads])
