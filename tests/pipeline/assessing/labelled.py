"""A store with many votes of simulated people, put in bulk: who errs how is known."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np

from pipeline.store import Store
from schemas.base import Json, canonical_json
from schemas.door import GoldFact
from schemas.facts import (
    AnnotationFact,
    Fact,
    LabelFact,
    RecordFact,
    RecordTaskFact,
    ResolutionFact,
    TaskFact,
)
from schemas.steering import GuidelineFact
from tasks import task_types

START = datetime(2026, 3, 2, 9, tzinfo=UTC)
"""A Monday."""
Said = Callable[[str], Json]
"""From an annotator's name to the label that they say."""


class Labelled:
    """Tasks `t000000`, …, a minute apart; what is made is put at the end."""

    def __init__(self, store: Store, seed: int = 1) -> None:
        self.store = store
        self.random = np.random.default_rng(seed)
        self._facts: dict[type[Fact], list[Fact]] = {}
        self.tasks = 0
        self.at = START

    def put(self, *facts: Fact) -> None:
        """Whatever else is so."""
        for fact in facts:
            self._facts.setdefault(type(fact), []).append(fact)

    def done(self) -> Store:
        """The store with everything in it."""
        for facts in self._facts.values():
            self.store.put(facts)
        self._facts.clear()
        return self.store

    def task(
        self,
        cell: str,
        votes: Mapping[str, Json],
        label: Json = None,
        *,
        method: str = "vote",
        record: Mapping[str, Any] | None = None,
        **columns: Any,
    ) -> str:
        """A task with what people said of it, in their order, and what it was settled at, if it was."""
        task_id, name = f"t{self.tasks:06}", cell.split("/")[1]
        self.tasks += 1
        self.at += timedelta(minutes=1)
        given = {
            "task_id": task_id,
            "item_id": f"i{task_id}",
            "task_type": name,
            "version": task_types()[name].version,
            "cell": cell,
            "attempt": 1,
            "overlap": 2,
            "payload": "{}",
            "generated_at": START,
        }
        self.put(TaskFact.model_validate({**given, **columns}))
        self.put(_record(task_id, record or {}), RecordTaskFact(record_id=f"r{task_id}", task_id=task_id))
        revisions = [self._vote(task_id, who, said, place) for place, (who, said) in enumerate(votes.items())]
        if label is not None or method == "none":
            self._settle(task_id, label, method, revisions)
        return task_id

    def gold(self, cell: str, votes: Mapping[str, Json], known: Json, clause: str | None = None) -> str:
        """A gold task, and what people said of it."""
        task_id = self.task(cell, votes)
        self.put(
            GoldFact(
                task_id=task_id,
                purpose="gold",
                payload=canonical_json(known),
                clause=clause,
                said_by="gold.jsonl",
                reason="",
                put_at=START,
            )
        )
        return task_id

    def guideline(self, task_type: str, version: str, since: datetime = START) -> None:
        """Another guideline from a moment on."""
        self.put(GuidelineFact(task_type=task_type, version=version, since=since, text=f"## {version}"))

    def picks(self, people: Sequence[str], number: int) -> list[str]:
        """Some people, by lot."""
        return [str(one) for one in self.random.choice(people, size=number, replace=False)]

    def _vote(self, task_id: str, who: str, said: Json, place: int) -> str:
        revision, at = f"{task_id}-{who}", self.at + timedelta(seconds=place)
        self.put(
            AnnotationFact(
                revision_id=revision,
                annotation_id=f"a-{revision}",
                task_id=task_id,
                annotator=who,
                server="embedded",
                remote_id=1,
                result="[]",
                lead_seconds=60.0,
                skipped=False,
                deleted=False,
                simulated=False,
                created_at=at,
                updated_at=at,
                synced_at=at,
            ),
            LabelFact(
                revision_id=revision,
                annotation_id=f"a-{revision}",
                task_id=task_id,
                annotator=who,
                payload=canonical_json(said),
                simulated=False,
                checked_at=at,
            ),
        )
        return revision

    def _settle(self, task_id: str, label: Json, method: str, revisions: Sequence[str]) -> None:
        self.put(
            ResolutionFact(
                resolution_id=f"res-{task_id}",
                task_id=task_id,
                payload=None if label is None else canonical_json(label),
                method=method,
                agreement=1.0,
                votes=len(revisions),
                revisions=tuple(revisions),
                simulated=False,
                resolved_at=self.at + timedelta(hours=1),
                guideline="",
            )
        )


def _record(task_id: str, columns: Mapping[str, Any]) -> RecordFact:
    given = {
        "record_id": f"r{task_id}",
        "prompt_id": f"p{task_id}",
        "domain": "reasoning",
        "language": "en",
        "programming_language": None,
        "topic": None,
        "difficulty": None,
        "license": None,
        "dataset": "problems.jsonl",
        "candidates": 1,
        "payload": "{}",
        "ingested_at": START,
    }
    return RecordFact.model_validate({**given, **columns})
