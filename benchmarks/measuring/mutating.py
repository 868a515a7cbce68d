"""Mutants of a source: one small change each, made in a syntax tree, never in a file."""

import ast
import random
from collections.abc import Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass
from types import CodeType
from typing import Any, TypeAlias

Function: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef

_SWAPPED: dict[type[ast.AST], type[ast.AST]] = {
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.And: ast.Or,
    ast.Or: ast.And,
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
}
_CALLED = {"min": "max", "max": "min", "any": "all", "all": "any", "sorted": "list"}
_LEFT_ALONE = (ast.Raise, ast.JoinedStr, ast.arguments)
"""What people read, and defaults that callers name: they are not looked into."""
_KEYWORDS_KEPT = {"strict", "key", "default"}


@dataclass(frozen=True)
class Mutant:
    """One change of one source; `function` is empty where it stands in none."""

    tree: ast.Module
    holder: Any
    """The node, or the list, that holds what is changed."""
    place: Any
    new: Any
    line: int
    function: str
    before: str
    after: str

    @property
    def change(self) -> str:
        """What is changed, in one line."""
        return " ".join(f"{self.before}  ->  {self.after}".split())

    def code(self, path: str) -> CodeType:
        """The changed source, compiled; the tree stays as it was."""
        old = _get(self.holder, self.place)
        _set(self.holder, self.place, self.new)
        try:
            return compile(ast.fix_missing_locations(deepcopy(self.tree)), path, "exec")
        finally:
            _set(self.holder, self.place, old)


def sample(mutants: Sequence[Mutant], most: int) -> list[Mutant]:
    """At most so many of them, always the same ones, in their order."""
    if len(mutants) <= most:
        return list(mutants)
    chosen = random.Random(0).sample(range(len(mutants)), most)  # noqa: S311 - a sample, no secret
    return [mutants[at] for at in sorted(chosen)]


def mutants_of(tree: ast.Module, within: ast.AST, function: str) -> Iterator[Mutant]:
    """Every mutant of a part of a tree: of a function's body, or of a statement that stands in none."""
    body = within.body if isinstance(within, Function) else [within]
    for local in (node for node in ast.walk(within) if function and isinstance(node, ast.AnnAssign)):
        local.annotation = ast.Constant(value=None)  # Python never looks at it either
    for at, part in enumerate(body):
        for holder, place, new, line in _walk(part, body, at):
            before, after = _told(_get(holder, place), new)
            if before != after:
                yield Mutant(tree, holder, place, new, line, function, before, after)


Change: TypeAlias = tuple[Any, Any, Any, int]


def _walk(node: ast.AST, holder: Any, place: Any) -> Iterator[Change]:  # noqa: ANN401 - a node or a list
    line = getattr(getattr(node, "target", node), "lineno", 0)  # a comprehension has none
    made = [*_instead_of_statement(node), *_instead_of_expression(node)]
    yield from ((holder, place, new, line) for new in made)
    yield from ((*change, line) for change in _inside(node))
    if isinstance(node, _LEFT_ALONE) or (isinstance(node, ast.keyword) and node.arg in _KEYWORDS_KEPT):
        return
    for field, value in ast.iter_fields(node):
        if isinstance(value, ast.AST):
            yield from _walk(value, node, field)
        elif isinstance(value, list) and field != "decorator_list":
            for at, one in enumerate(value):
                if isinstance(one, ast.AST):
                    yield from _walk(one, value, at)


def _instead_of_statement(node: ast.AST) -> Iterator[ast.AST]:
    """Nothing, for what is done or raised; None, for what is returned."""
    docstring = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    if isinstance(node, ast.Raise | ast.AugAssign | ast.Expr) and not docstring:
        yield ast.Pass()
    elif isinstance(node, ast.Return) and not _says_nothing(node.value):
        yield ast.Return(value=ast.Constant(value=None))


