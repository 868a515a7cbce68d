"""The file sets of a release: one a task type and row class, the main one under the task type's own name."""

import re

from schemas.rows import PassedRow, Row
from tasks import AnyTaskType

PASSED = "passed"
"""What the set of the questions that people agreed not to answer is called, after its task type."""


def set_of(task_type: AnyTaskType, row: type[Row]) -> str:
    """The name of the file set that rows of this class go to: the folder, and the dataset's configuration."""
    return task_type.name if row is task_type.row else f"{task_type.name}-{called(row)}"


def classes(task_type: AnyTaskType) -> dict[str, type[Row]]:
    """The row class of each file set that a task type can have."""
    every: tuple[type[Row], ...] = (task_type.row, *task_type.also, PassedRow)
    return {set_of(task_type, row): row for row in every}


def called(row: type[Row]) -> str:
    """A row class as people call it: CritiqueRow is critique."""
    return re.sub(r"(?<=.)(?=[A-Z])", "_", row.__name__.removesuffix("Row")).lower()
