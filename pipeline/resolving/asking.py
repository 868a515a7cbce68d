"""Tasks that nobody has voted on yet, where project.toml asks for another number of votes than before."""

from collections.abc import Iterator
from datetime import datetime

from pipeline.context import Context
from schemas.project import Overlap
from schemas.steering import AskFact
from tasks import task_types

UNVOTED = """
SELECT DISTINCT f.task_id, f.audit FROM task_facts f
JOIN record_tasks rt USING (task_id) JOIN records USING (record_id)
WHERE f.task_type = ? AND f.version = ? AND f.votes = 0 AND NOT f.resolved AND NOT f.superseded AND NOT f.withdrawn
    AND NOT f.gold
    AND f.overlap <> CASE WHEN f.audit THEN ? ELSE ? END AND ({condition}
)
"""


def changed_first(ctx: Context, moment: datetime) -> Iterator[AskFact]:
    """What is asked of these tasks from now on."""
    for config in ctx.project.tasks:
        overlap: Overlap = config.overlap
        sql = UNVOTED.format(condition=config.where or "true")  # checked by `generate`
        version = task_types()[config.type].version
        for row in ctx.store.rows(sql, [config.type, version, overlap.most, overlap.first]):
            votes = overlap.most if row["audit"] else overlap.first
            yield AskFact(
                task_id=row["task_id"], votes=votes, reason="overlap changed", posterior=None, asked_at=moment
            )
