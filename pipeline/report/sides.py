"""Which side people choose, where two answers stand side by side: by lot, so that nobody should favour one."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from pipeline.report.annotators import interval
from pipeline.store import Store
from schemas.base import Frozen
from tasks import AnyTaskType, task_types

CHOICES = """
SELECT t.task_type, t.version, v.annotator, v.payload AS label, count(*) AS votes
FROM votes v JOIN tasks t USING (task_id) WHERE list_contains(?, t.task_type)
GROUP BY ALL ORDER BY ALL
"""
EVEN = 0.5


class Leaning(Frozen):
    """How often the left side was chosen, in one task type, by one person or by all together."""

    task_type: str
    annotator: str | None
    """The pseudonym; None for all together."""
    left: int
    choices: int
    """Votes for one side or the other: those that find both alike count nowhere."""
    mean: float
    """The share of left, 0..1."""
    low: float
    high: float
    """The truth lies between these two 95 times in 100."""
    leans: bool
    """Whether an even share is not between them: of twenty people who favour no side, one seems to."""


def sides(store: Store) -> tuple[Leaning, ...]:
    """Every task type of two sides that was voted on, all together first and then each person."""
    types = {name: one for name, one in task_types().items() if one.sided}
    return leanings(store.rows(CHOICES, [sorted(types)]), types)


def leanings(rows: Iterable[Mapping[str, Any]], types: Mapping[str, AnyTaskType]) -> tuple[Leaning, ...]:
    """The leanings in rows as CHOICES gives them; of today's versions, and of labels that can be read."""
    left, choices = Counter[tuple[str, str]](), Counter[tuple[str, str]]()
    for row in rows:
        place = _place(types[row["task_type"]], row)
        for who in (row["annotator"], "") if place else ():
            choices[row["task_type"], who] += row["votes"]
            left[row["task_type"], who] += row["votes"] * (place < 0)
    return tuple(_leaning(*one, left[one], number) for one, number in sorted(choices.items()))


def _place(task_type: AnyTaskType, row: Mapping[str, Any]) -> float:
    """Below 0 for the left side, above for the right one; 0 where neither is chosen, or nothing can be read."""
    if row["version"] != task_type.version:
        return 0.0
    try:
        return task_type.position(task_type.label.model_validate_json(row["label"]))
    except ValueError:
        return 0.0


def _leaning(task_type: str, who: str, left: int, choices: int) -> Leaning:
    low, high = interval(left / choices, choices)
    return Leaning(
        task_type=task_type,
        annotator=who or None,
        left=left,
        choices=choices,
        mean=left / choices,
        low=low,
        high=high,
        leans=not low <= EVEN <= high,
    )
