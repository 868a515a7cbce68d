"""Test code made ready for the sandbox: its assertions marked as cases, the program's names bound to the program.

Here it is only read, by Python's own parser; nothing of it runs.
"""

import ast
import builtins
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from pipeline.verification.sandbox.guest.tests import CASE, PROGRAM
from schemas.base import Json, canonical_json
from schemas.records import Record, Tests
from tasks._assertions import assertions, stated
from tasks._programs import one_break, python, unfenced

LONGEST_NAME = 300
REACHING = {
    "redirect_stdout",
    "redirect_stderr",
    "stdin",
    "stdout",
    "stderr",
    "argv",
    "environ",
    "seed",
    "patch",
}
"""What test code uses that changes the process it is in, and is to be seen by the program: it must run in there too."""
_FENCED = re.compile(r"^[ ]*```[\w+#.-]*[^\n`]*\n(.*?)\n[ ]*```[ ]*$", re.DOTALL | re.MULTILINE)


@dataclass(frozen=True)
class Plan:
    """The tests of a record, as the sandbox takes them."""

    names: tuple[str, ...]
    """What each case is called; in the order of test_review's cases."""
    job: Mapping[str, Json]

    def of(self, program: str) -> dict[str, Any]:
        """The same against a program: where the record does not say what is tested, it is its last function."""
        return {
            **self.job,
            "entry": self.job["entry"] or (_last_function(program) if _asks(self.job) else None),
        }


def plan(record: Record) -> Plan | None:
    """The tests of a record; None where it has none that could be run, or is no Python."""
    if record.domain != "coding" or record.tests is None or not _is_python(record.programming_language):
        return None
    made = (
        _of_cases(record.tests) if record.tests.cases else _of_code(record.tests.code or "", prompt(record))
    )
    if made is None:
        return None
    names, job = made
    rest = {"prompt": prompt(record) or "", "entry": record.tests.entry_point}
    return Plan(tuple(name[:LONGEST_NAME] for name in names), {**rest, **job})


def prompt(record: Record) -> str | None:
    """A record's prompt where it is a program itself, such as a signature with imports: a candidate goes on from it."""
    source = program_in(record.text)
    module = python(source) if source else None
    defines = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Import | ast.ImportFrom
    return source if module and any(isinstance(one, defines) for one in module.body) else None


def program_in(text: str) -> str | None:
    """The program of a text: all of it, or what its one fence holds; None where there are several."""
    whole, _ = unfenced(text)
    if python(whole) is not None:
        return whole
    fences = _FENCED.findall(one_break(text))
    if not fences:
        return whole
    return fences[0] if len(fences) == 1 else None


def _is_python(language: str | None) -> bool:
    return (language or "python").lower() in {"python", "py", "python3"}


def _asks(job: Mapping[str, Json]) -> bool:
    return job["kind"] == "code" and bool(re.search(r"\bcandidate\b", str(job["source"])))


def _of_cases(tests: Tests) -> tuple[list[str], dict[str, Json]]:
    each = {canonical_json(case.model_dump()): case for case in tests.cases}.values()
    cases: list[Json] = [[case.input, case.output] for case in each]
    if tests.entry_point:
        names = [
            f"{tests.entry_point}({_words(case.input)}) is {canonical_json(case.output)}" for case in each
        ]
    else:
        names = [f"given {canonical_json(case.input)}, prints {canonical_json(case.output)}" for case in each]
    return names, {"kind": "cases" if tests.entry_point else "started", "cases": cases}


def _words(given: Json) -> str:
    said = canonical_json(given)
    return said[1:-1] if isinstance(given, list | Mapping) else said


@lru_cache(64)
def _of_code(code: str, before: str | None) -> tuple[list[str], dict[str, Json]] | None:
    code = one_break(code)
    module = python(code)
    if module is None:
        return None
    numbers = {text: number for number, text in enumerate(assertions(code))}
    marked = {id(one.statement): numbers[one.text] for one in stated(module, code)}
    if not marked and not any(isinstance(node, ast.Raise) for node in ast.walk(module)):
        return None  # it says nothing of a program
    names = _names(module, marked) or ["the test code, as a whole"]
    inside = bool(REACHING & {name for node in ast.walk(module) for name in _identifiers(node)})
    needs = sorted(
        _loaded(module) - _bound(module) - _bound(python(before or "")) - {*dir(builtins), "candidate"}
    )
    source = ast.unparse(ast.fix_missing_locations(_Marked(marked).visit(module)))
    return names, {"kind": "code", "source": source, "needs": needs, "whole": not marked, "inside": inside}


def _names(module: ast.Module, marked: Mapping[int, int]) -> list[str]:
    found = {marked[id(node)]: ast.unparse(node) for node in ast.walk(module) if id(node) in marked}
    return [found[number] for number in sorted(found)]


class _Marked(ast.NodeTransformer):
    """Puts each case into a `with` of its number, and takes imports of the program from the program."""

    def __init__(self, marked: Mapping[int, int]) -> None:
        self._marked = marked

    def visit(self, node: ast.AST) -> Any:  # noqa: ANN401 - as ast has it
        number = self._marked.get(id(node))
        if number is None or not isinstance(node, ast.stmt):
            return super().visit(node)
        entered = ast.Call(ast.Name(CASE, ast.Load()), [ast.Constant(number)], [])
        return ast.copy_location(ast.With([ast.withitem(entered)], [node]), node)

    def visit_ImportFrom(self, node: ast.ImportFrom) -> Any:  # noqa: ANN401 - as ast has it
        if not node.level and _is_known(node.module or ""):
            return node
        return [
            _assigned(one.asname or one.name, ast.Attribute(_program(), one.name, ast.Load()))
            for one in node.names
            if one.name != "*"
        ] or ast.Pass()

    def visit_Import(self, node: ast.Import) -> Any:  # noqa: ANN401 - as ast has it
        known = [one for one in node.names if _is_known(one.name)]
        others = [
            _assigned(one.asname or one.name.partition(".")[0], _program())
            for one in node.names
            if one not in known
        ]
        return [*([ast.Import(known)] if known else []), *others]


def _is_known(module: str) -> bool:
    return module.partition(".")[0] in {*sys.stdlib_module_names, "pytest"}


def _program() -> ast.expr:
    return ast.Name(PROGRAM, ast.Load())


def _assigned(name: str, value: ast.expr) -> ast.stmt:
    return ast.Assign([ast.Name(name, ast.Store())], value)


def _loaded(module: ast.Module) -> set[str]:
    return {
        node.id for node in ast.walk(module) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)
    }


def _identifiers(node: ast.AST) -> Iterator[str]:
    yield from (getattr(node, part) for part in ("id", "attr", "arg", "name") if getattr(node, part, None))


def _bound(module: ast.Module | None) -> set[str]:
    return {name for node in ast.walk(module) for name in _binds(node)} if module else set()


def _binds(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
        yield node.id
    elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        yield node.name
    elif isinstance(node, ast.arg):
        yield node.arg
    elif isinstance(node, ast.alias):
        yield (node.asname or node.name).partition(".")[0]
    elif isinstance(node, ast.ExceptHandler) and node.name:
        yield node.name


def _last_function(program: str) -> str | None:
    module = python(program)
    functions: Iterable[ast.FunctionDef] = (
        one for one in (module.body if module else ()) if isinstance(one, ast.FunctionDef)
    )
    return next((one.name for one in reversed(list(functions))), None)
