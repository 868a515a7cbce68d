"""The label that a task's page starts from, as its record holds it.

It stands there under the name that `prefill` gives: as it is, by task type, or in a list with one for each of the
record's items.
"""

from collections.abc import Mapping
from typing import Any

from schemas.base import Item, Label
from schemas.project import TaskConfig
from schemas.records import Record
from tasks import AnyTaskType
from tasks.base import Answers


def start_of(task_type: AnyTaskType, config: TaskConfig, record: Record, item: Item) -> Label | None:
    """The label that the record holds for the item, None where it holds none; raises ParseError where it is none."""
    said = _said(record, str(config.prefill))
    if isinstance(said, Mapping) and task_type.name in said:
        said = said[task_type.name]
    if isinstance(said, list):
        items = [_asked(one) for one in task_type.items(record, config.options)]
        place = items.index(_asked(item)) if _asked(item) in items else len(said)
        said = said[place] if place < len(said) else None
    if said is None:
        return None
    label: Label = task_type.prefilled(item, said)
    again: Label = task_type.parse(item, Answers(task_type.result(label)))
    return again


def _asked(item: Item) -> dict[str, Any]:
    """An item without what tests said of it, which its task may know and its record does not."""
    return item.model_dump(exclude={"test_results", "reference_results"})


def _said(record: Record, where: str) -> Any:  # noqa: ANN401 - any JSON
    name, _, column = where.partition(".")
    return record.extra.get(column) if name == "extra" else record.hidden_model_label
