"""Runs attacks in a sandbox, as whoever it is run by, and prints what became of each as JSON.

It is a program of its own so that it can be run by another user, with nothing but the standard library.
"""

import json
import os
import sys
import time
import types
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[4]
TESTS = "with __case__(0):\n    found = attack({host!r})\n    assert found == [], found"
CONTROL = "def attack(host):\n    return []\n"


def without_the_rest() -> None:
    """Let the sandbox be imported alone: the package around it needs libraries that not every interpreter has."""
    sys.path.insert(0, str(ROOT))
    package = types.ModuleType("pipeline.verification")
    package.__path__ = [str(ROOT / "pipeline" / "verification")]
    sys.modules["pipeline.verification"] = package


def attacked(sandbox: Any, source: str, host: dict[str, Any], *, as_tests: bool = False) -> dict[str, Any]:
    """What becomes of an attack by a program, or else by the tests."""
    job = {"output": 1 << 20, "prompt": "", "entry": None if as_tests else "attack"}
    code = (source if as_tests else "") + TESTS.format(host=host)
    tests = {**job, "kind": "code", "source": code, "needs": [], "whole": False}
    run = sandbox.run({**job, "program": CONTROL if as_tests else source}, tests)
    case = run.cases.get(0)
    return {
        "outcome": case.outcome if case else run.end,
        "output": case.output if case else run.output,
        "seconds": run.program.seconds if run.program else 0.0,
        "memory": run.program.memory if run.program else 0,
    }


def below(pid: int) -> list[int]:
    """All processes that come from one."""
    own = [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return [*own, *(deeper for one in own for deeper in below(one))]


def main() -> None:
    without_the_rest()
    from pipeline.verification.sandbox.running import Limits, Sandbox

    asked = json.load(sys.stdin)
    sandbox = Sandbox(Limits(seconds=1, memory_mb=256))
    found = {}
    for name, source in asked["attacks"].items():
        after = attacked(sandbox, source, asked["host"])
        found[name] = {**after, "next": attacked(sandbox, CONTROL, asked["host"])["outcome"]}
    by_tests = {
        name: attacked(sandbox, asked["attacks"][name], asked["host"], as_tests=True)
        for name in asked["by_tests"]
    }
    started = below(os.getpid())
    sandbox.close()
    until = time.monotonic() + 10
    while time.monotonic() < until and any(Path(f"/proc/{pid}").exists() for pid in started):
        time.sleep(0.05)
    left = [pid for pid in started if Path(f"/proc/{pid}").exists()]
    print(json.dumps({"found": found, "by_tests": by_tests, "started": len(started), "left": left}))  # noqa: T201 - what it is for


if __name__ == "__main__":
    main()
