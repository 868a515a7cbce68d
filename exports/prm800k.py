"""Reviewed solutions as PRM800K has them, field by field."""

from collections.abc import Sequence

import pyarrow as pa

from exports.base import Choices, ExportFormat, Made, Part, all_of
from schemas.rows import Prm800kRow

COLUMNS = (
    "labeler",
    "timestamp",
    "generation",
    "is_quality_control_question",
    "is_initial_screening_question",
    "question",
    "label",
)


class Prm800k(ExportFormat[Choices]):
    """The seven columns of PRM800K."""

    name = "prm800k"
    title = "PRM800K: process reward models, its phase 2"
    suffix = ".jsonl"
    accepts = (Prm800kRow,)
    choices = Choices

    def reads(self, part: Part, choices: Choices) -> Sequence[str]:
        del part, choices
        return COLUMNS

    def table(self, batch: pa.RecordBatch, part: Part, choices: Choices) -> Made:
        del part, choices
        return Made(pa.table({name: batch[name] for name in COLUMNS}), all_of(batch))


export_format = Prm800k()
