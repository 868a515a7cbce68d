"""What adjudicators decided, as resolutions."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from pipeline.context import Context
from pipeline.resolving.narrowed import DECIDED, only
from schemas.base import content_id
from schemas.facts import ResolutionFact

NEW = """
SELECT d.* REPLACE (d.simulated OR r.simulated AS simulated), r.agreement, r.guideline FROM current_decisions d
JOIN current_resolutions r USING (task_id) JOIN adjudications j USING (adjudication_id)
WHERE (r.method = 'none' AND list_sort(r.revisions) = list_sort(j.revisions)
        OR r.method IN ('adjudicated', 'sent_back') AND NOT list_contains(r.revisions, d.revision_id)
            AND NOT EXISTS (SELECT 1 FROM current_decisions o WHERE list_contains(r.revisions, o.revision_id)))
    AND d.task_id NOT IN (SELECT task_id FROM redos) AND d.task_id NOT IN (SELECT task_id FROM withdrawn)
    AND NOT EXISTS (SELECT 1 FROM tasks t JOIN tasks n ON n.item_id = t.item_id AND n.task_type = t.task_type
        AND n.version = t.version AND n.attempt > t.attempt WHERE t.task_id = d.task_id)
QUALIFY row_number() OVER (PARTITION BY d.task_id ORDER BY d.decided_at DESC, d.revision_id) = 1
"""
"""Decisions on what is in dispute now, and those that were changed since, unless the next attempt is made already."""


def decided(ctx: Context, moment: datetime) -> Iterator[ResolutionFact]:
    """A resolution for each decision that none rests on yet."""
    with only(ctx.store, DECIDED, NEW):
        rows = ctx.store.rows(NEW)
    for row in rows:
        yield _resolution(row, moment)


def _resolution(row: dict[str, Any], moment: datetime) -> ResolutionFact:
    return ResolutionFact(
        resolution_id=content_id([row["task_id"], row["revision_id"], moment.isoformat()]),
        task_id=row["task_id"],
        payload=row["payload"],
        method="adjudicated" if row["payload"] is not None else "sent_back",
        agreement=row["agreement"],
        votes=1,
        revisions=(row["revision_id"],),
        simulated=row["simulated"],
        resolved_at=moment,
        guideline=row["guideline"],
    )
