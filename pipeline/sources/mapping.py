"""From a row's columns to a record, or the reason why not in one line."""

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from pipeline.sources.base import AnyRow, BadRow, SourceRow
from pipeline.sources.candidates import candidate_of, candidates_of, loses
from pipeline.sources.plain import NotPlain, plain
from schemas.base import Frozen, Json
from schemas.errors import ProjectError
from schemas.nearest import nearest
from schemas.project import SourceConfig
from schemas.records import Issue, Record, Reference, Source, Tests

FIELDS = tuple(name for name in Record.model_fields if name not in ("source", "extra"))
"""The record's fields that a column can fill."""

_INNER: dict[str, type[Frozen]] = {"reference": Reference, "tests": Tests, "issue": Issue}
_ALONE = {"reference": "answer", "tests": "code"}
"""What a text means that stands where an object should."""
_DEFAULTS = ("domain", "language", "license", "programming_language", "topic")
_TEXTS = {"domain", "language", "license", "programming_language", "topic", "translation_of", "draft"}
"""Here a number is taken as text, and a blank text as unset."""
_STRUCTURED = {*_INNER, "rubric"}
_ABSENT = object()


class ColumnMapping:
    """One source's way from columns to fields; raises ProjectError where it names a field that records lack."""

    def __init__(self, source: SourceConfig) -> None:
        self._source = source
        for field in source.columns:
            _must_exist(field)
        self._mapped = {field.split(".")[0] for field in source.columns}
        self._taken = {
            column
            for given in source.columns.values()
            for column in ([given] if isinstance(given, str) else given)
        }
        self._taken |= {column.removesuffix("?") for column in self._taken}

    def check(self, head: Iterable[AnyRow]) -> None:
        """Raises ProjectError where `columns` names one that no row of a source's beginning has."""
        rows = [row.values for row in head if isinstance(row, SourceRow)]
        known = sorted({column for values in rows for column in values})
        for field, given in self._source.columns.items():
            for column in [given] if isinstance(given, str) else given:
                if (
                    rows
                    and column
                    and not column.endswith("?")
                    and not any(_has(values, column) for values in rows)
                ):
                    hint = nearest(column, known, f"write {column + '?'!r} if it may be missing")
                    found = ", ".join(map(repr, known))
                    raise ProjectError(
                        f"columns.{field}: a column {column!r} was expected, found {found}; {hint}"
                    )

    def record(self, row: SourceRow) -> Record | BadRow:
        """The record of a row, or why it makes none."""
        try:
            return Record.model_validate(self._fields(row))
        except NotPlain as error:
            return BadRow(row.row, str(error), row.dataset)
        except ValidationError as error:
            return BadRow(row.row, _fault(error.errors(include_url=False), row), row.dataset)

    def _fields(self, row: SourceRow) -> dict[str, Any]:
        fields: dict[str, Any] = {}
        extra: dict[str, Json] = {}
        for column, value in row.values.items():
            if column not in self._taken:
                self._take(fields, extra, column, plain(value, str(plain(column, "column"))))
        for field, given in self._source.columns.items():
            self._from_columns(row, field, given, fields, extra)
        for name in _DEFAULTS:
            if fields.get(name) is None:
                fields[name] = getattr(self._source, name)
        fields.setdefault("source", self._source_of(row))
        fields["extra"] = extra
        return fields

    def _take(self, fields: dict[str, Any], extra: dict[str, Json], column: str, value: Json) -> None:
        """A column that nobody mapped: a field where it is called like one, one more thing to keep otherwise."""
        if column == "source" and isinstance(value, Mapping):
            fields[column] = value
        elif column == "extra" and isinstance(value, Mapping):
            extra.update(value)
        elif column in FIELDS and column not in self._mapped:
            self._put(fields, extra, column, value, column)
        else:
            extra[column] = value

    def _from_columns(
        self,
        row: SourceRow,
        field: str,
        given: str | list[str],
        fields: dict[str, Any],
        extra: dict[str, Json],
    ) -> None:
        if isinstance(given, str):
            value = _find(row.values, given)
            if value is not _ABSENT:
                self._put(fields, extra, field, plain(value, given), given)
            return
        if field != "candidates":
            raise NotPlain(f"columns.{field}: should name one column, names {len(given)}")
        fields[field] = []
        for column in given:
            found = _find(row.values, column)
            value = None if found is _ABSENT else plain(found, column)
            fields[field] += candidate_of(value, column, typed=row.typed)
            if isinstance(value, dict) and loses(value):
                extra[column] = value

    def _put(
        self, fields: dict[str, Any], extra: dict[str, Json], field: str, value: Json, column: str
    ) -> None:
        """Set one field, and keep in `extra` what its shape has no place for."""
        if value is None or (value == "" and field != "prompt"):
            return
        outer, _, inner = field.partition(".")
        if inner:
            fields.setdefault(outer, {})[inner] = _inner_value(inner, value)
        elif field == "candidates":
            fields[field] = candidates_of(value)
            if loses(value):
                extra[column] = value
        elif field in _STRUCTURED:
            fields[field] = known = _structured(field, value)
            if isinstance(value, Mapping) and set(value) - set(known):
                extra[column] = value
        else:
            fields[field] = _as_text(value) if field in _TEXTS else value
        if field == "language" and isinstance(value, str):
            fields[field] = value.strip().replace("_", "-")

    def _source_of(self, row: SourceRow) -> Source:
        source = self._source
        revision = source.revision or row.revision
        return Source(
            dataset=row.dataset, config=source.config, split=source.split, revision=revision, row=row.row
        )


