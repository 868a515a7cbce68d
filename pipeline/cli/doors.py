"""The door on the command line: how it is asked for, opened, and told of."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pipeline.door.process import Wish
    from pipeline.ledger.standing import DoorStatus

PLAIN_HTTP = (
    "the door goes over plain HTTP, which others on the network can read and change; for people whom one does not "
    "trust put a web server with TLS before it: headrace up --public-url https://… (docs/deploy.md)"
)


def wish(
    folder: Path, *, door: bool | None, lan: bool, public_url: str | None, port: int | None
) -> "Wish | None":
    """How the door is asked for, by these options or those of an earlier `up`; None where none is wanted."""
    from pipeline.door.process import Wish
    from pipeline.label_studio.surroundings import public
    from pipeline.ledger.state import wanted
    from schemas.errors import UsageError

    if lan and public_url:
        raise UsageError("headrace up: --lan or --public-url was expected, both are there; leave one out")
    if door is False:
        if lan or port:
            raise UsageError(
                "headrace up: --no-door was expected alone, --lan or --door-port is there; leave one out"
            )
        return None
    if public_url:
        return Wish(reached_by="web server", public_url=public(public_url), port=port)
    if lan or door:
        return Wish(reached_by="lan" if lan else "loopback", port=port)
    return Wish(port=port) if port or wanted(folder) else None


def open_it(folder: Path, asked: "Wish") -> dict[str, Any]:
    """Open the door; what `up --json` prints of it. That SQLite gives a task to two is none of its troubles."""
    from pipeline.cli.output import note
    from pipeline.door import process
    from pipeline.label_studio.server import connection

    address, _ = connection(folder)  # says in one line where there is no Label Studio to stand before
    opened = process.up(folder, address, asked, report=note)
    content = {
        "reached_by": opened.reached_by,
        "addresses": opened.addresses(),
        "listens": f"{opened.host}:{opened.port}",
    }
    insecure = opened.reached_by == "lan" or (opened.public_url or "").startswith("http://")
    return {"door": content, "warnings": [PLAIN_HTTP] if insecure else []}


def shut(folder: Path) -> None:
    """Shut the door for good."""
    from pipeline.cli.output import note
    from pipeline.door import process

    if process.down(folder, for_good=True):
        note(
            "the door is shut; people now need accounts of their own in Label Studio, and may do everything there"
        )


def tell_of(content: dict[str, Any]) -> None:
    """Tell people where the door is."""
    from pipeline.cli.output import tell

    for number, address in enumerate(content["addresses"]):
        tell(f"{'' if number else 'door':<13} {address}")
    if content["reached_by"] == "web server":
        tell(f"              the web server passes it on to http://{content['listens']} (docs/deploy.md)")
    tell("invite people headrace people invite NAME: a link of their own for each")


def standing(found: "DoorStatus") -> str:
    """How the door is, in a line."""
    where = ", ".join(found.addresses)
    return (
        f"the door is open at {where}"
        if found.running
        else f"the door should be open at {where}, is not; headrace up"
    )
