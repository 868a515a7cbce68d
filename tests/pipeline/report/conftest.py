"""A store with a project in the middle of its labeling, its facts put directly."""

import json
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from pipeline.store import Store
from schemas.facts import (
    AnnotationFact,
    Fact,
    LabelFact,
    PersonFact,
    PushFact,
    RecordFact,
    RejectFact,
    ReleaseFact,
    ReleaseMemberFact,
    ResolutionFact,
    RunFact,
    TaskFact,
)
from tasks import task_types

START = datetime(2026, 12, 1, 9, 0, tzinfo=UTC)
NAMES = ("Li Wei", "Ana Souza", "Kim Novak")
PEOPLE = ("ann-0a", "ann-1b", "ann-2c")
STATES = ("ready", "open", "in_labeling", "labeled", "disputed", "accepted", "released")
VOTES = {"in_labeling": 1, "labeled": 2, "disputed": 2, "accepted": 2, "released": 2}
"""How many votes a task in a state has here; its overlap is 2."""


class Made:
    """A store that is filled task by task."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._facts: dict[type[Fact], list[Fact]] = {}
        self.records = 0
        self.tasks = 0

    @property
    def store(self) -> Store:
        """The store, with all facts that were made so far."""
        for facts in self._facts.values():
            self._store.put(facts)
        self._facts.clear()
        return self._store

    def put(self, facts: Iterable[Fact]) -> None:
        """Keep facts for the store, to be put there in bulk."""
        for fact in facts:
            self._facts.setdefault(type(fact), []).append(fact)

    def record(self, number: int = 1) -> None:
        """Some records more."""
        self.put(_record(self.records + n) for n in range(number))
        self.records += number

    def task(
        self, cell: str, state: str, *, simulated: bool = False, payload: str = "1", audit: bool = False
    ) -> str:
        """One task in a state, with the facts that bring it there; its votes take 60 and 120 seconds."""
        task_id = f"t{self.tasks:06}"
        self.tasks += 1
        self.put([_task(task_id, cell, audit=audit)])
        if state != "ready":
            self.put([_push(task_id)])
        voters = PEOPLE[: VOTES.get(state, 0)]
        for number, annotator in enumerate(voters):
            said = "2" if state == "disputed" and number else payload
            self.vote(task_id, annotator, payload=said, simulated=simulated, lead_seconds=60.0 * (number + 1))
        if state in {"disputed", "accepted", "released"}:
            self.resolve(task_id, None if state == "disputed" else payload, simulated=simulated)
        if state == "released":
            self.release(task_id)
        return task_id

    def vote(self, task_id: str, annotator: str, *, label: bool = True, **said: Any) -> str:
        """An annotation of a task, with its label unless told otherwise; `said` overrides what it says."""
        revision_id = f"{task_id}-{annotator}"
        payload = said.pop("payload", "1")
        fact = AnnotationFact.model_validate({**_annotation(revision_id, task_id, annotator), **said})
        self.put([fact])
        if label:
            self.put([_label(fact, payload)])
        return revision_id

    def resolve(self, task_id: str, payload: str | None, *, simulated: bool = False, votes: int = 2) -> None:
        """The resolution of a task."""
        fact = ResolutionFact(
            resolution_id=f"r-{task_id}",
            task_id=task_id,
            payload=payload,
            method="none" if payload is None else "vote",
            agreement=0.5 if payload is None else 1.0,
            votes=votes,
            revisions=(),
            simulated=simulated,
            resolved_at=START + timedelta(hours=3),
        )
        self.put([fact])

    def release(self, task_id: str) -> None:
        """The task's resolution as part of a release."""
        self.put([_release()])
        member = ReleaseMemberFact(version="v1", task_id=task_id, resolution_id=f"r-{task_id}", row_count=1)
        self.put([member])

    def reject(self, stage: str, subject: str, reason: str) -> None:
        """A refusal."""
        fact = RejectFact(
            reject_id=f"{stage}/{subject}/{reason}",
            stage=stage,
            subject=subject,
            reason=reason,
            detail="",
            evidence="null",
            rejected_at=START,
        )
        self.put([fact])

    def run(self, stage: str, at: datetime, *, done: int = 0, error: str | None = None) -> None:
        """A run of a stage that took two seconds."""
        fact = RunFact(
            run_id=f"{stage}-{at.isoformat()}",
            stage=stage,
            started_at=at,
            ended_at=at + timedelta(seconds=2),
            done=done,
            skipped=0,
            rejected=json.dumps({}),
            error=error,
        )
        self.put([fact])

    def one_of_each(self, cell: str, *, simulated: bool = False) -> None:
        """A task in every state."""
        for state in STATES:
            self.task(cell, state, simulated=simulated)

    def people(self) -> None:
        """The table of names, which no report may show."""
        self.put(
            PersonFact(
                annotator=annotator,
                server="embedded",
                person_id=number,
                email=f"{name.split()[0].lower()}@vendor.example",
                name=name,
                simulated=False,
                seen_at=START,
            )
            for number, (annotator, name) in enumerate(zip(PEOPLE, NAMES, strict=True))
        )


