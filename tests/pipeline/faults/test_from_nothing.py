"""A sync from nothing gives the same current annotations as all the syncs that went before, whatever people did."""

import random
from collections.abc import Callable
from typing import Any

import pytest

CURRENT = """
SELECT annotation_id, task_id, annotator, result, simulated FROM current_annotations
WHERE NOT lost ORDER BY annotation_id
"""


class Hands:
    """What people do, by chance; the same for the same seed."""

    def __init__(self, effort: Any, say: Callable[[int], Any], seed: int) -> None:
        self.effort, self.say, self.dice = effort, say, random.Random(seed)
        self.backup = effort.studio.snapshot()

    def act(self) -> None:
        memory = self.effort.studio._memory
        task = self.dice.choice(sorted(memory.tasks))
        said = sorted(one for held in memory.tasks.values() for one in held.annotations)
        self.dice.choice([self.submit, self.submit, self.submit, self.skip, self.task])(task)
        if said and self.dice.random() < 0.4:
            self.dice.choice([self.edit, self.edit_anothers, self.unsay])(self.dice.choice(said))

    def _person(self) -> int:
        return int(
            self.effort.studio.person(
                self.dice.choice(["ana@x.example", "ben@x.example", "cem@x.example"])
            ).id
        )

    def submit(self, task: int) -> None:
        self.effort.studio.annotate(task, self._person(), self.say(self.dice.randint(-3, 3)), 9.0)

    def skip(self, task: int) -> None:
        self.effort.studio.skip(task, self._person())

    def edit(self, said: int) -> None:
        if said in self._said():
            self.effort.studio.edit(said, self.say(self.dice.randint(-3, 3)))

    def edit_anothers(self, said: int) -> None:
        if said in self._said():
            self.effort.studio.edit(said, self.say(self.dice.randint(-3, 3)), by=self._person())

    def unsay(self, said: int) -> None:
        if said in self._said():
            self.effort.studio.delete_annotation(said)

    def _said(self) -> set[int]:
        return {one for held in self.effort.studio._memory.tasks.values() for one in held.annotations}

    def task(self, task: int) -> None:
        {
            0: lambda: self.effort.studio.delete_task(task),
            1: lambda: self.effort.studio.copy_task(task),
            2: lambda: self.effort.studio.damage(task, "cannot be read"),
            3: lambda: None,
        }[self.dice.randrange(4)]()

    def server(self) -> None:
        if self.dice.random() < 0.15:
            self.effort.studio.restore(self.backup)
        if self.dice.random() < 0.3:
            self.backup = self.effort.studio.snapshot()


def lived_through(effort: Any, say: Callable[[int], Any], seed: int, *, rounds: int) -> None:
    effort.run()
    hands = Hands(effort, say, seed)
    for _ in range(rounds):
        for _ in range(hands.dice.randint(1, 5)):
            hands.act()
        hands.server()
        effort.run(*hands.dice.choice([("sync",), ("push", "sync"), ("push", "sync", "check", "resolve")]))
    for task in list(effort.studio._memory.tasks.values()):
        if task.broken:
            task.broken, task.updated_at = (), effort.clock()
    effort.settle()


def from_nothing(effort: Any) -> list[dict[str, Any]]:
    """What a sync reads whose store has neither annotations nor cursors nor what Label Studio said last."""
    effort.open_again(effort.copy_store())
    effort.ctx.store.temporary("DELETE FROM annotations; DELETE FROM syncs; DELETE FROM remote_states")
    effort.run("sync")
    found: list[dict[str, Any]] = effort.rows(CURRENT)
    return found


def agrees(effort: Any) -> None:
    uids = effort.uids()
    before = effort.rows(CURRENT)
    assert len(before) > 1
    assert set(effort.wanted()) <= set(uids)
    assert effort.disagreements() == {}
    assert from_nothing(effort) == before


@pytest.mark.parametrize("seed", range(1))
def test_a_sync_from_nothing_gives_what_the_increments_gave(effort: Any, say: Any, seed: int) -> None:
    lived_through(effort, say, seed, rounds=6)
    agrees(effort)


@pytest.mark.proof
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("seed", range(100, 140))
def test_a_sync_from_nothing_gives_what_the_increments_gave_forty_times(
    effort: Any, say: Any, seed: int
) -> None:
    lived_through(effort, say, seed, rounds=12)
    agrees(effort)
