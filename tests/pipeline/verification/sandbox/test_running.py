"""A sandbox stays up from run to run, is put up anew where it broke, and goes with whoever had it."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pipeline.verification.sandbox.bubblewrap import interpreter
from pipeline.verification.sandbox.running import Case, Limits, Run, Sandbox
from tests.pipeline.verification.sandbox.attacking import below

pytestmark = pytest.mark.skipif(shutil.which("bwrap") is None, reason="bubblewrap is not on this machine")

ROOT = Path(__file__).parents[4]
JOB: dict[str, Any] = {"output": 1 << 16, "prompt": "", "entry": "f"}


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    one = Sandbox(Limits(seconds=1))
    yield one
    one.close()


def ran(sandbox: Sandbox, program: str, wanted: object = 1) -> Run:
    return sandbox.run({**JOB, "program": program}, {**JOB, "kind": "cases", "cases": [[[], wanted]]})


def test_a_run_tells_what_it_took(sandbox: Sandbox) -> None:
    run = ran(sandbox, "def f():\n    kept = [0] * 10 ** 6\n    return 1")
    assert run.cases == {0: Case("passed")}
    assert run.program is not None
    assert 0 < run.program.seconds < 1
    assert run.program.memory > 8 * 10**6


def test_a_sandbox_that_was_killed_is_put_up_anew(sandbox: Sandbox) -> None:
    assert ran(sandbox, "def f(): return 1").cases == {0: Case("passed")}
    for nursery in sandbox._nurseries.values():
        nursery._process.kill()
        nursery._process.wait()
    assert ran(sandbox, "def f(): return 1").cases == {0: Case("passed")}


def test_nothing_of_a_program_is_there_for_the_next_one(sandbox: Sandbox) -> None:
    leave = "import sys, math\nsys.left = math.left = 1\nmath.pi = 3\ndef f(): return 1"
    assert ran(sandbox, leave).cases[0].outcome == "passed"
    look = "import sys, math\ndef f(): return [hasattr(sys, 'left'), hasattr(math, 'left'), math.pi > 3]"
    assert ran(sandbox, look, [False, False, True]).cases[0].outcome == "passed"


def test_the_sandbox_goes_with_whoever_had_it() -> None:
    source = (
        f"import sys; sys.path.insert(0, {str(ROOT)!r})\n"
        "from tests.pipeline.verification.sandbox.test_running import JOB, Limits, Sandbox, ran\n"
        "sandbox = Sandbox(Limits(seconds=100))\n"
        "ran(sandbox, 'def f(): return 1'); print('up', flush=True)\n"
        "ran(sandbox, 'import time\\ndef f(): time.sleep(10 ** 6)')\n"
    )
    with subprocess.Popen([sys.executable, "-c", source], stdout=subprocess.PIPE) as owner:
        assert owner.stdout is not None
        assert owner.stdout.readline() == b"up\n"
        started = below(owner.pid)
        owner.send_signal(signal.SIGKILL)
    assert len(started) >= 4
    until = time.monotonic() + 20
    while time.monotonic() < until and any(Path(f"/proc/{pid}").exists() for pid in started):
        time.sleep(0.05)
    assert [pid for pid in started if Path(f"/proc/{pid}").exists()] == []


def test_another_interpreter_comes_with_its_libraries(tmp_path: Path) -> None:
    folder = tmp_path / "env"
    for parent in (tmp_path, *tmp_path.parents):
        if (
            parent.stat().st_uid == os.getuid()
        ):  # pytest shuts its folders to other users, and root runs it as one
            parent.chmod(parent.stat().st_mode | 0o055)
        if parent.name.startswith("pytest-of-"):
            break
    subprocess.run([interpreter().path, "-m", "venv", "--without-pip", folder], check=True)
    (site,) = folder.glob("lib/python3*/site-packages")
    (site / "their_library.py").write_text("def one():\n    return 1\n")
    program = "import their_library\ndef f(): return their_library.one()"
    own = Sandbox(Limits(seconds=1), str(folder / "bin" / "python"))
    bare = Sandbox(Limits(seconds=1))
    assert ran(own, program).cases == {0: Case("passed")}
    missing = ran(bare, program)
    assert (missing.end, "their_library" in missing.output) == ("unknown", True)
    own.close()
    bare.close()
