"""The server that runs the live page until somebody ends it."""

import os
import socket
import sys
from contextlib import suppress
from typing import TYPE_CHECKING

from pipeline.serve.live import Live

if TYPE_CHECKING:
    from fastapi import FastAPI

PATIENCE = 3
"""Seconds that answers on their way get at the end."""


def run(app: "FastAPI", door: socket.socket) -> None:
    """Answer at a socket until Ctrl-C or a signal; addresses are logged nowhere, as one holds the token."""
    import uvicorn

    config = uvicorn.Config(
        app, access_log=False, log_level="warning", server_header=False, timeout_graceful_shutdown=PATIENCE
    )
    with suppress(KeyboardInterrupt):  # how it is ended
        uvicorn.Server(config).run(sockets=[door])


def leave(live: Live) -> None:
    """End at once, also within an analysis: it only reads, and no thread may die inside DuckDB."""
    if not live.close(seconds=1):
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(0)
