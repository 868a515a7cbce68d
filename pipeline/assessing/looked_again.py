"""Labels held against what is known better: audited ones against everybody's answers, gold ones against the known."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any, NamedTuple, TypeAlias

from pipeline.assessing.truth import in_force
from pipeline.context import Context
from pipeline.quality.gold import judged
from pipeline.quality.learned import Weighing
from pipeline.quality.learning import read, unknown
from pipeline.quality.overlap import demand, settled
from pipeline.quality.posterior import Posterior
from pipeline.quality.savings import spent
from pipeline.store.among import among
from pipeline.terms import Terms
from schemas.base import Vote
from schemas.project import Overlap
from tasks import is_current, task_types

Key: TypeAlias = tuple[str, str | None]
"""A task type and a cell."""
MOST = 5000
"""So many audited tasks of a task type are looked at, a sample by hash."""
AUDITED = f"""
WITH audited AS (
    SELECT task_id, task_type, version, cell, overlap AS asked FROM task_facts
    WHERE audit AND resolved AND method <> 'machine' AND NOT superseded AND NOT withdrawn AND NOT gold
    QUALIFY row_number() OVER (PARTITION BY task_type ORDER BY task_id) <= {MOST})
SELECT a.*, v.annotator, v.payload, v.guideline, NULL AS known
FROM votes v JOIN audited a USING (task_id) ORDER BY a.task_type, a.task_id, v.submitted_at, v.revision_id
"""  # noqa: S608 - a number of ours
GOLD = """
SELECT g.task_id, g.task_type, g.version, g.cell, 0 AS asked, g.annotator, g.payload, g.guideline, g.known
FROM gold_said g ORDER BY g.task_type, g.task_id, g.submitted_at, g.revision_id
"""
AUDITED_TASKS = "SELECT task_id FROM tasks WHERE audit"
GOLD_TASKS = "SELECT task_id FROM gold_tasks WHERE in_force"


class Looked(NamedTuple):
    """Whether each label that was looked at again was right, by task type and cell."""

    audit: dict[Key, list[bool]]
    """Of audited tasks: whether all answers make the label that the first ones would have made."""
    gold: dict[Key, list[bool]]
    """Of gold tasks: whether answers, settled as work is, come to the known label."""


def looked_again(ctx: Context) -> Looked:
    """All labels that there is something to hold against, of today's versions of task types."""
    found = Looked(defaultdict(list), defaultdict(list))
    for right_by, sql, tasks in ((found.audit, AUDITED, AUDITED_TASKS), (found.gold, GOLD, GOLD_TASKS)):
        for row, votes, overlap, model in _cases(ctx, sql, tasks):
            right = (
                _kept(row, votes, overlap, model)
                if row["known"] is None
                # by one coin: what chose the method by these very answers is not judged by them
                else _right(row, votes, overlap, model.model.coin)
            )
            if right is not None:
                right_by[row["task_type"], row["cell"]].append(right)
    return found


def _cases(
    ctx: Context, sql: str, tasks: str
) -> Iterator[tuple[dict[str, Any], list[Vote[Any]], Overlap, Weighing]]:
    """Each task with its votes that count together, its policy, and what is known of people."""
    with among(ctx.store, tasks):
        rows = [row for row in ctx.store.rows(sql) if is_current(row["task_type"], row["version"])]
    terms = Terms(ctx, list(dict.fromkeys(row["task_id"] for row in rows)))
    known = in_force(ctx.store)
    models: dict[str, Weighing] = {}
    for (name, task_id), group in groupby(rows, lambda row: (row["task_type"], row["task_id"])):
        of_task, config = list(group), terms.of(task_id, name)
        if config is None:
            continue
        if name not in models:
            model = read(task_types()[name], known[name].payload) if name in known else None
            models[name] = Weighing(model or unknown())
        newest = of_task[-1]["guideline"]
        together = [row for row in of_task if config.pool_guidelines or row["guideline"] == newest]
        label = task_types()[name].label.model_validate_json
        try:
            votes = [Vote[Any](annotator=row["annotator"], label=label(row["payload"])) for row in together]
        except ValueError:  # of an older build; it stops nothing
            continue
        yield of_task[0], votes, config.overlap, models[name]


def _kept(row: dict[str, Any], votes: Sequence[Vote[Any]], overlap: Overlap, model: Posterior) -> bool | None:
    """Whether asking everybody left an audited label as it would have been; None where nothing can be said.

    A third never turns two over who agree: where nobody asks for more, an audit says nothing of errors.
    """
    if overlap.policy == "third_on_disagreement":
        return None
    task_type = task_types()[row["task_type"]]
    flipped = spent(task_type, overlap, votes, audited=True, model=model, asked=row["asked"]).flipped
    return None if flipped is None else not flipped


def _right(
    row: dict[str, Any], votes: Sequence[Vote[Any]], overlap: Overlap, model: Posterior
) -> bool | None:
    """Whether a gold task's votes, settled as work is, come to what is known; None where they settle nothing."""
    task_type = task_types()[row["task_type"]]
    wanted = demand(task_type, overlap, votes, audited=False, model=model).votes
    if len(votes) < wanted:
        return None
    label = settled(task_type, overlap, votes[:wanted], model).label
    try:
        known = task_type.label.model_validate_json(row["known"])
    except ValueError:
        return None
    return None if label is None else judged(task_type, label, known)
