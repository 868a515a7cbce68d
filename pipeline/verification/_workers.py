"""The process that does algebra, from the side that asks: started when it is first needed, one in each of ours."""

import atexit
import json
import os
import subprocess
import sys
from functools import cache
from pathlib import Path

from pipeline.verification._child import READY
from pipeline.verification._comparing import Outcome

_ROOT = str(Path(__file__).parents[2])


class Worker:
    """Compares expressions in a process of its own; what takes too long there is unknown."""

    def __init__(self, cpu_seconds: float, memory_mb: int) -> None:
        self._limits = (str(cpu_seconds), str(memory_mb))
        self._process: subprocess.Popen[bytes] | None = None

    def ask(self, reference: str, answer: str, places: int = 0) -> tuple[Outcome, str]:
        """Whether two expressions in LaTeX are one, the reference first."""
        try:
            outcome, how = self._asked(reference, answer, places)
        except (OSError, ValueError):  # it is gone, and another takes its place once
            self.close()
            try:
                outcome, how = self._asked(reference, answer, places)
            except (OSError, ValueError):
                self.close()
                return "unknown", "no algebra"
        return outcome, how

    def close(self) -> None:
        """End it."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.wait()
            for stream in (process.stdin, process.stdout):
                if stream is not None:
                    stream.close()

    def _asked(self, reference: str, answer: str, places: int) -> tuple[Outcome, str]:
        process = self._started()
        assert process.stdin  # noqa: S101 - a pipe
        assert process.stdout  # noqa: S101 - a pipe
        process.stdin.write(json.dumps([reference, answer, places]).encode() + b"\n")
        process.stdin.flush()
        outcome, how = json.loads(process.stdout.readline())
        return outcome, how

    def _started(self) -> subprocess.Popen[bytes]:
        if self._process is None:
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-m", "pipeline.verification._child", *self._limits],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env={**os.environ, "PYTHONHASHSEED": "0", "PYTHONPATH": _ROOT},
                start_new_session=True,  # Ctrl-C is for the one who asks
            )
            assert self._process.stdout  # noqa: S101 - a pipe
            if self._process.stdout.readline() != READY:
                raise OSError("it did not start")
        return self._process


@cache
def worker(cpu_seconds: float, memory_mb: int) -> Worker:
    """The worker of this process under these limits."""
    made = Worker(cpu_seconds, memory_mb)
    atexit.register(made.close)
    return made
