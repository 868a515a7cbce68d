"""Small bugs of known place: one line of a program changed, found through its syntax tree. Nothing is run."""

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Literal, TypeAlias

Bug: TypeAlias = Literal["comparison", "verdict", "connective", "stop", "start", "branch"]

OPPOSITES: Final = MappingProxyType(
    {"==": "!=", "!=": "==", "<": ">", ">": "<", "<=": ">=", ">=": "<=", "and": "or", "or": "and"}
)


@dataclass(frozen=True)
class Edit:
    """Text to put in the place of some columns (counted in UTF-8 bytes, as `ast` does) of a line (from 1)."""

    line: int
    start: int
    end: int
    text: str


def plant(source: str, bug: Bug, *, after: int, which: int = 0) -> tuple[str, int]:
    """The program with one bug below line `after`, and the bug's line; raises ValueError where there is no place.

    `which` chooses among the places of that kind of bug, from the top.
    """
    lines = source.splitlines(keepends=True)
    edits = {edit for node in ast.walk(ast.parse(source)) for edit in FINDERS[bug](node, lines)}
    places = sorted((edit for edit in edits if edit.line > after), key=lambda edit: (edit.line, edit.start))
    if which >= len(places):
        raise ValueError(f"{bug} bug: place {which} was asked for, there are {len(places)}")
    edit = places[which]
    line = lines[edit.line - 1].encode()
    lines[edit.line - 1] = (line[: edit.start] + edit.text.encode() + line[edit.end :]).decode()
    return "".join(lines), edit.line


def _comparison(node: ast.AST, lines: list[str]) -> Iterator[Edit]:
    """`<` for `>`, `==` for `!=`."""
    if isinstance(node, ast.Compare) and len(node.ops) == 1:
        yield from _opposite(node.left, node.comparators[0], lines)


def _connective(node: ast.AST, lines: list[str]) -> Iterator[Edit]:
    """`and` for `or`."""
    if isinstance(node, ast.BoolOp):
        for left, right in zip(node.values[:1], node.values[1:2], strict=True):
            yield from _opposite(left, right, lines)


def _verdict(node: ast.AST, lines: list[str]) -> Iterator[Edit]:
    """True returned for False."""
    if isinstance(node, ast.Return) and isinstance(node.value, ast.Constant) and lines:
        value = node.value
        if isinstance(value.value, bool):
            yield _put(value, str(not value.value))


def _stop(node: ast.AST, lines: list[str]) -> Iterator[Edit]:
    """A range that ends one too early."""
    if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "range"):
        return
    stop = node.args[min(1, len(node.args) - 1)]
    if isinstance(stop, ast.BinOp) and isinstance(stop.op, ast.Add) and _is_one(stop.right):
        yield _put(stop, _text(stop.left, lines))
    else:
        yield _put(stop, f"{_text(stop, lines)} - 1")


def _start(node: ast.AST, lines: list[str]) -> Iterator[Edit]:
    """A variable that starts at 1 for 0, or at 0 for 1."""
    if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant) and lines:
        value = node.value
        if type(value.value) is int and value.value in (0, 1):
            yield _put(value, str(1 - value.value))


def _branch(node: ast.AST, lines: list[str]) -> Iterator[Edit]:
    """A branch that forgets to return."""
    if not isinstance(node, ast.If):
        return
    for statement in node.body:
        alone = lines[statement.lineno - 1].strip().startswith("return")
        if isinstance(statement, ast.Return) and alone:
            yield _put(statement, "pass")


FINDERS: Final[MappingProxyType[Bug, Callable[[ast.AST, list[str]], Iterator[Edit]]]] = MappingProxyType(
    {
        "comparison": _comparison,
        "verdict": _verdict,
        "connective": _connective,
        "stop": _stop,
        "start": _start,
        "branch": _branch,
    }
)
"""Where each kind of bug can be."""


def _opposite(left: ast.expr, right: ast.expr, lines: list[str]) -> Iterator[Edit]:
    """The operator between two expressions on one line, turned round."""
    if left.end_lineno != right.lineno or left.end_col_offset is None:
        return
    between = lines[right.lineno - 1].encode()[left.end_col_offset : right.col_offset].decode()
    operator = between.strip(" ()")
    if operator in OPPOSITES:
        start = left.end_col_offset + between.index(operator)
        yield Edit(right.lineno, start, start + len(operator), OPPOSITES[operator])


def _put(node: ast.expr | ast.stmt, text: str) -> Edit:
    return Edit(node.lineno, node.col_offset, node.end_col_offset or node.col_offset, text)


def _text(node: ast.expr, lines: list[str]) -> str:
    return lines[node.lineno - 1].encode()[node.col_offset : node.end_col_offset].decode()


def _is_one(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value == 1
