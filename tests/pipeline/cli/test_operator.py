"""What operators do to it: many commands at once, and kill -9 at any moment."""

import os
import random
import signal
import subprocess
import time
from collections.abc import Callable
from typing import Any

import pytest

from pipeline.stages import STAGES
from pipeline.store import StorePlace

READERS = (["status", "--json"], ["report", "--json"], ["rejects", "--json"], ["releases", "--json"])


def crowd(folder: Any, seconds: float, **environment: str) -> None:
    """`watch`, a report in a loop and twenty reading commands at once: none fails, no stage starves."""
    watch = folder.start("watch", "--every", "0.2", "--json", **environment)
    ends = time.monotonic() + seconds
    readers: list[subprocess.Popen[str]] = []
    finished = rows = 0
    while time.monotonic() < ends:
        readers += [folder.start(*READERS[(finished + n) % len(READERS)]) for n in range(21 - len(readers))]
        rows += 1
        folder.problems(5 + rows)  # there is always something new to do
        time.sleep(0.2)
        for reader in [one for one in readers if one.poll() is not None]:
            readers.remove(reader)
            assert reader.returncode == 0, reader.communicate()[1]
            finished += 1
    for reader in readers:
        out, err = reader.communicate(timeout=120)
        assert reader.returncode == 0, err
        assert out
        finished += 1
    os.killpg(watch.pid, signal.SIGINT)
    out, err = watch.communicate(timeout=120)
    assert "Traceback" not in err
    assert "error" not in out, out[-2000:]
    with StorePlace(folder.path).reading() as store:
        assert store.value("SELECT count(*) FROM runs WHERE error IS NOT NULL") == 0
        runs = {
            row["stage"]: row["n"]
            for row in store.rows("SELECT stage, count(*) AS n FROM runs GROUP BY stage")
        }
        assert set(runs) == set(STAGES)
        # the one that ran least often is at most a round behind the one that ran most often
        assert max(runs.values()) - min(runs.values()) <= 1
        assert min(runs.values()) >= 2
        assert store.count("records") > 5
    assert finished >= 20


@pytest.mark.live
def test_watch_readers_and_reports_at_once(folder: Any, outside: dict[str, str]) -> None:
    crowd(folder, 10, **outside)


@pytest.mark.live
@pytest.mark.proof
@pytest.mark.timeout(600)
def test_watch_readers_and_reports_at_once_for_two_minutes(folder: Any, outside: dict[str, str]) -> None:
    crowd(folder, 120, **outside)


def killed(folder: Any, times: int, seed: int, **environment: str) -> None:
    """Kill a stage at any moment; the store opens, and the next run ends as if nothing had happened."""
    dice = random.Random(seed)
    for number in range(times):
        folder.problems(5 + 40 * (number + 1))
        stage = STAGES[number % len(STAGES)]
        process = folder.start(stage, **environment)
        # from the first moments of Python to the end of the work
        time.sleep(dice.uniform(0.05, 2.0))
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        assert folder.facts()["records"] >= 0
        assert folder.run("status").code == 0
    ended = folder.run("run", "--json", **environment)
    assert ended.code == 0, ended.err
    facts = folder.facts()
    count = 5 + 40 * times
    assert (facts["records"], facts["tasks"], facts["pushes"]) == (count, count, count)
    again = folder.run("run", "--json", **environment).json
    assert [stage["done"] for stage in again["stages"]] == [0] * len(STAGES)
    assert not list((folder.path / ".headrace").glob("*.tmp"))


@pytest.mark.live
def test_kill_at_any_moment(folder: Any, outside: dict[str, str], count_tasks: Callable[[Any], int]) -> None:
    killed(folder, 6, seed=1, **outside)
    assert count_tasks(folder) == folder.facts()["pushes"]


@pytest.mark.live
@pytest.mark.proof
@pytest.mark.timeout(1800)
def test_kill_at_any_moment_sixty_times(
    folder: Any, outside: dict[str, str], count_tasks: Callable[[Any], int]
) -> None:
    killed(folder, 60, seed=2, **outside)
    assert count_tasks(folder) == folder.facts()["pushes"]


@pytest.fixture
def outside(label_studio_server: Any) -> dict[str, str]:
    """The environment that names the test run's server."""
    return {
        "HEADRACE_LABEL_STUDIO_URL": label_studio_server.url,
        "HEADRACE_LABEL_STUDIO_TOKEN": label_studio_server.token,
    }


@pytest.fixture
def count_tasks(label_studio_server: Any) -> Callable[[Any], int]:
    from pipeline.label_studio.client import connect

    def count(folder: Any) -> int:
        studio = connect(label_studio_server.url, label_studio_server.token)
        with StorePlace(folder.path).reading() as store:
            projects = [row["project_id"] for row in store.rows("SELECT project_id FROM remote_projects")]
        return sum(studio.count_tasks(project) for project in projects)

    return count
