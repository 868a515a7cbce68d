"""One program against its tests: two processes in two sandboxes, and what became of each case."""

import contextlib
import json
import os
import select
import signal
import socket
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import ceil
from typing import Any

from pipeline.verification.sandbox.bubblewrap import Interpreter, interpreter
from pipeline.verification.sandbox.nursery import Broken, Ending, Nursery

LOOK = 0.5
"""Seconds between looks at how long a run takes."""
MOST_TOLD = 32 * 2**20
"""Bytes that tests may tell; whoever tells more is cut off."""
BY_THE_CLOCK, AT_MOST = 4, 30
"""So many times its processor time a run may take by the clock where it hardly works, as when it sleeps; and where it
works, but gets little of a busy machine."""
WORKS = 0.05
"""The least share of the time that a run works which does not sleep."""


@dataclass(frozen=True)
class Limits:
    """What one run may take."""

    seconds: float = 10.0
    memory_mb: int = 512
    output_kb: int = 1024
    threads: int = 32

    def words(self) -> list[int]:
        """As the sandbox takes them."""
        return [ceil(self.seconds), self.memory_mb * 2**20, self.threads]


@dataclass(frozen=True)
class Case:
    """What became of one test case."""

    outcome: str
    """passed, failed, unknown, self_reported; flaky where runs differ."""
    output: str = ""


@dataclass
class Run:
    """What one run told."""

    cases: dict[int, Case] = field(default_factory=dict)
    """Of those cases that came to an end; `inside` where a case needs the program's own process."""
    under_way: int | None = None
    end: str = "silent"
    """ended, gone (the program), failed, unknown, inside, silent (the tests), late."""
    output: str = ""
    program: Ending | None = None


