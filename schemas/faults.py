"""What pydantic found wrong with somebody's file, as lines that say what to mend."""

from collections.abc import Sequence
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from schemas.nearest import nearest

PAGE = "docs/reference/project.md"


def lines_of(error: ValidationError, model: type[BaseModel]) -> list[str]:
    """One line a fault, each once, for a model that is a project or a part of one."""
    return list(dict.fromkeys(_line(detail, model) for detail in error.errors()))


def _line(detail: ErrorDetails, model: type[BaseModel]) -> str:
    where = ".".join(str(part) for part in detail["loc"] if not str(part).startswith(("function-", "Screen")))
    found = detail["input"]
    if detail["type"] == "extra_forbidden":
        known = _keys_at(detail["loc"][:-1], model)
        key = str(detail["loc"][-1])
        hint = f"; {nearest(key, known)}" if known else ""
        return f"{where}: no key is called {detail['loc'][-1]!r} here{hint}"
    if detail["type"] == "missing":
        return f"{where}: must be given, is missing; add it"
    if detail["type"] == "value_error":
        message = detail["msg"].removeprefix("Value error, ")
        return f"{where}: {message}" if where else message
    expected = detail["msg"].replace("Input should be", "should be")
    return f"{where}: {expected}, is {found!r:.60}; mend it ({PAGE})"


def _keys_at(location: Sequence[int | str], model: type[BaseModel]) -> tuple[str, ...]:
    """The keys that the model at a location of the file knows."""
    for part in location:
        if isinstance(part, int) or part not in model.model_fields:
            continue
        inner = _model_within(model.model_fields[part].annotation)
        if inner is None:
            return ()
        model = inner
    return tuple(field.alias or name for name, field in model.model_fields.items())


def _model_within(annotation: Any) -> type[BaseModel] | None:  # noqa: ANN401 - a type expression
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    for part in getattr(annotation, "__args__", ()):
        if (found := _model_within(part)) is not None:
            return found
    return None
