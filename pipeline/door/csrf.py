"""Whether a call comes from a page of ours, and by a name that is ours."""

import ipaddress
import re
from collections.abc import Collection
from urllib.parse import urlsplit

from starlette.datastructures import Headers

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
HOST = re.compile(r"(?:\[([0-9a-f:.]+)\]|([0-9a-z._-]+))(?::\d{1,5})?", re.IGNORECASE | re.ASCII)


class Names:
    """The addresses by which people reach the door."""

    def __init__(self, origins: Collection[str]) -> None:
        self._origins = {origin.rstrip("/").casefold() for origin in origins}
        self._hosts = {urlsplit(origin).netloc for origin in self._origins}

    def knows(self, host: str) -> bool:
        """Whether a Host header is one of ours; a bare address is, for no stranger can point that at us."""
        found = HOST.fullmatch(host)
        if found is None:
            return False
        return host.casefold() in self._hosts or _is_address(found[1] or found[2])

    def is_own_call(self, method: str, headers: Headers) -> bool:
        """Whether a call that changes something was sent by a page of ours; one that says nothing was not."""
        if method in SAFE:
            return True
        origin = headers.get("origin")
        if origin is None:
            return headers.get("sec-fetch-site") == "same-origin"
        said = origin.casefold()
        if said in self._origins:
            return True
        # by an address that nobody named the door speaks itself, and that without TLS
        host = headers.get("host", "").casefold()
        return said == f"http://{host}" and host not in self._hosts and self.knows(host)


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return name.casefold() == "localhost"
    return True
