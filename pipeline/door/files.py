"""The files that Label Studio's page is made of: the same for everybody, so kept in memory and given from there.

A slow reader then holds up no connection to Label Studio, and fifty people who open the page cost it one.
"""

import asyncio
import gzip
import hashlib
import re
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from pipeline.door.calls import Call, NotTheirs
from pipeline.door.upstream import Upstream

FRESH = 300.0
"""Seconds for which a file is not asked for again."""
ROOM = 128 * 1024**2
"""Bytes kept at most."""
SMALL = 1024
TEXT = re.compile(r"(text/|application/(json|javascript|manifest)|image/svg|font/ttf)", re.IGNORECASE)
KEPT_BY_BROWSERS = "private, max-age=600"


@dataclass(frozen=True)
class File:
    """A file as it was read."""

    content: bytes
    packed: bytes | None
    """By gzip, where that makes it smaller."""
    media_type: str
    tag: str
    seen: float

    @property
    def size(self) -> int:
        """Bytes of it in memory."""
        return len(self.content) + len(self.packed or b"")


class Files:
    """Reads each file once in a while, whoever asks for it."""

    def __init__(self, upstream: Upstream, clock: Callable[[], float] = time.monotonic) -> None:
        self._upstream, self._clock = upstream, clock
        self._kept: OrderedDict[str, File] = OrderedDict()
        self._reading: dict[str, asyncio.Lock] = {}

    async def get(self, call: Call) -> Response:
        """A file, packed where the browser takes that, or that it has it already."""
        path = call.allowed.path
        async with self._reading.setdefault(path, asyncio.Lock()):
            file = self._kept.get(path)
            if file is None or self._clock() - file.seen > FRESH:
                file = await self._read(call)
        self._reading.pop(path, None)
        headers = {"ETag": file.tag, "Cache-Control": KEPT_BY_BROWSERS, "Vary": "Accept-Encoding"}
        if file.tag in call.request.headers.get("if-none-match", ""):
            return Response(status_code=304, headers=headers)
        if file.packed is not None and "gzip" in call.request.headers.get("accept-encoding", ""):
            return Response(file.packed, headers={**headers, **_typed(file), "Content-Encoding": "gzip"})
        return Response(file.content, headers={**headers, **_typed(file)})

    async def _read(self, call: Call) -> File:
        answer = await self._upstream.call(call.who, "GET", call.allowed.path, call.allowed.query)
        if not answer.is_success:
            raise NotTheirs
        media_type = answer.headers.get("content-type", "application/octet-stream")
        packed = await run_in_threadpool(_packed, answer.content, media_type)
        tag = f'"{hashlib.sha256(answer.content).hexdigest()[:32]}"'
        file = File(answer.content, packed, media_type, tag, self._clock())
        self._kept.pop(call.allowed.path, None)
        self._kept[call.allowed.path] = file
        while sum(one.size for one in self._kept.values()) > ROOM:
            self._kept.popitem(last=False)
        return file


def _packed(content: bytes, media_type: str) -> bytes | None:
    if len(content) < SMALL or not TEXT.match(media_type):
        return None
    packed = gzip.compress(content, 6, mtime=0)
    return packed if len(packed) < len(content) else None


def _typed(file: File) -> Mapping[str, str]:
    return {"Content-Type": file.media_type}
