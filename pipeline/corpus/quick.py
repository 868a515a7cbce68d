"""The quick way to a row of a shard, for what is made of plain texts; byte for byte what the long way makes of it.

The long way (pipeline.sources.mapping, schemas.records) goes by Python's objects and takes whatever comes. Most rows
are texts in the places of texts: pydantic's core reads them from the bytes of a line, and the id and the payload are
put together from each text written as JSON once. What is not so plain is left to the long way: numbers in the place
of texts, messages, test cases, nested columns, faults of any kind.
"""

from collections.abc import Mapping
from hashlib import blake2b
from math import isfinite
from operator import itemgetter
from typing import Any, TypeAlias

from pydantic_core import SchemaValidator, ValidationError, to_json

from pipeline.corpus.frames import Frame, Shape, frame
from pipeline.corpus.plain_rows import INNER, WORDS, columns_of, schema_of
from pipeline.corpus.rows import Row
from pipeline.sources.base import Line, SourceRow
from pipeline.sources.mapping import ColumnMapping
from schemas.project import SourceConfig

_LONG = frozenset({"source", "extra", "issue", "rubric", "hidden_model_label", "translation_of", "draft"})
"""Columns that always go the long way."""
_SIMPLE = (str, bool, type(None))
_LARGEST = 2**63
_MOST = 1000
"""How many frames are kept."""

_About: TypeAlias = tuple[str | None, str | None, bool]
_words = itemgetter(*WORDS)


class _NotPlain(Exception):  # noqa: N818 - a turn of events, not an error
    pass


class Quick:
    """The quick way for the rows of one source; it takes none where the source's columns are beyond it."""

    def __init__(self, source: SourceConfig) -> None:
        self._columns = columns_of(source) or {}
        self._read = SchemaValidator(schema_of(self._columns)) if self._columns else None
        self._inner = {
            outer: [(name, f"{outer}.{name}") for name in names if f"{outer}.{name}" in self._columns]
            for outer, names in INNER.items()
        }
        self._own = [field for field in self._columns if field.startswith("candidates.")]
        self._mapping = ColumnMapping(source)
        self._frames: dict[tuple[Any, ...], Frame] = {}

    def of_line(self, line: Line) -> Row | None:
        """The row of a line of JSON; None where the long way must see to it."""
        if self._read is None:
            return None
        number, text, dataset = line
        try:
            fields, extra, given = self._read.validate_json(text)
            row, keys = self._made(fields, extra, number, dataset)
        except (ValidationError, _NotPlain):
            return None
        # a key that stands there twice was seen once: then there are more colons than keys, and than texts have
        colons = text.count(b":") - len(given)
        return row if colons == keys or _explained(colons, fields, extra, text) else None

    def of_row(self, row: SourceRow) -> Row | None:
        """The row of values that have types, likewise."""
        if self._read is None or not row.typed or row.revision is not None:
            return None
        try:
            fields, extra, _ = self._read.validate_python(row.values)
            return self._made(fields, extra, row.row, row.dataset)[0]
        except (ValidationError, _NotPlain):
            return None

    def _made(
        self, fields: dict[str, Any], extra: dict[str, Any] | None, number: int, dataset: str | None
    ) -> tuple[Row, int]:
        """The row, and how many keys its inner objects have where none is null."""
        text = fields["prompt"]
        if not text or text.isspace():
            raise _NotPlain
        texts, shown, about = self._candidates(fields)
        reference, right = self._object("reference", fields)
        tests, tested = self._object("tests", fields)
        shape = (_words(fields), tuple(about), reference, tests, dataset)
        found = self._frames.get(shape) or self._framed(shape)
        prompt = to_json(text)
        user = b'[{"content":%b,"role":"user"}]' % prompt
        content = found.content % (*texts, user, *right, *tested[::-1])
        more = _extra(extra) if extra else b"{}"
        payload = found.payload % (prompt, *shown, *right, *tested, number, more)
        record_id = blake2b(content, digest_size=16).hexdigest()
        prompt_id = blake2b(user, digest_size=16).hexdigest()
        # as Row(…), which takes longer than all of the above but the two hashes
        return tuple.__new__(Row, (record_id, prompt_id, *found.values, len(about), payload)), found.keys

    def _framed(self, shape: tuple[Any, ...]) -> Frame:
        if len(self._frames) >= _MOST:
            self._frames.clear()
        found = frame(Shape(*shape), self._mapping, self._columns)
        if found is None:
            raise _NotPlain
        self._frames[shape] = found
        return found

    def _candidates(self, fields: Mapping[str, Any]) -> tuple[list[bytes], list[bytes], list[_About]]:
        """What is said in the content, what is shown in the payload, and what the frame knows of each."""
        given = [{"text": fields[name]} for name in self._own if fields[name]] or fields.get("candidates")
        texts: list[bytes] = []
        if not given:
            return texts, texts, []
        shown, about = [], []
        for one in given:
            text = one["text"]
            if not text or text.isspace():
                raise _NotPlain
            shown.append(to_json(text))
            if "steps" in one:
                texts.append(to_json(one["steps"]))
                shown.append(texts[-1])
                texts.append(shown[-2])
            else:
                texts.append(shown[-1])
            about.append((one.get("id"), one.get("model"), "steps" in one))
        return texts, shown, about

    def _object(self, outer: str, fields: Mapping[str, Any]) -> tuple[tuple[str, ...] | None, list[bytes]]:
        """The reference or the tests: what it has, and that in JSON."""
        found = fields.get(outer)
        if found is None:
            names = self._inner[outer]
            if not names or not (found := {name: text for name, field in names if (text := fields[field])}):
                return None, []
        elif None in found.values():
            found = {name: text for name, text in found.items() if text is not None}
        return tuple(found), [to_json(text) for text in found.values()]


def _extra(extra: Mapping[str, Any]) -> bytes:
    """The columns that are no fields; raises _NotPlain where they are more than texts and numbers of ordinary size."""
    for name, value in extra.items():
        kind = type(value)
        if name in _LONG or not (
            kind in _SIMPLE
            or (kind is int and -_LARGEST < value < _LARGEST)
            or (kind is float and isfinite(value))
        ):
            raise _NotPlain
    return to_json(extra)


def _explained(colons: int, fields: Mapping[str, Any], extra: Mapping[str, Any] | None, line: bytes) -> bool:
    """Whether there are as many colons as keys and texts have, so that no key stands there twice."""
    found = sum(map(_colons, fields.values())) + (_colons(extra) - len(extra) if extra else 0)
    return found == colons and b"\\u003" not in line  # a colon written as \u003a would hide another one


def _colons(value: Any) -> int:  # noqa: ANN401 - any JSON
    if isinstance(value, str):
        return value.count(":")
    if isinstance(value, dict):
        return sum(1 + key.count(":") + _colons(one) for key, one in value.items())
    return sum(map(_colons, value)) if isinstance(value, list) else 0
