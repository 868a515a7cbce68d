"""The first process of a sandbox: it starts one process after the other, each shut before it is given foreign code.

It is number 1 of the sandbox, so no signal from inside reaches it; and closed, so nobody inside looks into it. When a
process ends, or is to end, all that is left inside is killed with it.
"""

import json
import os
import select
import signal
import socket
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from pipeline.verification.sandbox.guest import program, tests
from pipeline.verification.sandbox.guest.walls import Limits, seal

CONTROL = 0
LONGEST = 1 << 16
USED = b'{"used": 0}'
"""Asks how long a process has worked; anything else is to end it."""
ROLES: dict[str, Callable[..., None]] = {
    "program": lambda fds, job: program.main(fds[0], job),
    "tests": lambda fds, job: tests.main(fds[0], fds[1], job),
    "inside": lambda fds, job: tests.main_inside(fds[0], fds[0], job),
}


def main() -> None:
    """Serve until the other side is gone."""
    shut = seal()
    control = socket.socket(fileno=CONTROL)
    control.send(json.dumps({"ready": os.getpid()}).encode())
    while True:
        message, fds, _, _ = socket.recv_fds(control, LONGEST, 3)
        if not message:
            return
        asked = json.loads(message)
        if "role" not in asked:
            continue  # of a process that had ended by itself
        pid = os.fork()
        if pid == 0:
            _be(asked, fds, shut, control)
        for fd in fds:
            os.close(fd)
        control.send(json.dumps(_ended(pid, control)).encode())


def _be(
    asked: dict[str, Any], fds: list[int], shut: Callable[[Limits], None], control: socket.socket
) -> None:
    """Be the process that was asked for, and never come back."""
    status = 1
    try:
        job = json.loads(_read(fds.pop()))
        nothing = os.open("/dev/null", os.O_RDWR)
        for fd in (0, 1, 2):
            os.dup2(nothing, fd)
        control.detach()
        shut(Limits(*asked["limits"]))
        ROLES[asked["role"]](fds, job)
        status = 0
    finally:
        os._exit(status)


def _read(fd: int) -> bytes:
    parts = []
    while part := os.read(fd, 1 << 20):
        parts.append(part)
    os.close(fd)
    return b"".join(parts)


def _ended(pid: int, control: socket.socket) -> dict[str, Any]:
    """Wait for a process, or for word that it is to end; then nothing of it is left."""
    ended = os.pidfd_open(pid)
    while control.fileno() in select.select([ended, control.fileno()], [], [])[0]:
        if control.recv(LONGEST) != USED:
            break
        control.send(json.dumps({"used": time.clock_gettime(_clock(pid))}).encode())
    os.close(ended)
    with suppress(ProcessLookupError):
        os.kill(-1, signal.SIGKILL)  # all but this one
    _, status, used = os.wait4(pid, 0)
    _reap()
    return {
        "status": os.waitstatus_to_exitcode(status),
        "seconds": used.ru_utime + used.ru_stime,
        "memory": used.ru_maxrss * 1024,
    }


def _clock(pid: int) -> int:
    """The clock of the processor time that a process has taken, as the C library numbers it."""
    return (~pid << 3) | 2


def _reap() -> None:
    with suppress(ChildProcessError):
        while True:
            os.waitpid(-1, 0)
