"""A labels table read from Parquet or CSV, as numbers.

Its columns are `item, annotator, label [, ts, gold, dimension, model]`; others are passed over.
"""

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet

from pipeline.analysis.findings import Findings
from pipeline.quality.choosing import Kind
from pipeline.quality.coded import Coded, Places, last_of_each
from schemas.errors import SourceError, UsageError
from schemas.nearest import nearest

NEEDED = ("item", "annotator", "label")
OPTIONAL = ("ts", "gold", "dimension", "model")
MOST_LABELS = 500
"""So many different labels a dimension may have; numbers on an interval may be any."""
CELLS = 200_000_000
"""A model's figures, people by labels by labels or items by labels, may be at most so many."""


@dataclass(frozen=True)
class Labeled:
    """One dimension's votes, at most one of a person on an item, with what is known of the items."""

    dimension: str
    votes: Coded
    known: Places
    """The known label of each item, UNKNOWN where there is none."""
    model: Places
    """A hidden model's label of each item."""
    turn: Places
    """Of each vote, how many came before it on its item: by `ts`, else by the order of rows."""


def read_labels(path: Path, gold: Path | None, kind: Kind, findings: Findings) -> list[Labeled]:
    """The dimensions of a table, by name; SourceError where it cannot be read, or lacks a column."""
    table = _complete(_read(path), path, findings)
    answers = _answers(gold, table, findings)
    if "dimension" not in table.column_names:
        return [_labeled("", table, answers, kind, findings)]
    names = sorted(name for name in pc.unique(table["dimension"]).to_pylist() if name is not None)
    return [
        _labeled(name, table.filter(pc.equal(table["dimension"], name)), answers, kind, findings)
        for name in names
    ]


def _read(path: Path) -> pa.Table:
    try:
        if path.suffix.lower() == ".parquet":
            return pa.parquet.read_table(path)
        if path.suffix.lower() == ".csv":
            with path.open(encoding="utf-8-sig", newline="") as file:
                texts = {name: pa.string() for name in next(csv.reader(file), [])}
            options = pa.csv.ConvertOptions(column_types=texts, strings_can_be_null=True, null_values=[""])
            return pa.csv.read_csv(path, convert_options=options)
    except FileNotFoundError:
        raise SourceError(f"{path}: a file was expected, there is none; check the name") from None
    except (OSError, UnicodeDecodeError, pa.ArrowException) as error:
        said = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise SourceError(f"{path}: a labels table was expected, found {said:.120}; write it anew") from None
    raise UsageError(f"{path}: a name in .parquet or .csv was expected; convert the file to one of these")


def _complete(table: pa.Table, path: Path, findings: Findings) -> pa.Table:
    missing = [name for name in NEEDED if name not in table.column_names]
    if missing:
        found = ", ".join(map(repr, table.column_names))
        near = nearest(missing[0], table.column_names)
        raise SourceError(
            f"{path}: a column {missing[0]!r} was expected, found {found:.200}; rename one ({near})"
        )
    names = [name for name in (*NEEDED, *OPTIONAL) if name in table.column_names]
    columns = {name: table[name] if name == "ts" else _text(table[name]) for name in names}
    table = pa.table(columns)
    whole = pc.and_(pc.and_(*(pc.is_valid(table[name]) for name in NEEDED[:2])), pc.is_valid(table["label"]))
    kept = table.filter(whole)
    findings.add("row without item, annotator or label: left out", path.name, table.num_rows - kept.num_rows)
    if not kept.num_rows:
        raise SourceError(f"{path}: labels were expected, there are none; check the export it was made of")
    return kept.take(pc.sort_indices(_moments(kept["ts"]))) if "ts" in names else kept


