"""People who work at the door and at Label Studio itself by turns, and what they waited."""

import asyncio
import re
import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random

import httpx

from benchmarks.measuring.timed_door import HEADER
from pipeline.label_studio.server import Server
from pipeline.ledger.keys import Account
from tasks import task_types

NEXT = "the next task"
TYPE = task_types()["preference_pair"]
SAID = {"result": TYPE.result(TYPE.label(preference=2)), "lead_time": 30.0}
FILE = re.compile(r'src="(/(?:react-app|static)/[^"?]+\.js)')


@dataclass
class Waited:
    """Milliseconds of one kind of call: at the door, at Label Studio itself, and added by the door."""

    door: list[float] = field(default_factory=list)
    direct: list[float] = field(default_factory=list)
    added: list[float] = field(default_factory=list)
    calls: list[int] = field(default_factory=list)
    """How many the door made for one."""


@dataclass(frozen=True)
class World:
    """All that people work on."""

    there: Server
    door: str
    project: int
    """Of the door's tasks."""
    twin: int
    """A project with the same tasks, for those who ask Label Studio itself."""
    accounts: Sequence[Account]
    cookies: Sequence[str]


async def all_work(world: World, seconds: float, think: float) -> dict[str, Waited]:
    """What all waited, by the kind of call."""
    waited: dict[str, Waited] = defaultdict(Waited)
    until = time.monotonic() + seconds
    people = [Worker(world, at, waited, Random(at)) for at in range(len(world.accounts))]  # noqa: S311 - drawn for fairness, not for secrets
    await asyncio.gather(*(one.works(until, think) for one in people))
    return waited


class Worker:
    """Somebody who does one task here, the next there."""

    def __init__(self, world: World, at: int, waited: dict[str, Waited], drawn: Random) -> None:
        self._world, self._waited, self._drawn = world, waited, drawn
        self._account = world.accounts[at]
        own = {
            "Origin": world.door,
            "Sec-Fetch-Site": "same-origin",
            "Cookie": f"headrace_door={world.cookies[at]}",
        }
        self._door = httpx.AsyncClient(base_url=world.door, headers=own, timeout=120, trust_env=False)
        self._direct = httpx.AsyncClient(base_url=world.there.url, timeout=120, trust_env=False)
        self._file = ""

    async def works(self, until: float, think: float) -> None:
        """Until the time is over; the first task of each is not counted: signing in and first looks."""
        async with self._door, self._direct:
            await self._sign_in()
            await asyncio.sleep(self._drawn.uniform(0, think))
            for at in (0, 1):
                await self._task(at_the_door=at % 2 == 0, counted=False)
            turn = self._drawn.randrange(2)
            while time.monotonic() < until:
                await asyncio.sleep(min(self._drawn.expovariate(1 / think), 4 * think))
                await self._task(at_the_door=turn % 2 == 0, counted=True)
                turn += 1

    async def _sign_in(self) -> None:
        form = await self._direct.get("/user/login/")
        given = {
            "email": self._account.email,
            "password": self._account.password,
            "csrfmiddlewaretoken": form.cookies.get("csrftoken", ""),
        }
        await self._direct.post(
            "/user/login/", data=given, headers={"Referer": f"{self._world.there.url}/user/login/"}
        )
        said = await self._direct.get("/api/current-user/whoami")
        said.raise_for_status()

    async def _task(self, *, at_the_door: bool, counted: bool) -> None:
        """The calls of a page from its opening to an answer."""
        number = self._world.project if at_the_door else self._world.twin

        async def ask(kind: str, method: str, path: str, body: object = None) -> httpx.Response:
            return await self._ask(kind if counted else "", method, path, body, at_the_door=at_the_door)

        page = await ask("the page", "GET", f"/projects/{number}/data?labeling=1")
        if page.is_redirect:  # at the door one has a task of the project first
            await ask("", "GET", "/desk/next")
            page = await ask("", "GET", f"/projects/{number}/data?labeling=1")
        found = FILE.search(page.text)
        if found:
            await ask("a file", "GET", found[1])
        await ask("who am I", "GET", "/api/current-user/whoami")
        await ask("the project", "GET", f"/api/projects/{number}/?interaction=timer")
        await ask("lists", "GET", f"/api/dm/views?project={number}")
        await ask("history", "GET", f"/api/projects/{number}/label-stream-history?project={number}")
        action = f"/api/dm/actions?id=next_task&tabID=1&project={number}"
        task = (await ask(NEXT, "POST", action, {})).json()["id"]
        drafted = await ask("a new draft", "POST", f"/api/tasks/{task}/drafts?project={number}", SAID)
        draft = drafted.json()["id"]
        await ask("a draft", "PATCH", f"/api/drafts/{draft}/?project={number}", SAID)
        await ask("a task again", "GET", f"/api/tasks/{task}/?project={number}")
        body = {**SAID, "draft_id": draft}
        await ask("an answer", "POST", f"/api/tasks/{task}/annotations/?project={number}", body)

    async def _ask(
        self, kind: str, method: str, path: str, body: object, *, at_the_door: bool
    ) -> httpx.Response:
        http = self._door if at_the_door else self._direct
        began = time.perf_counter()
        answer = (
            await http.request(method, path, json=body)
            if body is not None
            else await http.request(method, path)
        )
        took = 1000 * (time.perf_counter() - began)
        if answer.is_error:
            raise SystemExit(
                f"{method} {path}: an answer was expected, {answer.status_code}: {answer.text[:200]}"
            )
        if kind:
            note(self._waited[kind], took, answer.headers.get(HEADER) if at_the_door else None)
        return answer


def note(waited: Waited, took: float, told: str | None) -> None:
    """Write a call down."""
    if told is None:
        waited.direct.append(took)
        return
    passed_on, calls = told.split()
    waited.door.append(took)
    waited.added.append(took - float(passed_on))
    waited.calls.append(int(calls))
