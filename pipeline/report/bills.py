"""Hours and work by team, person or cell: as a table for people, and as CSV that a spreadsheet only shows."""

import csv
import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rich.table import Table

from pipeline.progress.metrics.billing import Bill, By
from pipeline.report.tables import name_of, table_of
from pipeline.report.words import count, plain
from schemas.errors import HeadraceError

NUMBERS = ("hours", "submitted", "accepted", "gold", "rework")
NOBODY = "(none)"
FORMULA = ("=", "+", "-", "@")
"""What a cell may not begin with: a spreadsheet would take it for a formula, and work it out."""


def row(by: By, bill: Bill) -> dict[str, Any]:
    """A line as JSON and CSV have it."""
    return {by: bill.name, "hours": round(bill.hours, 2)} | {
        name: getattr(bill, name) for name in NUMBERS[1:]
    }


def to_csv(by: By, bills: Sequence[Bill]) -> str:
    """All lines with a head; unknown is empty."""
    text = io.StringIO()
    writer = csv.DictWriter(text, (by, *NUMBERS), lineterminator="\n")
    writer.writeheader()
    for bill in bills:
        writer.writerow({**row(by, bill), by: plain_cell(bill.name)})
    return text.getvalue()


def write(by: By, bills: Sequence[Bill], path: Path) -> None:
    """The same as a file; HeadraceError where that cannot be."""
    try:
        path.write_text(to_csv(by, bills), encoding="utf-8")
    except OSError as error:
        raise HeadraceError(
            f"{path}: the CSV should be writable there, is not ({error.strerror}); choose another path"
        ) from None


def plain_cell(text: str) -> str:
    """A text that no spreadsheet takes for a formula: an apostrophe before what would be one, on one line."""
    shown = plain(text)
    return f"'{shown}" if shown.lstrip().startswith(FORMULA) else shown


def table(by: By, bills: Sequence[Bill]) -> Table:
    """For a terminal, with the sum below."""
    made = table_of(f"Hours and work by {by}", (by,), NUMBERS)
    for bill in bills:
        gold = "-" if bill.gold is None else count(bill.gold)
        figures = (count(bill.submitted), count(bill.accepted), gold, count(bill.rework))
        made.add_row(name_of(bill.name or NOBODY), f"{bill.hours:,.1f}", *figures)
    hours = sum(bill.hours for bill in bills)
    sums = (count(sum(getattr(bill, name) for bill in bills)) for name in ("submitted", "accepted"))
    made.add_row("all", f"{hours:,.1f}", *sums, "", count(sum(bill.rework for bill in bills)), style="bold")
    return made
