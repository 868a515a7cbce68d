"""What may reach a person. A module in this folder that holds a `screen` is one; nothing else registers it.

Modules of this folder that are no screens begin with an underscore, or are named in `_SHARED`.
"""

from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import TypeAlias

from pipeline.screening.base import Across, Options, Screen
from schemas.errors import ProjectError
from schemas.nearest import nearest

_SHARED = ("admitting", "base", "choosing", "running", "session", "subject")

AnyScreen: TypeAlias = Screen | Across


def names() -> tuple[str, ...]:
    """The names of the screens, without importing them."""
    modules = (name for _, name, _ in iter_modules(__path__))
    return tuple(sorted(name for name in modules if name not in _SHARED and name[0] != "_"))


@cache
def screen(name: str) -> AnyScreen:
    """A screen by its name; raises ProjectError naming the nearest one, TypeError naming the file at fault."""
    if name not in names():
        raise ProjectError(f"project.toml: screens: no screen is called {name!r}; {nearest(name, names())}")
    found = getattr(import_module(f"{__name__}.{name}"), "screen", None)
    if not isinstance(found, Screen | Across):
        raise TypeError(
            f"pipeline/screening/{name}.py should hold `screen`, an instance of Screen or Across; it does not"
        )
    if found.name != name:
        raise TypeError(
            f"pipeline/screening/{name}.py calls its screen {found.name!r}; name it after the file"
        )
    return found


__all__ = ["Across", "AnyScreen", "Options", "Screen", "names", "screen"]
