"""What people said in each kind of work, as numbers: the votes that count, on gold too, with who came when."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from pipeline.quality.coarse import Coarse, coarse
from pipeline.quality.coded import UNKNOWN, Coded, Places
from pipeline.quality.dawid_skene import pooled
from pipeline.quality.truth import Truth
from pipeline.quality.work import Work
from pipeline.store import Store
from schemas.base import Label
from tasks import is_current, task_types

MOST_VOTES = 100_000
"""So many of a kind of work are looked at, the newest: what people did before was looked at then."""
KINDS = """
SELECT DISTINCT task_type, version FROM tasks ORDER BY ALL
"""
VOTES = """
SELECT v.task_id, v.annotator, v.payload, CASE WHEN g.in_force THEN g.payload END AS known,
    row_number() OVER (PARTITION BY v.task_id ORDER BY v.submitted_at, v.annotation_id) - 1 AS turn
FROM every_vote v JOIN tasks t USING (task_id) LEFT JOIN gold_tasks g USING (task_id)
WHERE t.task_type = ? AND t.version = ?
ORDER BY v.submitted_at DESC, v.annotation_id LIMIT ?
"""


@dataclass(frozen=True)
class Voted:
    """One kind of work."""

    task_type: str
    work: Work
    truth: Truth
    """What the votes come to, with gold held at its answers."""

    @property
    def known(self) -> Places:
        """The class of each gold item's answer, but for those that are doubted; else UNKNOWN."""
        return np.full(len(self.work.votes.items), UNKNOWN) if self.work.known is None else self.work.known


def voted(
    store: Store, aside: Collection[str] = (), models: Mapping[str, Label] | None = None
) -> Iterator[Voted]:
    """Every kind of work whose labels fall into classes, of today's versions of task types.

    Gold that is `aside` counts as unknown; `models` gives the hidden model's label by task.
    """
    for kind in store.rows(KINDS):
        if is_current(kind["task_type"], kind["version"]):
            rows = store.rows(VOTES, [kind["task_type"], kind["version"], MOST_VOTES])
            found = _voted(kind["task_type"], rows, aside, models or {})
            if found is not None and found.work.votes.n:
                yield found


def _voted(
    name: str, rows: list[dict[str, Any]], aside: Collection[str], models: Mapping[str, Label]
) -> Voted | None:
    known = {
        row["task_id"]: row["known"]
        for row in rows
        if row["known"] is not None and row["task_id"] not in aside
    }
    heard = {
        task: label.model_dump_json()
        for task, label in models.items()
        if task in {r["task_id"] for r in rows}
    }
    said = (*(row["payload"] for row in rows), *known.values(), *heard.values())
    classes = coarse(task_types()[name], said)
    if classes is None:
        return None
    rows = [row for row in rows if row["payload"] in classes.place]
    if not rows:
        return None
    votes = _coded(rows, classes)
    gold = _of_items(votes, known, classes) if known else None
    truth = pooled(votes, gold)
    work = Work(
        votes,
        truth.models[0],
        gold,
        _turns(votes, rows),
        _of_items(votes, heard, classes) if heard else None,
    )
    return Voted(name, work, truth)


def _coded(rows: list[dict[str, Any]], classes: Coarse) -> Coded:
    """The votes in the order of items and people; one that nobody said keeps its class."""
    ranked = sorted(rows, key=lambda row: (row["task_id"], row["annotator"]))
    items, people = (sorted({row[name] for row in rows}) for name in ("task_id", "annotator"))
    places = [{name: at for at, name in enumerate(one)} for one in (items, people)]
    return Coded(
        items,
        people,
        classes.names,
        np.array([places[0][row["task_id"]] for row in ranked], dtype=np.intp),
        np.array([places[1][row["annotator"]] for row in ranked], dtype=np.intp),
        np.array([classes.place[row["payload"]] for row in ranked], dtype=np.intp),
    )


def _turns(votes: Coded, rows: list[dict[str, Any]]) -> Places:
    turn = {(row["task_id"], row["annotator"]): row["turn"] for row in rows}
    pairs = zip(votes.item.tolist(), votes.annotator.tolist(), strict=True)
    return np.array([turn[votes.items[item], votes.annotators[who]] for item, who in pairs], dtype=np.intp)


def _of_items(votes: Coded, labels: Mapping[str, str], classes: Coarse) -> Places:
    """The class of each item's label where it has one, else UNKNOWN."""
    found = [classes.place.get(labels.get(item, ""), UNKNOWN) for item in votes.items]
    return np.array(found, dtype=np.intp)
