"""Test cases as trainers run them: Python statements that raise where they do not hold, or input with its output."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from exports._json import quoted
from exports._lists import flags, integers, joined, lengths, lists_of, rows_of

COLUMNS = ("prompt", "tests", "assertions", "entry_point")
UNCLEAR = "no function is named that its tests could call"
_CANDIDATE = r"\bcandidate\b"
_NAME = r"^[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*)*$"
"""What can be called: a name goes into Python as it stands."""


@dataclass(frozen=True, slots=True)
class Tests:
    """What there is to run, row by row."""

    statements: pa.Array
    """A list of Python statements; empty where the program is one that reads and prints."""
    started: npt.NDArray[np.bool_]
    """Whether it is such a program: its cases are input and output."""
    unclear: npt.NDArray[np.bool_]
    """Whether statements call `candidate` and nobody says what function that is, or names what is none."""


def tests(batch: pa.RecordBatch) -> Tests:
    """The tests of a batch of verifiable prompts."""
    fits = pc.match_substring_regex(batch["entry_point"], _NAME)
    entry = pc.if_else(fits, batch["entry_point"], None)
    named = np.asarray(pc.is_valid(entry), dtype=bool)
    misnamed = np.asarray(pc.is_valid(batch["entry_point"]), dtype=bool) & ~named
    cases, given = batch["tests"], batch["assertions"]
    started = ~named & (lengths(cases) > 0)
    calls = pc.match_substring_regex(given.flatten(), _CANDIDATE)
    rows, _ = rows_of(given)
    unclear = np.bincount(rows[np.asarray(calls, dtype=bool)], minlength=batch.num_rows) > 0
    statements = joined(_of_cases(cases, entry, named), _bound(given, entry, calls))
    return Tests(statements, started, (unclear & ~named) | misnamed)


def _bound(given: pa.Array, entry: pa.Array, calls: pa.Array) -> pa.Array:
    """Statements that call `candidate`, with that name given to the function."""
    rows, _ = rows_of(given)
    function = entry.take(integers(rows))
    bound = pc.binary_join_element_wise("candidate = ", function, "\n", given.flatten(), "")
    return lists_of(pc.if_else(pc.and_(calls, pc.is_valid(function)), bound, given.flatten()), lengths(given))


def _of_cases(cases: pa.Array, entry: pa.Array, named: npt.NDArray[np.bool_]) -> pa.Array:
    """Cases of a function as statements: a list holds the arguments in their order, an object those by name.

    What comes back is compared as JSON, for which a tuple is a list.
    """
    rows, _ = rows_of(cases)
    inside = named[rows]
    given, wanted = (one.filter(flags(inside)) for one in cases.flatten().flatten())
    given, wanted = pc.fill_null(given, "null"), pc.fill_null(wanted, "null")
    first = pc.utf8_slice_codeunits(given, 0, 1)
    stars = pc.if_else(pc.equal(first, "["), "*", pc.if_else(pc.equal(first, "{"), "**", ""))
    statements = pc.binary_join_element_wise(
        "import json\nassert json.loads(json.dumps(",
        entry.take(integers(rows[inside])),
        "(",
        stars,
        "json.loads(",
        quoted(given),
        ")))) == json.loads(",
        quoted(wanted),
        ")",
        "",
    )
    return lists_of(statements, np.where(named, lengths(cases), 0))
