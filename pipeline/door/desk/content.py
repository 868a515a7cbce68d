"""A task as its annotator saw it, and what a label says, for the pages that speak of single tasks.

What comes out as HTML was made by the task type, or is escaped here; either way it has passed the allowlist.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from schemas.base import Json
from tasks import AnyTaskType, _markup, is_current, task_types
from tasks.base import Answers

SHOWN = ("html", "name")
"""What is to be read of an entry of a page; its choices are not shown again."""


@dataclass(frozen=True)
class Case:
    """One task: its page, as one saw it, and where its labels come from."""

    task_type: str
    version: int
    payload: str
    """The item, as JSON."""
    swapped: bool = False
    """Whether left and right were swapped for who looks at it."""

    def parts(self) -> tuple[tuple[str, str], ...]:
        """The page from top to bottom, each part with its name, as HTML; none where the question has changed since."""
        return _parts(self)

    def says(self, label: str) -> str:
        """What a label, as JSON, says, in one line; empty where the question has changed since."""
        return _says(self, label)


@lru_cache(maxsize=256)
def _parts(case: Case) -> tuple[tuple[str, str], ...]:
    if not is_current(case.task_type, case.version):
        return ()
    task_type = task_types()[case.task_type]
    try:
        data = task_type.data(task_type.item.model_validate_json(case.payload))
    except (
        ValueError,
        TypeError,
        LookupError,
    ):  # a type of the project's own may fail in any way; so has its page
        return ()
    shown = _mirrored(task_type, data) if case.swapped else data
    parts = ((name.replace("_", " "), "".join(map(_html, _texts(value)))) for name, value in shown.items())
    return tuple((name, html) for name, html in parts if html)


def _says(case: Case, label: str) -> str:
    if not is_current(case.task_type, case.version):
        return ""
    task_type = task_types()[case.task_type]
    try:
        said = task_type.label.model_validate_json(label)
        return task_type.summary(_as_seen(task_type, case, said) if case.swapped else said)
    except (ValueError, TypeError, LookupError):
        return ""


def _mirrored(task_type: AnyTaskType, data: Mapping[str, Json]) -> Mapping[str, Json]:
    return task_type.mirrored_data(data) or data


def _as_seen(task_type: AnyTaskType, case: Case, label: Any) -> Any:  # noqa: ANN401 - the type's own label
    """A label in the words of somebody for whom left and right were swapped."""
    mirrored = task_type.mirrored_result(task_type.result(label))
    if mirrored is None:
        return label
    return task_type.parse(task_type.item.model_validate_json(case.payload), Answers(mirrored))


def _texts(value: object) -> Iterator[str]:
    """What one variable of a page says: a text, or of the entries of a list what stands in `SHOWN`."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for one in value:
            yield from _texts(one)
    elif isinstance(value, Mapping):
        yield from (said for name, said in value.items() if name in SHOWN and isinstance(said, str))


def _html(text: str) -> str:
    """HTML of a task type's own as it is, and a plain text escaped; an empty element is nothing to see."""
    html = text if _markup.sanitised(text) == text else _markup.plain(text)
    return html if _has_words(html) else ""


def _has_words(html: str) -> bool:
    inside = False
    for char in html:
        if char == "<":
            inside = True
        elif char == ">":
            inside = False
        elif not inside and not char.isspace():
            return True
    return False
