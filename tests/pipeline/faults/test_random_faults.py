"""Faults by chance on a real Label Studio: in the end each task stands once, and both sides agree id by id."""

import os
import random
import signal
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pipeline.label_studio import server as servers
from tests.pipeline.faults.live_effort import PEOPLE, LiveEffort
from tests.pipeline.label_studio.fault_proxy import Fault, FaultProxy, between

WRITES = ("POST", "PATCH", "DELETE")
SLOW = Fault.TOO_SLOW


class Storm:
    """Faults one after the other, by chance; the same for the same seed."""

    def __init__(self, effort: LiveEffort, proxy: FaultProxy, seed: int) -> None:
        self.effort, self.proxy, self.dice = effort, proxy, random.Random(seed)
        self.met: list[str] = []
        self.left: list[Fault] = []
        """What becomes of the next imports: each kind of fault once, then once again."""

    def import_fails(self) -> None:
        if not self.left:
            self.left = [one for one in Fault if one is not Fault.PASS]
            self.dice.shuffle(self.left)
        fault = self.left.pop()
        self.proxy.when(lambda verb, path: verb == "POST" and path.endswith("/import"), fault)
        self.effort.problems(3)
        self.effort.try_to_run()

    def write_fails(self) -> None:
        faults = [one for one in Fault if one not in {Fault.PASS, SLOW}]
        self.proxy.when(lambda verb, _: verb in WRITES, self.dice.choice(faults))
        self.effort.try_to_run()

    def reads_fail(self) -> None:
        fault = self.dice.choice([Fault.RESET, Fault.BAD_GATEWAY, Fault.ANSWER_LOST])
        skipped = self.dice.randrange(6)
        self.proxy.when(lambda verb, _: verb == "GET", *[Fault.PASS] * skipped, fault, fault)
        self.effort.try_to_run()

    def what_was_late_comes(self) -> None:
        self.proxy.commit_late()
        self.effort.try_to_run("sync")

    def headrace_is_killed(self) -> None:
        self.effort.problems(3)
        self.effort.killed(self.dice.uniform(0.2, 4.0))

    def task_is_deleted(self) -> None:
        self.effort.delete_task(self.dice)

    def annotation_is_deleted(self) -> None:
        self.effort.take_back(self.dice)

    def task_is_copied(self) -> None:
        self.effort.copy_task(self.dice)

    def happen(self, faults: int, kill_server: Callable[[], None] | None = None) -> None:
        """So many faults, with people at work meanwhile."""
        kinds: list[Callable[[], None]] = [
            *[self.import_fails, self.write_fails, self.reads_fail, self.what_was_late_comes],
            *[self.headrace_is_killed, self.task_is_deleted, self.annotation_is_deleted, self.task_is_copied],
        ]
        bag: list[Callable[[], None]] = []
        self.effort.run()
        for number in range(faults):
            self.effort.answer(number % PEOPLE, 2, self.dice)
            if kill_server is not None and number % 12 == 5:
                kill_server()
                self.met.append("server killed")
                continue
            if not bag:  # each kind once, then again: chance must not decide what is tried
                bag = self.dice.sample(kinds, len(kinds)) if number >= len(kinds) else kinds[::-1]
            fault = bag.pop()
            fault()
            self.met.append(fault.__name__)
            if self.dice.random() < 0.4:
                self.effort.try_to_run()

    def is_over(self) -> None:
        """Heal; everybody answers the rest; all is well."""
        self.effort.quiet(self.proxy)
        for person in range(PEOPLE):
            self.effort.answer(person, 3, self.dice)
        assert self.effort.is_whole(), self.met


@pytest.mark.live
@pytest.mark.timeout(600)
@pytest.mark.proof
def test_a_few_faults_leave_each_task_once_and_both_sides_agreed(
    label_studio_server: Any, tmp_path: Path
) -> None:
    server = label_studio_server
    with between(server.url) as proxy, LiveEffort(tmp_path, server, proxy.url) as effort:
        storm = Storm(effort, proxy, seed=7)
        storm.happen(8)
        storm.is_over()
    assert len(storm.met) == 8
    assert len({fault for _, _, fault in proxy.seen}) >= 3


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as holder:
        port: int = holder.getsockname()[1]
        return port


@pytest.mark.live
@pytest.mark.proof
@pytest.mark.timeout(3600)
def test_sixty_faults_and_server_kills_leave_each_task_once_and_both_sides_agreed(tmp_path: Path) -> None:
    home = tmp_path / "server"
    home.mkdir()
    folder = tmp_path / "effort"
    folder.mkdir()
    try:
        server = servers.up(home, port=free_port(), report=print)  # nobody else's, while it is down

        def kill() -> None:
            """Kill -9 of the server while a stage is at work, and start it again."""
            pid = servers.status(home).pid
            assert pid is not None
            effort.problems(3)
            with effort.at_work():
                os.killpg(pid, signal.SIGKILL)
            assert servers.up(home, report=print).url == server.url

        with between(server.url) as proxy, LiveEffort(folder, server, proxy.url) as effort:
            storm = Storm(effort, proxy, seed=11)
            storm.happen(60, kill)
            storm.is_over()
        assert len(storm.met) == 60
        assert storm.met.count("server killed") == 5
        assert {fault for _, _, fault in proxy.seen} == set(Fault)
    finally:
        servers.down(home)