def _must_exist(field: str) -> None:
    outer, _, inner = field.partition(".")
    known = [*FIELDS, *(f"{name}.{one}" for name, model in _INNER.items() for one in model.model_fields)]
    if field in known and (not inner or outer in _INNER):
        return
    raise ProjectError(f"columns: no field of a record is called {field!r}; {nearest(field, known)}")


def _find(values: Mapping[str, Any], column: str) -> Any:  # noqa: ANN401 - any value, or _ABSENT
    """A column's value; dots lead into objects, and numbers into lists, from the end where negative."""
    if column in values:
        return values[column]
    if column.endswith("?"):
        return _find(values, column[:-1])
    value: Any = values
    for part in column.split("."):
        if isinstance(value, Mapping) and part in value:
            value = value[part]
        elif isinstance(value, list) and part.lstrip("-").isdigit() and -len(value) <= int(part) < len(value):
            value = value[int(part)]
        else:
            return _ABSENT
    return value


def _has(values: Mapping[str, Any], column: str) -> bool:
    """Whether a row has a column, or the one that a dotted path starts from."""
    return column in values or column.split(".", maxsplit=1)[0] in values


def _structured(field: str, value: Json) -> Any:  # noqa: ANN401 - what the record's own validation takes or refuses
    if isinstance(value, str):
        value = _read_json(value)
    if field in _ALONE and isinstance(value, str | int | float):
        value = {_ALONE[field]: value}
    if field not in _INNER or not isinstance(value, Mapping):
        return value
    known = _INNER[field].model_fields
    return {key: _inner_value(key, inner) for key, inner in value.items() if key in known}


def _inner_value(inner: str, value: Json) -> Json:
    if inner == "cases":
        return _read_json(value) if isinstance(value, str) else value
    return _as_text(value)


def _read_json(text: str) -> Json:
    """The list or object that a text holds; the text itself where it holds none."""
    if not text.lstrip().startswith(("[", "{")):
        return text
    try:
        return plain(json.loads(text), "JSON")
    except (ValueError, RecursionError):
        return text


def _as_text(value: Json) -> Json:
    return json.dumps(value) if isinstance(value, bool | int | float) else value


def _fault(errors: list[ErrorDetails], row: SourceRow) -> str:
    """The first thing that is wrong; of a union's branches the one that came farthest."""
    first = errors[0]["loc"][0]
    chosen = min(
        (error for error in errors if error["loc"][0] == first),
        key=lambda error: error["type"] in ("string_type", "tuple_type", "float_type"),
    )
    where = ".".join(str(part) for part in chosen["loc"] if not _is_branch(part))
    if chosen["type"] == "missing" and where == "prompt":
        return f"prompt: a column was expected for it, found {', '.join(map(repr, row.values)) or 'none'}"
    if where == "domain" and chosen["input"] is None:
        return "domain: should be 'reasoning' or 'coding', is missing"
    return f"{where}: {_expected(where, chosen)}"


def _is_branch(part: int | str) -> bool:
    return isinstance(part, str) and ("[" in part or part in ("str", "float"))


def _expected(where: str, error: ErrorDetails) -> str:
    found = f"is {error['input']!r:.60}"
    if error["type"] == "value_error":
        return error["msg"].removeprefix("Value error, ")
    if error["type"] == "missing":
        return "must be given, is missing"
    if where == "language":
        return f"should be a BCP 47 tag such as en, zh or pt-BR, {found}"
    expected = error["msg"].replace("Input should be", "should be").replace("a valid string", "text")
    expected = re.sub(r"a valid dictionary( or instance of \w+)?", "an object", expected)
    return f"{expected.replace('valid tuple', 'list')}, {found}"
