"""The door as a program: `python -m pipeline.door.running FOLDER`, started by `headrace up` on a door on file."""

import logging
import os
import re
import socket
import sys
from logging.handlers import RotatingFileHandler
from pathlib import Path

from pipeline.door.process import LISTENS
from pipeline.ledger.state import Door, DoorHome
from schemas.errors import HeadraceError, ProjectError

LEAVING = 5
"""Seconds that answers on their way get at the end: less than the patience of who ends us."""
KEEP_ALIVE = 65
"""Seconds a connection is kept without a call: longer than web servers before us keep theirs."""
MOST_CONNECTIONS = 2000
"""Of some hundred people at once; more are told to come again."""
LARGEST_LOG = 5 * 2**20
"""Bytes of a log; one older one is kept."""

_SECRETS = re.compile(r"(?<=/in/)[^\s?\"']+|(?<=\?)[^\s\"']+")


class NoSecrets(logging.Formatter):
    """Takes the token of a link, and whatever stands behind a question mark, out of all that is logged."""

    def format(self, record: logging.LogRecord) -> str:
        return without_secrets(super().format(record))


def without_secrets(line: str) -> str:
    """A line without the tokens and query strings of the addresses in it."""
    return _SECRETS.sub("…", line)


def main() -> None:
    """Open the door of the folder named, until a signal; what goes wrong is the last line of its log."""
    os.umask(0o077)
    home = DoorHome(Path(sys.argv[1]))
    _log_to(home.log)
    log = logging.getLogger("headrace.door")
    try:
        door = home.read()
        if door is None:
            raise ProjectError(
                f"{home.file}: should say how the door is wanted, is not there; run headrace up"
            )
        listening = _listen(door)
        _serve(home.project, door, listening, log)
    except (HeadraceError, OSError) as error:
        log.error("%s", error)  # noqa: TRY400 - one line, which `up` shows
        sys.exit(1)


def _listen(door: Door) -> socket.socket:
    try:
        return socket.create_server((door.host, door.port), backlog=512)
    except OSError as error:
        raise ProjectError(
            f"{door.host}:{door.port}: a free port was expected, {error.strerror or error}; "
            "choose another with --door-port"
        ) from None


def _serve(folder: Path, door: Door, listening: socket.socket, log: logging.Logger) -> None:
    import uvicorn

    from pipeline.door.app import make_app
    from pipeline.door.hurried import Hurried

    app = make_app(folder, door)
    log.info("%s %s:%d", LISTENS, door.host, door.port)
    behind_web_server = door.reached_by == "web server"
    config = uvicorn.Config(
        app,
        http=Hurried,
        ws="none",
        log_config=None,
        access_log=False,
        server_header=False,
        date_header=True,
        proxy_headers=behind_web_server,  # what anybody could write is believed of a web server before us alone
        forwarded_allow_ips="127.0.0.1,::1" if behind_web_server else "",
        limit_concurrency=MOST_CONNECTIONS,
        timeout_keep_alive=KEEP_ALIVE,
        timeout_graceful_shutdown=LEAVING,
    )
    uvicorn.Server(config).run(sockets=[listening])


def _log_to(file: Path) -> None:
    """Log to a file of its owner's, which is kept small; libraries only what is amiss."""
    handler = RotatingFileHandler(file, maxBytes=LARGEST_LOG, backupCount=1, encoding="utf-8")
    handler.setFormatter(NoSecrets("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    logging.getLogger("headrace").setLevel(logging.INFO)


if __name__ == "__main__":
    main()