def _moments(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Times in an order that sorts; what has none comes first."""
    if pa.types.is_string(column.type):
        return pc.fill_null(column, "")
    return pc.fill_null(column.cast(pa.int64()) if pa.types.is_timestamp(column.type) else column, 0)


def _text(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """A column as text; whole numbers without the `.0` that a float column gives them."""
    if pa.types.is_floating(column.type) and pc.all(pc.equal(column, pc.floor(column)), min_count=0).as_py():
        column = column.cast(pa.int64())
    return (column.dictionary_decode() if pa.types.is_dictionary(column.type) else column).cast(pa.string())


def _answers(gold: Path | None, table: pa.Table, findings: Findings) -> dict[str, dict[str, str]]:
    """Known labels by dimension ("" for all) and item."""
    if gold is not None:
        given = _read(gold)
        name = "gold" if "gold" in given.column_names else "label"
        lacking = [one for one in ("item", name) if one not in given.column_names]
        if lacking:
            raise SourceError(
                f"{gold}: columns 'item' and 'label' were expected, found {given.column_names}; rename them"
            )
    elif "gold" in table.column_names:
        given, name = table, "gold"
    else:
        return {}
    given = given.filter(pc.and_(pc.is_valid(given[name]), pc.is_valid(given["item"])))
    dimensions = (
        given["dimension"].to_pylist() if "dimension" in given.column_names else [""] * given.num_rows
    )
    said = zip(_text(given["item"]).to_pylist(), _text(given[name]).to_pylist(), dimensions, strict=True)
    return _one_each(dict.fromkeys(said), findings)


def _one_each(said: Iterable[tuple[str, str, str]], findings: Findings) -> dict[str, dict[str, str]]:
    answers: dict[str, dict[str, str]] = {}
    twice: set[tuple[str, str]] = set()
    for item, label, dimension in said:
        if answers.setdefault(dimension, {}).setdefault(item, label) != label:
            findings.add("gold that says two things of an item: not used", f"item {item!r:.60}")
            twice.add((dimension, item))
    for dimension, item in twice:
        del answers[dimension][item]
    return answers


def _labeled(
    name: str, table: pa.Table, answers: dict[str, dict[str, str]], kind: Kind, findings: Findings
) -> Labeled:
    gold = {**answers.get("", {}), **answers.get(name, {})}
    items, item = _codes(table["item"], ())
    annotators, annotator = _codes(table["annotator"], ())
    labels, label = _codes(table["label"], gold.values())
    _check(labels, len(items), len(annotators), kind, name)
    order = _scale(labels) if kind != "nominal" else np.arange(len(labels))
    place = np.argsort(order)
    labels, label = [labels[at] for at in order], place[label]
    kept = last_of_each(item, annotator)
    findings.add(
        "answered again by the same person: the last answer counts", name or "label", len(item) - len(kept)
    )
    votes = Coded(items, annotators, labels, item[kept], annotator[kept], label[kept])
    model = _of_items(table["item"], table["model"]) if "model" in table.column_names else ()
    return Labeled(name, votes, votes.known(gold.items()), votes.known(model), _turns(votes.item))


def _codes(column: pa.ChunkedArray, more: Iterable[str]) -> tuple[list[str], Places]:
    """The names of a column, sorted, with some more, and the place of each row's."""
    encoded = column.combine_chunks().dictionary_encode()
    found = encoded.dictionary.to_pylist()
    names = sorted({*found, *more})
    places = {name: at for at, name in enumerate(names)}
    mapped = np.array([places[name] for name in found], dtype=np.intp)
    return names, mapped[encoded.indices.to_numpy(zero_copy_only=False)]


def _check(labels: list[str], items: int, people: int, kind: Kind, name: str) -> None:
    numbers = all(_is_number(label) for label in labels)
    what = f"labels of {name!r:.40}" if name else "labels"
    if kind == "interval":
        if not numbers:
            odd = next(label for label in labels if not _is_number(label))
            raise UsageError(
                f"{what}: numbers were expected with --kind interval, found {odd!r:.40}; say another kind"
            )
        return
    most = max(items * len(labels), people * len(labels) ** 2)
    if len(labels) > MOST_LABELS or most > CELLS:
        raise UsageError(
            f"{what}: at most {MOST_LABELS} different ones were expected, found {len(labels):,}; "
            "say --kind interval for numbers, or group them"
        )


def _scale(labels: list[str]) -> Places:
    """The order of labels on their scale: numbers by their size, words by the alphabet."""
    if all(_is_number(label) for label in labels):
        return np.array(sorted(range(len(labels)), key=lambda at: float(labels[at])), dtype=np.intp)
    return np.arange(len(labels))


def _is_number(label: str) -> bool:
    try:
        return bool(np.isfinite(float(label)))
    except ValueError:
        return False


def _of_items(items: Any, said: Any) -> Iterable[tuple[str, str]]:  # noqa: ANN401 - Arrow's columns
    pairs = dict(zip(items.to_pylist(), said.to_pylist(), strict=True))
    return ((item, label) for item, label in pairs.items() if label is not None)


def _turns(item: Places) -> Places:
    """How many votes on the same item stand before each."""
    order = np.argsort(item, kind="stable")
    heads = np.bincount(item)
    starts = np.cumsum(heads) - heads
    turn = np.empty(len(item), dtype=np.intp)
    turn[order] = np.arange(len(item)) - starts[item[order]]
    return turn
