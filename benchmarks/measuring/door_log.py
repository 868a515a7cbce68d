"""A made-up project as a store with a door has it: the facts that its stages, Label Studio and the door would leave."""

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from pipeline.store import Store
from pipeline.store.log import EventLog
from schemas.door import DoorEventFact
from schemas.facts import (
    AnnotationFact,
    Fact,
    RecordFact,
    RecordTaskFact,
    RejectFact,
    ReleaseFact,
    ReleaseMemberFact,
    ResolutionFact,
    TaskFact,
)
from schemas.steering import AdjudicationFact, DecisionFact

if TYPE_CHECKING:
    import pyarrow as pa

Row: TypeAlias = dict[str, Any]
Seen: TypeAlias = Callable[[str, datetime], bool]
"""Whether somebody came by the door at a moment."""
IDLE, IDLE_SECONDS, LONGEST_IDLE = 0.03, 1200.0, 7200.0
"""Share of pages that Label Studio's own lead time counts on for, for how long on average, and at most."""
MINUTE = timedelta(minutes=1)
OF_NO_TASK = ("signed_on", "signed_off", "starved")


def door_log(table: "pa.Table", source: np.random.Generator, seen: Seen = lambda _, __: True) -> EventLog:
    """The log of a made-up project's complete events, by way of the facts in a store and its views.

    What was not `seen` by the door is known from Label Studio alone, whose lead times are of pages that may lie open.
    What was settled is dated by the next minute, when `watch` comes round.
    """
    with Store(":memory:") as store:
        for facts in _facts(table.to_pylist(), source, seen):
            store.put(facts)
        return EventLog.of_arrow(EventLog.of_store(store).table())


def _facts(rows: list[Row], source: np.random.Generator, seen: Seen) -> Iterator[list[Fact]]:
    parked = {row["task"] for row in rows if row["event"] == "held"}
    rows = [row for row in rows if row["task"] not in parked or row["task"] is None]
    by: defaultdict[str, list[Row]] = defaultdict(list)
    for row in rows:
        by[row["event"]].append(row)
    ready = {(row["task"], row["attempt"]) for row in by["ready"]}
    yield [_record(row) for row in by["ingested"]]
    yield [_task(row) for row in by["ready"]]
    yield [RecordTaskFact(record_id=row["record"], task_id=_id(row)) for row in by["ready"]]
    yield [_refused(row) for row in by["dropped"] if (row["task"], 1) not in ready]
    yield [_answer(row, _id(row), source) for row in by["submitted"]]
    yield [AdjudicationFact(adjudication_id=_case(row), task_id=_id(row), revisions=(), asked_at=row["ts"])
           for row in by["sent_to_adjudication"]]  # fmt: skip
    verdicts = [row for row in (*by["accepted"], *by["rejected"]) if row["actor"]]
    yield [_answer(row, _case(row), source) for row in verdicts]
    yield [_decision(row) for row in verdicts]
    yield [_settled(row) for row in (*by["accepted"], *by["rejected"], *by["sent_to_adjudication"])]
    yield from _released(by["released"], rows)
    yield list(_at_the_door(rows, seen))


def _id(row: Row) -> str:
    return f"{row['task']}/{row['attempt']}"


def _case(row: Row) -> str:
    return f"{_id(row)}/adjudication"


def _record(row: Row) -> Fact:
    empty = dict.fromkeys(
        ("language", "programming_language", "topic", "difficulty", "license", "dataset"), None
    )
    return RecordFact(
        record_id=row["record"],
        prompt_id=row["record"],
        domain="reasoning",
        candidates=0,
        payload="{}",
        ingested_at=row["ts"],
        **empty,
    )


def _task(row: Row) -> Fact:
    return TaskFact(
        task_id=_id(row),
        item_id=row["task"],
        task_type=row["cell"].split("/")[1],
        version=1,
        cell=row["cell"],
        attempt=row["attempt"],
        overlap=2,
        payload="{}",
        generated_at=row["ts"],
    )


def _refused(row: Row) -> Fact:
    return RejectFact(
        reject_id=row["record"],
        stage="generate",
        subject=row["record"],
        reason=row["reason"] or "",
        detail="",
        evidence="{}",
        rejected_at=row["ts"],
    )


