"""The process that does algebra: one question a line in, one answer a line out, JSON both.

It loads the algebra once and then forks: the copy answers, under limits that the system itself keeps. Where a question
kills the copy, the answer is that it was too much, and the next copy goes on. Run as a program, with the processor
seconds of a question and the megabytes of a copy.
"""

import json
import os
import resource
import signal
import sys
from typing import BinaryIO

READY = b"ready\n"
_RENEWED = 2000
"""Questions after which a copy makes room for a fresh one: what it has cached must not grow for ever."""


def main() -> None:
    """Answer until there are no more questions."""
    cpu_seconds, memory_mb = float(sys.argv[1]), int(sys.argv[2])
    questions, answers = os.fdopen(os.dup(0), "rb", buffering=0), os.fdopen(os.dup(1), "wb", buffering=0)
    os.dup2(2, 1)  # whatever a library prints is no answer
    from pipeline.verification import _algebra

    _algebra.compare(r"\frac{1}{2}", "x")  # what is loaded late is loaded by now
    answers.write(READY)
    while True:
        copy = os.fork()
        if copy == 0:
            os._exit(_serve(questions, answers, cpu_seconds, memory_mb))
        _, status = os.waitpid(copy, 0)
        code = os.waitstatus_to_exitcode(status)
        if code == _DONE:
            return
        if code != _AGAIN:
            why = (
                "time"
                if code == -signal.SIGXCPU
                else "memory"
                if code in (_FULL, -signal.SIGKILL)
                else "died"
            )
            _write(answers, "unknown", why)


_DONE, _AGAIN, _FULL = 0, 3, 4


def _serve(questions: BinaryIO, answers: BinaryIO, cpu_seconds: float, memory_mb: int) -> int:
    """Answer some questions; the exit code says what comes next."""
    from pipeline.verification._algebra import compare

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the one who asks ends us
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (memory_mb << 20, memory_mb << 20))
    sys.setrecursionlimit(3000)
    for _ in range(_RENEWED):
        line = questions.readline()
        if not line:
            return _DONE
        question = json.loads(line)
        _allow(cpu_seconds)
        try:
            outcome, how = compare(*question)
        except MemoryError:
            return _FULL
        except RecursionError:
            outcome, how = "unknown", "depth"
        except Exception as error:  # noqa: BLE001 - of whatever a stranger's text does to a parser
            outcome, how = "unknown", type(error).__name__
        _write(answers, outcome, how)
    return _AGAIN


def _allow(cpu_seconds: float) -> None:
    """Processor time for one more question, counted by the system: a busy machine takes none of it away."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    until = int(used.ru_utime + used.ru_stime + cpu_seconds + 1)
    resource.setrlimit(resource.RLIMIT_CPU, (until, resource.RLIM_INFINITY))


def _write(answers: BinaryIO, outcome: str, how: str) -> None:
    answers.write(json.dumps([outcome, how]).encode() + b"\n")


if __name__ == "__main__":
    main()
