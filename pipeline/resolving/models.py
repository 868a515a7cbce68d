"""The models of annotators that policies ask, one a task type, learned when one is first asked for."""

from typing import Any

from pipeline.context import Context
from pipeline.quality.one_coin import OneCoin
from pipeline.quality.posterior import Posterior
from schemas.base import Vote
from schemas.project import Overlap
from tasks import task_types

SAID = """
SELECT v.task_id, v.annotator, v.payload FROM votes v JOIN tasks t USING (task_id)
WHERE t.task_type = ? AND t.version = ? ORDER BY v.task_id, v.submitted_at, v.revision_id
"""


class Models:
    """What the votes so far say of the annotators."""

    def __init__(self, ctx: Context) -> None:
        self._ctx = ctx
        self._known: dict[str, Posterior] = {}

    def of(self, task_type: str, overlap: Overlap) -> Posterior:
        """The model for a task type; one that knows nobody where its policy asks none."""
        if overlap.policy != "posterior":
            return OneCoin()
        if task_type not in self._known:
            self._known[task_type] = self._learned(task_type)
        return self._known[task_type]

    def _learned(self, name: str) -> Posterior:
        task_type = task_types()[name]
        items: dict[str, list[Vote[Any]]] = {}
        for row in self._ctx.store.rows(SAID, [name, task_type.version]):
            label = task_type.label.model_validate_json(row["payload"])
            items.setdefault(row["task_id"], []).append(Vote[Any](annotator=row["annotator"], label=label))
        return OneCoin.fit(task_type, items)
