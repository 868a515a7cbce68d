"""Objects of another process: what is done with them here happens there, and only data comes back.

Both sides have one of these lines. What they serve to each other differs: a program serves all of itself, tests serve
only those functions that they handed over themselves, and only to be called.
"""

from collections.abc import Callable, Iterator
from typing import Any, NoReturn

from pipeline.verification.sandbox.guest.raised import exception, is_exception, names, raise_said, told
from pipeline.verification.sandbox.guest.wire import FLAT, Frames, Gone, NotData, TooMuch, from_data, to_data

ROOT = 0
"""Stands for the program itself: its names are its attributes."""
LONGEST_GIVEN = 100_000
"""Things that an iterator among a call's arguments may give."""


class Line:
    """A line to another process, on which both may ask."""

    def __init__(
        self, frames: Frames, serve: Callable[["Line", dict[str, Any]], Any], *, whole: bool
    ) -> None:
        """`serve` answers what the other side asks; `whole`: any object of ours may be referred to."""
        self._frames, self._serve, self._whole = frames, serve, whole
        self._own: dict[int, Any] = {}
        self._handles: dict[int, int] = {}
        self.last: tuple[tuple[Any, ...], Any] | None = None
        """The last call there that gave something: what it was given, and what it gave."""
        self.flat = False
        """Whether something came that is of a class of its own there, and here only what it is made of."""

    @property
    def gone(self) -> bool:
        """Whether nobody is there any more."""
        return self._frames.gone

    def ask(self, do: str, **said: Any) -> Any:  # noqa: ANN401 - any value
        """What the other side answers; raises what was raised there."""
        self._frames.send({"do": do, **said})
        while True:
            answer = self._frames.receive()
            if not isinstance(answer, dict):
                raise Gone
            if "do" in answer:
                self._answer(answer)
            elif "raised" in answer:
                raise_said(answer["raised"])
            else:
                return answer

    def serve(self) -> None:
        """Answer until nobody asks any more."""
        while True:
            self._answer(self._frames.receive())

    def _answer(self, asked: dict[str, Any]) -> None:
        try:
            answer = self._serve(self, asked)
        except Gone:
            raise
        except BaseException as error:  # noqa: BLE001 - of foreign code: whatever it raises is what it said
            answer = {"raised": told(error)}
        try:
            self._frames.send(answer)
        except TooMuch as error:
            self._frames.send({"raised": told(error)})

    def data(self, value: Any) -> Any:  # noqa: ANN401 - any value
        """A value as it crosses."""
        return to_data(value, self._refer)

    def value(self, data: Any) -> Any:  # noqa: ANN401 - any value
        """What crossed, as a value here."""
        return from_data(data, self._resolve)

    def own(self, handle: int) -> Any:  # noqa: ANN401 - any value
        """What the other side knows by a number."""
        if handle not in self._own:
            raise Gone
        return self._own[handle]

    def _refer(self, value: Any) -> Any:  # noqa: ANN401 - any value
        if isinstance(value, Remote):
            return {"t": "yours", "v": value._handle}  # noqa: SLF001 - of this file
        if is_exception(value):
            return {"t": "exception", "v": names(value)}
        if not self._whole:
            return self._handed(value)
        return self._mine(value)

    def _handed(self, value: Any) -> Any:  # noqa: ANN401 - any value
        """Of tests: functions may be called from there, and iterators are run through here."""
        if hasattr(value, "__next__"):
            given = [one for _, one in zip(range(LONGEST_GIVEN), value, strict=False)]
            return {"t": "iterator", "v": [self.data(one) for one in given]}
        if callable(value) and (not isinstance(value, type) or value.__module__ == "builtins"):
            return self._mine(value)
        raise NotData(f"an object of the tests' own class {type(value).__name__}")

    def _mine(self, value: Any) -> Any:  # noqa: ANN401 - any value
        handle = self._handles.setdefault(id(value), len(self._own) + 1)
        self._own[handle] = value  # kept, so that its id is no other's
        plain = getattr(type(value), "__eq__", None) is object.__eq__
        return {"t": "mine", "v": handle, "of": type(value).__name__, "plain": plain}

    def _resolve(self, data: dict[str, Any]) -> Any:  # noqa: ANN401 - any value
        kind, said = data["t"], data["v"]
        if kind == "yours":
            return self.own(said)
        if kind == "mine":
            return Remote(self, int(said), str(data["of"]), plain=bool(data["plain"]))
        if kind == "exception":
            return exception(tuple(map(str, said)))
        if kind == "iterator":
            return iter(self.value(said))
        if kind == FLAT:
            self.flat = True
            return self.value(said)
        raise Gone


