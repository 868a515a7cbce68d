"""Exceptions of another process: a program's own become ones of the same name here, and bear the mark of it."""

import builtins
import errno
from typing import Any, NoReturn, TypeGuard

from pipeline.verification.sandbox.guest.wire import Gone, NotData

LONGEST_SAID = 2_000
BEYOND = (errno.EPERM, errno.EACCES, errno.EROFS, errno.ENOENT, errno.ENOSYS)
"""How the kernel refuses what no sandbox of ours gives."""


def is_exception(value: Any) -> TypeGuard[type[Exception]]:  # noqa: ANN401 - any value
    """Whether it is a class of exceptions."""
    return isinstance(value, type) and issubclass(value, Exception)


def names(kind: type) -> list[str]:
    """What a class of exceptions is called, and those that it is made of, nearest first."""
    return [one.__name__ for one in kind.__mro__]


_made: dict[tuple[str, ...], type[Exception]] = {}


def exception(said: tuple[str, ...]) -> type[Exception]:
    """A class of exceptions as it is known here: Python's own, or one made with the same name."""
    if said not in _made:
        bases = (getattr(builtins, name, None) for name in said)
        base = next((one for one in bases if is_exception(one) and one is not ExceptionGroup), Exception)
        name = said[0][:80] if said else "Exception"
        _made[said] = type(name, (base,), _OF_THE_PROGRAM)
    return _made[said]


def _begin(error: BaseException, *said: Any) -> None:  # noqa: ANN401 - any value
    """Keep its words: some of Python's own exceptions want more than words, or make others of them."""
    error.args = said


def _words(error: BaseException) -> str:
    return str(error.args[0]) if error.args else ""


_OF_THE_PROGRAM = {"of_the_program": True, "__module__": "builtins", "__init__": _begin, "__str__": _words}


def told(error: BaseException) -> dict[str, Any]:
    """An exception as it crosses."""
    try:
        words = str(error)[:LONGEST_SAID]
    except Exception:  # noqa: BLE001 - of foreign code
        words = ""
    return {"names": names(type(error)), "words": words, "errno": getattr(error, "errno", None)}


def raise_said(said: Any) -> NoReturn:  # noqa: ANN401 - any JSON
    """Raise here what was raised there."""
    if not isinstance(said, dict) or not isinstance(said.get("names"), list):
        raise Gone
    if "NotData" in said["names"]:
        raise NotData(str(said.get("words")))
    if "StopIteration" in said["names"]:
        raise StopIteration
    error = exception(tuple(map(str, said["names"])))(str(said.get("words", ""))[:LONGEST_SAID])
    error.refused = said.get("errno") in BEYOND  # type: ignore[attr-defined] # said of it
    raise error
