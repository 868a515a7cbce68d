"""Settled labels by how likely they are wrong, for a second look: by the votes, and by what machines say."""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from pipeline.quality.coarse import Coarse, coarse
from pipeline.quality.coded import UNKNOWN, Coded, Places
from pipeline.quality.dawid_skene import pooled
from pipeline.quality.label_errors import Suspect
from pipeline.quality.label_errors import suspects as ranked
from pipeline.store import Store
from schemas.base import Frozen, Label
from tasks import AnyTaskType, is_current, task_types

MOST = 20_000
"""So many settled tasks of a task type are looked at, the newest."""
TYPES = "SELECT DISTINCT task_type, version FROM task_facts WHERE accepted ORDER BY ALL"
VOTED = f"""
WITH settled AS (
    SELECT f.task_id, f.cell, f.method, f.resolved_at, r.payload AS label, NULL AS known
    FROM task_facts f JOIN current_resolutions r USING (task_id)
    WHERE f.task_type = $1 AND f.version = $2 AND f.accepted AND NOT f.superseded AND NOT f.withdrawn AND NOT f.gold
        AND f.method NOT IN ('adjudicated', 'machine')
    QUALIFY row_number() OVER (ORDER BY f.resolved_at DESC, f.task_id) <= {MOST}),
known AS (
    SELECT g.task_id, t.cell, 'gold' AS method, g.put_at AS resolved_at, NULL AS label, g.payload AS known
    FROM gold_tasks g JOIN tasks t USING (task_id) WHERE g.in_force AND t.task_type = $1 AND t.version = $2)
SELECT s.*, v.annotator, v.payload FROM (FROM settled UNION ALL FROM known) s JOIN every_vote v USING (task_id)
ORDER BY s.task_id, v.annotator
"""  # noqa: S608 - a number of ours
"""What adjudicators decided is not doubted here, and what machines did is audited; gold teaches how people err."""


class SuspectLabel(Frozen):
    """A settled label to look at again."""

    task_id: str
    cell: str
    task_type: str
    label: str
    """In one line for people."""
    wrong: float
    """How probably it is wrong, 0..1."""
    rather: str
    """What is most probable instead; what stands for all labels near it."""
    agreed: int
    """How many of the answers are near it."""
    of: int
    machines: dict[str, str]
    """What each machine says of it, in one line."""
    method: str
    """How it was settled."""

    @property
    def why(self) -> str:
        """What speaks against it, in one line."""
        said = f"{self.agreed} of {self.of} say so"
        others = [f"{name}: {label}" for name, label in self.machines.items()]
        return "; ".join([said, *others])


def suspects(store: Store, machines: Mapping[str, Mapping[str, Label]] | None = None) -> list[SuspectLabel]:
    """All settled labels of kinds of work whose labels fall into classes, the likeliest wrong first.

    `machines` gives the label by task of each verifier or model; how often each is right is learned from people.
    """
    found = [
        one
        for kind in store.rows(TYPES)
        if is_current(kind["task_type"], kind["version"])
        for one in _of_type(store, task_types()[kind["task_type"]], machines or {})
    ]
    return sorted(found, key=lambda one: (-one.wrong, one.task_id))


def _of_type(
    store: Store, task_type: AnyTaskType, machines: Mapping[str, Mapping[str, Label]]
) -> Iterator[SuspectLabel]:
    rows = store.rows(VOTED, [task_type.name, task_type.version])
    tasks = {row["task_id"]: row for row in rows}
    heard = {
        name: {
            task: label for task, label in of.items() if task in tasks and isinstance(label, task_type.label)
        }
        for name, of in machines.items()
    }
    heard = {name: of for name, of in heard.items() if of}
    said = [
        row[column] for row in rows for column in ("payload", "label", "known") if row[column] is not None
    ]
    said += [label.model_dump_json() for of in heard.values() for label in of.values()]
    classes = coarse(task_type, said)
    if not rows or classes is None:
        return
    votes = _coded(rows, classes)
    agreed, known = (
        _of_items(votes, {task: row[column] for task, row in tasks.items()}, classes)
        for column in ("label", "known")
    )
    told = {
        name: _of_items(votes, {task: label.model_dump_json() for task, label in of.items()}, classes)
        for name, of in heard.items()
    }
    truth = pooled(votes, known if (known != UNKNOWN).any() else None)
    for one in ranked(votes, truth, agreed, told or None):
        yield _suspect(one, tasks[one.item], task_type, heard)


def _suspect(
    one: Suspect, row: Mapping[str, Any], task_type: AnyTaskType, heard: Mapping[str, Mapping[str, Label]]
) -> SuspectLabel:
    label = task_type.label.model_validate_json(row["label"])
    return SuspectLabel(
        task_id=one.item,
        cell=row["cell"],
        task_type=task_type.name,
        label=task_type.summary(label),
        wrong=round(one.wrong, 6),
        rather=one.rather,
        agreed=one.agreed,
        of=one.of,
        machines={name: task_type.summary(of[one.item]) for name, of in heard.items() if one.item in of},
        method=row["method"],
    )


def _coded(rows: list[dict[str, Any]], classes: Coarse) -> Coded:
    read = [row for row in rows if row["payload"] in classes.place]
    names = [str(at) for at in range(len(classes.names))]
    found = Coded.of(
        ((row["task_id"], row["annotator"], names[classes.place[row["payload"]]]) for row in read),
        labels=names,
    )
    return Coded(found.items, found.annotators, classes.names, found.item, found.annotator, found.label)


def _of_items(votes: Coded, labels: Mapping[str, str | None], classes: Coarse) -> Places:
    """The class of each item's label where it has one, else UNKNOWN."""
    found = [classes.place.get(labels.get(str(item)) or "", UNKNOWN) for item in votes.items]
    return np.array(found, dtype=np.intp)