def _by(do: str) -> Callable[..., Any]:
    def asked(self: "Remote", *values: Any) -> Any:  # noqa: ANN401 - any value
        line = self._line
        answer = line.ask(do, of=self._handle, a=[line.data(one) for one in values])
        return line.value(answer["ok"])

    return asked


class Remote:
    """An object of the other process."""

    def __init__(self, line: Line, handle: int, of: str, *, plain: bool = True) -> None:
        """`plain`: it is equal to nothing but itself."""
        for name, value in (("_line", line), ("_handle", handle), ("_of", of), ("_plain", plain)):
            object.__setattr__(self, name, value)

    def __call__(self, *values: Any, **named: Any) -> Any:  # noqa: ANN401 - any value
        line = self._line
        answer = line.ask(
            "call",
            of=self._handle,
            a=[line.data(one) for one in values],
            k={name: line.data(one) for name, one in named.items()},
        )
        for given, now in zip(values, answer.get("a") or (), strict=False):
            follow(given, line.value(now))
        line.last = (values, line.value(answer["ok"]))
        return line.last[1]

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - any value
        if name.startswith("__") and name.endswith("__"):
            raise AttributeError(name)
        return _by("get")(self, name)

    def __setattr__(self, name: str, value: Any) -> None:  # noqa: ANN401 - any value
        _by("set")(self, name, value)

    __getitem__ = _by("item")
    __setitem__ = _by("put")
    __delitem__ = _by("remove")
    __contains__ = _by("holds")
    __len__ = _by("len")
    __bool__ = _by("bool")
    __str__ = _by("str")
    __repr__ = _by("repr")
    __next__ = _by("next")

    def __iter__(self) -> Iterator[Any]:
        through = _by("iter")(self)
        while True:
            try:
                one = _by("next")(through)
            except StopIteration:
                return
            yield one

    def __hash__(self) -> int:
        return hash((id(self._line), self._handle))

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Remote) and other._handle == self._handle:
            return True
        if self._plain and (not isinstance(other, Remote) or other._plain):
            return False
        raise NotData(f"whether an object of the program's own class {self._of} is equal to another")


def _nothing_but_data(*_: Any) -> NoReturn:  # noqa: ANN401 - any value
    raise NotData("an operation on an object of the program's own")


for _name in (
    *(
        "add",
        "sub",
        "mul",
        "truediv",
        "floordiv",
        "mod",
        "pow",
        "and",
        "or",
        "xor",
        "neg",
        "abs",
        "index",
        "int",
    ),
    *(
        "radd",
        "rsub",
        "rmul",
        "lt",
        "le",
        "gt",
        "ge",
        "matmul",
        "float",
        "round",
        "copy",
        "deepcopy",
        "format",
    ),
    *("instancecheck", "subclasscheck", "reduce_ex", "enter", "exit", "reversed"),
):
    setattr(Remote, f"__{_name}__", _nothing_but_data)


def follow(given: Any, now: Any) -> None:  # noqa: ANN401 - any value
    """Let a container that was handed over become what the other side made of it, with all that it holds."""
    if type(given) is not type(now) or isinstance(given, Remote):
        return
    if isinstance(given, list):
        if len(given) == len(now):
            for at, (one, other) in enumerate(zip(given, now, strict=True)):
                follow(one, other)
                given[at] = one if isinstance(one, list | dict | set | bytearray) else other
        else:
            given[:] = now
    elif isinstance(given, bytearray):
        given[:] = now
    elif isinstance(given, dict | set):
        given.clear()
        given.update(now)
