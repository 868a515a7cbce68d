"""Which code of tasks/ decides what a label means: what the ten types call to read, write, compare and release one.

What only shows something (a type's config, data and summary, and what they alone call) is none of it.
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from benchmarks.measuring.mutating import Function, Mutant, mutants_of

SHOWING = {"config", "data", "summary"}
NAMING = {"name", "title", "version", "__test__"}
"""What a class says of itself that changes no label's meaning."""


@dataclass(frozen=True)
class Module:
    """One file of tasks/: its functions by qualified name, and its constants."""

    path: Path
    tree: ast.Module = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "tree", ast.parse(self.path.read_text(encoding="utf-8")))

    @property
    def name(self) -> str:
        return self.path.stem

    @cached_property
    def functions(self) -> dict[str, Function]:
        """Methods are called `Class.method`."""
        found = {node.name: node for node in self.tree.body if isinstance(node, Function)}
        for owner in self.classes.values():
            found |= {f"{owner.name}.{node.name}": node for node in owner.body if isinstance(node, Function)}
        return found

    @cached_property
    def classes(self) -> dict[str, ast.ClassDef]:
        return {node.name: node for node in self.tree.body if isinstance(node, ast.ClassDef)}

    @cached_property
    def constants(self) -> dict[str, ast.stmt]:
        """Statements that give a name its value."""
        return {
            target.id: node
            for node in self.tree.body
            if isinstance(node, ast.Assign | ast.AnnAssign)
            for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
            if isinstance(target, ast.Name)
        }

    @cached_property
    def imported(self) -> dict[str, tuple[str, str]]:
        """What a name stands for: (module of tasks/, name in it, empty where it is the module itself)."""
        found = {}
        for node in self.tree.body:
            if isinstance(node, ast.ImportFrom) and node.module:
                for alias in node.names:
                    name = alias.asname or alias.name
                    if node.module == "tasks":
                        found[name] = (alias.name, "")
                    elif node.module.startswith("tasks."):
                        found[name] = (node.module.removeprefix("tasks."), alias.name)
        return found


class Deciding:
    """The parts of the modules that are reached from some of them."""

    def __init__(self, folder: Path, roots: list[str]) -> None:
        self.modules = {path.stem: Module(path) for path in sorted(folder.glob("*.py"))}
        self.reached: dict[tuple[str, str], ast.AST] = {}
        """By module and qualified name."""
        self._methods: set[str] = set()
        for root in roots:
            for name in self.modules[root].classes:
                self._reach(self.modules[root], name)
        self._reach_methods()

    def mutants(self, module: str) -> list[Mutant]:
        """Every mutant of what is reached in a module."""
        tree = self.modules[module].tree
        of = [(name, node) for (where, name), node in self.reached.items() if where == module]
        return [
            mutant
            for name, node in sorted(of, key=lambda one: getattr(one[1], "lineno", 0))
            for mutant in mutants_of(tree, node, name if isinstance(node, Function) else "")
        ]

    def _reach(self, module: Module, name: str) -> None:
        if owner := module.classes.get(name):
            for base in owner.bases:
                self._follow(module, base)
            for node in owner.body:
                self._reach_part(module, owner.name, node)
        elif found := module.functions.get(name) or module.constants.get(name):
            self._take(module, name, found)
        elif name in module.imported:
            where, what = module.imported[name]
            if what and where in self.modules:
                self._reach(self.modules[where], what)

    def _reach_part(self, module: Module, owner: str, node: ast.stmt) -> None:
        """A class is reached with all that it holds, but for what only shows something."""
        if isinstance(node, Function):
            if node.name not in SHOWING:
                self._take(module, f"{owner}.{node.name}", node)
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            target = node.target if isinstance(node, ast.AnnAssign) else node.targets[0]
            name = getattr(target, "id", "")
            if name not in NAMING:
                self._take(module, f"{owner}.{name}", node)

    def _take(self, module: Module, name: str, node: ast.AST) -> None:
        if (module.name, name) in self.reached:
            return
        self.reached[module.name, name] = node
        self._follow(module, node)

    def _follow(self, module: Module, node: ast.AST) -> None:
        for one in ast.walk(node):
            if isinstance(one, ast.Name):
                self._reach(module, one.id)
            elif isinstance(one, ast.Attribute):
                self._reach_attribute(module, one)

    def _reach_attribute(self, module: Module, node: ast.Attribute) -> None:
        where, what = module.imported.get(getattr(node.value, "id", ""), ("", ""))
        if where and not what and where in self.modules:
            self._reach(self.modules[where], node.attr)
        else:
            self._methods.add(node.attr)

    def _reach_methods(self) -> None:
        """Methods of classes that nobody names, such as those of `Answers`: by their own names."""
        before = -1
        while len(self.reached) > before:
            before = len(self.reached)
            for module, name, node in list(self._called()):
                self._take(module, name, node)

    def _called(self) -> Iterator[tuple[Module, str, Function]]:
        for module in self.modules.values():
            for name, node in module.functions.items():
                if "." in name and node.name in self._methods - SHOWING:
                    yield module, name, node
