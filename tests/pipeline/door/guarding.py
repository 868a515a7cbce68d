"""A real Label Studio behind a real guard: three people of three vendors, and a dealer that is a few lists."""

import secrets
import socket
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import uvicorn
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from pipeline.door.base import Ending, Handed, Visitor
from pipeline.door.csrf import Names
from pipeline.door.guard import Guard
from pipeline.door.headers import Around
from pipeline.door.limits import Limits
from pipeline.door.upstream import Upstream
from pipeline.door.veil import Veil
from pipeline.label_studio.accounts import invite_link, sign_up
from pipeline.label_studio.server import Server
from pipeline.ledger.keys import Account
from schemas.people import Role
from tasks import task_types
from tests.tasks.walks import WALKS

COOKIE, TOKEN = "headrace_door", "the-token-of-the-form"
KEY = b"a key of thirty-two letters: fine"
PASSWORD = "a long password"
WALK = {walk.name: walk for walk in WALKS}


@dataclass
class ListDealer:
    """Hands tasks out in order, to each person those meant for them."""

    meant: dict[str, list[Handed]] = field(default_factory=dict)
    swapped: bool = False
    active: dict[str, float] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _all: list[Handed] = field(default_factory=list)

    def deal(self, who: Visitor, project_id: int | None = None) -> Handed | None:
        with self._lock:
            found = next((one for one in self._of(who) if one.is_open), None)
            waiting = self.meant.get(who.annotator, [])
            if found is None and waiting:
                if project_id not in (None, waiting[0].project_id):
                    return None
                found = waiting.pop(0)
                self._all.append(found)
            return found if found and project_id in (None, found.project_id) else None

    def held(self, who: Visitor, remote_task_id: int) -> Handed | None:
        return next((one for one in self._of(who) if one.remote_task_id == remote_task_id), None)

    def own(self, who: Visitor, project_id: int) -> list[Handed]:
        return [one for one in reversed(self._of(who)) if one.project_id == project_id]

    def touched(self, handed: Handed, active_seconds: float) -> None:
        if self._same(handed).is_open:  # as the ledger has it: what was handed in is told of no more
            self.active[handed.uid] = self.active.get(handed.uid, 0) + active_seconds

    def ended(self, handed: Handed, ending: Ending, annotation_id: int | None = None) -> None:
        with self._lock:
            place = self._all.index(self._same(handed))
            self._all[place] = self._all[place].replace(
                ended_at=datetime.now(UTC), ending=ending, annotation_id=annotation_id
            )

    def clear(self) -> None:
        """Whatever a test left behind is nobody's any more."""
        self.meant.clear()
        self._all.clear()

    def endings(self, annotator: str) -> list[Ending | None]:
        return [one.ending for one in self._all if one.annotator == annotator]

    def _of(self, who: Visitor) -> list[Handed]:
        return [one for one in self._all if one.annotator == who.annotator and one.ending != "returned"]

    def _same(self, handed: Handed) -> Handed:
        return next(one for one in self._all if (one.uid, one.annotator) == (handed.uid, handed.annotator))


class Known:
    """Stands where sessions stand: the cookie is the person's name."""

    def __init__(self, app: ASGIApp, people: Mapping[str, Visitor], upstream: Upstream) -> None:
        self._app, self._people, self._upstream = app, people, upstream

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._live(receive, send)
            return
        request = Request(scope)
        if request.url.path == "/desk/":
            await PlainTextResponse("the work page")(scope, receive, send)
            return
        visitor = self._people.get(request.cookies.get(COOKIE, ""))
        if visitor is None:
            await PlainTextResponse("who are you?", 401)(scope, receive, send)
            return
        request.state.visitor, request.state.csrf = visitor, TOKEN
        await self._app(scope, receive, send)

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await self._upstream.close()
        await send({"type": "lifespan.shutdown.complete"})


