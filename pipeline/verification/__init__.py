"""What machines find out of candidates. A module in this folder that holds a `check` is one; no list names them."""

from functools import cache
from importlib import import_module
from pkgutil import iter_modules

from pipeline.verification.base import AnyCheck, Check

_SHARED = ("base", "results", "running")


@cache
def names() -> tuple[str, ...]:
    """The names of the checks, without importing them."""
    modules = (name for _, name, package in iter_modules(__path__) if not package)
    return tuple(sorted(name for name in modules if name not in _SHARED and name[0] != "_"))


@cache
def check_of(name: str) -> AnyCheck:
    """A check by its name; raises TypeError naming the file at fault."""
    check = getattr(import_module(f"{__name__}.{name}"), "check", None)
    if not isinstance(check, Check) or check.name != name:
        raise TypeError(
            f"pipeline/verification/{name}.py should hold `check`, a Check of that name; it does not"
        )
    return check
