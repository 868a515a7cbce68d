"""What a project may choose of a task type: each type has a class of its own, with its defaults."""

from typing import TypeAlias

from pydantic import StrictBool

from schemas.base import Frozen

Switch: TypeAlias = StrictBool
"""True or false, and nothing that looks like it."""


class Options(Frozen):
    """`options` of [[tasks]] in project.toml; a type that has no class of its own has none."""