@dataclass(frozen=True)
class World:
    """Label Studio with people and projects, and the guard before it."""

    server: Server
    url: str
    """The guard's."""
    dealer: ListDealer
    people: Mapping[str, Visitor]
    projects: Mapping[str, int]
    tasks: Mapping[str, list[int]]
    """By task type, in order."""

    def as_(self, name: str) -> httpx.Client:
        """Somebody at the door, who sends what a page of the door sends."""
        headers = {"Origin": self.url, "Sec-Fetch-Site": "same-origin"}
        return httpx.Client(
            base_url=self.url, cookies={COOKIE: name}, headers=headers, timeout=60, trust_env=False
        )

    def admin(self) -> httpx.Client:
        """Label Studio itself, past the door, as its administrator."""
        headers = {"Authorization": f"Token {self.server.token}"}
        return httpx.Client(base_url=self.server.url, headers=headers, timeout=60, trust_env=False)

    def shown(self, name: str, task: int) -> int:
        """A task's number as somebody sees it."""
        return Veil(KEY).shown(self.people[name].annotator, task)

    def give(self, name: str, kind: str, place: int, **more: Any) -> Handed:
        """Have the dealer hand a task to somebody when they come next."""
        task, now = self.tasks[kind][place], datetime.now(UTC)
        handed = Handed(
            uid=f"{kind}-{place}",
            purpose="label",
            cell=f"en/{kind}",
            task_type=kind,
            version=1,
            attempt=1,
            project_id=self.projects[kind],
            remote_task_id=task,
            slot=1,
            annotator=self.people[name].annotator,
            served_at=now,
            expires_at=now + timedelta(hours=1),
            **more,
        )
        self.dealer.meant.setdefault(handed.annotator, []).append(handed)
        return handed

    def annotations(self, task: int) -> list[dict[str, Any]]:
        """What Label Studio holds of a task."""
        with self.admin() as admin:
            found: list[dict[str, Any]] = admin.get(f"/api/tasks/{task}/").json()["annotations"]
        return [{**one, "created_ago": ""} for one in found]


@contextmanager
def world(
    server: Server,
    kinds: tuple[str, ...] = ("step_review", "preference_pair"),
    each: int = 6,
    reached_by: str | None = None,
) -> Iterator[World]:
    """Everything, running; the guard reaches Label Studio by another address where one is given."""
    people, accounts = _people(server)
    with httpx.Client(
        base_url=server.url, headers={"Authorization": f"Token {server.token}"}, timeout=60
    ) as admin:
        projects = {kind: _project(admin, kind, each) for kind in kinds}
        tasks = {kind: _tasks(admin, number) for kind, number in projects.items()}
    dealer = ListDealer()
    with socket.create_server(("127.0.0.1", 0)) as listening:
        url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        names = Names([url])
        upstream = Upstream(reached_by or server.url, accounts.get)
        guard = Guard(upstream, dealer, names, KEY, Limits())
        with serving(Around(Known(guard, people, upstream), names), listening):
            yield World(server, url, dealer, people, projects, tasks)


@contextmanager
def serving(app: ASGIApp, listening: socket.socket) -> Iterator[None]:
    """An application at a socket, as the door's process serves it."""
    config = uvicorn.Config(app, http="h11", ws="none", lifespan="on", access_log=False, log_level="warning")
    running = uvicorn.Server(config)
    thread = threading.Thread(target=running.run, kwargs={"sockets": [listening]})
    thread.start()
    while not running.started:
        assert thread.is_alive(), "the door should start"
        time.sleep(0.02)
    try:
        yield
    finally:
        running.should_exit = True
        thread.join()


def _people(server: Server) -> tuple[dict[str, Visitor], dict[str, Account]]:
    invite = invite_link(server.url, server.token)
    people, accounts = {}, {}
    roles: dict[str, Role] = {"mei": "annotator", "li": "annotator", "ana": "lead"}
    for name, role in roles.items():
        email = f"{name}-{secrets.token_hex(4)}@people.example"
        token = sign_up(server.url, invite, email, PASSWORD, name.title())
        said = httpx.get(f"{server.url}/api/current-user/whoami", headers={"Authorization": f"Token {token}"})
        annotator = f"ann-{secrets.token_hex(4)}"
        number = int(said.json()["id"])
        people[name] = Visitor(
            annotator=annotator, name=name.title(), role=role, account=number, session=name
        )
        accounts[annotator] = Account(annotator=annotator, email=email, password=PASSWORD, person_id=number)
    return people, accounts


def _project(admin: httpx.Client, kind: str, each: int) -> int:
    task_type = task_types()[kind]
    wanted = {
        "title": task_type.title,
        "label_config": task_type.config(),
        "expert_instruction": '<div class="guideline"><h1>Read this first</h1></div>',
        "show_instruction": True,
        "show_skip_button": kind == "preference_pair",
    }
    answer = admin.post("/api/projects/", json=wanted)
    answer.raise_for_status()
    number = int(answer.json()["id"])
    data = task_type.data(WALK[kind].item)
    rows = [{"data": {**data, "headrace_uid": f"{kind}-{place}"}} for place in range(each)]
    admin.post(f"/api/projects/{number}/import", json=rows).raise_for_status()
    return number


def _tasks(admin: httpx.Client, project: int) -> list[int]:
    asked: dict[str, str | int] = {"project": project, "include": "id", "page_size": 100}
    return sorted(int(task["id"]) for task in admin.get("/api/tasks", params=asked).json()["tasks"])
