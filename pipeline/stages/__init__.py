"""The stages, in the order a record meets them. Each is a function of the module that bears its name.

They read what is not done yet, do it, and put the facts; they never import each other: they meet in the store.
Their docstrings are the command line's help, read without importing them.
"""

import ast
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from pipeline.context import Stage

STAGES = ("ingest", "screen", "verify", "generate", "push", "sync", "check", "resolve")
"""What `headrace run` runs. `release` is somebody's decision, and a command of its own."""


def sentence(name: str) -> str:
    """What a stage does, in its own words."""
    tree = ast.parse((Path(__file__).parent / f"{name}.py").read_text(encoding="utf-8"))
    return (ast.get_docstring(tree) or name).splitlines()[0]


def load(name: str) -> "Stage":
    """The function of a stage."""
    return cast("Stage", getattr(import_module(f"pipeline.stages.{name}"), name))
