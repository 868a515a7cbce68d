"""The assertions of test code, each as source that stands by itself. The code is parsed, never run."""

import ast
from collections.abc import Iterator, Sequence
from textwrap import dedent
from typing import NamedTuple

from tasks._programs import one_break, python

_Function = ast.FunctionDef | ast.AsyncFunctionDef


def assertions(code: str, language: str | None = None) -> tuple[str, ...]:
    """What test code asserts, statement by statement, each after the setup that it needs, once and in order.

    A loop or block that asserts is one. Code that cannot be taken apart (it is not Python, or asserts nothing that we
    know) stands as one as it is.
    """
    code = one_break(code)
    module = python(code, language)
    found = [one.text for one in stated(module, code)] if module else []
    return tuple(dict.fromkeys(found)) or (code.strip("\n"),)


class Assertion(NamedTuple):
    """A statement that asserts, with what it says by itself."""

    text: str
    statement: ast.stmt


def stated(module: ast.Module, code: str) -> Iterator[Assertion]:
    """Each assertion of a module that was parsed from this code, in order, also what is said twice."""
    return _of_body(module.body, (), _Source(code))


class _Source:
    """Code that gives back the text of a statement as its author wrote it, where that is one line."""

    def __init__(self, code: str) -> None:
        self._lines = code.split("\n")

    def of(self, node: ast.stmt) -> str:
        if node.lineno != node.end_lineno:
            return self._of_lines(node)
        line = self._lines[node.lineno - 1].encode()
        return line[node.col_offset : node.end_col_offset].decode()

    def _of_lines(self, node: ast.stmt) -> str:
        try:
            return ast.unparse(node)  # its lines are indented to stand elsewhere, texts in them are not
        except RecursionError:  # a sum of hundreds
            return dedent("\n".join(self._lines[node.lineno - 1 : node.end_lineno]))


def _of_body(body: Sequence[ast.stmt], before: Sequence[ast.stmt], source: _Source) -> Iterator[Assertion]:
    setup = [*before]
    for statement in body:
        if not _asserts(statement):
            setup.append(statement)
        elif isinstance(statement, _Function | ast.ClassDef):
            yield from _of_body(statement.body, setup, source)
        else:
            needed = _needed(statement, setup)
            yield Assertion("\n".join(source.of(one) for one in (*needed, statement)), statement)


def _asserts(statement: ast.stmt) -> bool:
    return any(isinstance(node, ast.Assert) or _is_assertion(node) for node in ast.walk(statement))


def _is_assertion(node: ast.AST) -> bool:
    """Whether it is a call such as `self.assertEqual(...)` or `pytest.raises(...)`."""
    if not isinstance(node, ast.Call):
        return False
    name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    return name == "raises" or name.startswith("assert")


def _needed(statement: ast.stmt, setup: Sequence[ast.stmt]) -> list[ast.stmt]:
    """The statements before it that bind, or touch, what it speaks of."""
    names, kept = _loaded(statement), []
    for one in reversed(setup):
        if names & _touched(one):
            kept.append(one)
            names |= _loaded(one)
    return kept[::-1]


def _loaded(statement: ast.stmt) -> set[str]:
    nodes = ast.walk(statement)
    return {node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)}


def _touched(statement: ast.stmt) -> set[str]:
    """The names that a statement binds; of a bare call those it speaks of, for it may change them."""
    if isinstance(statement, _Function | ast.ClassDef):
        return {statement.name}
    if isinstance(statement, ast.Import | ast.ImportFrom):
        return {(alias.asname or alias.name).partition(".")[0] for alias in statement.names}
    if isinstance(statement, ast.Expr):
        return _loaded(statement)
    bound = [node for node in ast.walk(statement) if isinstance(getattr(node, "ctx", None), ast.Store)]
    inner = (name for node in bound for name in ast.walk(node))  # of x[0] and x.y it is x
    return {node.id for node in inner if isinstance(node, ast.Name)}
