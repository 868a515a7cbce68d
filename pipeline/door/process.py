"""The door's process: up and down. It outlives the command that started it, as Label Studio does."""

import os
import socket
import sys
import time
from importlib.metadata import version
from pathlib import Path

from pipeline.label_studio import process
from pipeline.label_studio.environment import Report, alone, last_line
from pipeline.label_studio.outside import TOKEN_VARIABLE, URL_VARIABLE
from pipeline.ledger.standing import answers, lives
from pipeline.ledger.state import Door, DoorHome, ReachedBy
from schemas.base import Frozen
from schemas.errors import LabelStudioError

LISTENS = "the door listens at"
"""What the process says once the port is its own."""

_FIRST_PORT = 8800
_PORTS_TRIED = 100
_PATIENCE = 60.0
"""Seconds for a start: some 2 on a quiet machine."""
_KEPT = (
    *("PATH", "HOME", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "TMPDIR", "XDG_CACHE_HOME"),
    *("SSL_CERT_FILE", "SSL_CERT_DIR", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY"),
    *(URL_VARIABLE, TOKEN_VARIABLE),
)
"""What the door is given of the shell's variables: no password that it does not need."""


class Wish(Frozen):
    """How a door is asked to be; what is None stays as it was."""

    reached_by: ReachedBy | None = None
    port: int | None = None
    public_url: str | None = None


def up(folder: Path, label_studio: str, wish: Wish | None = None, report: Report = lambda _: None) -> Door:
    """Have the door open before a Label Studio as wished, else as it was; one that runs otherwise is started again.

    Safe to call at any time, and twice at once. Raises LabelStudioError where it cannot listen, or does not start.
    """
    home, wish = DoorHome(folder), wish or Wish()
    try:
        home.make()
        with alone(home.lock, report, "is opening this project's door"):
            known = home.read()
            door = _as_wished(known, wish).replace(label_studio=label_studio, project=str(home.project))
            if known and lives(home, known):
                if _is_same(known, door) and answers(known.port):
                    report(f"the door is open already, at {known.addresses()[0]}")
                    return known
                if door.port != known.port:
                    _port(door, is_first=False, report=report)  # before anybody is shut out for nothing
                report("the door is to be otherwise: closing it, and opening it again")
                _stop(home, known)
            return _start(home, door, is_first=known is None and wish.port is None, report=report)
    except OSError as error:
        raise LabelStudioError(
            f"door: should be able to write to {str(home.folder)!r}, {error.strerror or error}; "
            "mend that, then run headrace up again"
        ) from error


def down(folder: Path, *, for_good: bool = False) -> bool:
    """Close the project's door, `for_good` so that `up` leaves it shut; False where it was not open.

    What is in somebody's hands stays so: the next `up` goes on with it.
    """
    home = DoorHome(folder)
    door = home.read()
    if door is None:
        return False
    stopped = lives(home, door) and _stop(home, door)
    home.write(door.replace(pid=None, born=None, wanted=door.wanted and not for_good))
    home.pid.unlink(missing_ok=True)
    return stopped


def _as_wished(known: Door | None, wish: Wish) -> Door:
    """The door to have: each wish, else as it was; another way to be reached forgets the address of the last one."""
    port = wish.port or (known.port if known else _FIRST_PORT)
    reached_by = wish.reached_by or (known.reached_by if known else "loopback")
    kept = known.public_url if known and reached_by == "web server" else None
    return Door(
        port=port,
        label_studio="",
        project="",
        reached_by=reached_by,
        public_url=wish.public_url or kept,
        version=version("headrace"),
    )


def _is_same(one: Door, other: Door) -> bool:
    return one.replace(pid=None, born=None) == other.replace(pid=None, born=None)


def _start(home: DoorHome, door: Door, *, is_first: bool, report: Report) -> Door:
    door = door.replace(port=_port(door, is_first=is_first, report=report))
    home.write(door)
    if home.log.exists():
        home.log.replace(home.log.with_suffix(".log.1"))
    home.log.touch(mode=0o600)
    pid = process.detach(
        [sys.executable, "-P", "-m", "pipeline.door.running", str(home.project)],
        environment=_variables(),
        folder=home.folder,
        log=home.log,
    )
    born = process.birth(pid)
    try:
        running = door.replace(pid=pid, born=born or "gone at once")
        home.write(running)
        home.pid.write_text(f"{pid}\n")
        _wait(home, running)
    except BaseException:
        if born:
            process.stop(pid, born)
        home.write(door)
        home.pid.unlink(missing_ok=True)
        raise
    report(f"the door is open at {running.addresses()[0]}")
    return running


def _stop(home: DoorHome, door: Door) -> bool:
    if door.pid is None or door.born is None:
        return False
    stopped = process.stop(door.pid, door.born)
    process.end_group(door.pid, home.folder, home.log)
    return stopped


def _wait(home: DoorHome, door: Door) -> None:
    """Return when the door answers and it is ours that has the port; raises where it dies or is silent too long."""
    began = time.monotonic()
    while lives(home, door):
        if LISTENS in home.log.read_text(errors="replace") and answers(door.port):
            return
        if time.monotonic() - began > _PATIENCE:
            raise LabelStudioError(
                f"door: should answer at port {door.port} within {_PATIENCE:.0f} s, does not; "
                f"see {str(home.log)!r}, then run headrace up again"
            )
        time.sleep(0.1)
    raise LabelStudioError(
        f"door: should open, ended ({last_line(home.log)}); see {str(home.log)!r}, then run headrace up again"
    )


def _port(door: Door, *, is_first: bool, report: Report) -> int:
    """The door's port; the first free one from there on only while nobody was given a link that names it."""
    if _is_free(door.host, door.port):
        return door.port
    if not is_first:
        raise LabelStudioError(
            f"door: port {door.port} should be free, another program uses it; "
            "end that, or run headrace up with another --door-port (links that were sent name the old one)"
        )
    for port in range(door.port + 1, min(door.port + _PORTS_TRIED, 65536)):
        if _is_free(door.host, port):
            report(f"port {door.port} is in use: taking {port}")
            return port
    raise LabelStudioError(
        f"door: a port from {door.port} on should be free, none is; name one with --door-port"
    )


def _is_free(host: str, port: int) -> bool:
    try:
        socket.create_server((host, port)).close()
    except PermissionError:
        return True  # a port below 1024: the door's own error says it best
    except OSError:
        return False
    return True


def _variables() -> dict[str, str]:
    kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
    return {**kept, "PYTHONUNBUFFERED": "1"}
