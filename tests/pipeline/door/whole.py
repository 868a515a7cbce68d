"""A whole door before a real Label Studio: a project whose tasks lie there, people invited to it, and their calls."""

import json
import os
import re
import secrets
import signal
import socket
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Page

from pipeline.context import Quiet
from pipeline.door import process
from pipeline.door.app import make_app
from pipeline.label_studio.client import connect
from pipeline.label_studio.outside import TOKEN_VARIABLE, URL_VARIABLE
from pipeline.label_studio.process import gone
from pipeline.label_studio.server import Server
from pipeline.ledger import LedgerPlace
from pipeline.ledger.state import Door, DoorHome
from pipeline.opening import Studio, writing
from pipeline.people.inviting import invite
from schemas.people import Person
from schemas.people_file import write_people
from schemas.project import read_project
from tests.pipeline.door.guarding import serving
from tests.tasks.test_every_screen import Way

CSRF = re.compile(r'data-csrf="([^"]+)"')


def free_port() -> int:
    """A port that nobody listens to."""
    with socket.create_server(("127.0.0.1", 0)) as holder:
        port: int = holder.getsockname()[1]
        return port


@dataclass
class Clock:
    """The time as it is, moved ahead."""

    ahead: timedelta = timedelta()

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.ahead


class Whole(Way):
    """The command line at a folder, and the door that it opens."""

    def __init__(
        self,
        folder: Path,
        server: Server,
        records: Sequence[Mapping[str, Any]],
        project: str,
        people: Sequence[str],
    ) -> None:
        super().__init__(folder, server)
        self.server, self.people, self._mark = server, people, secrets.token_hex(4)
        self.port = free_port()
        self._clients: list[httpx.Client] = []
        (folder / "project.toml").write_text(project, encoding="utf-8")
        (folder / "records.jsonl").write_text("".join(f"{json.dumps(one)}\n" for one in records))
        write_people(folder, [Person(name=name, email=self.email(name)) for name in people])

    @property
    def url(self) -> str:
        """Where the door is."""
        return f"http://127.0.0.1:{self.port}"

    def fill(self) -> int:
        """Bring the tasks of every record to Label Studio; how many they are."""
        done = [self.run(stage)["done"] for stage in ("ingest", "screen", "generate", "push")]
        return int(done[2])

    def open(self) -> Door:
        """Open the door, as a process of its own."""
        self.run("up", "--door", "--door-port", str(self.port))
        door = DoorHome(self.folder).read()
        assert door is not None
        return door

    def kill(self) -> None:
        """End it as a crash would."""
        door = DoorHome(self.folder).read()
        assert door is not None
        assert door.pid is not None
        assert door.born is not None
        os.kill(door.pid, signal.SIGKILL)
        assert gone(door.pid, door.born, 60)

    def close(self) -> None:
        """Shut it, where it is open; everybody goes."""
        for client in self._clients:
            client.close()
        process.down(self.folder)

    def email(self, name: str) -> str:
        """Somebody's address; another in each project, for Label Studio is shared."""
        return f"{name}-{self._mark}@people.example"

    def invite(self, name: str) -> str:
        """Somebody's link, as the command gives it."""
        return str(self.run("people", "invite", name)["invite_link"])

    def invite_all(self) -> list[str]:
        """Everybody's link."""
        door = DoorHome(self.folder).read()
        assert door is not None
        studio = Studio(self.server.url, partial(connect, self.server.url, self.server.token))
        with writing(self.folder, read_project(self.folder), studio, "invite", progress=Quiet()) as ctx:
            return [invite(ctx, door, name).link for name in self.people]

    def ledger(self, sql: str, *values: object) -> list[dict[str, Any]]:
        """What the door wrote down."""
        with _opened(self.folder) as place, place.reading() as con:
            return [dict(row) for row in con.execute(sql, values)]

    def come_in(self, name: str, link: str | None = None) -> "Somebody":
        """Somebody who opened their link, without a browser."""
        headers = {"Origin": self.url, "Sec-Fetch-Site": "same-origin"}
        client = httpx.Client(base_url=self.url, headers=headers, timeout=120, trust_env=False)
        self._clients.append(client)
        answer = client.post(link or self.invite(name))
        assert answer.status_code == 303, answer.text
        return Somebody(name, client)

    def all_come_in(self) -> list["Somebody"]:
        """Everybody with their link opened."""
        return [self.come_in(*one) for one in zip(self.people, self.invite_all(), strict=True)]

    @contextmanager
    def opened_here(self, clock: Clock) -> Iterator[None]:
        """Its door within this process, by a clock."""
        door = Door(port=self.port, label_studio=self.server.url, project=str(self.folder), version="-")
        home = DoorHome(self.folder)
        home.make()
        home.write(door)
        with pytest.MonkeyPatch.context() as patch:
            for name in (URL_VARIABLE, TOKEN_VARIABLE):
                patch.setenv(name, self.environment[name])
            app = make_app(self.folder, door, clock)
        with socket.create_server(("127.0.0.1", self.port)) as listening, serving(app, listening):
            yield


@contextmanager
def _opened(folder: Path) -> Iterator[LedgerPlace]:
    place = LedgerPlace(folder)
    try:
        yield place
    finally:
        place.close()


@dataclass
class Somebody:
    """Somebody at the door, who sends what its page sends."""

    name: str
    http: httpx.Client
    waited: int = 0
    """How often the door said: one moment."""
    done: list[int] = field(default_factory=list)

    def next(self) -> dict[str, Any] | None:
        """The task that the button gives, by the calls of the page; None where there is none."""
        gone = self.ask("GET", "/desk/next")
        assert gone.status_code == 303, gone.text
        found = re.fullmatch(r"/projects/(\d+)/data\?labeling=1", gone.headers["location"])
        if found is None:
            assert gone.headers["location"] == "/desk/"
            return None
        query = f"id=next_task&tabID=1&project={found[1]}"
        answer = self.ask("POST", f"/api/dm/actions?{query}", json={})
        assert answer.status_code == 200, answer.text
        said: dict[str, Any] = answer.json()
        return said

    def submit(self, task: Mapping[str, Any], result: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
        """Answer it; what comes back."""
        path = f"/api/tasks/{task['id']}/annotations?project={task['project']}"
        answer = self.ask("POST", path, json={"result": list(result), "lead_time": 5.0})
        assert answer.status_code == 201, answer.text
        said: dict[str, Any] = answer.json()
        self.done.append(int(task["id"]))
        return said

    def draft(self, task: Mapping[str, Any], result: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
        """Leave a draft of it; what comes back."""
        path = f"/api/tasks/{task['id']}/drafts?project={task['project']}"
        answer = self.ask("POST", path, json={"result": list(result), "lead_time": 5.0})
        assert answer.status_code == 201, answer.text
        said: dict[str, Any] = answer.json()
        return said

    def ask(self, method: str, path: str, **more: Any) -> httpx.Response:
        """One call; made again, as the page does it, where the door says so."""
        while True:
            answer = self.http.request(method, path, **more)
            wait = answer.headers.get("Headrace-Retry")
            if wait is None:
                return answer
            self.waited += 1
            time.sleep(float(wait))


def let_in(page: Page, link: str) -> None:
    """Come in by a link in a browser: one button, and the work page."""
    page.goto(link)
    page.get_by_role("button").first.click()
    page.wait_for_url("**/desk/")


def press_next(page: Page) -> None:
    """From the work page to the task that is next."""
    page.locator("button.next").click()
    shown(page)


def shown(page: Page) -> None:
    """Wait until a task can be answered."""
    page.locator(".hr .bar .lsf-choice").first.wait_for()
