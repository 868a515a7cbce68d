"""The process that tests run in: apart from the program, whose values come to it as data."""

import reprlib
import sys
import unittest
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from functools import partial
from inspect import Parameter, signature
from math import isclose
from typing import Any

from pipeline.verification.sandbox.guest import pytest_words
from pipeline.verification.sandbox.guest.cases import Cases
from pipeline.verification.sandbox.guest.program import Program, try_out
from pipeline.verification.sandbox.guest.remote import ROOT, Line, Remote
from pipeline.verification.sandbox.guest.wire import Frames, Gone, NotData

PROGRAMS = {"candidate", "solution", "program", "function", "func", "fn", "f"}
"""What a test function calls a parameter that is to be the program's entry point."""
CASE, PROGRAM = "__case__", "__program__"
"""How test code, as it is rewritten, calls a case and the program."""


def main(told: int, asked: int, job: dict[str, Any]) -> None:
    """Run the tests; tell on one line what becomes of each case, ask the program on the other."""
    frames = Frames(told, job["output"])
    line = Line(Frames(asked, job["output"]), called, whole=False)
    cases = Cases(frames, line, lambda: gave(line))
    _tell(frames, cases, lambda: _KINDS[job["kind"]](line, job, cases))


def main_inside(told: int, _: int, job: dict[str, Any]) -> None:
    """Run the tests in the program's own process, for those that need it: what is told is what the program likes."""
    frames = Frames(told, job["output"])
    cases = Cases(frames, None, str)

    def run() -> None:
        program = Program(job)
        program.load()
        names = {**program.module.__dict__, PROGRAM: program.module}
        _run(job, {**names, "__name__": "tests"}, names.get(job["entry"]), cases)

    _tell(frames, cases, run)


def _tell(frames: Frames, cases: Cases, run: Callable[[], None]) -> None:
    outcome, output = "ended", ""
    try:
        run()
    except Gone:
        outcome = "gone"
    except BaseException as error:  # noqa: BLE001 - of foreign code
        outcome, output = cases.judged(error)
    frames.send({"end": outcome, "output": output[:600]})


def called(line: Line, asked: dict[str, Any]) -> dict[str, Any]:
    """A function that the tests handed to the program, called by it: all that is served to it."""
    if asked["do"] != "call":
        raise Gone
    function = line.own(asked["of"])
    values = [line.value(one) for one in asked["a"]]
    return {"ok": line.data(function(*values, **{name: line.value(one) for name, one in asked["k"].items()}))}


def gave(line: Line) -> str:
    """What the program gave last, in words."""
    if line.last is None:
        return ""
    values, found = line.last
    line.last = None
    try:
        return _said(values, found)
    except (Exception, NotData):  # noqa: BLE001 - keys that have no order, numbers too long to be written: never mind
        return ""


def _said(values: tuple[Any, ...], found: Any) -> str:  # noqa: ANN401 - any value
    return f"{_short(found)} for {', '.join(map(_short, values))}" if values else _short(found)


def _short(value: Any) -> str:  # noqa: ANN401 - any value
    return f"<{value._of}>" if isinstance(value, Remote) else _repr.repr(value)  # noqa: SLF001 - its kind, as text


class _Repr(reprlib.Repr):
    def repr_instance(self, value: Any, level: int) -> str:  # noqa: ANN401 - any value
        return f"<{value._of}>" if isinstance(value, Remote) else super().repr_instance(value, level)  # noqa: SLF001 - likewise


_repr = _Repr()
_repr.maxlist = _repr.maxtuple = _repr.maxset = _repr.maxdict = 12
_repr.maxstring = _repr.maxother = 120
_repr.maxlong = 60


def _code(line: Line, job: dict[str, Any], cases: Cases) -> None:
    line.ask("load")
    root = Remote(line, ROOT, "program")
    names: dict[str, Any] = {"__name__": "tests", PROGRAM: root}
    if job["prompt"]:
        try_out(job["prompt"], names)
    for name in job["needs"]:
        _bind(root, name, names)
    _run(job, names, _entry(root, job), cases)


def _bind(root: Remote, name: str, names: dict[str, Any]) -> None:
    try:
        names[name] = getattr(root, name)
    except AttributeError:
        return  # whoever speaks of it says so


def _entry(root: Remote, job: dict[str, Any]) -> Any:  # noqa: ANN401 - whatever the program calls so
    return getattr(root, job["entry"]) if job["entry"] else None


def _run(job: dict[str, Any], names: dict[str, Any], entry: Any, cases: Cases) -> None:  # noqa: ANN401 - the program's
    if job["entry"]:
        names[job["entry"]] = entry
    names[CASE] = cases
    names.setdefault("candidate", entry)
    sys.modules["pytest"] = pytest_words.module()
    with cases(0) if job["whole"] else nullcontext():
        exec(compile(job["source"], "tests.py", "exec"), names)  # noqa: S102 - what we are for
        _each(list(_functions(names, entry)))


