"""A store filled with facts, task by task: what the stages would have put there."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from pipeline.store import Store
from schemas.facts import (
    AnnotationFact,
    Fact,
    LabelFact,
    PushFact,
    RecordFact,
    RecordTaskFact,
    ReleaseFact,
    ReleaseMemberFact,
    ResolutionFact,
    TaskFact,
)
from schemas.steering import FindingFact, RemoteStateFact
from tasks import task_types

START = datetime(2026, 3, 2, 9, tzinfo=UTC)
SERVER = "embedded"
TYPE = "preference_pair"


class Filled:
    """Records `r0`, `r1`, … and tasks `t0`, `t1`, … with what was said of them."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self._numbers: dict[str, int] = {}

    def number(self, of: str) -> int:
        """The next number of a kind of thing."""
        self._numbers[of] = self._numbers.get(of, -1) + 1
        return self._numbers[of]

    def record(self, **columns: Any) -> str:
        """A record; `columns` overrides what it is."""
        number = self.number("record")
        given = {
            "record_id": f"r{number}",
            "prompt_id": f"p{number}",
            "domain": "reasoning",
            "language": "en",
            "programming_language": None,
            "topic": None,
            "difficulty": None,
            "license": None,
            "dataset": "problems.jsonl",
            "candidates": 2,
            "payload": f'{{"source": {{"row": {number}}}}}',
            "ingested_at": START,
        }
        self.store.put([RecordFact.model_validate({**given, **columns})])
        return f"r{number}"

    def task(self, *records: str, **columns: Any) -> str:
        """A task of some records, of one made for it where none is given."""
        number = self.number("task")
        task_id = f"t{number}"
        given = {
            "task_id": task_id,
            "item_id": f"i{number}",
            "task_type": TYPE,
            "version": task_types()[TYPE].version,
            "cell": f"en/{TYPE}",
            "attempt": 1,
            "overlap": 2,
            "payload": "{}",
            "generated_at": START,
        }
        self.store.put([TaskFact.model_validate({**given, **columns})])
        self.store.put(RecordTaskFact(record_id=one, task_id=task_id) for one in records or (self.record(),))
        return task_id

    def push(self, task_id: str, *, gone: bool = False) -> None:
        """The task in Label Studio, or gone from it."""
        number = self.number("push")
        push = PushFact(task_id=task_id, server=SERVER, project_id=1, remote_task_id=number, pushed_at=START)
        state = RemoteStateFact(
            task_id=task_id,
            overlap=2,
            closed=False,
            gone=gone,
            submitted=0,
            voters=0,
            updated_at=START,
            seen_at=START,
        )
        self.store.put([push])
        self.store.put([state])

    def vote(self, task_id: str, annotator: str = "ann-a", at: datetime = START, **columns: Any) -> str:
        """An annotation and, unless it was skipped or deleted, its label; `columns` overrides what it is."""
        annotation, label = said(self.number("vote"), task_id, annotator, at, **columns)
        self.store.put([annotation])
        self.store.put([label] if not (annotation.skipped or annotation.deleted) else [])
        return annotation.revision_id

    def settle(self, task_id: str, *, guideline: str | None = None, payload: str | None = '"a"') -> str:
        """The task, with two votes, and settled under a guideline's version."""
        revisions = tuple(self.vote(task_id, annotator) for annotator in ("ann-a", "ann-b"))
        fact = ResolutionFact(
            resolution_id=f"res-{task_id}",
            task_id=task_id,
            payload=payload,
            method="none" if payload is None else "unanimous",
            agreement=1.0,
            votes=2,
            revisions=revisions,
            simulated=False,
            resolved_at=START + timedelta(hours=1),
            guideline=guideline,
        )
        self.store.put([fact])
        return task_id

    def release(self, version: str, *tasks: str) -> None:
        """A release that holds some tasks."""
        fact = ReleaseFact(
            version=version, digest="d", row_count=1, simulated=False, facts_until=START, made_at=START
        )
        self.store.put([fact])
        self.store.put(
            ReleaseMemberFact(version=version, task_id=task, resolution_id=f"res-{task}", row_count=1)
            for task in tasks
        )

    def put(self, *facts: Fact) -> None:
        """Whatever else was so."""
        for fact in facts:
            self.store.put([fact])

    def put_all(self, votes: Iterable[tuple[AnnotationFact, LabelFact]]) -> None:
        """Many votes at once."""
        pairs = list(votes)
        self.store.put(annotation for annotation, _ in pairs)
        self.store.put(label for _, label in pairs)


def said(
    number: int, task_id: str, annotator: str, at: datetime, **columns: Any
) -> tuple[AnnotationFact, LabelFact]:
    """One annotation with its label."""
    given = {
        "revision_id": f"v{number}",
        "annotation_id": f"a{number}",
        "task_id": task_id,
        "annotator": annotator,
        "server": SERVER,
        "remote_id": number,
        "result": "[]",
        "lead_seconds": 60.0,
        "skipped": False,
        "deleted": False,
        "simulated": False,
        "created_at": at,
        "updated_at": at,
        "synced_at": at,
    }
    annotation = AnnotationFact.model_validate({**given, **columns})
    label = LabelFact(
        revision_id=annotation.revision_id,
        annotation_id=annotation.annotation_id,
        task_id=task_id,
        annotator=annotator,
        payload='"a"',
        simulated=False,
        checked_at=at,
    )
    return annotation, label


def finding(kind: str, **columns: Any) -> FindingFact:
    """Something that went otherwise than it should; `columns` says what it is about, nothing else does."""
    given = {
        "finding_id": "f",
        "kind": kind,
        "subject": "1",
        "cell": None,
        "task_id": None,
        "annotator": None,
        "revision_id": None,
        "void": False,
        "detail": "",
        "evidence": "null",
        "found_at": START,
    }
    return FindingFact.model_validate({**given, **columns})
