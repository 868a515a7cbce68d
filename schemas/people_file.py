"""people.csv: people beside those of project.toml, in a file that git does not keep."""

import csv
import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from schemas.errors import ProjectError, UsageError
from schemas.faults import lines_of
from schemas.nearest import nearest
from schemas.people import Person, twice

PEOPLE_FILE = "people.csv"
COLUMNS = ("name", "email", "team", "role", "cells", "weekly_hours", "zone", "from", "until", "away")
"""A key of [[people]] each; `hours` and `pay` are tables, and stand in project.toml only."""
LISTS = ("cells", "away")
"""Columns with several values, apart by spaces."""


def read_people(folder: Path) -> list[Person]:
    """The people of a folder's people.csv, none where there is no such file; ProjectError with one line a fault."""
    path = folder / PEOPLE_FILE
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            return list(_people(csv.DictReader(file, strict=True), path))
    except FileNotFoundError:
        return []
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise ProjectError(
            f"{path}: should be a CSV file in UTF-8, cannot be read ({error}); mend it, or check its rights"
        ) from None


def with_person(folder: Path, people: Sequence[Person], given: dict[str, Any]) -> list[Person]:
    """The people of people.csv and one more; UsageError where the values or the people there are forbid it."""
    try:
        person = Person.model_validate(given)
    except ValidationError as error:
        raise UsageError("\n".join(f"people: {line}" for line in lines_of(error, Person))) from None
    if fault := twice((*people, person)):
        raise UsageError(fault)
    return [*read_people(folder), person]


def write_people(folder: Path, people: Sequence[Person]) -> Path:
    """Write people.csv anew, all or nothing; only its owner may read it."""
    path = folder / PEOPLE_FILE
    draft = path.with_name(f"{PEOPLE_FILE}.part")
    draft.unlink(missing_ok=True)
    try:
        draft.touch(mode=0o600, exist_ok=False)  # with its rights before it holds anything
        with draft.open("w", encoding="utf-8", newline="") as file:
            rows = csv.DictWriter(file, COLUMNS, quoting=csv.QUOTE_ALL, lineterminator="\n")
            rows.writeheader()
            rows.writerows(map(_row, people))
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
    return path


def _people(reader: "csv.DictReader[str]", path: Path) -> Iterable[Person]:
    for column in reader.fieldnames or ():
        if column not in COLUMNS:
            raise ProjectError(f"{path}: no column is called {column!r} here; {nearest(column, COLUMNS)}")
    for row in reader:
        if None in row:
            raise ProjectError(
                f"{path}:{reader.line_num}: expected as many cells as the first row has, found more; mend it"
            )
        if not (values := _values(row)):
            continue  # a blank line of a spreadsheet's
        try:
            yield Person.model_validate(values)
        except ValidationError as error:
            lines = [f"{path}:{reader.line_num}: {line}" for line in lines_of(error, Person)]
            raise ProjectError("\n".join(lines)) from None


def _values(row: dict[str, str | None]) -> dict[str, Any]:
    return {name: value.split() if name in LISTS else value.strip() for name, value in row.items() if value}


def _row(person: Person) -> dict[str, str]:
    values = person.model_dump(mode="json", by_alias=True, exclude_none=True)
    return {name: _cell(values[name]) for name in COLUMNS if name in values}


def _cell(value: Any) -> str:  # noqa: ANN401 - a field as JSON
    return " ".join(value) if isinstance(value, list) else str(value)
