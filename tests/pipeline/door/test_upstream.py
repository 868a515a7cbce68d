"""The way to Label Studio: whose session, and what is kept of it; with a Label Studio of a few lines."""

import asyncio
import json
from collections.abc import Coroutine
from typing import Any, TypeVar

import httpx
import pytest

from pipeline.door.base import Visitor
from pipeline.door.upstream import Away, NoAccount, Upstream
from pipeline.ledger.keys import Account

T = TypeVar("T")
PEOPLE = {"ann-1": ("mei@people.example", 7), "ann-2": ("li@people.example", 8)}
MEI = Visitor(annotator="ann-1", name="Mei", role="annotator", account=7)
LI = Visitor(annotator="ann-2", name="Li", role="annotator", account=8)


class LittleStudio(httpx.AsyncBaseTransport):
    """Signs people in by the form, knows their cookies, and says who asks."""

    def __init__(self) -> None:
        self.sessions: dict[str, str] = {}
        self.asked: list[httpx.Request] = []
        self.signed_in = 0
        self.falls: list[Exception | int] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        await asyncio.sleep(0)
        self.asked.append(request)
        if self.falls and request.url.path.startswith("/api/tasks"):
            fall = self.falls.pop(0)
            if isinstance(fall, Exception):
                raise fall
            return httpx.Response(fall)
        if request.url.path == "/user/login/":
            return await self._login(request)
        who = self._who(request)
        if who is None:
            return httpx.Response(401)
        number = next(number for email, number in PEOPLE.values() if email == who)
        said = {"id": number, "email": who, "path": request.url.raw_path.decode()}
        return httpx.Response(200, json=said, headers={"Set-Cookie": "stray=1; Path=/"})

    async def _login(self, request: httpx.Request) -> httpx.Response:
        if request.method == "GET":
            return httpx.Response(200, headers={"Set-Cookie": "csrftoken=first; Path=/"})
        form = httpx.QueryParams((await request.aread()).decode())
        if form["csrfmiddlewaretoken"] != "first" or form["password"] != "right":
            return httpx.Response(200)
        self.signed_in += 1
        name = f"s{self.signed_in}"
        self.sessions[name] = form["email"]
        cookies = [("Set-Cookie", f"sessionid={name}; Path=/"), ("Set-Cookie", "csrftoken=second; Path=/")]
        return httpx.Response(302, headers=[*cookies, ("Location", "/")])

    def _who(self, request: httpx.Request) -> str | None:
        cookies = dict(one.split("=", 1) for one in request.headers.get("cookie", "").split("; ") if one)
        return self.sessions.get(cookies.get("sessionid", ""))


def account(annotator: str) -> Account | None:
    email, number = PEOPLE[annotator]
    return Account(annotator=annotator, email=email, password="right", person_id=number)


def run(what: Coroutine[Any, Any, T]) -> T:
    return asyncio.run(what)


def test_each_person_asks_in_a_session_of_their_own() -> None:
    studio = LittleStudio()

    async def together() -> list[str]:
        upstream = Upstream("http://127.0.0.1:1", account, studio)
        calls = [upstream.call(who, "GET", "/api/tasks/1") for who in (MEI, LI) * 10]
        return [answer.json()["email"] for answer in await asyncio.gather(*calls)]

    assert run(together()) == ["mei@people.example", "li@people.example"] * 10
    assert studio.signed_in == 2
    assert not any("stray" in request.headers.get("cookie", "") for request in studio.asked)


def test_who_is_signed_out_is_signed_in_again() -> None:
    studio = LittleStudio()

    async def twice() -> int:
        upstream = Upstream("http://127.0.0.1:1", account, studio)
        await upstream.call(MEI, "GET", "/api/tasks/1")
        studio.sessions.clear()
        return (await upstream.call(MEI, "POST", "/api/tasks/1", body={"a": 1})).status_code

    assert run(twice()) == 200
    assert studio.signed_in == 2
    assert json.loads(studio.asked[-1].content) == {"a": 1}


def test_nobody_asks_with_what_a_browser_sent() -> None:
    studio = LittleStudio()
    upstream = Upstream("http://127.0.0.1:1", account, studio)
    run(upstream.call(MEI, "GET", "/api/tasks/1", {"project": 3}))
    last = studio.asked[-1]
    assert last.headers["host"] == "127.0.0.1:1"
    assert last.headers["referer"] == "http://127.0.0.1:1/"
    assert last.headers["cookie"] == "sessionid=s1; csrftoken=second"
    assert last.url.raw_path == b"/api/tasks/1?project=3"


@pytest.mark.parametrize("fall", [httpx.ConnectError("no"), httpx.ReadTimeout("slow"), 502, 503])
def test_a_server_that_is_away_is_said_to_be(fall: Exception | int) -> None:
    studio = LittleStudio()
    studio.falls = [fall]
    with pytest.raises(Away):
        run(Upstream("http://127.0.0.1:1", account, studio).call(MEI, "GET", "/api/tasks/1"))


def test_a_connection_that_was_closed_meanwhile_is_opened_anew_for_what_changes_nothing() -> None:
    studio = LittleStudio()
    studio.falls = [httpx.RemoteProtocolError("closed")]
    upstream = Upstream("http://127.0.0.1:1", account, studio)
    assert run(upstream.call(MEI, "GET", "/api/tasks/1")).status_code == 200


def test_what_changes_something_is_not_sent_twice() -> None:
    studio = LittleStudio()
    studio.falls = [httpx.RemoteProtocolError("closed")]
    with pytest.raises(Away):
        run(Upstream("http://127.0.0.1:1", account, studio).call(MEI, "POST", "/api/tasks/1", body={}))


def test_without_an_account_there_is_no_way_in() -> None:
    with pytest.raises(NoAccount):
        run(Upstream("http://127.0.0.1:1", lambda _: None, LittleStudio()).call(MEI, "GET", "/api/tasks/1"))


def test_an_account_of_somebody_else_is_not_used() -> None:
    swapped = MEI.replace(account=8)
    with pytest.raises(NoAccount):
        run(Upstream("http://127.0.0.1:1", account, LittleStudio()).call(swapped, "GET", "/api/tasks/1"))
