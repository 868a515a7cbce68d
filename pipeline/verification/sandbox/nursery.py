"""A sandbox that is up: processes are asked of it one by one, and each is gone when its ending is told."""

import json
import os
import select
import socket
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from pipeline.verification.sandbox.bubblewrap import Interpreter, command, refused, user
from pipeline.verification.sandbox.guest.nursery import USED

GUEST = "pipeline.verification.sandbox.guest"
MODULES = ("wire", "raised", "remote", "walls", "pytest_words", "cases", "program", "tests", "nursery")
"""What is handed into the sandbox, in an order in which each imports only those before it."""
PATIENCE = 30.0
"""Seconds by the clock until a sandbox must be up, or a process that was killed be gone."""
BEGIN = """
import json, os, sys, types
said = b""
while not said.endswith(b"\\0"):
    said += os.read(0, 1 << 16)
for name, source in json.loads(said[:-1]):
    module = sys.modules[name] = types.ModuleType(name)
    parent, _, last = name.rpartition(".")
    if parent:
        setattr(sys.modules[parent], last, module)
    exec(compile(source, name, "exec"), module.__dict__)
module.main()
"""


class Broken(Exception):  # noqa: N818 - what is the case: it must be put up anew
    """The sandbox does not answer any more."""


@dataclass(frozen=True)
class Ending:
    """How a process ended."""

    status: int
    """What it exited with; below 0 the signal that ended it."""
    seconds: float
    """Processor time that it took."""
    memory: int
    """Bytes it had at most."""


class Nursery:
    """One sandbox."""

    def __init__(self, python: Interpreter) -> None:
        """Put it up; VerificationError, with what to do, where it cannot be."""
        self._ending: dict[str, Any] | None = None
        words = command(python, BEGIN)
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            self._process = subprocess.Popen(
                words,
                stdin=theirs.fileno(),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                cwd="/",
                start_new_session=True,
                user=user(),
                group=user(),
                extra_groups=None if user() is None else (),
            )
        try:
            said = _modules()
            for at in range(0, len(said), 1 << 15):
                self._control.send(said[at : at + (1 << 15)])
            self._heard(PATIENCE)
        except (Broken, OSError):
            raise self._why() from None

    def begin(self, role: str, fds: Sequence[int], job: Mapping[str, Any], limits: Sequence[int]) -> None:
        """Start a process that gets these lines and this job; nothing of it is known until `end`."""
        kept = os.memfd_create("job")
        try:
            with open(kept, "wb", closefd=False) as file:
                file.write(json.dumps(job).encode())
            os.lseek(kept, 0, os.SEEK_SET)
            asked = json.dumps({"role": role, "limits": limits}).encode()
            socket.send_fds(self._control, [asked], [*fds, kept])
        except OSError:
            raise Broken from None
        finally:
            os.close(kept)

    def used(self) -> float:
        """Processor time that the process has taken so far."""
        heard = self._ending or self._asked(USED)
        if "used" in heard:
            return float(heard["used"])
        self._ending = heard  # meanwhile it has ended
        return float(heard["seconds"])

    def end(self) -> Ending:
        """End the process, if it has not ended by itself; then nothing of it is left."""
        heard, self._ending = self._ending or self._asked(b"{}"), None
        return Ending(**heard)

    def _asked(self, what: bytes) -> dict[str, Any]:
        try:
            self._control.send(what)
        except OSError:
            raise Broken from None
        return self._heard(PATIENCE)

    def close(self) -> None:
        """Take it down, with whatever is in it."""
        self._process.kill()
        self._process.wait()
        self._control.close()
        if self._process.stderr:
            self._process.stderr.close()

    def _heard(self, patience: float) -> dict[str, Any]:
        ready, _, _ = select.select([self._control], [], [], patience)
        message = self._control.recv(1 << 16) if ready else b""
        if not message:
            raise Broken
        heard: dict[str, Any] = json.loads(message)
        return heard

    def _why(self) -> Exception:
        self._process.kill()
        said = self._process.stderr.read().decode("utf-8", "replace") if self._process.stderr else ""
        self.close()
        return refused(said)


@cache
def _modules() -> bytes:
    named: list[tuple[str, str]] = []
    parts = GUEST.split(".")
    named += [(".".join(parts[:count]), "") for count in range(1, len(parts) + 1)]
    folder = files(GUEST)
    named += [(f"{GUEST}.{name}", folder.joinpath(f"{name}.py").read_text("utf-8")) for name in MODULES]
    return json.dumps(named).encode() + b"\0"
