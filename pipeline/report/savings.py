"""What policies saved: the votes people gave, beside those that full overlap would have taken."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from typing import Any

import numpy as np

from pipeline.context import Context
from pipeline.quality.savings import Spent, savings, spent
from pipeline.resolving.models import Models
from pipeline.terms import Terms
from schemas.base import Frozen, Vote
from schemas.project import Overlap
from tasks import task_types

SETTLED = """
SELECT v.task_id, t.cell, t.audit, t.overlap AS asked, v.annotator, v.payload, v.submitted_at
FROM votes v JOIN standing_tasks t USING (task_id)
WHERE t.resolved AND t.task_type = ? AND t.version = ?
QUALIFY v.guideline = last_value(v.guideline) OVER (PARTITION BY v.task_id ORDER BY v.submitted_at, v.revision_id
        ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)
    OR list_contains(?, v.task_id)
ORDER BY v.task_id, v.submitted_at, v.revision_id
"""
"""The votes on settled tasks that count together: those under the guideline of the last one, unless all are pooled."""


class Saved(Frozen):
    """The settled tasks of one cell under one policy: what they took, and how often stopping early was wrong."""

    cell: str
    policy: str
    tasks: int
    votes: int
    full: int
    """The votes that these tasks would have taken at full overlap."""
    saved_share: float
    """Of `full`; audited tasks, which save nothing, are in it."""
    audited: int
    """Tasks that got the full overlap all the same, and show what it would have changed."""
    flipped: int
    """Of these, those whose label would have been another one, had they stopped early."""
    error: float | None
    """The share of labels that full overlap would have made another one, as estimated; None without an audit."""
    low: float
    high: float
    """95 in 100 (Clopper-Pearson): 0 and 1 without an audit."""
    median_wait_seconds: float
    """From the first to the last vote of a task."""
    p85_wait_seconds: float


@dataclass(frozen=True)
class _Case:
    spent: Spent
    wait: float


def saved(ctx: Context) -> tuple[Saved, ...]:
    """What was saved in each cell whose policy may ask fewer people than the most; none where all get the same."""
    found: dict[tuple[str, str], list[_Case]] = defaultdict(list)
    models = Models(ctx)
    for name in dict.fromkeys(task.type for task in ctx.project.tasks if _adapts(task.overlap)):
        if name in task_types():
            for cell, overlap, case in _cases(ctx, models, name):
                found[cell, in_words(overlap)].append(case)
    return tuple(_saved(cell, policy, cases) for (cell, policy), cases in sorted(found.items()))


def in_words(overlap: Overlap) -> str:
    """A policy as one would say it."""
    if overlap.policy == "posterior":
        return f"{overlap.first} to {overlap.most}, until {100 * overlap.sure:g} % sure"
    return f"{overlap.first}, a third on disagreement"


def _adapts(overlap: Overlap) -> bool:
    return overlap.first < overlap.most


def _cases(ctx: Context, models: Models, name: str) -> Iterator[tuple[str, Overlap, _Case]]:
    task_type = task_types()[name]
    tasks = "SELECT task_id FROM standing_tasks WHERE resolved AND task_type = ? AND version = ?"
    task_ids = [row["task_id"] for row in ctx.store.rows(tasks, [name, task_type.version])]
    terms = Terms(ctx, task_ids)
    entries = {task_id: terms.of(task_id, name) for task_id in task_ids}
    pooled = [task_id for task_id, entry in entries.items() if entry and entry.pool_guidelines]
    read = cache(task_type.label.model_validate_json)
    rows = ctx.store.rows(SETTLED, [name, task_type.version, pooled])
    for task_id, group in groupby(rows, lambda row: row["task_id"]):
        entry, of_task = entries[task_id], list(group)
        if entry is None or not _adapts(entry.overlap):
            continue
        try:
            votes = [Vote[Any](annotator=row["annotator"], label=read(row["payload"])) for row in of_task]
        except ValueError:  # of an older build; it stops no report
            continue
        model = models.weighing(name)
        audited, asked = bool(of_task[0]["audit"]), int(of_task[0]["asked"])
        took = spent(task_type, entry.overlap, votes, audited=audited, model=model, asked=asked)
        last = of_task[took.asked - 1]["submitted_at"]
        wait = (last - of_task[0]["submitted_at"]).total_seconds()
        yield of_task[0]["cell"], entry.overlap, _Case(took, wait)


def _saved(cell: str, policy: str, cases: Sequence[_Case]) -> Saved:
    total = savings(case.spent for case in cases)
    median, p85 = np.quantile([case.wait for case in cases], [0.5, 0.85])
    return Saved(
        cell=cell,
        policy=policy,
        tasks=len(cases),
        votes=total.asked,
        full=total.full,
        saved_share=total.saved_share,
        audited=total.audited,
        flipped=total.flipped,
        error=total.error,
        low=total.error_interval[0],
        high=total.error_interval[1],
        median_wait_seconds=float(median),
        p85_wait_seconds=float(p85),
    )
