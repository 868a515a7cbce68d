"""How two processes that do not trust each other speak: frames of JSON, and values as data.

A frame is its length in four bytes and so many bytes of JSON. What JSON has no word for is `{"t": kind, "v": value}`,
so that a tuple arrives as a tuple. Reading a frame runs nothing of the other side.
"""

import json
import os
from collections import Counter, OrderedDict, defaultdict, deque
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction
from math import isfinite
from typing import Any, ClassVar

FLAT = "flat"
"""Marks what is of a class of its own, of which only what it is made of can be told."""
LONGEST_INT = 2**63


class NotData(BaseException):
    """A value that lives in one process, such as an object of a class of the program's own.

    Like `Gone` no Exception, for tests that expect some exception or other must not take it for that one.
    """

    last: "ClassVar[NotData | None]" = None
    """The last one: a test may swallow it all the same."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        NotData.last = self


class TooMuch(Exception):  # noqa: N818 - what is the case
    """A value that is longer than what one message may hold."""


class Gone(BaseException):
    """The other side has ended, or speaks nonsense."""


class Frames:
    """One end of a line between two processes."""

    def __init__(self, fd: int, most: int) -> None:
        """`most` is the most bytes that one frame may have."""
        self._fd, self._most = fd, most
        self.gone = False

    def send(self, message: Any) -> None:  # noqa: ANN401 - any JSON
        body = json.dumps(message).encode()
        if len(body) > self._most:
            raise TooMuch(f"{len(body):,} bytes, {self._most:,} are the most that a value may have")
        frame = memoryview(len(body).to_bytes(4, "big") + body)
        try:
            while frame:
                frame = frame[os.write(self._fd, frame) :]
        except OSError:
            raise self._end() from None

    def receive(self) -> Any:  # noqa: ANN401 - any JSON
        length = int.from_bytes(self._exactly(4), "big")
        if length > self._most:
            raise self._end()
        try:
            return json.loads(self._exactly(length))
        except (ValueError, RecursionError):
            raise self._end() from None

    def _end(self) -> Gone:
        self.gone = True
        return Gone()

    def _exactly(self, count: int) -> bytes:
        found = bytearray()
        while len(found) < count:
            try:
                more = os.read(self._fd, count - len(found))
            except OSError:
                more = b""
            if not more:
                raise self._end()
            found += more
        return bytes(found)


def to_data(value: Any, refer: Callable[[Any], Any]) -> Any:  # noqa: ANN401 - any value
    """A value as JSON. What is no data is handed to `refer`, which gives JSON that stands for it, or raises NotData."""
    try:
        return _to_data(value, refer)
    except RecursionError:
        raise NotData("a value that is nested too deep, or holds itself") from None


def _to_data(value: Any, refer: Callable[[Any], Any]) -> Any:  # noqa: ANN401 - any value
    kind = type(value)
    if kind is str or kind is bool or value is None:
        return value
    if kind is int:
        return value if -LONGEST_INT < value < LONGEST_INT else {"t": "int", "v": hex(value)}
    if kind is float:
        return value if isfinite(value) else {"t": "float", "v": repr(value)}
    if kind is list:
        return [_to_data(one, refer) for one in value]
    for known, (name, taken, _) in _KINDS.items():
        if isinstance(value, known):
            parts = taken(value)
            told = {"t": name, "v": _to_data(parts, refer) if isinstance(parts, list) else parts}
            return told if kind is known else {"t": FLAT, "v": told}
    return refer(value)


def from_data(data: Any, resolve: Callable[[Any], Any]) -> Any:  # noqa: ANN401 - any value
    """The value that JSON stands for. What `refer` gave is handed to `resolve`."""
    if isinstance(data, list):
        return [from_data(one, resolve) for one in data]
    if not isinstance(data, dict):
        return data
    try:
        kind, value = data["t"], data["v"]
        if kind not in _MADE:
            return resolve(data)
        return _MADE[kind](from_data(value, resolve) if isinstance(value, list) else value)
    except (KeyError, TypeError, ValueError, ArithmeticError, RecursionError):
        raise Gone from None  # no honest side writes this


def _pairs(value: dict[Any, Any]) -> list[Any]:
    return [[key, one] for key, one in value.items()]


_FACTORIES: dict[str, Callable[[], Any] | None] = {
    one.__name__: one for one in (int, float, str, list, dict, set, tuple, bool)
} | {"": None}


def _factory(value: defaultdict[Any, Any]) -> str:
    name = getattr(value.default_factory, "__name__", "")
    return name if name in _FACTORIES else ""


_KINDS: dict[type, tuple[str, Callable[[Any], Any], Callable[[Any], Any]]] = {
    bool: ("bool", bool, bool),
    int: ("int", hex, lambda v: int(v, 16)),
    float: ("float", repr, float),
    str: ("str", str.__str__, str),
    tuple: ("tuple", list, tuple),
    OrderedDict: ("ordered", _pairs, OrderedDict),
    Counter: ("counter", _pairs, lambda v: Counter(dict(v))),
    defaultdict: (
        "default",
        lambda v: [_factory(v), *_pairs(v)],
        lambda v: defaultdict(_FACTORIES[v[0]], v[1:]),
    ),
    list: ("list", list, list),
    dict: ("dict", _pairs, dict),
    set: ("set", list, set),
    frozenset: ("frozenset", list, frozenset),
    deque: ("deque", list, deque),
    bytes: ("bytes", bytes.hex, bytes.fromhex),
    bytearray: ("bytearray", bytearray.hex, bytearray.fromhex),
    complex: ("complex", lambda v: [v.real, v.imag], lambda v: complex(*v)),
    range: ("range", lambda v: [v.start, v.stop, v.step], lambda v: range(*v)),
    Decimal: ("decimal", str, Decimal),
    Fraction: ("fraction", lambda v: [v.numerator, v.denominator], lambda v: Fraction(*v)),
    datetime: ("datetime", datetime.isoformat, datetime.fromisoformat),
    date: ("date", date.isoformat, date.fromisoformat),
    time: ("time", time.isoformat, time.fromisoformat),
    timedelta: ("timedelta", lambda v: [v.days, v.seconds, v.microseconds], lambda v: timedelta(*v)),
}
"""What is data: its name, how it is told, how it is made of what was told. Subclasses count as what they are made of,
so a named tuple arrives as a tuple: nothing of a class that the other side wrote is ever run here."""
_MADE = {name: make for name, _, make in _KINDS.values()}
