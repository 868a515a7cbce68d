"""Rows as a release has them, whatever their class."""

from collections.abc import Sequence
from typing import Literal

import pyarrow as pa

from exports.base import Choices, ExportFormat, Made, Part, all_of

FIRST_BESIDE = "simulated"
"""Where the columns begin that stand beside every row; before it are the row's id and its own."""


class Columns(Choices):
    """Which columns."""

    columns: Literal["all", "row"] = "all"
    """all: with how the row came about (votes, agreement, sources, …); row: what it says, its id and `simulated`."""


class Plain(ExportFormat[Columns]):
    """The columns of a release's files."""

    choices = Columns

    def reads(self, part: Part, choices: Columns) -> Sequence[str]:
        names: list[str] = part.schema.names
        return names if choices.columns == "all" else names[: names.index(FIRST_BESIDE) + 1]

    def table(self, batch: pa.RecordBatch, part: Part, choices: Columns) -> Made:
        wanted = self.reads(part, choices)
        return Made(pa.table({name: batch[name] for name in wanted}), all_of(batch))
