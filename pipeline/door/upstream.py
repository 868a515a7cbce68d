"""The way from the door to Label Studio: each person in a session of their own, signed in by the form.

The sessions' cookies stay here. Nothing that a browser sent is passed on but what the callers write anew.
"""

import asyncio
import json
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http.cookiejar import DefaultCookiePolicy
from typing import Any
from urllib.parse import urlencode, urlsplit

import httpx
from starlette.concurrency import run_in_threadpool

from pipeline.door.base import Visitor
from pipeline.ledger.keys import Account

LOGIN = "/user/login/"
PATIENCE = httpx.Timeout(60, connect=3, pool=10)
AT_ONCE = httpx.Limits(max_connections=64, max_keepalive_connections=32, keepalive_expiry=15)
AWAY = frozenset({502, 503, 504})
CLOSED = (httpx.RemoteProtocolError, httpx.ReadError, httpx.WriteError)
"""What comes of a kept connection that the other side has closed meanwhile."""


class Away(Exception):  # noqa: N818 - a state, not a fault
    """Label Studio does not answer just now."""


class NoAccount(Exception):  # noqa: N818 - a state, not a fault
    """There is no way into Label Studio for somebody: no account on record, or its password is another."""


@dataclass(frozen=True)
class Session:
    """Somebody's session in Label Studio."""

    cookies: str
    csrf: str
    email: str


class Upstream:
    """Label Studio as the door speaks to it.

    Args:
        url: Its address, without a slash at the end.
        account: The account of an annotator; may block.
    """

    def __init__(
        self,
        url: str,
        account: Callable[[str], Account | None],
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self._url, self._account = url.rstrip("/"), account
        self._http = httpx.AsyncClient(
            base_url=self._url,
            transport=transport,
            timeout=PATIENCE,
            limits=AT_ONCE,
            trust_env=False,
            follow_redirects=False,
        )
        # one client for all: it may keep no cookie, or one person would be another
        self._http.cookies.jar.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        self._sessions: dict[str, Session] = {}
        self._signing: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def close(self) -> None:
        """Let go of all connections."""
        await self._http.aclose()

    async def email(self, who: Visitor) -> str:
        """The address that Label Studio knows somebody by."""
        return (await self._session(who)).email

    async def call(
        self,
        who: Visitor,
        method: str,
        path: str,
        query: Mapping[str, Any] | None = None,
        body: Mapping[str, Any] | None = None,
    ) -> httpx.Response:
        """One call under somebody's account, its answer read. Raises Away, NoAccount."""
        send = self._request(method, path, query)
        content = None if body is None else _json(body)
        headers = {"Content-Type": "application/json"} if body is not None else {}
        answer = await self.stream(who, send, headers, content)
        try:
            await answer.aread()
        except httpx.HTTPError as error:
            raise Away from error
        finally:
            await answer.aclose()
        return answer

    async def stream(
        self,
        who: Visitor,
        asked: tuple[str, str],
        headers: Mapping[str, str],
        content: bytes | None = None,
    ) -> httpx.Response:
        """The same, its answer not read yet: the caller reads and closes it."""
        session = await self._session(who)
        answer = await self._send(asked, session, headers, content)
        if not _is_signed_out(answer):
            return answer
        await answer.aclose()
        session = await self._session(who, instead_of=session)
        answer = await self._send(asked, session, headers, content)
        if _is_signed_out(answer):
            await answer.aclose()
            raise NoAccount
        return answer

    async def _send(
        self, asked: tuple[str, str], session: Session, headers: Mapping[str, str], content: bytes | None
    ) -> httpx.Response:
        method, target = asked
        ours = {"Accept": "application/json", **headers, **self._ours(session)}
        again = method == "GET"
        while True:
            request = self._http.build_request(method, target, headers=ours, content=content)
            try:
                answer = await self._http.send(request, stream=True)
            except httpx.HTTPError as error:
                if again and isinstance(error, CLOSED):
                    again = False
                    continue
                raise Away from error
            if answer.status_code in AWAY:
                await answer.aclose()
                raise Away
            return answer

    def _request(self, method: str, path: str, query: Mapping[str, Any] | None) -> tuple[str, str]:
        return method, f"{path}?{urlencode(query)}" if query else path

    def _ours(self, session: Session) -> dict[str, str]:
        """What Label Studio is told of who asks: its own cookies, from a page of its own."""
        return {
            "Cookie": session.cookies,
            "X-CSRFToken": session.csrf,
            "Referer": f"{self._url}/",
            "User-Agent": "headrace",
        }

    async def _session(self, who: Visitor, instead_of: Session | None = None) -> Session:
        known = self._sessions.get(who.annotator)
        if known is not None and known is not instead_of:
            return known
        async with self._signing[who.annotator]:
            known = self._sessions.get(who.annotator)
            if known is None or known is instead_of:
                self._sessions[who.annotator] = known = await self._sign_in(who)
            return known

    async def _sign_in(self, who: Visitor) -> Session:
        account = await run_in_threadpool(self._account, who.annotator)
        if account is None:
            raise NoAccount
        try:
            form = await self._http.get(LOGIN)
            before = form.cookies.get("csrftoken", "")
            fields = {"email": account.email, "password": account.password, "csrfmiddlewaretoken": before}
            headers = {"Cookie": f"csrftoken={before}", "Referer": f"{self._url}{LOGIN}"}
            answer = await self._http.post(LOGIN, data=fields, headers=headers)
            session = _session_of(answer, account.email)
            if session is None:
                raise Away if answer.status_code >= httpx.codes.INTERNAL_SERVER_ERROR else NoAccount
            named = await self._http.get("/api/current-user/whoami", headers=self._ours(session))
            said = named.json() if named.is_success else {}
        except (httpx.HTTPError, ValueError) as error:
            raise Away from error
        if said.get("id") != who.account:
            raise NoAccount
        return Session(session.cookies, session.csrf, str(said.get("email", "")))


def _session_of(answer: httpx.Response, email: str) -> Session | None:
    """The session that the form gave; None where it let nobody in."""
    found = {name: answer.cookies.get(name) or "" for name in ("sessionid", "csrftoken")}
    if not answer.is_redirect or not found["sessionid"]:
        return None
    return Session("; ".join(f"{name}={value}" for name, value in found.items()), found["csrftoken"], email)


def _is_signed_out(answer: httpx.Response) -> bool:
    if answer.status_code == httpx.codes.UNAUTHORIZED:
        return True
    return answer.is_redirect and urlsplit(answer.headers.get("location", "")).path.startswith("/user/login")


def _json(body: Mapping[str, Any]) -> bytes:
    return json.dumps(body, ensure_ascii=True, allow_nan=False).encode()
