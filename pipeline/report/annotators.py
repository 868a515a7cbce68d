"""What each annotator has done, under their pseudonym, and how often the settled label says the same."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from functools import cache
from math import sqrt
from typing import Any

from pipeline.store import Store
from schemas.base import Frozen
from tasks import AnyTaskType, task_types

Z = 1.96
"""Intervals hold the truth 95 times in 100."""

WORK = """
SELECT a.annotator, bool_or(a.simulated) AS simulated,
    count(*) FILTER (NOT a.skipped AND l.revision_id IS NOT NULL) AS labels,
    count(*) FILTER (NOT a.skipped AND j.subject IS NOT NULL) AS rejects,
    count(*) FILTER (a.skipped) AS skips,
    quantile_cont(a.lead_seconds, 0.5) FILTER (l.revision_id IS NOT NULL) AS median_lead_seconds,
    min(a.created_at) AS first_seen_at, max(greatest(a.created_at, a.updated_at)) AS last_seen_at
FROM latest_annotations a
LEFT JOIN labels l USING (revision_id)
LEFT JOIN (SELECT DISTINCT subject FROM rejects WHERE stage = 'check') j ON j.subject = a.revision_id
WHERE NOT a.deleted
GROUP BY a.annotator ORDER BY labels DESC, a.annotator
"""

DISPUTED = """
SELECT v.annotator, count(*) AS tasks FROM votes v JOIN current_resolutions r USING (task_id)
WHERE r.payload IS NULL GROUP BY v.annotator
"""

PAIRS = """
SELECT t.task_type, t.version, v.annotator,
    CASE WHEN v.payload <> r.payload THEN v.payload END AS label,
    CASE WHEN v.payload <> r.payload THEN r.payload END AS settled, count(*) AS tasks
FROM votes v JOIN current_resolutions r USING (task_id) JOIN tasks t USING (task_id)
WHERE r.payload IS NOT NULL AND r.votes >= 2
GROUP BY ALL ORDER BY ALL
"""
"""Each distinct pair of what was said and what was settled, once; those that are equal need no distance."""


class Accord(Frozen):
    """How near an annotator's labels of one task type are to those settled on."""

    task_type: str
    mean: float
    """1 minus the mean distance to the settled label, 0..1."""
    low: float
    high: float
    tasks: int
    """Those settled with two or more votes, theirs among them."""


class AnnotatorProgress(Frozen):
    """One annotator's work. Skips and rejects are no labels; what was deleted counts nowhere."""

    annotator: str
    """The pseudonym; names stand in no report."""
    simulated: bool
    labels: int
    rejects: int
    skips: int
    disputed: int
    """Votes of theirs on tasks that are in dispute now."""
    median_lead_seconds: float | None
    accord: tuple[Accord, ...]
    """By task type; on types without settled tasks there is none."""
    first_seen_at: datetime
    last_seen_at: datetime


def by_annotator(store: Store) -> tuple[AnnotatorProgress, ...]:
    """Everybody who has annotated, the busiest first."""
    disputed = {row["annotator"]: row["tasks"] for row in store.rows(DISPUTED)}
    accords = accord(store.rows(PAIRS), task_types())
    return tuple(
        AnnotatorProgress(
            **row, disputed=disputed.get(row["annotator"], 0), accord=accords.get(row["annotator"], ())
        )
        for row in store.rows(WORK)
    )


def accord(
    pairs: Iterable[Mapping[str, Any]], types: Mapping[str, AnyTaskType]
) -> dict[str, tuple[Accord, ...]]:
    """Each annotator's accord by task type, from rows as PAIRS gives them.

    Only today's version of a task type counts: versions are never pooled. A label that cannot be read is left out.
    """
    distance = _distances(types)
    sums: dict[tuple[str, str], list[float]] = defaultdict(lambda: [0.0, 0.0])
    for row in pairs:
        apart = distance(row["task_type"], row["version"], row["label"], row["settled"])
        if apart is not None:
            total = sums[row["annotator"], row["task_type"]]
            total[0] += (1 - apart) * row["tasks"]
            total[1] += row["tasks"]
    found: dict[str, tuple[Accord, ...]] = {}
    for (annotator, task_type), (total_accord, tasks) in sorted(sums.items()):
        mean = total_accord / tasks
        low, high = interval(mean, int(tasks))
        one = Accord(task_type=task_type, mean=mean, low=low, high=high, tasks=int(tasks))
        found[annotator] = (*found.get(annotator, ()), one)
    return found


def _distances(
    types: Mapping[str, AnyTaskType],
) -> Callable[[str, int, str | None, str | None], float | None]:
    """The distance of two labels by task type, version and JSON, worked out once; None where it has no meaning."""

    @cache
    def read(task_type: str, payload: str) -> Any:  # noqa: ANN401 - the type's own label, None where unreadable
        try:
            return types[task_type].label.model_validate_json(payload)
        except ValueError:
            return None

    @cache
    def distance(task_type: str, version: int, label: str | None, settled: str | None) -> float | None:
        if task_type not in types or types[task_type].version != version:
            return None
        if label is None or settled is None:
            return 0.0
        ends = read(task_type, label), read(task_type, settled)
        return None if None in ends else types[task_type].distance(*ends)

    return distance


def interval(mean: float, n: int) -> tuple[float, float]:
    """Wilson's interval for a mean of n values in 0..1: exact for yes and no, on the safe side for values between."""
    middle = (mean + Z * Z / (2 * n)) / (1 + Z * Z / n)
    half = Z / (1 + Z * Z / n) * sqrt(mean * (1 - mean) / n + Z * Z / (4 * n * n))
    return max(0.0, middle - half), min(1.0, middle + half)
