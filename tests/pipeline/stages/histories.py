"""Random histories of a labeling effort: what people, adjudicators, leads and sources do between releases."""

import random
from collections.abc import Callable
from typing import Any

from pipeline.stages.release import release
from schemas.errors import GateRefused
from schemas.steering import RedoFact, WithdrawalFact
from tasks import task_types
from tasks._adjudication import Decision

KIND = task_types()["preference_pair"]
WORDS = [f"word{number}" for number in range(24)]


class History:
    """One effort, and everything that may happen to it."""

    def __init__(self, effort: Any, seed: int) -> None:
        self.effort = effort
        self.rng = random.Random(seed)
        self.problems: list[dict[str, Any]] = []
        self.releases: list[Any] = []
        """The folders of those that were made, in order."""

    def begin(self) -> None:
        """Some problems, labeled once each, and released."""
        self.come(6)
        self.release()

    def go_on(self, steps: int) -> None:
        """So many things happen; whether they are released is one of them."""
        for _ in range(steps):
            self.rng.choice(self._happenings())()

    def _happenings(self) -> list[Callable[[], None]]:
        return [
            self.come,
            self.vote,
            self.vote,
            self.correct,
            self.retract,
            self.decide,
            self.redo,
            self.withdraw,
            self.revise,
            self.release,
        ]

    def come(self, count: int = 2) -> None:
        """Problems come, some of them nearly the same as earlier ones."""
        self.problems += [self._problem() for _ in range(count)]
        self._ask()

    def vote(self) -> None:
        """Somebody says something of a task that others have labeled."""
        if tasks := self._there():
            person = self._person(self.rng.choice(["ben", "cam"]))
            self.effort.studio.annotate(self.rng.choice(tasks), person, self._said(), 9.0)
            self.effort.run("sync", "check", "resolve")

    def correct(self) -> None:
        """Somebody changes what they said."""
        if annotations := self._annotations():
            self.effort.studio.edit(self.rng.choice(annotations), self._said())
            self.effort.run("sync", "check", "resolve")

    def retract(self) -> None:
        """Somebody takes back what they said."""
        if annotations := self._annotations():
            self.effort.studio.delete_annotation(self.rng.choice(annotations))
            self.effort.run("sync", "check", "resolve")

    def decide(self) -> None:
        """An adjudicator decides what people dispute."""
        self.effort.run("generate", "push")
        if self.effort.cases():
            self.effort.decide("dee", Decision(label=KIND.label(preference=self._preference())), 2)
            self.effort.run("sync", "check", "resolve")

    def redo(self) -> None:
        """A task is asked anew, and answered."""
        tasks = self._store(
            "SELECT task_id FROM task_states WHERE accepted AND state NOT IN ('superseded', 'withdrawn')"
        )
        if tasks:
            moment = self.effort.ctx.clock()
            chosen = self.rng.choice(tasks)
            self.effort.ctx.store.put(
                [RedoFact(task_id=chosen, reason="r", condition="true", redone_at=moment)]
            )
            self._ask()

    def withdraw(self, record_id: str | None = None) -> None:
        """A record goes."""
        known = self._store("SELECT record_id FROM records ANTI JOIN withdrawals USING (record_id)")
        if len(known) > 2:
            gone = WithdrawalFact(
                record_id=record_id or self.rng.choice(known),
                reason="r",
                condition="true",
                withdrawn_at=self.effort.ctx.clock(),
            )
            self.effort.ctx.store.put([gone])

    def revise(self) -> None:
        """The source says something else in the place of a problem, whose record goes."""
        place = self.rng.randrange(len(self.problems))
        sql = """SELECT record_id FROM records ANTI JOIN withdrawals USING (record_id)
        WHERE json_extract_string(payload, '$.prompt') = ?"""
        said = self.effort.ctx.store.rows(sql, [self.problems[place]["prompt"]])
        self.problems[place] = self._problem()
        self._ask()
        for row in said[:1]:
            self.withdraw(row["record_id"])

    def release(self) -> None:
        """What stands is released; where nothing does, it is refused."""
        try:
            _, _, folder = release(self.effort.ctx)
        except GateRefused:
            return
        if folder not in self.releases:
            self.releases.append(folder)

    def _ask(self) -> None:
        """Have all that is new labeled once."""
        self.effort.write(self.problems)
        self.effort.run()
        self.effort.vote("ana@people.example", lambda _: self._said())
        self.effort.run("sync", "check", "resolve")

    def _problem(self) -> dict[str, Any]:
        words = list(WORDS)
        for _ in range(self.rng.choice([0, 1, 2, 20])):
            words[self.rng.randrange(len(words))] = f"other{self.rng.randrange(100)}"
        number = self.rng.randrange(10**6)
        return {
            "prompt": " ".join([*words, str(number)]),
            "candidates": [{"text": f"It is {number}."}, {"text": f"It is {number + 1}."}],
            "language": "en",
            "license": "MIT",
        }

    def _preference(self) -> int:
        return self.rng.choice([-3, -2, 2, 3])

    def _said(self) -> list[Any]:
        return list(KIND.result(KIND.label(preference=self._preference())))

    def _person(self, name: str) -> int:
        return int(self.effort.studio.person(f"{name}@people.example").id)

    def _there(self) -> list[int]:
        """The tasks to label that stand in Label Studio."""
        pushed = self._store("SELECT remote_task_id FROM pushes JOIN tasks USING (task_id)")
        return [task for task in pushed if self.effort.studio.task(task) is not None]

    def _annotations(self) -> list[int]:
        return [one.id for task in self._there() for one in self.effort.studio.task(task).annotations]

    def _store(self, sql: str) -> list[Any]:
        """The values of a query, in an order that is the same in every run."""
        return sorted(next(iter(row.values())) for row in self.effort.ctx.store.rows(sql))
