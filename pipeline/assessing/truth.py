"""What is learned of a project's annotators, from its votes and its gold; and how sure its settled labels are."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from pipeline.quality.learned import Learned
from pipeline.quality.learning import learn
from pipeline.store import Store
from schemas.base import Frozen, Label, Vote, content_id
from schemas.truths import ModelFact
from tasks import AnyTaskType, is_current, task_types

MOST_TASKS = 20_000
"""People's errors are learned from so many tasks, the newest, and all gold: more votes teach nothing more of them."""
GROWN = 0.1
"""A model is learned anew once votes have grown, or shrunk, by this share."""
SAID = """
WITH told AS (
    SELECT v.*, max(v.submitted_at) OVER (PARTITION BY v.task_id) AS last
    FROM every_vote v JOIN tasks t USING (task_id) WHERE t.task_type = ? AND t.version = ?)
SELECT task_id, annotator, payload FROM told
QUALIFY task_id IN (SELECT task_id FROM gold_tasks) OR dense_rank() OVER (ORDER BY last DESC, task_id) <= ?
ORDER BY task_id, submitted_at, revision_id
"""
KNOWN = """
SELECT g.task_id, g.payload FROM gold_tasks g JOIN tasks t USING (task_id)
WHERE g.in_force AND t.task_type = ? AND t.version = ? ORDER BY g.task_id
"""
HEARD = """
SELECT t.task_type, t.version, count(*) AS said, count(f.revision_id) AS void
FROM labels l JOIN tasks t USING (task_id)
LEFT JOIN (SELECT DISTINCT revision_id FROM findings WHERE void) f ON f.revision_id = l.revision_id
GROUP BY ALL
"""
IN_FORCE = """
SELECT * FROM annotator_models
QUALIFY row_number() OVER (PARTITION BY task_type, version ORDER BY learned_at DESC) = 1
"""
CERTAINTY = """
SELECT t.cell, h.method, count(*) AS labels, count(h.posterior) AS told,
    count(*) FILTER (h.posterior < 0.8) AS below_80, count(*) FILTER (h.posterior < 0.9) AS below_90,
    count(*) FILTER (h.posterior < 0.95) AS below_95, count(*) FILTER (h.differ > 0) AS differ
FROM current_resolutions r JOIN standing_tasks t USING (task_id) JOIN current_truths h USING (resolution_id)
WHERE r.payload IS NOT NULL
GROUP BY ALL ORDER BY below_80 / greatest(told, 1) DESC, labels DESC, t.cell, h.method
"""
CHOSEN = """
SELECT task_type, version, method, why, votes, gold, learned_at, (payload ->> '$.lesson.judged.right')::BIGINT AS right,
    (payload ->> '$.lesson.judged.of')::BIGINT AS "of"
FROM annotator_models
QUALIFY row_number() OVER (PARTITION BY task_type, version ORDER BY learned_at DESC) = 1
ORDER BY task_type
"""


class ChosenMethod(Frozen):
    """The method that weighs the votes of one task type, and why."""

    task_type: str
    method: str
    why: str
    votes: int
    """Those that there were when it was learned."""
    gold: int
    right: int | None
    """Of the gold, each answer judged by what was chosen without it; None where there was too little to choose by."""
    of: int | None
    learned_at: datetime


class Certainty(Frozen):
    """How sure the settled labels of one cell are that one method settled."""

    cell: str
    method: str
    """`adjudicator` and `machine` are no methods of weighing votes: nobody gives them a probability."""
    labels: int
    told: int
    """Those with a probability."""
    below_80: int
    below_90: int
    below_95: int
    differ: int
    """Those of which another method would have said something else."""


@dataclass(frozen=True)
class Heard:
    """How much was said in one task type, cheap to count: as long as it stays about the same, so does the model."""

    votes: int
    known: str
    """A digest of the known answers."""

    def is_near(self, model: ModelFact) -> bool:
        """Whether a model still tells what is known of people."""
        return self.known == model.known and abs(self.votes - model.votes) <= GROWN * model.votes


def heard(store: Store) -> dict[str, Heard]:
    """By task type, of today's versions; none that nobody has said anything of."""
    votes = {(row["task_type"], row["version"]): row["said"] - row["void"] for row in store.rows(HEARD)}
    return {
        name: Heard(votes[name, one.version], content_id(_answers(store, one)))
        for name, one in sorted(task_types().items())
        if votes.get((name, one.version))
    }


def in_force(store: Store) -> dict[str, ModelFact]:
    """The newest model of each task type's annotators, of today's versions."""
    facts = map(ModelFact.model_validate, store.rows(IN_FORCE))
    return {fact.task_type: fact for fact in facts if is_current(fact.task_type, fact.version)}


def learned(store: Store, name: str) -> Learned:
    """A model learned now, of what everybody said and of what is known; labels that cannot be read are left out."""
    task_type = task_types()[name]
    label = cache(_reader(task_type))
    items: dict[str, list[Vote[Any]]] = {}
    for row in store.rows(SAID, [name, task_type.version, MOST_TASKS]):
        if (said := label(row["payload"])) is not None:
            items.setdefault(row["task_id"], []).append(Vote[Any](annotator=row["annotator"], label=said))
    known = {task_id: label(payload) for task_id, payload in _answers(store, task_type).items()}
    return learn(task_type, items, {task_id: one for task_id, one in known.items() if one is not None})


def methods(store: Store) -> tuple[ChosenMethod, ...]:
    """The methods in force, by task type."""
    rows = [row for row in store.rows(CHOSEN) if is_current(row["task_type"], row.pop("version"))]
    return tuple(ChosenMethod(**row) for row in rows)


def certainties(store: Store) -> tuple[Certainty, ...]:
    """How sure the settled labels are that stand, by cell and method, the least sure first."""
    return tuple(Certainty(**row) for row in store.rows(CERTAINTY))


def _answers(store: Store, task_type: AnyTaskType) -> Mapping[str, str]:
    rows = store.rows(KNOWN, [task_type.name, task_type.version])
    return {row["task_id"]: row["payload"] for row in rows}


def _reader(task_type: AnyTaskType) -> Any:  # noqa: ANN401 - a function of the type's own label
    def label(payload: str) -> Label | None:
        try:
            found: Label = task_type.label.model_validate_json(payload)
        except ValueError:
            return None
        return found

    return label
