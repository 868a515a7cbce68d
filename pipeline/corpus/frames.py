"""What rows of plain texts have in common that differ in their long texts only: cut out of what the long way makes."""

from collections.abc import Iterable
from typing import Any, NamedTuple

from pipeline.corpus.plain_rows import INNER, WORDS
from pipeline.corpus.rows import row_of
from pipeline.sources.base import BadRow, SourceRow
from pipeline.sources.mapping import ColumnMapping
from schemas.base import Frozen, canonical_json
from schemas.records import Candidate, Record, Reference, Source, Tests


class Shape(NamedTuple):
    """What a row has, but for its long texts."""

    words: tuple[str | None, ...]
    """Its WORDS."""
    candidates: tuple[tuple[str | None, str | None, bool], ...]
    """The id and the model of each, and whether it has steps."""
    reference: tuple[str, ...] | None
    """What it has; None where there is none."""
    tests: tuple[str, ...] | None
    dataset: str | None


class Frame(NamedTuple):
    """What such rows have in common; `%b` stands for each text in JSON."""

    values: tuple[Any, ...]
    """From a row's `domain` to its `dataset`."""
    content: bytes
    """What the id is made of: the candidates' steps and texts, the message, the reference, the tests by name."""
    payload: bytes
    """The prompt, the candidates, the reference, the tests, the row's number (`%d`), the other columns."""
    keys: int
    """How many keys the objects within a row have, where none is null."""


def frame(shape: Shape, mapping: ColumnMapping, columns: dict[str, str]) -> Frame | None:
    """The frame of a shape; None where the long way refuses its words."""
    words = {columns[field]: word for field, word in zip(WORDS, shape.words, strict=True)}
    record = mapping.record(SourceRow(0, {**words, columns["prompt"]: "?"}, shape.dataset))
    if isinstance(record, BadRow):
        return None
    keys = sum(1 + steps + sum(name is not None for name in names) for *names, steps in shape.candidates)
    keys += sum(f"{outer}.{name}" not in columns for outer in INNER for name in getattr(shape, outer) or ())
    values = tuple(row_of(record)[2:9])
    return Frame(values, _content(shape, record).encode(), _payload(shape, record).encode(), keys)


def _content(shape: Shape, record: Record) -> str:
    """As schemas.records has it: sorted keys, of the candidates only steps and texts, the prompt as a message."""
    said = ",".join('{"steps":%b,"text":%b}' if steps else '{"text":%b}' for *_, steps in shape.candidates)
    parts = {
        "candidates": f"[{said}]" if said else "",
        **{
            name: _text(canonical_json(word))
            for name in ("domain", "language", "programming_language")
            if (word := getattr(record, name)) is not None
        },
        "prompt": "%b",
        "reference": _object(sorted(shape.reference)) if shape.reference else "",
        "tests": _object(sorted(shape.tests)) if shape.tests else "",
    }
    return "{" + ",".join(f'"{name}":{parts[name]}' for name in sorted(parts) if parts[name]) + "}"


def _payload(shape: Shape, record: Record) -> str:
    """As pydantic writes a record, whose lists are empty where nothing is in them."""
    head = record.model_dump_json(exclude_none=True, include={"domain", "language"})
    tail = record.model_dump_json(exclude_none=True, include={*WORDS[2:], "source"})
    candidates = ",".join(_candidate(*one) for one in shape.candidates)
    return "".join(
        (
            '{"prompt":%b,',
            _text(head[1:-1]),
            f',"candidates":[{candidates}]',
            "" if shape.reference is None else f',"reference":{_object(shape.reference, _REFERENCE)}',
            "" if shape.tests is None else f',"tests":{_object(shape.tests, _TESTS)}',
            ",",
            _text(tail[1:].removesuffix("0}}")),
            "%d",
            _AFTER_ROW,
            "%b}",
        )
    )


def _candidate(identity: str | None, model: str | None, steps: bool) -> str:  # noqa: FBT001 - as it stands in the shape
    known = Candidate(id=identity, model=model, text="?").model_dump_json(
        exclude_none=True, include={"id", "model"}
    )
    about = f"{_text(known[1:-1])}," if len(known) > len("{}") else ""
    return (
        "{"
        + about
        + ('"text":%b,"steps":%b,' + _CANDIDATE_WITH_STEPS if steps else '"text":%b,' + _CANDIDATE)
        + "}"
    )


def _object(names: Iterable[str], rest: str = "") -> str:
    """An object of texts, and what else is in it."""
    return "{" + ",".join([*(f'"{name}":%b' for name in names), *filter(None, [rest])]) + "}"


def _text(text: str) -> str:
    """Text that stands for itself where others stand for something else."""
    return text.replace("%", "%%")


def _rest(empty: Frozen, filled: str = "") -> str:
    """What a record writes behind these fields where it has nothing else: its lists, empty."""
    return empty.model_dump_json(exclude_none=True)[1:-1].removeprefix(filled)


_REFERENCE, _TESTS = _rest(Reference()), _rest(Tests())
_CANDIDATE = _rest(Candidate(text="?"), '"text":"?",')
_CANDIDATE_WITH_STEPS = _rest(Candidate(text="?", steps=("?",)), '"text":"?","steps":["?"],')
_AFTER_ROW = (
    Record(prompt="?", domain="coding", source=Source(row=0))
    .model_dump_json(exclude_none=True)
    .split('"row":0')[1]
    .removesuffix("{}}")
)
