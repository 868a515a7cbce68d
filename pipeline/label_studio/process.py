"""Processes that outlive the command that started them: started apart, known again, stopped."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

_THEN = " | "  # between the moment and the command

# A middleman that ends at once: its child belongs to init then, which buries it when it dies, and no
# terminal or pipe of ours keeps hold of it.
_MIDDLEMAN = """
import subprocess, sys
with open(sys.argv[1], "ab") as log:
    child = subprocess.Popen(sys.argv[2:], start_new_session=True, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
print(child.pid)
"""


def detach(command: Sequence[str], *, environment: Mapping[str, str], folder: Path, log: Path) -> int:
    """Start a command in a session of its own, what it says appended to `log`; its process id."""
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", _MIDDLEMAN, str(log), *command],
        env=dict(environment),
        cwd=folder,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=True,
    )
    return int(done.stdout)


def birth(pid: int) -> str | None:
    """When a living process was started and as what, in one string; None where none lives.

    Process ids are given out again, so this, not the id, tells whether a process is still the one we knew.
    """
    proc = Path("/proc")
    return _birth_in_proc(proc / str(pid)) if (proc / "self" / "stat").exists() else _birth_by_ps(pid)


def stop(pid: int, born: str, patience: float = 10.0) -> bool:
    """End a process and its group, politely, then not; False where it does not live (any more)."""
    if birth(pid) != born:
        return False
    for sign, seconds in ((signal.SIGTERM, patience), (signal.SIGKILL, patience)):
        with contextlib.suppress(ProcessLookupError):
            _tell_group(pid, sign)
        if _gone_within(pid, born, seconds):
            break
    return True


def _tell_group(pid: int, sign: signal.Signals) -> None:
    group = os.getpgid(pid)
    if group == pid:  # it leads a group of its own, as all that `detach` starts do
        os.killpg(group, sign)
    else:
        os.kill(pid, sign)


def _gone_within(pid: int, born: str, seconds: float) -> bool:
    """Wait for the end itself: a dying process loses its command line long before it lets go of its port."""
    started, _, _ = born.partition(_THEN)
    until = time.monotonic() + seconds
    while (birth(pid) or "").partition(_THEN)[0] == started:
        if time.monotonic() > until:
            return False
        time.sleep(0.05)
    return True


def _birth_in_proc(folder: Path) -> str | None:
    try:
        stat = (folder / "stat").read_bytes()
        command = (folder / "cmdline").read_bytes()
    except OSError:
        return None
    fields = stat.rpartition(b")")[2].split()  # the name before may hold blanks and parentheses
    state, threads, started = fields[0], int(fields[17]), fields[19].decode()
    if state in (b"Z", b"X") and threads <= 1:
        return None
    return started + _THEN + command.replace(bytes(1), b" ").decode(errors="replace").strip()


def _birth_by_ps(pid: int) -> str | None:
    done = subprocess.run(
        ["ps", "-ww", "-o", "stat=,lstart=,command=", "-p", str(pid)],
        env={**os.environ, "LC_ALL": "C"},
        capture_output=True,
        text=True,
        check=False,
    )
    words = done.stdout.split()  # state, five words of date, command
    if done.returncode or not words or words[0].startswith("Z"):
        return None
    return " ".join(words[1:6]) + _THEN + " ".join(words[6:])
