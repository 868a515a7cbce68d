"""Columns as JSON, a text a row: as whole columns, which is many times as fast as a row at a time."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from exports._lists import lengths, lists_of

PAIR = ("name", "value")
"""How a release writes down what is an object in JSON: a list of such pairs."""
CASE = ("input", "output")
"""The fields of a test case, which are JSON already."""
_SHORT = {8: "\\b", 9: "\\t", 10: "\\n", 12: "\\f", 13: "\\r", 34: '\\"', 92: "\\\\"}
_WHOLE = r"^-?\d+$"


def json_text(column: pa.Array) -> pa.Array:
    """Each value as JSON: UTF-8 as it stands, no spaces, keys in the columns' order; numbers that are none as null."""
    return pc.fill_null(_value(column), "null")


def json_lines(table: pa.Table) -> pa.Array:
    """Each row as one object on a line of its own."""
    columns = [column.combine_chunks() for column in table.columns]
    return _object(table.column_names, columns, "\n")


def json_list(lists: pa.Array) -> pa.Array:
    """Each list of texts that are JSON already, as one JSON list."""
    return pc.binary_join_element_wise("[", pc.binary_join(lists, ","), "]", "")


def quoted(texts: pa.Array) -> pa.Array:
    """Each text as JSON's own."""
    return pc.binary_join_element_wise('"', _escaped(texts), '"', "")


def _value(column: pa.Array) -> pa.Array:
    kind = column.type
    if pa.types.is_string(kind):
        return quoted(column)
    if pa.types.is_struct(kind):
        whole = _object([field.name for field in kind], column.flatten())
        return pc.if_else(pc.is_valid(column), whole, None) if column.null_count else whole
    if pa.types.is_list(kind):
        return _list(column)
    if pa.types.is_floating(kind):
        return _number(column)
    return column.cast(pa.string())


def _object(names: list[str], columns: list[pa.Array], end: str = "") -> pa.Array:
    """One copy of all that is in it: quotes around texts are part of what stands between."""
    parts: list[pa.Array | str] = []
    before = "{"
    for name, column in zip(names, columns, strict=True):
        if parts and column.null_count == len(column):
            before = f'{before}"{name}":null,'
            continue
        is_json = tuple(names) == CASE and pa.types.is_string(column.type)
        text = pa.types.is_string(column.type) and not is_json and not column.null_count
        around = '"' if text else ""
        values = _escaped(column) if text else _inline(column) if is_json else json_text(column)
        parts += [f'{before}"{name}":{around}', values]
        before = f"{around},"
    return pc.binary_join_element_wise(*parts, f"{before.removesuffix(',')}}}{end}", "")


def _inline(values: pa.Array) -> pa.Array:
    """JSON as it stands, on one line: a line's end within a text is escaped anyway."""
    return pc.replace_substring_regex(pc.fill_null(values, "null"), r"[\r\n]+", " ")


def _list(column: pa.ListArray) -> pa.Array:
    inner = column.flatten()
    if pa.types.is_struct(inner.type) and tuple(field.name for field in inner.type) == PAIR:
        name, value = inner.flatten()
        entries = pc.binary_join_element_wise(quoted(name), json_text(value), ":")
        before, after = "{", "}"
    else:
        entries, before, after = json_text(inner), "[", "]"
    joined = pc.binary_join(lists_of(entries, lengths(column)), ",")
    whole = pc.binary_join_element_wise(before, joined, after, "")
    return pc.if_else(pc.is_valid(column), whole, None) if column.null_count else whole


def _number(column: pa.Array) -> pa.Array:
    """With a point in each, so that whoever reads them sees that they are no whole numbers."""
    texts = pc.if_else(pc.is_finite(column), column, None).cast(pa.string())
    return pc.if_else(
        pc.match_substring_regex(texts, _WHOLE), pc.binary_join_element_wise(texts, ".0", ""), texts
    )


def _escaped(texts: pa.Array) -> pa.Array:
    """What JSON asks for, a pass for each sign that occurs, the backslash first."""
    buffer = texts.buffers()[2]
    held = np.frombuffer(buffer, dtype=np.uint8) if buffer is not None else np.empty(0, dtype=np.uint8)
    found = np.unique(held[(held < ord(" ")) | (held == ord('"')) | (held == ord("\\"))])
    for code in sorted(found.tolist(), key=lambda code: code != ord("\\")):
        texts = pc.replace_substring(texts, chr(code), _SHORT.get(code, f"\\u{code:04x}"))
    return texts
