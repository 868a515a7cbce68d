"""What a row of plain texts is, as a schema of pydantic's core: which column is which field, and nothing but text."""

from collections.abc import Mapping

from pydantic_core import CoreSchema, core_schema

from schemas.project import SourceConfig

WORDS = ("domain", "language", "programming_language", "topic", "difficulty", "license")
INNER = {"reference": ("answer", "solution"), "tests": ("entry_point", "code")}
"""Their texts, in the order that a record writes them."""
_TEXT = core_schema.str_schema(strict=True)
_MAYBE = core_schema.nullable_schema(_TEXT)


def _object(fields: Mapping[str, CoreSchema], *, needed: str = "") -> CoreSchema:
    """An object of these and nothing else; `needed` must be there."""
    return core_schema.typed_dict_schema(
        {name: core_schema.typed_dict_field(kind, required=name == needed) for name, kind in fields.items()},
        extra_behavior="forbid",
    )


_CANDIDATE = {"id": _MAYBE, "model": _MAYBE, "text": _TEXT, "steps": core_schema.list_schema(_TEXT)}
"""In the order that a record writes them."""
_FIELDS: dict[str, CoreSchema] = {
    **dict.fromkeys(("prompt", *WORDS), _MAYBE),
    **{
        name: core_schema.nullable_schema(_object(dict.fromkeys(inner, _MAYBE)))
        for name, inner in INNER.items()
    },
    "candidates": core_schema.nullable_schema(core_schema.list_schema(_object(_CANDIDATE, needed="text"))),
}


def columns_of(source: SourceConfig) -> dict[str, str] | None:
    """Field = column, for all fields that plain rows may have; None where only the long way knows what is meant.

    Inner fields are called as in project.toml, `reference.answer`; candidates with columns of their own `candidates.0`.
    """
    mapped = {field.split(".")[0] for field in source.columns}
    found = {name: name for name in _FIELDS if name not in mapped}
    for field, given in source.columns.items():
        if field == "candidates" and isinstance(given, list):
            found |= {f"candidates.{number}": column for number, column in enumerate(given)}
        elif isinstance(given, str) and _is_known(field):
            found[field] = given
        else:
            return None
    columns = found.values()
    plain = all(column and "." not in column and column[-1] != "?" for column in columns)
    return found if plain and len(set(columns)) == len(found) else None


def _is_known(field: str) -> bool:
    outer, _, inner = field.partition(".")
    return inner in INNER.get(outer, ()) if inner else field in _FIELDS


def schema_of(columns: dict[str, str]) -> CoreSchema:
    """What reads a row into its fields; other columns are handed over beside them."""
    fields = {
        field: core_schema.model_field(
            core_schema.with_default_schema(_FIELDS.get(field, _MAYBE), default=None), validation_alias=column
        )
        for field, column in columns.items()
    }
    return core_schema.model_fields_schema(fields, extra_behavior="allow")
