"""Addresses of machines, by which their owners are known: IP and MAC addresses."""

import ipaddress

from pipeline.screening._forms import Family, Form, either, shaped

_IPV4 = r"(?<![\w.-])(?<![A-Za-z]/)(?<![vV] )(?<!ersion )(?<!ection )(?P<value>(?:\d{1,3}\.){3}\d{1,3})(?![\w-]|\.\d)"
_IPV4_SAID = r"(?i)\bip(?:v4)?(?: address)?(?: is)?[ :=]{1,3}(?P<value>(?:\d{1,3}\.){3}\d{1,3})(?![\w-]|\.\d)"
_IPV6 = r"(?<![\w:.])(?P<value>[0-9A-Fa-f]{1,4}:(?:[0-9A-Fa-f]{0,4}:){2,6}[0-9A-Fa-f]{0,4})(?![\w:])"
_MAC = r"(?<![\w:-])(?=00|[\d:-]*[A-Fa-f])[0-9A-Fa-f]{2}([:-])(?:[0-9A-Fa-f]{2}\1){4}[0-9A-Fa-f]{2}(?![\w:-])"
_MAC_DOTTED = r"(?<![\w.:-])(?=[\d.]*[A-Fa-f])[0-9A-Fa-f]{4}\.[0-9A-Fa-f]{4}\.[0-9A-Fa-f]{4}(?![\w.:-])"

_SHOWN_IN_BOOKS = tuple(map(ipaddress.IPv4Network, ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24")))
_OBJECT_IDENTIFIERS = ("1.3.", "2.5.", "2.16.")
"""So these begin, which are written alike."""
_HEXTETS, _HEXTET = 4, 4


def _is_public(value: str) -> bool:
    """Whether it is somebody's, and rather no number of a version: one has more digits somewhere."""
    return _may_be_somebodys(value) and max(map(len, value.split("."))) > 1


def _may_be_somebodys(value: str) -> bool:
    """Whether it is of no private network and not this machine's own."""
    try:
        address = ipaddress.IPv4Address(value)
    except ValueError:
        return False
    if address.is_multicast or address.is_reserved or value.startswith(_OBJECT_IDENTIFIERS):
        return False
    return address.is_global or any(address in network for network in _SHOWN_IN_BOOKS)


def _is_long(value: str) -> bool:
    """Whether it is an IPv6 address with enough in it to be no path of a program's (`a::b`)."""
    try:
        address = ipaddress.IPv6Address(value)
    except ValueError:
        return False
    whole = "::" not in value or len(value.partition(":")[0]) == _HEXTET
    return whole and sum(map(bool, value.split(":"))) >= _HEXTETS and not address.is_link_local


MACHINES = Family(
    r"(?:\d{1,3}\.){3}\d|(?:[\da-f]{0,4}:){3}|(?:[\da-f]{2}[:-]){5}|[\da-f]{4}\.[\da-f]{4}\.[\da-f]{4}",
    (
        Form(
            "ip_address",
            "IP",
            either(shaped(_IPV4, _is_public), shaped(_IPV4_SAID, _may_be_somebodys), shaped(_IPV6, _is_long)),
        ),
        Form("mac_address", "MAC", either(shaped(_MAC), shaped(_MAC_DOTTED))),
    ),
)
