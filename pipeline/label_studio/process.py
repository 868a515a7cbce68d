"""Processes that outlive the command that started them: started apart, known again, stopped."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from itertools import product
from pathlib import Path

_PROC = Path("/proc/self/stat")

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
    """When a living process was started, in the system's own words; None where none lives.

    Process ids are given out again, so this, not the id, tells whether a process is still the one we knew.
    """
    return _birth_in_proc(pid) if _PROC.exists() else _by_ps(pid, "lstart=")


def is_of(pid: int, folder: Path, log: Path) -> bool:
    """Whether a living process works in this folder or writes this log, wherever both were moved meanwhile.

    Either will do: Label Studio changes its folder at times, and somebody may put a log away.
    """
    held = [Path(f"/proc/{pid}/cwd"), Path(f"/proc/{pid}/fd/2")] if _PROC.exists() else _held_by_lsof(pid)
    return any(_same(one, other) for one, other in product(held, (folder, log)))


def end_group(group: int, folder: Path, log: Path) -> None:
    """Kill what is left of a dead leader's group; only what is of this folder, for the id may be another's now."""
    for entry in Path("/proc").glob("[0-9]*") if _PROC.exists() else ():
        pid = int(entry.name)
        with contextlib.suppress(OSError):
            if os.getpgid(pid) == group and is_of(pid, folder, log) and (born := birth(pid)):
                os.kill(pid, signal.SIGKILL)
                gone(pid, born, 5)


def stop(pid: int, born: str, patience: float = 10.0) -> bool:
    """End a process and its group, politely, then not; False where it does not live (any more)."""
    if birth(pid) != born:
        return False
    for sign, seconds in ((signal.SIGTERM, patience), (signal.SIGKILL, patience)):
        with contextlib.suppress(ProcessLookupError):
            _tell_group(pid, sign)
        if gone(pid, born, seconds):
            break
    return True


def gone(pid: int, born: str, seconds: float) -> bool:
    """Wait for a process's very end: dying, it loses its files well before it lets go of its port."""
    until = time.monotonic() + seconds
    while birth(pid) == born:
        if time.monotonic() > until:
            return False
        time.sleep(0.05)
    return True


def _tell_group(pid: int, sign: signal.Signals) -> None:
    group = os.getpgid(pid)
    if group == pid:  # it leads a group of its own, as all that `detach` starts do
        os.killpg(group, sign)
    else:
        os.kill(pid, sign)


def _birth_in_proc(pid: int) -> str | None:
    try:
        stat = Path(f"/proc/{pid}/stat").read_bytes()
    except OSError:
        return None
    fields = stat.rpartition(b")")[2].split()  # the name before may hold blanks and parentheses
    state, threads, started = fields[0], int(fields[17]), fields[19].decode()
    return None if state in (b"Z", b"X") and threads <= 1 else started


def _same(one: Path, other: Path) -> bool:
    try:
        return one.samefile(other)
    except OSError:
        return False


def _held_by_lsof(pid: int) -> list[Path]:
    done = subprocess.run(
        ["lsof", "-a", "-d", "cwd,2", "-p", str(pid), "-Fn"], capture_output=True, text=True, check=False
    )
    return [Path(line[1:]) for line in done.stdout.splitlines() if line.startswith("n")]


def _by_ps(pid: int, column: str) -> str | None:
    done = subprocess.run(
        ["ps", "-ww", "-o", "stat=", "-o", column, "-p", str(pid)],
        env={**os.environ, "LC_ALL": "C"},
        capture_output=True,
        text=True,
        check=False,
    )
    state, _, said = done.stdout.strip().partition(" ")
    return None if done.returncode or not state or state.startswith("Z") else said.strip()
