"""Candidate answers in the shapes sources give them, as the record's one shape."""

import json
from collections.abc import Mapping
from typing import Any

from pipeline.sources.plain import NotPlain
from schemas.base import Json

TEXT_KEYS = ("text", "response", "completion", "content", "output", "answer", "solution", "code")
"""What an object calls its text, the first that is there."""

_KNOWN = {"id", "model", "steps", "test_results", "text"}


def candidates_of(value: Json) -> list[Json]:
    """One column's candidates: texts, objects, lists of steps, or all of it as JSON in a text.

    Raises NotPlain where one is neither.
    """
    if isinstance(value, str):
        value = parsed(value) or value
    if isinstance(value, list):
        return [_candidate(one, f"candidates.{index}") for index, one in enumerate(value)]
    return [_candidate(value, "candidates")]


def candidate_of(value: Json, column: str, *, typed: bool) -> list[Json]:
    """The one candidate of a column of its own: a text, an object, a list of steps; none where it is unset."""
    if value is None or value in ("", []):
        return []
    if isinstance(value, str) and not typed:
        value = parsed(value) or value
    return [_candidate(value, f"candidates ({column!r})")]


def parsed(text: str) -> Json:
    """The list or object of text, steps, objects that a text of JSON holds; None where it holds no such thing."""
    if not text.lstrip().startswith(("[", "{")):
        return None
    try:
        value: Json = json.loads(text)
    except (ValueError, RecursionError):
        return None
    shapes = (str, list, dict)
    fits = isinstance(value, dict) or (
        isinstance(value, list) and all(isinstance(one, shapes) for one in value)
    )
    return value if fits else None


def loses(value: Json) -> bool:
    """Whether candidates came with more than a record keeps of them, such as scores."""
    if isinstance(value, str):
        value = parsed(value)
    objects = value if isinstance(value, list) else [value]
    return any(isinstance(one, Mapping) and set(one) - _KNOWN for one in objects)


def _candidate(value: Json, where: str) -> dict[str, Json]:
    if isinstance(value, str):
        return {"text": value}
    if isinstance(value, list):
        return {"steps": _steps(value, where)}
    if isinstance(value, Mapping):
        return _of_object(value, where)
    raise NotPlain(f"{where}: should be text, a list of steps or an object, is {value!r:.60}")


def _of_object(value: Mapping[str, Any], where: str) -> dict[str, Json]:
    made: dict[str, Json] = {key: str(value[key]) for key in ("id", "model") if value.get(key) is not None}
    if value.get("steps"):
        made["steps"] = _steps(value["steps"], where)
    if value.get("test_results"):
        made["test_results"] = value["test_results"]
    text = next((value[key] for key in TEXT_KEYS if value.get(key) is not None), None)
    if text is not None:
        made["text"] = text
    elif "steps" not in made:
        raise NotPlain(f"{where}: should have a text, has {', '.join(map(repr, value)) or 'nothing'}")
    return made


def _steps(value: Json, where: str) -> list[Json]:
    if not isinstance(value, list) or not value or not all(isinstance(step, str) for step in value):
        raise NotPlain(f"{where}: steps should be a list of texts, are {value!r:.60}")
    return list(value)
