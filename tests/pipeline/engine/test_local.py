"""The processes of this machine: they end with who began them."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from pipeline.engine.local import LocalEngine
from tests.pipeline.engine import jobs
from tests.pipeline.engine.jobs import Job

PARENT = """
import sys
from pipeline.engine.local import LocalEngine
from tests.pipeline.engine import jobs
if __name__ == "__main__":
    list(LocalEngine(2).run(jobs.lingers, [jobs.Job(number, sys.argv[1]) for number in range(2)]))
"""


def _alive(pid: int) -> bool:
    try:
        return "Z" not in Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except OSError:
        return False


def test_workers_end_with_a_parent_that_was_killed(tmp_path: Path) -> None:
    script = tmp_path / "parent.py"
    script.write_text(PARENT)
    root = Path(__file__).parents[3]
    parent = subprocess.Popen(
        [sys.executable, str(script), str(tmp_path)], env={**os.environ, "PYTHONPATH": str(root)}
    )
    traces = [Job(number, str(tmp_path)).trace("pid") for number in range(2)]
    until = time.monotonic() + 60
    while not all(trace.exists() and trace.read_text() for trace in traces):
        assert parent.poll() is None
        assert time.monotonic() < until
        time.sleep(0.05)
    pids = [int(trace.read_text()) for trace in traces]
    assert all(map(_alive, pids))
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    until = time.monotonic() + 60
    while any(map(_alive, pids)):
        assert time.monotonic() < until, "the workers outlive their parent"
        time.sleep(0.05)


def test_workers_end_with_the_last_result() -> None:
    pids = {pid for _, pid in LocalEngine(2).run(jobs.process, [Job(number) for number in range(6)])}
    assert pids
    assert not any(map(_alive, pids))


def test_one_worker_does_everything_in_this_process() -> None:
    found = {pid for _, pid in LocalEngine(1).run(jobs.process, [Job(number) for number in range(3)])}
    assert found == {os.getpid()}


def test_without_a_number_there_is_a_worker_for_each_processor() -> None:
    assert LocalEngine().workers == len(os.sched_getaffinity(0))
