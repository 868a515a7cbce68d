"""The process that a candidate's program runs in. It holds no test: it is asked for values, one by one."""

import io
import sys
from collections.abc import Callable
from contextlib import suppress
from types import ModuleType
from typing import Any

from pipeline.verification.sandbox.guest.remote import ROOT, Line
from pipeline.verification.sandbox.guest.wire import Frames, Gone

NAME = "solution"
"""What the program is called as a module: not `__main__`, for it is called, not started."""


def main(fd: int, job: dict[str, Any]) -> None:
    """Serve one program until nobody asks any more."""
    served = Program(job)
    try:
        Line(Frames(fd, job["output"]), served.answer, whole=True).serve()
    except Gone:
        return


class Program:
    """A program that was loaded, or could not be."""

    def __init__(self, job: dict[str, Any]) -> None:
        self._job = job
        self.module = ModuleType(NAME)

    def load(self) -> None:
        """Run it as a module, after the prompt where that is a program itself; raises what it raises."""
        sys.modules[NAME] = self.module
        if self._job["prompt"]:
            try_out(self._job["prompt"], self.module.__dict__)
        exec(compile(self._job["program"], "program.py", "exec"), self.module.__dict__)  # noqa: S102 - what we are for

    def answer(self, line: Line, asked: dict[str, Any]) -> dict[str, Any]:
        """What the tests ask, done."""
        do = asked["do"]
        if do == "load":
            self.load()
            return {"ok": None}
        if do == "start":
            return {"ok": started(self._job["program"], asked["input"], self._job["output"])}
        target: Any = self.module if asked["of"] == ROOT else line.own(asked["of"])
        values = [line.value(one) for one in asked["a"]]
        if do != "call":
            return {"ok": line.data(_DONE[do](target, *values))}
        before = [line.data(one) for one in values]
        given = line.data(target(*values, **{name: line.value(one) for name, one in asked["k"].items()}))
        after = [line.data(one) for one in values]
        return {"ok": given, "a": after if after != before else None}


_DONE: dict[str, Callable[..., Any]] = {
    "get": getattr,
    "set": setattr,
    "item": lambda of, key: of[key],
    "put": lambda of, key, value: of.__setitem__(key, value),
    "remove": lambda of, key: of.__delitem__(key),
    "holds": lambda of, one: one in of,
    "len": len,
    "bool": bool,
    "str": str,
    "repr": repr,
    "iter": iter,
    "next": next,
}


def try_out(source: str, names: dict[str, Any]) -> None:
    """Run what gives names to a program, such as the prompt's own imports; what fails of it is nobody's fault."""
    with suppress(Exception):
        exec(compile(source, "prompt.py", "exec"), names)  # noqa: S102 - likewise


class _Printed(io.BytesIO):
    def __init__(self, most: int) -> None:
        super().__init__()
        self._most = most

    def write(self, what: Any) -> int:  # noqa: ANN401 - any buffer
        if self.tell() + len(what) > self._most:
            raise OverflowError(f"printed more than {self._most // 1024:,} KB")
        return super().write(what)

    def close(self) -> None:
        """Stay: what was printed is wanted yet."""


def started(source: str, given: str, most: int) -> str:
    """What a program prints that is started by itself, given this to read."""
    printed = _Printed(most)
    kept = sys.stdin, sys.stdout
    sys.stdin = io.TextIOWrapper(io.BytesIO(given.encode()), encoding="utf-8")
    sys.stdout = io.TextIOWrapper(printed, encoding="utf-8", errors="replace", write_through=True)
    main_module = ModuleType("__main__")
    sys.modules["__main__"] = main_module
    try:
        with suppress(SystemExit):  # it says that it is done
            exec(compile(source, "program.py", "exec"), main_module.__dict__)  # noqa: S102 - likewise
    finally:
        sys.stdin, sys.stdout = kept
    return printed.getvalue().decode("utf-8", "replace")