@pytest.fixture
def made() -> Iterator[Made]:
    with Store(":memory:") as store:
        yield Made(store)


@pytest.fixture
def busy(made: Made) -> Made:
    """Two cells, three annotators, every state, rejects and runs: the ordinary case."""
    made.people()
    made.record(20)
    made.one_of_each("en/step_review")
    made.task("en/step_review", "accepted")
    made.one_of_each("zh/step_review")
    made.task("zh/step_review", "open")
    made.vote("t000001", "ann-2c", label=False, skipped=True)
    broken = made.vote("t000009", "ann-2c", label=False)
    made.reject("check", broken, "says no label")
    made.reject("ingest", "friends.jsonl:3", "malformed row")
    made.reject("ingest", "friends.jsonl:9", "malformed row")
    made.run("ingest", START, done=20)
    made.run("sync", START + timedelta(hours=1), done=9)
    made.run(
        "sync", START + timedelta(hours=2), error="http://127.0.0.1:8080: should answer, does not; start it"
    )
    return made


def _record(number: int) -> RecordFact:
    return RecordFact(
        record_id=f"rec{number}",
        prompt_id=f"rec{number}",
        domain="reasoning",
        language="en",
        programming_language=None,
        topic=None,
        difficulty=None,
        license=None,
        dataset=None,
        candidates=1,
        payload="{}",
        ingested_at=START,
    )


def _task(task_id: str, cell: str, *, audit: bool) -> TaskFact:
    return TaskFact(
        task_id=task_id,
        item_id=task_id,
        task_type=cell.split("/")[1],
        version=task_types()[cell.split("/")[1]].version,
        cell=cell,
        attempt=1,
        overlap=2,
        payload="{}",
        generated_at=START,
        audit=audit,
    )


def _push(task_id: str) -> PushFact:
    return PushFact(task_id=task_id, server="embedded", project_id=1, remote_task_id=1, pushed_at=START)


def _annotation(revision_id: str, task_id: str, annotator: str) -> dict[str, Any]:
    return {
        "revision_id": revision_id,
        "annotation_id": revision_id,
        "task_id": task_id,
        "annotator": annotator,
        "server": "embedded",
        "remote_id": 1,
        "result": "[]",
        "lead_seconds": 60.0,
        "skipped": False,
        "deleted": False,
        "simulated": False,
        "created_at": START + timedelta(hours=1),
        "updated_at": START + timedelta(hours=1),
        "synced_at": START + timedelta(hours=2),
    }


def _label(fact: AnnotationFact, payload: str) -> LabelFact:
    return LabelFact(
        revision_id=fact.revision_id,
        annotation_id=fact.annotation_id,
        task_id=fact.task_id,
        annotator=fact.annotator,
        payload=payload,
        simulated=fact.simulated,
        checked_at=START + timedelta(hours=2),
    )


def _release() -> ReleaseFact:
    return ReleaseFact(
        version="v1",
        digest="d",
        row_count=1,
        simulated=False,
        facts_until=START,
        made_at=START + timedelta(days=1),
    )