class Sandbox:
    """Two worlds for programs, and one for tests, kept up from run to run."""

    def __init__(self, limits: Limits, python: str | None = None) -> None:
        """Nothing is started yet; `python` names another interpreter than the standard one."""
        self.limits = limits
        self._python = python
        self._nurseries: dict[str, Nursery] = {}

    @property
    def interpreter(self) -> Interpreter:
        """The Python that programs are run by."""
        return interpreter(self._python)

    def ready(self) -> None:
        """Put one world up, to see that it can be; VerificationError where it cannot."""
        self._nursery("tests")

    def run(self, program: Mapping[str, Any], tests: Mapping[str, Any], *, again: int = 0) -> Run:
        """Run tests against a program; every `again` is in another world, with other hashes."""
        return self._kept(lambda: self._apart(program, tests, f"programs {again % 2}"))

    def run_inside(self, program: Mapping[str, Any], tests: Mapping[str, Any]) -> Run:
        """Run tests in the program's own process: what it tells is what the program likes."""
        return self._kept(lambda: self._inside({**program, **tests}))

    def close(self) -> None:
        """Take all down."""
        while self._nurseries:
            self._nurseries.popitem()[1].close()

    def _kept(self, run: Any) -> Run:  # noqa: ANN401 - a run, to be begun
        """What a run tells; once more in new worlds where the old ones do not answer."""
        try:
            found: Run = run()
        except Broken:
            self.close()
            try:
                found = run()
            except Broken:
                self.close()
                found = Run(end="unknown", output="the sandbox did not answer, twice")
        return found

    def _nursery(self, name: str) -> Nursery:
        if name not in self._nurseries:
            self._nurseries[name] = Nursery(self.interpreter)
        return self._nurseries[name]

    def _apart(self, program: Mapping[str, Any], tests: Mapping[str, Any], world: str) -> Run:
        programs, judges = self._nursery(world), self._nursery("tests")
        with _lines(2) as ((ours, told), (asked, answered)):
            programs.begin("program", [answered.fileno()], program, self.limits.words())
            judges.begin("tests", [told.fileno(), asked.fileno()], tests, self.limits.words())
            for end in (told, asked, answered):
                end.close()
            found = self._heard(ours.fileno(), (programs, judges))
        judged = judges.end()
        found.program = programs.end()
        return self._with_reason(found, judged)

    def _inside(self, both: Mapping[str, Any]) -> Run:
        programs = self._nursery("programs 0")
        with _lines(1) as ((ours, told),):
            programs.begin("inside", [told.fileno()], both, self.limits.words())
            told.close()
            found = self._heard(ours.fileno(), (programs,))
        found.program = programs.end()
        if found.end == "silent":
            found.end = "gone"
        return self._with_reason(found, found.program)

    def _heard(self, line: int, working: Sequence[Nursery]) -> Run:
        found, begun = Run(), time.monotonic()

        def late() -> bool:
            passed = time.monotonic() - begun
            if passed < BY_THE_CLOCK * self.limits.seconds:
                return False
            return (
                passed > AT_MOST * self.limits.seconds or sum(one.used() for one in working) < WORKS * passed
            )

        for message in _messages(line, late):
            if message is None:
                found.end = "late"
            elif "case" in message:
                found.cases[int(message["case"])] = Case(str(message["outcome"]), str(message["output"]))
            elif "at" in message:
                found.under_way = int(message["at"])
            elif "end" in message:
                found.end, found.output = str(message["end"]), str(message["output"])
        return found

    def _with_reason(self, found: Run, judged: Ending) -> Run:
        """Say why a run came to no end of its own."""
        if found.end == "late":
            found.end = "unknown"
            found.output = (
                f"no answer within {BY_THE_CLOCK * self.limits.seconds:g} s by the clock, nor much work"
            )
        elif found.end == "silent":
            found.end, found.output = "unknown", f"the tests themselves {self._ended(judged)}"
        elif found.end == "gone" and found.program:
            found.end = "unknown" if self._for_want_of_room(found.program) else "failed"
            found.output = f"the program {self._ended(found.program)}"
        return found

    def _ended(self, ending: Ending) -> str:
        if self._too_long(ending):
            return f"took more than {ceil(self.limits.seconds)} s of processor time"
        if ending.status >= 0:
            return f"ended by itself, with {ending.status}"
        return f"ended by {signal.Signals(-ending.status).name}"

    def _too_long(self, ending: Ending) -> bool:
        """Whether it was ended for the time it took. The kernel counts that by its clock's ticks, not as exactly."""
        killed = ending.status == -signal.SIGKILL and ending.seconds > self.limits.seconds / 2
        return killed or ending.status == -signal.SIGXCPU

    def _for_want_of_room(self, ending: Ending) -> bool:
        """Whether the machine ended it, which had no memory left: that says nothing of the program."""
        return ending.status == -signal.SIGKILL and not self._too_long(ending)


@contextlib.contextmanager
def _lines(count: int) -> Iterator[list[tuple[socket.socket, socket.socket]]]:
    """Lines, each with both its ends; all that is not closed by then is closed at the end."""
    with contextlib.ExitStack() as stack:
        pairs = [socket.socketpair() for _ in range(count)]
        for end in (end for pair in pairs for end in pair):
            stack.callback(end.close)
        yield pairs


def _messages(line: int, late: Callable[[], bool]) -> Iterator[dict[str, Any] | None]:
    """What comes over a line, frame by frame, until it is shut; None, and no more, where it comes too late."""
    kept, total = bytearray(), 0
    while True:
        if not select.select([line], [], [], LOOK)[0]:
            if late():
                yield None
                return
            continue
        try:
            more = os.read(line, 1 << 16)
        except OSError:
            more = b""
        kept += more
        total += len(more)
        if not more or total > MOST_TOLD:
            return
        yield from _frames(kept)


def _frames(kept: bytearray) -> Iterator[dict[str, Any]]:
    """The whole frames at the beginning of what was read; they are taken away from it."""
    while len(kept) >= 4 and len(kept) >= (length := int.from_bytes(kept[:4], "big")) + 4:  # noqa: PLR2004 - its length
        try:
            message = json.loads(kept[4 : length + 4])
        except (ValueError, RecursionError):
            message = {}
        del kept[: length + 4]
        if isinstance(message, dict):
            yield message
