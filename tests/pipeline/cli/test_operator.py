"""What operators do to it: many commands at once, and kill -9 at any moment."""

import os
import random
import signal
import subprocess
import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from pipeline.label_studio.client import connect
from pipeline.stages import STAGES
from pipeline.store import StorePlace
from tasks import task_types

READERS = (["status", "--json"], ["report", "--json"], ["rejects", "--json"], ["releases", "--json"])


def crowd(folder: Any, seconds: float, at_once: int, at_least: int, **environment: str) -> None:
    """`watch`, and so many reading commands and reports at once: none fails, no stage starves."""
    watch = folder.start("watch", "--every", "0.2", "--json", **environment)
    ends = time.monotonic() + seconds
    readers: list[subprocess.Popen[str]] = []
    started = finished = rows = 0
    while time.monotonic() < ends or rounds(folder) < 2:
        while len(readers) < at_once and (started < at_least or time.monotonic() < ends):
            readers.append(folder.start(*READERS[started % len(READERS)]))
            started += 1
        rows += 1
        folder.problems(5 + rows)  # there is always something new to do
        time.sleep(0.2)
        for reader in [one for one in readers if one.poll() is not None]:
            readers.remove(reader)
            finished += read_well(reader)
    finished += sum(read_well(reader) for reader in readers)
    os.killpg(watch.pid, signal.SIGINT)
    out, err = watch.communicate(timeout=120)
    assert "Traceback" not in err
    assert "error" not in out, out[-2000:]
    assert watch.returncode == 130, err
    with StorePlace(folder.path).writing("look", 30) as store:
        assert store.value("SELECT count(*) FROM runs WHERE error IS NOT NULL") == 0
        runs = {
            row["stage"]: row["n"]
            for row in store.rows("SELECT stage, count(*) AS n FROM runs GROUP BY stage")
        }
        assert set(runs) == set(STAGES)
        # the one that ran least often is at most a round behind the one that ran most often
        assert max(runs.values()) - min(runs.values()) <= 1
        assert store.count("records") > 5
    assert finished == started >= at_least


def read_well(reader: subprocess.Popen[str]) -> int:
    out, err = reader.communicate(timeout=120)
    assert (reader.returncode, err) == (0, "")
    assert out
    return 1


def rounds(folder: Any) -> int:
    """How many rounds of `watch` have ended, as far as readers can see."""
    with StorePlace(folder.path).reading() as store:
        return int(store.value("SELECT count(*) FROM runs WHERE stage = 'resolve'"))


@pytest.mark.proof
@pytest.mark.live
def test_watch_readers_and_reports_at_once(folder: Any, outside: dict[str, str]) -> None:
    crowd(folder, 3, 7, 14, **outside)


@pytest.mark.live
@pytest.mark.proof
@pytest.mark.timeout(600)
def test_watch_and_twenty_readers_and_reports_at_once_for_two_minutes(
    folder: Any, outside: dict[str, str]
) -> None:
    crowd(folder, 120, 21, 21, **outside)


def killed(folder: Any, studio: Any, times: int, seed: int, **environment: str) -> None:
    """Kill a stage at any moment; the store opens, and the next run ends as if nothing had happened."""
    dice = random.Random(seed)
    stages = (*STAGES, "release")
    assert folder.run("run", **environment).code == 0
    for number in range(times):
        folder.problems(5 + 40 * (number + 1))
        studio.answer(folder, 8)
        process = folder.start(stages[number % len(stages)], **environment)
        # from the first moments of Python to the end of the work
        time.sleep(dice.uniform(0.05, 2.0))
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        assert folder.facts()["records"] >= 5
        assert folder.run("status").code == 0
    time.sleep(5)  # what was on its way when a push was killed is in doubt for as long
    for _ in range(2):
        ended = folder.run("run", "--json", **environment)
        assert ended.code == 0, ended.err
    assert folder.run("release", **environment).code == 0
    facts = folder.facts()
    count = 5 + 40 * times
    assert (facts["records"], facts["tasks"], facts["pushes"]) == (count, count, count)
    assert facts["annotations"] == facts["labels"] == studio.answers == facts["resolutions"]
    assert studio.tasks(folder) == count
    again = folder.run("run", "--json", **environment).json
    assert [stage["done"] for stage in again["stages"]] == [0] * len(STAGES)
    assert folder.run("release", "--json", **environment).json["done"] == 0
    left = [*(folder.path / ".headrace").glob("*.tmp"), *(folder.path / "releases").glob("*.old")]
    assert left == []


@pytest.mark.proof
@pytest.mark.live
def test_kill_at_any_moment(folder: Any, outside: dict[str, str], studio: Any) -> None:
    killed(folder, studio, 4, seed=1, **outside)


@pytest.mark.live
@pytest.mark.proof
@pytest.mark.timeout(1800)
def test_kill_at_any_moment_seventy_times(folder: Any, outside: dict[str, str], studio: Any) -> None:
    killed(folder, studio, 70, seed=2, **outside)


@pytest.fixture
def outside(label_studio_server: Any) -> dict[str, str]:
    """The environment that names the test run's server."""
    return {
        "HEADRACE_LABEL_STUDIO_URL": label_studio_server.url,
        "HEADRACE_LABEL_STUDIO_TOKEN": label_studio_server.token,
    }


class Studio:
    """The test run's Label Studio, with somebody in it who answers."""

    def __init__(self, url: str, token: str) -> None:
        self._studio = connect(url, token)
        self.http = httpx.Client(base_url=url, headers={"Authorization": f"Token {token}"}, timeout=60)
        self._answered: set[int] = set()

    @property
    def answers(self) -> int:
        return len(self._answered)

    def answer(self, folder: Any, count: int) -> None:
        """Answer some tasks that nobody has answered."""
        result = task_types()["preference_pair"].result(task_types()["preference_pair"].label(preference=1))
        with StorePlace(folder.path).reading() as store:
            pushed = [
                row["remote_task_id"] for row in store.rows("SELECT remote_task_id FROM pushes ORDER BY 1")
            ]
        for task in [one for one in pushed if one not in self._answered][:count]:
            said = {"result": result, "lead_time": 9.0}
            self.http.post(f"/api/tasks/{task}/annotations/", json=said).raise_for_status()
            self._answered.add(task)

    def tasks(self, folder: Any) -> int:
        with StorePlace(folder.path).reading() as store:
            projects = [row["project_id"] for row in store.rows("SELECT project_id FROM remote_projects")]
        return sum(self._studio.look(project).tasks for project in projects)


@pytest.fixture
def studio(label_studio_server: Any) -> Iterator[Studio]:
    made = Studio(label_studio_server.url, label_studio_server.token)
    yield made
    made.http.close()
