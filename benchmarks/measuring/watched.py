"""A command that is watched: how long it takes, how much memory it and its workers have, and killed on demand."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

EVERY = 0.25
"""Seconds between two looks."""


@dataclass(frozen=True)
class Seen:
    """What was seen of a command."""

    seconds: float
    cpu: float
    """Seconds of processor, of all its processes, as they were last seen."""
    megabytes: float
    """The most memory that its processes had at once, what they share counted once."""
    said: dict[str, Any] | None
    """What it printed with --json; None where it was killed."""


def headrace(
    folder: Path, *words: str, until: Callable[[], bool] | None = None, patience: float = 7200.0
) -> Seen:
    """Run a command of Headrace's on a project, with --json; kill it, the main process alone, once `until` is true."""
    command = [sys.executable, "-m", "pipeline", "-C", str(folder), *words, "--json"]
    began, most = time.monotonic(), 0.0
    used: dict[int, float] = {}
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        while process.poll() is None:
            workers = tree(process.pid)
            most = max(most, memory(workers))
            used |= processor(workers)
            if until is not None and until():
                workers = tree(process.pid)
                process.send_signal(signal.SIGKILL)
                process.wait()
                _wait_for_the_end_of(workers)
                return Seen(time.monotonic() - began, sum(used.values()), most, None)
            if time.monotonic() - began > patience:
                process.kill()
            time.sleep(EVERY)
        out, err = process.communicate()
    if process.returncode:
        raise AssertionError(f"{' '.join(words)}: ended with {process.returncode}: {err.strip()[-2000:]}")
    return Seen(time.monotonic() - began, sum(used.values()), most, json.loads(out))


def tree(pid: int) -> list[int]:
    """A process and all that come of it."""
    parents: dict[int, list[int]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:  # gone meanwhile
            continue
        parents.setdefault(int(fields[1]), []).append(int(stat.parent.name))
    found = [pid]
    for one in found:
        found += parents.get(one, [])
    return found


def processor(pids: Sequence[int]) -> dict[int, float]:
    """Seconds of processor that each process has used."""
    found = {}
    for pid in pids:
        try:
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        except OSError:  # gone meanwhile
            continue
        found[pid] = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return found


def memory(pids: Sequence[int]) -> float:
    """Megabytes of processes; what several of them share counts once."""
    total = 0
    for pid in pids:
        try:
            rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
        except OSError:  # gone meanwhile, or a zombie
            continue
        total += sum(int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Pss:"))
    return total / 1024


def _wait_for_the_end_of(workers: Sequence[int], patience: float = 30.0) -> None:
    """Workers end with whoever began them; AssertionError where one stays."""
    until = time.monotonic() + patience
    while left := [pid for pid in workers if _is_alive(pid)]:
        if time.monotonic() > until:
            raise AssertionError(f"workers {left} should have ended with the command that was killed")
        time.sleep(EVERY)


def _is_alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z" and os.path.exists(f"/proc/{pid}")  # noqa: PTH110 - asked of the kernel
