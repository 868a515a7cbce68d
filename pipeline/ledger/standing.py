"""Whether the door of a project runs."""

import http.client
from pathlib import Path

from pipeline.label_studio import process
from pipeline.ledger.state import LOOPBACK, Door, DoorHome
from schemas.base import Frozen


class DoorStatus(Frozen):
    """How the door is, as `headrace status` shows it."""

    wanted: bool
    running: bool
    addresses: tuple[str, ...] = ()
    """Where people open it; empty where there is none."""
    pid: int | None = None


def status(folder: Path) -> DoorStatus:
    """How the door of this project is."""
    home = DoorHome(folder)
    door = home.read()
    if door is None or not door.wanted:
        return DoorStatus(wanted=False, running=False)
    alive = lives(home, door)
    return DoorStatus(
        wanted=True,
        running=alive and answers(door.port),
        addresses=tuple(door.addresses()),
        pid=door.pid if alive else None,
    )


def lives(home: DoorHome, door: Door) -> bool:
    """Whether the process on file is there, is still that one, and is of this project."""
    if door.pid is None or door.born is None or process.birth(door.pid) != door.born:
        return False
    return process.is_of(door.pid, home.folder, home.log)


def answers(port: int, seconds: float = 5.0) -> bool:
    """Whether a door answers there; says nothing about whose it is."""
    connection = http.client.HTTPConnection(LOOPBACK, port, timeout=seconds)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == http.client.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
