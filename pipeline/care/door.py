"""Whether people come in by the door, whether it runs, and whether anybody gets past it."""

import ipaddress
import socket
from collections.abc import Iterator
from urllib.parse import urlsplit

from pipeline.care.checks import Check
from pipeline.context import Context
from pipeline.label_studio import outside
from pipeline.label_studio.state import Home
from pipeline.ledger.addresses import of_this_machine
from pipeline.ledger.standing import status
from pipeline.ledger.state import Door, wanted

SECONDS = 2.0
"""How long an address may take to answer."""


def of(ctx: Context) -> list[Check]:
    """All checks of the door of a project."""
    door = wanted(ctx.folder)
    if door is None:
        return [_without(ctx), _care("past_door", [], "there is no door to get past")]
    return [_open(ctx), _past(ctx, door)]


def _without(ctx: Context) -> Check:
    """What is not protected where people are named, and label in Label Studio itself."""
    count = len(ctx.project.people)
    told = (
        f"{count} people are named and there is no door: whoever has an account in Label Studio is in effect its "
        "administrator, who reads and changes the answers of others and may delete the project; open it with: "
        "headrace up --door, --lan or --public-url"
    )
    return _care("door", [told] if count else [], "nobody needs it: the project names no people")


def _open(ctx: Context) -> Check:
    found = status(ctx.folder)
    where = ", ".join(found.addresses)
    told = f"the door at {where}: should be open, is not; nobody can label; headrace up"
    return _care("door", [] if found.running else [told], f"open at {where}")


def _past(ctx: Context, door: Door) -> Check:
    """Whether Label Studio itself can be reached by others than the door."""
    told = [*_listens_beyond(ctx), *_leads_elsewhere(door)]
    return _care("past_door", told, "Label Studio listens to this machine alone")


def _listens_beyond(ctx: Context) -> Iterator[str]:
    advice = "who has a password there gets past the door; let it listen to this machine alone"
    url = outside.address()
    if url is not None:
        if not _is_loopback(urlsplit(url).hostname or ""):
            yield f"Label Studio at {url}: others may reach it too; {advice}"
        return
    server = Home(ctx.folder).read()
    for address in of_this_machine() if server else ():
        if server and _connects(address, server.port):
            yield f"Label Studio at {address}:{server.port}: should not answer there, does; {advice}"


def _leads_elsewhere(door: Door) -> Iterator[str]:
    """A web server that still leads to Label Studio; one that cannot be reached from here says nothing."""
    if door.public_url and _is_door(door.public_url) is False:
        yield (
            f"{door.public_url}: should lead to the door, leads elsewhere; let the web server pass it on to "
            f"http://{door.host}:{door.port} (docs/deploy.md)"
        )


def _is_door(url: str) -> bool | None:
    """Whether the door answers at an address; None where nothing does."""
    import httpx

    try:
        answer = httpx.get(f"{url}/healthz", timeout=SECONDS, follow_redirects=False)
    except (httpx.HTTPError, httpx.InvalidURL):
        return None
    if answer.status_code in {502, 503, 504}:
        return None
    try:
        return bool(answer.json() == {"ok": True})
    except ValueError:
        return False


def _connects(address: str, port: int) -> bool:
    try:
        socket.create_connection((address, port), timeout=SECONDS).close()
    except OSError:
        return False
    return True


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _care(name: str, told: list[str], detail: str) -> Check:
    """A warning: both sides agree all the same."""
    return Check(name, ok=not told, warning=True, count=len(told), detail=detail, examples=tuple(told))