def _each(functions: list[Callable[[], Any]]) -> None:
    """Call all, also those after one that fails; then raise what the first one raised."""
    raised: BaseException | None = None
    for function in functions:
        try:
            function()
        except (Exception, NotData) as error:  # noqa: BLE001 - of foreign code
            raised = raised or error
    if raised:
        raise raised


def _functions(names: dict[str, Any], entry: Any) -> Iterator[Callable[[], Any]]:  # noqa: ANN401 - the program's
    """What test code defines to be called: `check(candidate)`, `test_…()`, methods of unittest's classes."""
    for name, value in list(names.items()):
        if isinstance(value, Remote):
            continue
        if isinstance(value, type) and issubclass(value, unittest.TestCase):
            for method in unittest.TestLoader().getTestCaseNames(value):
                yield value(method).debug
        elif isinstance(value, type) and name.startswith("Test"):
            yield from _methods(value)
        elif callable(value) and (name == "check" or name.startswith("test")):
            yield from _calls(value, entry)


def _calls(function: Callable[..., Any], entry: Any) -> Iterator[Callable[[], Any]]:  # noqa: ANN401 - the program's
    """The calls of one function: with each of its parameters, or the program, or nothing; none if it wants more."""
    given: list[dict[str, Any]] = getattr(function, pytest_words.GIVEN, None) or [{}]
    wanted = _wanted(function) - given[0].keys()
    if len(wanted) > 1 or (wanted and function.__name__ != "check" and not wanted & PROGRAMS):
        return
    for one in given:
        yield partial(function, **dict.fromkeys(wanted, entry), **one)


def _methods(kind: type) -> Iterator[Callable[[], Any]]:
    for name in dir(kind):
        if name.startswith("test"):
            yield from _calls(getattr(kind(), name), None)


def _wanted(function: Callable[..., Any]) -> set[str]:
    many = (Parameter.VAR_POSITIONAL, Parameter.VAR_KEYWORD)
    parameters = signature(function).parameters.items()
    return {name for name, one in parameters if one.default is Parameter.empty and one.kind not in many}


def _given_cases(line: Line, job: dict[str, Any], cases: Cases) -> None:
    line.ask("load")
    entry = _entry(Remote(line, ROOT, "program"), job)
    for number, (given, wanted) in enumerate(job["cases"]):
        with cases(number):
            found = call(entry, given)
            if not same(found, wanted):
                raise AssertionError(f"{_short(wanted)} was expected")


def _started_cases(line: Line, job: dict[str, Any], cases: Cases) -> None:
    for number, (given, wanted) in enumerate(job["cases"]):
        with cases(number):
            printed = line.ask("start", input=given if isinstance(given, str) else str(given))["ok"]
            if lines(printed) != lines(str(wanted)):
                raise AssertionError(f"printed {_short(str(printed))}, {_short(wanted)} was expected")


_KINDS = {"code": _code, "cases": _given_cases, "started": _started_cases}


def call(function: Any, given: Any) -> Any:  # noqa: ANN401 - any JSON
    """A list is the arguments in their order, an object the arguments by name, anything else the one argument."""
    if isinstance(given, list):
        return function(*given)
    if isinstance(given, dict):
        return function(**given)
    return function(given)


def lines(text: str) -> list[str]:
    """What was printed, but for blanks at the ends of lines and empty lines at the end."""
    return [line.rstrip() for line in text.rstrip().splitlines()]


def same(found: Any, wanted: Any) -> bool:  # noqa: ANN401 - any value, any JSON
    """Whether what a program gave is what JSON says: tuples and generators as lists, numbers to a millionth."""
    if isinstance(wanted, list):
        listed = _listed(found, len(wanted))
        return (
            listed is not None
            and len(listed) == len(wanted)
            and all(same(one, other) for one, other in zip(listed, wanted, strict=True))
        )
    if isinstance(found, Remote | list | tuple | set | frozenset):
        return False
    if isinstance(wanted, dict):
        return isinstance(found, dict) and _same_object(found, wanted)
    if isinstance(wanted, float) or isinstance(found, float):
        numbers = all(isinstance(one, int | float) for one in (found, wanted))
        return numbers and (found == wanted or isclose(found, wanted, rel_tol=1e-6, abs_tol=1e-9))
    return bool(found == wanted)


def _same_object(found: dict[Any, Any], wanted: dict[str, Any]) -> bool:
    named = {str(key): value for key, value in found.items()}
    return named.keys() == wanted.keys() and all(same(named[key], wanted[key]) for key in wanted)


def _listed(found: Any, most: int) -> list[Any] | None:  # noqa: ANN401 - any value
    if isinstance(found, list | tuple):
        return list(found)
    if isinstance(found, set | frozenset):
        return _sorted(found)
    if isinstance(found, Remote):
        try:
            return [one for _, one in zip(range(most + 1), found, strict=False)]
        except (TypeError, NotData):
            return None
    return None


def _sorted(found: set[Any] | frozenset[Any]) -> list[Any]:
    try:
        return sorted(found)
    except TypeError:
        return sorted(found, key=repr)
