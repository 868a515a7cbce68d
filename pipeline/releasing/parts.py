"""The rows that accepted tasks make; of what several tasks hold a part of each, together."""

import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from schemas.base import Item, Label
from schemas.rows import PassedRow, Row
from tasks import AnyTaskType, task_types
from tasks._escape import escape_of


@dataclass(frozen=True)
class Accepted:
    """An accepted task, its item and label read."""

    row: dict[str, Any]
    task_type: AnyTaskType
    item: Item
    label: Label

    def rows(self) -> list[Row]:
        """Its rows, where it stands for itself or was passed."""
        escape = escape_of(self.label)
        if escape is None:
            return list(self.task_type.rows(self.item, self.label))
        prompt = self.task_type.asked(self.item)
        return [
            PassedRow(task_type=self.task_type.name, prompt=prompt, kind=escape.kind, reason=escape.reason)
        ]


def made_of(found: list[dict[str, Any]]) -> Iterator[tuple[dict[str, Any], list[Row]]]:
    """Each accepted task with its rows.

    Those of a whole stand with the first of its parts, and are simulated where any part is. A part that was passed
    has a row that says so, and is none of the parts any more.
    """
    wholes: defaultdict[str, dict[int, Accepted]] = defaultdict(dict)
    for task in map(_read, found):
        part = task.task_type.part_of(task.item) if escape_of(task.label) is None else None
        if part is None:
            yield task.row, task.rows()
        else:
            whole, place = part
            wholes[whole][place] = task
    for parts in wholes.values():
        first, *others = (parts[place] for place in sorted(parts))
        together = [(task.item, task.label) for task in (first, *others)]
        simulated = any(task.row["simulated"] for task in (first, *others))
        yield {**first.row, "simulated": simulated}, list(first.task_type.rows_together(together))
        yield from ((task.row, []) for task in others)


def _read(row: dict[str, Any]) -> Accepted:
    task_type = task_types()[row["task_type"]]
    item = task_type.item.model_validate(json.loads(row["item"]))
    return Accepted(row, task_type, item, task_type.label.model_validate(json.loads(row["label"])))