def _answer(row: Row, uid: str, source: np.random.Generator) -> Fact:
    idle = min(float(source.exponential(IDLE_SECONDS)), LONGEST_IDLE) * (source.random() < IDLE)
    lead = row["lead_seconds"]
    name = f"{uid}/{row['actor']}"
    return AnnotationFact(
        revision_id=name,
        annotation_id=name,
        task_id=uid,
        annotator=row["actor"],
        server="embedded",
        remote_id=0,
        result="[]",
        lead_seconds=None if lead is None or math.isnan(lead) else lead + idle,
        skipped=False,
        deleted=False,
        simulated=True,
        created_at=row["ts"],
        updated_at=row["ts"],
        synced_at=row["ts"],
    )


def _decision(row: Row) -> Fact:
    name = f"{_case(row)}/{row['actor']}"
    return DecisionFact(
        revision_id=name,
        annotation_id=name,
        adjudication_id=_case(row),
        task_id=_id(row),
        adjudicator=row["actor"],
        payload="{}" if row["event"] == "accepted" else None,
        reason="",
        simulated=True,
        checked_at=row["ts"],
    )


def _settled(row: Row) -> Fact:
    method = {"sent_to_adjudication": "none", "rejected": "sent_back"}.get(row["event"])
    method = method or ("adjudicated" if row["actor"] else "unanimous")
    later = MINUTE - (row["ts"] - row["ts"].replace(second=0, microsecond=0))
    return ResolutionFact(
        resolution_id=f"{_id(row)}/{row['event']}",
        task_id=_id(row),
        payload="{}" if row["event"] == "accepted" else None,
        method=method,
        agreement=None,
        votes=2,
        revisions=(f"{_case(row)}/{row['actor']}",) if row["actor"] else (),
        simulated=True,
        resolved_at=row["ts"] + later if row["event"] == "accepted" else row["ts"],
    )


def _released(released: list[Row], rows: Iterable[Row]) -> Iterator[list[Fact]]:
    last = {row["task"]: _id(row) for row in rows if row["event"] == "accepted"}
    moments = sorted({row["ts"] for row in released})
    version = {moment: f"{number}.0.0" for number, moment in enumerate(moments, 1)}
    yield [ReleaseFact(version=name, digest="", row_count=1, simulated=True, facts_until=None, made_at=moment)
           for moment, name in version.items()]  # fmt: skip
    yield [
        ReleaseMemberFact(
            version=version[row["ts"]], task_id=last[row["task"]], resolution_id="", row_count=1
        )
        for row in released
    ]


def _at_the_door(rows: list[Row], seen: Seen) -> Iterator[DoorEventFact]:
    begun: dict[tuple[str, str], datetime] = {}
    for number, row in enumerate(rows):
        if row["actor"] is None or not seen(row["actor"], row["ts"]):
            continue
        if row["event"] in OF_NO_TASK:
            yield _event(number, row, row["event"])
        elif row["event"] in ("served", "adjudication_started"):
            uid = _id(row) if row["event"] == "served" else _case(row)
            begun[uid, row["actor"]] = row["ts"]
            yield _event(number, row, "served", uid=uid, slot=row["slot"])
        elif row["event"] in ("submitted", "accepted", "rejected"):
            uid = _id(row) if row["event"] == "submitted" else _case(row)
            since = begun.get((uid, row["actor"]), row["ts"])
            yield _event(
                number,
                row,
                "submitted",
                uid=uid,
                slot=row["slot"],
                open_seconds=(row["ts"] - since).total_seconds(),
                active_seconds=row["lead_seconds"],
            )


def _event(number: int, row: Row, event: str, **more: Any) -> DoorEventFact:  # noqa: ANN401 - the fact's own fields
    given = dict.fromkeys(("uid", "slot", "open_seconds", "active_seconds", "reason", "why"), None)
    return DoorEventFact.model_validate(
        {
            **given,
            "event_id": f"e{number:09}",
            "ts": row["ts"],
            "event": event,
            "annotator": row["actor"],
            "cell": row["cell"],
            "simulated": True,
            **more,
        }
    )
