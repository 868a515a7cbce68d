"""The reference describes all that exists, and nothing else: keys, readers, task types, formats, states, events."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

import tasks
from pipeline.cells import FACETS
from pipeline.report.words import STATES
from pipeline.screening import names as screen_names
from pipeline.sources import names as reader_names
from pipeline.store.views import VIEWS
from schemas import rows
from schemas.facts import RecordFact
from schemas.project import Project

ROOT = Path(__file__).parents[1]
REFERENCE = ROOT / "docs" / "reference"

pytestmark = pytest.mark.skipif(
    not (ROOT / "pyproject.toml").is_file(), reason="an installed wheel comes without the documentation"
)


def _text(name: str) -> str:
    return (REFERENCE / name).read_text(encoding="utf-8")


def _first_cells(text: str) -> list[str]:
    """The code in the first cells of a page's tables, row by row."""
    cells = re.findall(r"^\| ([^|]*) \|", text, flags=re.MULTILINE)
    return [word for cell in cells for word in re.findall(r"`([^`]+)`", cell)]


def _section(text: str, title: str) -> str:
    found = re.search(rf"^## {re.escape(title)}\n(.*?)(?=^## |\Z)", text, flags=re.DOTALL | re.MULTILINE)
    assert found is not None, title
    return found[1]


# project.toml


def _keys(model: type[BaseModel], prefix: str = "") -> Iterator[str]:
    """Every key of project.toml, dotted; keys that are names of the project's own are left out."""
    for name, field in model.model_fields.items():
        key = f"{prefix}{field.alias or name}"
        yield key
        inner = None if key == "screens" else _model_in(field.annotation)
        if inner is not None:
            yield from _keys(inner, f"{key}.")


def _model_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for part in getattr(annotation, "__args__", ()) if (found := _model_in(part))), None)


def test_every_key_of_a_project_is_described_and_no_other() -> None:
    described = _first_cells(_text("project.md").split("## Conditions")[0])
    assert len(described) == len(set(described))
    assert set(described) == set(_keys(Project))


def test_every_key_says_whether_it_is_in_force() -> None:
    rows_of_keys = re.findall(r"^\| `[^|]*\|.*\| ([^|]+) \|$", _text("project.md"), flags=re.MULTILINE)
    assert len(rows_of_keys) == len(list(_keys(Project)))
    assert set(rows_of_keys) <= {"yes", "not yet", "refuses"}


def test_screens_facets_and_columns_of_conditions_are_named() -> None:
    page = _text("project.md")
    for name in screen_names():
        assert f"`{name}`" in page
    facet = next(line for line in page.splitlines() if line.startswith("| `tasks.facet`"))
    assert set(FACETS) <= set(re.findall(r"`(\w+)`", facet))
    named = set(re.findall(r"`(\w+)`", _section(page, "Conditions")))
    assert set(RecordFact.model_fields) - {"payload", "ingested_at"} <= named


# What people work on, and what comes of it


def test_every_reader_is_on_the_page_of_sources() -> None:
    assert set(re.findall(r"^\*\*(\w+)\*\*", _text("sources.md"), flags=re.MULTILINE)) == set(reader_names())


@pytest.mark.parametrize("name", tasks.names())
def test_every_task_type_is_described(name: str) -> None:
    task_type, page = tasks.task_types()[name], _section(_text("task-types.md"), name)
    for field in task_type.label.model_fields:
        assert f"`{field}`" in page, field
    for option, default in task_type.options().model_dump(mode="json").items():
        assert re.search(
            rf"^\| `{option}` \|.*\| `{re.escape(json.dumps(default))}` \|$", page, flags=re.MULTILINE
        ), option
    assert f"| {task_type.agreed} |" in _text("task-types.md")
    assert task_type.version == 1 or f"version {task_type.version}" in page.lower()


@pytest.mark.parametrize("name", tasks.names())
def test_every_key_that_is_described_is_in_the_interface(name: str) -> None:
    """What each does, and that none is missing, is said by keys.md, which is made from the code."""
    from tests.tasks.keying import OF_LABEL_STUDIO, pages_of  # beside a wheel, this file alone is skipped

    page = _section(_text("task-types.md"), name)
    tables = re.findall(r"^\| keys? \|[^\n]*\n\|---\|---\|\n((?:\|.*\n)+)", page, flags=re.MULTILINE)
    cells = " ".join(re.findall(r"^\| ([^|]*) \|", "".join(tables), flags=re.MULTILINE))
    described = set(" ".join(re.findall(r"`([^`]+)`", cells)).split())
    keys = {key for of_page in pages_of(tasks.task_types()[name]) for one in of_page for key in one.keys}
    assert described <= keys | set(OF_LABEL_STUDIO)


def test_every_row_is_described() -> None:
    page = _text("formats.md")
    kinds = [kind for kind in vars(rows).values() if isinstance(kind, type) and issubclass(kind, rows.Row)]
    for kind in kinds:
        part = page.split(f"(`{kind.__name__}`)")[-1].split("\n**")[0] if kind is not rows.Row else page
        for column in set(kind.model_fields) - (set() if kind is rows.Row else set(rows.Row.model_fields)):
            assert f"`{'row_id' if column == 'id' else column}`" in part, f"{kind.__name__}.{column}"
    made = {kind for one in tasks.task_types().values() for kind in (one.row, *one.also)} | {rows.PassedRow}
    assert {kind.__name__ for kind in made} == set(re.findall(r"\(`(\w+Row)`\)", page))


def test_every_state_is_described() -> None:
    cells = _first_cells(_text("states.md"))
    of_tasks, of_records = cells[: len(STATES)], cells[len(STATES) :]
    assert of_tasks == [state.name for state in STATES]
    view = VIEWS.split("VIEW record_states")[1].split("CREATE")[0]
    said = set(re.findall(r"(?:THEN|ELSE|AS stage,|\]\),) '(\w+)'", view))
    assert set(of_records) == said


def test_every_event_is_described_and_those_that_are_known_are_marked() -> None:
    page = _text("events.md")
    view = VIEWS.split("VIEW events")[1].split("CREATE")[0]
    known = {
        name for pair in re.findall(r"(?:THEN|ELSE) '(\w+)'|'(\w+)' AS event", view) for name in pair if name
    }
    (of_people,) = re.findall(r"FROM door_events WHERE event IN \(([^)]*)\)", view)
    known |= set(re.findall(r"\w+", of_people))
    marked = re.findall(r"^\| `(\w+)` \|[^|]*\| (yes|no)", page, flags=re.MULTILINE)
    described = {name for name, is_known in marked if is_known == "yes"}
    assert known == described
    columns = _first_cells(page.split("| event |")[0])
    assert (
        columns
        == ["ts", "event", "task", "record", "actor", "cell", "attempt", "slot", "lead_seconds", "reason"][
            :10
        ]
    )
