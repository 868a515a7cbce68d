"""Which side people choose, where two answers stand side by side: by lot, so that nobody should favour one."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from pipeline.quality.intervals import wilson
from pipeline.store import Store
from schemas.base import Frozen
from tasks import AnyTaskType, task_types

CHOICES = """
WITH turned AS (  -- where the door had left and right change places; labels are of the page as it is
    SELECT DISTINCT uid, annotator FROM door_events WHERE event = 'served' AND why ->> '$.swapped' = 'true')
SELECT t.task_type, t.version, v.annotator, v.payload AS label, d.uid IS NOT NULL AS swapped, count(*) AS votes
FROM votes v JOIN tasks t USING (task_id) LEFT JOIN turned d ON d.uid = v.task_id AND d.annotator = v.annotator
WHERE list_contains(?, t.task_type)
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
    """Below 0 for what was on the left, above for what was on the right; 0 where neither is chosen, or none is read."""
    if row["version"] != task_type.version:
        return 0.0
    try:
        place = task_type.position(task_type.label.model_validate_json(row["label"]))
    except ValueError:
        return 0.0
    return -place if row["swapped"] else place


def _leaning(task_type: str, who: str, left: int, choices: int) -> Leaning:
    low, high = wilson(left / choices, choices)
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