def _instead_of_expression(node: ast.AST) -> Iterator[ast.AST]:
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not | ast.USub):
        yield node.operand
    elif isinstance(node, ast.Constant):
        yield from (ast.Constant(value=value) for value in _near(node.value))
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in _CALLED:
        yield ast.Call(func=ast.Name(_CALLED[node.func.id], ast.Load()), args=node.args, keywords=[])
    elif isinstance(node, ast.Compare):
        yield from _compared(node)
    elif isinstance(node, ast.BoolOp | ast.BinOp) and type(node.op) in _SWAPPED:
        yield _with(node, op=_SWAPPED[type(node.op)]())
    elif isinstance(node, ast.Slice):
        yield from _off_by_one(node)


def _inside(node: ast.AST) -> Iterator[tuple[Any, Any, Any]]:
    """What may be changed in a node that cannot be replaced as a whole: its condition, its entries."""
    if isinstance(node, ast.If | ast.IfExp | ast.While):
        yield node, "test", _negated(node.test)
    elif isinstance(node, ast.comprehension):
        yield from ((node.ifs, at, _negated(test)) for at, test in enumerate(node.ifs))
    elif isinstance(node, ast.Dict):
        for at in range(len(node.keys)):
            kept = [entry for entry in range(len(node.keys)) if entry != at]
            yield node, "*", {"keys": [node.keys[i] for i in kept], "values": [node.values[i] for i in kept]}
    elif isinstance(node, ast.Call):
        for at, keyword in enumerate(node.keywords):
            if keyword.arg not in _KEYWORDS_KEPT:
                yield node, "keywords", [*node.keywords[:at], *node.keywords[at + 1 :]]


def _compared(node: ast.Compare) -> Iterator[ast.AST]:
    for at, op in enumerate(node.ops):
        yield _with(node, ops=[*node.ops[:at], _SWAPPED[type(op)](), *node.ops[at + 1 :]])


def _off_by_one(node: ast.Slice) -> Iterator[ast.AST]:
    for name in ("lower", "upper"):
        bound = getattr(node, name)
        if bound is not None and not isinstance(bound, ast.Constant):
            yield _with(node, **{name: ast.BinOp(bound, ast.Add(), ast.Constant(value=1))})


def _near(value: object) -> list[int | float]:
    if isinstance(value, bool):
        return [not value]
    if isinstance(value, int):
        return [value + 1, value - 1]
    return [value + 0.1, value - 0.1] if isinstance(value, float) else []


def _with(node: ast.AST, **changes: object) -> ast.AST:
    return type(node)(**{**dict(ast.iter_fields(node)), **changes})


def _negated(test: ast.expr) -> ast.AST:
    return ast.UnaryOp(op=ast.Not(), operand=test)


def _says_nothing(value: ast.expr | None) -> bool:
    return value is None or (isinstance(value, ast.Constant) and not value.value)


def _get(holder: Any, place: Any) -> Any:  # noqa: ANN401 - a node or a list
    if place == "*":
        return {"keys": holder.keys, "values": holder.values}
    return holder[place] if isinstance(holder, list) else getattr(holder, place)


def _set(holder: Any, place: Any, new: Any) -> None:  # noqa: ANN401 - a node or a list
    if place == "*":
        holder.keys, holder.values = new["keys"], new["values"]
    elif isinstance(holder, list):
        holder[place] = new
    else:
        setattr(holder, place, new)


def _told(old: Any, new: Any) -> tuple[str, str]:  # noqa: ANN401 - a node, or what stands in one
    """What stood there before and after; of entries the one that goes."""
    if isinstance(old, dict):
        gone = (at for at, value in enumerate(old["values"]) if value not in new["values"])
        return _said(ast.Dict(keys=[old["keys"][(at := next(gone))]], values=[old["values"][at]])), "nothing"
    if isinstance(old, list):
        return next(_said(one) for one in old if one not in new), "nothing"
    return _said(old), _said(new)


def _said(node: ast.AST) -> str:
    return ast.unparse(ast.fix_missing_locations(deepcopy(node)))
