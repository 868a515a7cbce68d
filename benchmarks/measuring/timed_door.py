"""The door's process as it is, but each answer says how long Label Studio took over the call that it passed on.

`python -m benchmarks.measuring.timed_door FOLDER`
"""

import time
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any

import httpx
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pipeline.door import app, running

HEADER = "Headrace-Upstream"
"""Milliseconds of the call that was passed on, and how many calls were made for it."""
_calls: ContextVar[list[tuple[str, float]]] = ContextVar("calls")


class Timed:
    """Stands before the door, and counts what is asked behind it."""

    def __init__(self, inside: ASGIApp) -> None:
        self._inside = inside

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._inside(scope, receive, send)
            return
        calls: list[tuple[str, float]] = []
        _calls.set(calls)

        async def told(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message)[HEADER] = (
                    f"{1000 * _passed_on(calls, scope['method']):.3f} {len(calls)}"
                )
            await send(message)

        await self._inside(scope, receive, told)


def _passed_on(calls: list[tuple[str, float]], method: str) -> float:
    """Seconds of the call that is the one asked for: the last with its method; all others are the door's own doing."""
    same = [seconds for name, seconds in calls if name == method]
    return same[-1] if same else calls[-1][1] if calls else 0.0


def _timed(send: Callable[..., Any]) -> Callable[..., Any]:
    async def timed(transport: httpx.AsyncHTTPTransport, request: httpx.Request) -> httpx.Response:
        began = time.perf_counter()
        try:
            answer: httpx.Response = await send(transport, request)
            return answer
        finally:
            if (calls := _calls.get(None)) is not None:
                calls.append((request.method, time.perf_counter() - began))

    return timed


if __name__ == "__main__":
    made = app.make_app
    app.make_app = lambda *given: Timed(made(*given))
    httpx.AsyncHTTPTransport.handle_async_request = _timed(httpx.AsyncHTTPTransport.handle_async_request)  # type: ignore[method-assign] # the one place where all calls pass
    running.main()
