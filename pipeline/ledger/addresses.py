"""How others on the network reach this machine."""

import ipaddress
import socket
from contextlib import suppress

_TOWARDS = ("192.0.2.1", "10.255.255.255", "172.31.255.255", "192.168.255.255")
"""Addresses that lie in different directions; none is spoken to."""


def of_this_machine() -> list[str]:
    """Its addresses of version 4, that of the default route first; its name where it has none."""
    found = [address for to in _TOWARDS if (address := _towards(to))]
    with suppress(OSError):  # a name that nobody resolves
        found += [str(info[4][0]) for info in socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET)]
    usable = [one for one in dict.fromkeys(found) if not ipaddress.ip_address(one).is_loopback]
    return usable or [socket.gethostname()]


def _towards(address: str) -> str | None:
    """From which address a packet there would go; a datagram socket finds out without sending one."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
        try:
            asking.connect((address, 9))
            return str(asking.getsockname()[0])
        except OSError:
            return None
