"""The keys of a task type's page, as its config and its data give them, and docs/keys.md that is made of them."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree as ET

from schemas.records import Record
from tasks import AnyTaskType, _escape, task_types
from tasks._adjudication import SEND_BACK_KEY
from tasks._style import NO_KEY
from tasks.base import NoItem
from tests.tasks.test_every_task_type import unrolled

OF_LABEL_STUDIO = {
    "ctrl+enter": "submit",
    "ctrl+z": "undo",
    "ctrl+shift+z": "redo",
    "u": "leave the marked span",
    "escape": "leave the marked span",
    "enter": "go to the marked span",
    "backspace": "delete the marked span",
    "delete": "delete the marked span",
    "ctrl+backspace": "delete all marked spans",
    "ctrl+d": "double the marked span",
    "ctrl+h": "hide all marked spans",
    "alt+h": "hide the marked span",
    "alt+l": "lock the marked span",
    "alt+m": "a note on the marked span",
    "alt+r": "relate the marked span to another",
    "alt+.": "the next marked span",
    "shift+up": "the task before, in the list of tasks",
    "shift+down": "the next task, in the list of tasks",
    "shift+left": "close the task, in the list of tasks",
    "shift+right": "open the task, in the list of tasks",
}
"""Keys that the editor has for itself on a page of text."""

FULL = {
    "prompt": "What?",
    "candidates": [{"text": "answer", "steps": [f"Step {at}." for at in range(1, 33)]}]
    + [{"text": f"answer {at}"} for at in range(2, 7)],
    "reference": {"answer": "1", "solution": "One."},
    "tests": {
        "code": "assert f(1) == 1",
        "entry_point": "f",
        "cases": [{"input": [at], "output": at} for at in range(32)],
    },
    "issue": {"repo": "a/b", "patch": "+1", "test_patch": "+2"},
    "rubric": [{"criterion": f"Criterion {at}", "points": 3} for at in range(1, 9)],
    "translation_of": "Was?",
    "draft": "What",
}
"""A record of which every task type can make its largest page."""


INTRODUCTION = """\
Every verdict has a key, up to about thirty of them on a page; what is beyond is clicked. The same key once more takes a
choice back. Keys do nothing while the cursor stands in a text box: a click beside it leaves it.

Letters are those that the keyboard types, wherever they lie; digits are those of the row above the letters, without
shift on a French keyboard too."""


OPTIONS: Mapping[str, tuple[dict[str, Any], ...]] = {
    "preference_pair": ({}, {"aspects": ["Right", "Clear", "Short"]}),
    "rubric_grade": ({}, {"scale": "1-5"}),
}
"""Options with which a page has other keys; the last ones are those that docs/keys.md shows."""


@dataclass(frozen=True)
class Key:
    """A key of a page, and what it does."""

    keys: tuple[str, ...]
    """None where it is done by a click alone."""
    control: str
    says: str
    """What an annotation then holds."""
    words: str
    """What the page shows."""


def pages_of(task_type: AnyTaskType) -> list[list[Key]]:
    """The keys of a full page, with each of the options."""
    return [list(keys_of(*page_of(task_type, options))) for options in OPTIONS.get(task_type.name, ({},))]


def page_of(task_type: AnyTaskType, options: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """The config of a full page, written out, and what fills it."""
    for domain in ("reasoning", "coding"):
        try:
            items = list(task_type.items(Record.model_validate({**FULL, "domain": domain}), options))
        except NoItem:
            continue
        pages = [unrolled(task_type.config(), task_type.data(item)) for item in items]
        return max(pages, key=lambda page: len(list(keys_of(*page))))
    raise AssertionError(f"{task_type.name}: makes nothing of a full record")


def keys_of(config: str, data: Mapping[str, Any]) -> Iterator[Key]:
    """Every control's choices with their keys, in the order of the page."""
    for control in ET.fromstring(config).iter():  # noqa: S314 - our own config
        name = control.get("name", "")
        if name and control.get("hotkey"):
            yield _key(control.attrib, name)
        for one in control:
            if one.tag in ("Choice", "Label"):
                yield _key(one.attrib, name)
        filled = data.get(control.get("value", "").removeprefix("$")) if control.tag == "Choices" else None
        yield from (_key(one, name) for one in filled or ())


def _key(one: Mapping[str, str], control: str) -> Key:
    hotkey = one.get("hotkey", "")
    keys = tuple(key for key in hotkey.split(",") if key and key != NO_KEY)
    says = one.get("alias", one.get("value", ""))
    return Key(keys, control, says, one.get("value", "").lstrip("$"))


def keys_page() -> str:
    """docs/keys.md, from the code."""
    parts = [
        "# Keys",
        "<!-- Written by HEADRACE_UPDATE_DOCS=1 pytest tests/tasks/test_keys.py -->",
        INTRODUCTION,
        "## On every page",
        _table([*((key, words) for key, words in _everywhere())]),
        "Label Studio's own, so far as a page of text has them:",
        _table(OF_LABEL_STUDIO.items()),
    ]
    for name, task_type in task_types().items():
        escapes = set(_escape.KEYS.values())
        rows = [row for row in _rows(pages_of(task_type)[-1]) if row[0] not in escapes]
        parts += [f"## {name}", _table(rows)]
    return "\n\n".join(parts) + "\n"


def _everywhere() -> Iterator[tuple[str, str]]:
    words = {kind: kind.replace("_", " ") for kind in _escape.KEYS}
    words["pass"] = "pass, with a reason"
    yield from ((key, words[kind]) for kind, key in _escape.KEYS.items())
    yield SEND_BACK_KEY, "send back, with a reason (adjudication alone)"


def _rows(keys: Iterable[Key]) -> Iterator[tuple[str, str]]:
    """A line for each key, or for many that say the same of one thing after the other."""
    grouped: dict[tuple[str, str], list[Key]] = {}
    for key in keys:
        family = re.sub(r"_(\d+|[a-z])$", "", key.control)
        one_of_many = family == key.control and key.says.isdigit()
        says = re.sub(r"\d+", "#", key.words) if one_of_many else key.says
        grouped.setdefault((family, says), []).append(key)
    for (family, _), found in grouped.items():
        pressed = [one for one in found if one.keys]
        if not pressed:
            continue
        shown = " ".join(key for one in pressed for key in one.keys)
        called = family.replace("_", " ")
        if len(found) == 1:
            yield shown, pressed[0].words or pressed[0].says
        else:
            words = {one.words for one in found if one.words}
            what = f": {words.pop()}" if len(words) == 1 else ""
            yield shown, f"{called} 1 to {len(pressed)}{what}"


def _table(rows: Iterable[tuple[str, str]]) -> str:
    lines = [f"| {' '.join(f'`{key}`' for key in keys.split(' '))} | {words} |" for keys, words in rows]
    return "\n".join(["| key | does |", "|---|---|", *lines])
