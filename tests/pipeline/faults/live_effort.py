"""A labeling effort on a real Label Studio, with three people in it, and a proxy before it that fails as planned."""

import json
import os
import random
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

import httpx

from pipeline.care.doctor import examine
from pipeline.context import Quiet
from pipeline.label_studio.accounts import sign_up
from pipeline.label_studio.client import connect
from pipeline.label_studio.server import Server
from pipeline.store import StorePlace
from schemas.errors import HeadraceError
from schemas.project import read_project
from tasks import task_types
from tests.pipeline.faults import headrace_process
from tests.pipeline.faults.headrace_process import PATIENCE
from tests.pipeline.label_studio.fault_proxy import FaultProxy

PROJECT = """\
name = "tried"

[[sources]]
reader = "jsonl"
path = "problems.jsonl"
domain = "reasoning"
language = "en"

[[tasks]]
type = "preference_pair"
overlap = { policy = "third_on_disagreement" }
"""
PEOPLE = 3


class LiveEffort:
    """One project folder, its Label Studio, and what happens to either."""

    def __init__(self, folder: Path, server: Server, url: str | None = None) -> None:
        self.folder, self.server, self.url = folder, server, url or server.url
        self.http = httpx.Client(base_url=server.url, timeout=60)
        self.tokens = [self._colleague() for _ in range(PEOPLE)]
        self.taken_back: set[int] = set()
        """The annotations that somebody deleted."""
        self.count = 0
        (folder / "project.toml").write_text(PROJECT)
        self.problems(8)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.http.close()

    def _colleague(self) -> str:
        link = connect(self.server.url, self.server.token).invite_link()
        return sign_up(self.server.url, link, f"{secrets.token_hex(6)}@people.example", secrets.token_hex(8))

    def _ask(self, method: str, path: str, body: object = None, *, token: str | None = None) -> Any:
        headers = {"Authorization": f"Token {token or self.server.token}"}
        answer = self.http.request(method, path, json=body, headers=headers)
        answer.raise_for_status()
        return answer.json() if answer.content else None

    # Headrace.

    def problems(self, more: int) -> None:
        with (self.folder / "problems.jsonl").open("a") as file:
            for n in range(self.count, self.count + more):
                candidates = [f"{n + n}", f"{n + n + 1}"]
                file.write(json.dumps({"prompt": f"What is {n} + {n}?", "candidates": candidates}) + "\n")
        self.count += more

    def run(self, *stages: str) -> int:
        return headrace_process.run(self.folder, self.url, self.server.token, *stages)

    def try_to_run(self, *stages: str) -> None:
        """Run, as `watch` does: what goes wrong is left to the next round."""
        try:
            self.run(*stages)
        except HeadraceError:
            return

    def killed(self, seconds: float, *stages: str) -> None:
        """Kill -9 of headrace so many seconds after it has begun."""
        process = self._started(*stages)
        time.sleep(seconds)
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()

    @contextmanager
    def at_work(self, *stages: str) -> Iterator[None]:
        """What is done meanwhile is done in the midst of a run, which may fail of it."""
        process = self._started(*stages)
        time.sleep(2)
        yield
        process.communicate(timeout=300)

    def _started(self, *stages: str) -> subprocess.Popen[str]:
        module = "tests.pipeline.faults.headrace_process"
        process = subprocess.Popen(
            [sys.executable, "-m", module, self.url, self.server.token, str(self.folder), *stages],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            cwd=Path(__file__).parents[3],
            env={**os.environ, "PYTHONPATH": ":".join(sys.path)},
            start_new_session=True,
        )
        assert process.stdout is not None
        process.stdout.readline()
        return process

    def quiet(self, proxy: FaultProxy | None = None) -> None:
        """Heal, and run until both sides are at rest."""
        if proxy is not None:
            proxy.commit_late()
        rounds = 0
        for _ in range(15):
            if self.rows("SELECT * FROM sends WHERE answered_at IS NULL"):
                time.sleep(PATIENCE)
            rounds = 0 if self.run() else rounds + 1
            if rounds == 2:
                return
        raise AssertionError("should come to rest")

    def rows(self, sql: str) -> list[dict[str, Any]]:
        with StorePlace(self.folder).writing("look", 120) as store:
            return store.rows(sql)

    def projects(self) -> list[int]:
        return [row["id"] for row in self.rows("SELECT DISTINCT project_id AS id FROM remote_projects")]

    # People.

    def said(self, preference: int) -> list[Any]:
        kind = task_types()["preference_pair"]
        result: list[Any] = kind.result(kind.label(preference=preference))
        return result

    def answer(self, person: int, most: int, dice: random.Random) -> None:
        """One of three people answers what the queue hands them."""
        token = self.tokens[person]
        for project_id in self.projects():
            for _ in range(most):
                given = self.http.get(
                    f"/api/projects/{project_id}/next", headers={"Authorization": f"Token {token}"}
                )
                if given.status_code != httpx.codes.OK:
                    break
                body = {"result": self.said(dice.choice([-2, -2, 3])), "lead_time": 9.0}
                self._ask("POST", f"/api/tasks/{given.json()['id']}/annotations/", body, token=token)

    def tasks(self) -> list[Any]:
        """Every task that stands in our projects, as it is."""
        studio = connect(self.server.url, self.server.token)
        return [task for one in self.projects() for task in studio.changes(one, None)]

    def delete_task(self, dice: random.Random) -> None:
        if tasks := self.tasks():
            self._ask("DELETE", f"/api/tasks/{dice.choice(tasks).id}/")

    def take_back(self, dice: random.Random) -> None:
        if said := [one.id for task in self.tasks() for one in task.annotations]:
            annotation = dice.choice(said)
            self.taken_back.add(annotation)
            self._ask("DELETE", f"/api/annotations/{annotation}/")

    def copy_task(self, dice: random.Random) -> None:
        for project_id in self.projects()[:1]:
            tasks = list(connect(self.server.url, self.server.token).changes(project_id, None))
            if tasks:
                self._ask(
                    "POST", f"/api/projects/{project_id}/import", [{"data": dict(dice.choice(tasks).data)}]
                )

    # What is true in the end.

    def is_whole(self) -> bool:
        """One task for each that wants a vote, nothing twice, no vote lost, and both sides agree id by id."""
        self.quiet()
        tasks = self.tasks()
        kept = {row["id"] for row in self.rows("SELECT remote_task_id AS id FROM doubles")}
        pushed = {
            row["uid"]: row["id"]
            for row in self.rows("SELECT task_id AS uid, remote_task_id AS id FROM pushes")
        }
        standing = [task for task in tasks if task.id not in kept - set(pushed.values())]
        uids = [task.uid for task in standing]
        assert len(uids) == len(set(uids)), "a task stands twice"
        assert {task.uid: task.id for task in standing}.items() <= pushed.items()
        wanted = {row["uid"] for row in self.rows("SELECT uid FROM wanted WHERE missing > 0")}
        assert wanted <= set(uids), "a task that wants a vote is not there"
        there = {
            (one.id, json.dumps(one.result)) for task in tasks for one in task.annotations if not one.skipped
        }
        here = {
            (row["remote_id"], json.dumps(json.loads(row["result"])))
            for row in self.rows("SELECT remote_id, result FROM current_annotations WHERE NOT lost")
        }
        assert here == there
        gone = {
            row["remote_id"] for row in self.rows("SELECT remote_id FROM latest_annotations WHERE deleted")
        }
        assert gone <= self.taken_back, "a vote that nobody took back counts no more"
        found = examine(
            self.folder,
            read_project(self.folder),
            headrace_process.studio(self.server.url, self.server.token),
            progress=Quiet(),
        )
        assert found.agrees, [(one.name, one.examples) for one in found.checks if not one.ok]
        assert found.tasks == len(tasks)
        return True
