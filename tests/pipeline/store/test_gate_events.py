"""What the event log says of records before anybody is asked: read, screened, stopped, decided by machine."""

from datetime import timedelta
from typing import Any

import pytest

from pipeline.progress.metrics.reconcile import reconcile
from pipeline.store import Store
from pipeline.store.log import EventLog
from schemas.events import EVENTS
from schemas.facts import RejectFact, ResolutionFact
from schemas.screening import ScreenedFact, ShardFact
from tests.pipeline.filled import START, Filled

BY = "screen@host/1"


class Screening:
    """A store with a shard of records, screened one batch after the other."""

    def __init__(self, store: Store) -> None:
        self.filled = Filled(store)
        self.position = 0

    def shard(self, rows: int, name: str = "s/1.parquet") -> None:
        """A shard of so many records."""
        fact = ShardFact(
            shard=name,
            source_id="s",
            position=self.position,
            row_count=rows,
            known=0,
            rejected=0,
            read_at=START,
        )
        self.filled.put(fact)

    def screened(self, record_id: str, minute: float = 1, **columns: Any) -> str:
        """A record that went through; or was stopped, with `screen`."""
        screen = columns.pop("screen", None)
        at = START + timedelta(minutes=minute)
        given = {
            "record_id": record_id,
            "admitted_as": None if screen else record_id,
            "shard": "s/1.parquet",
            "position": self.position,
            "ingested_at": START,
            "started_at": at,
            "screened_at": at + timedelta(seconds=10),
            "screened_by": BY,
            "verdict": "reject" if screen else "pass",
            "screen": screen,
        }
        self.position += 1
        self.filled.put(ScreenedFact.model_validate({**given, **columns}))
        if screen:
            self.filled.put(
                _reject("screen", record_id, screen.replace("_", " "), at + timedelta(seconds=10))
            )
        return record_id


def _reject(stage: str, subject: str, reason: str, at: Any = START) -> RejectFact:
    return RejectFact(
        reject_id=f"{stage}/{subject}", stage=stage, subject=subject, reason=reason, detail="", evidence="null",
        rejected_at=at,
    )  # fmt: skip


@pytest.fixture
def screening() -> Any:
    with Store(":memory:") as store:
        yield Screening(store)


def told(store: Store, record: str) -> list[tuple[Any, ...]]:
    """The events of a record: when, by whom, why; those of one moment in the order in which they happen."""
    rows = store.rows("SELECT event, ts, actor, reason FROM events WHERE record = ?", [record])
    rows.sort(key=lambda row: (row["ts"], EVENTS.index(row["event"])))
    return [
        (row["event"], round((row["ts"] - START).total_seconds(), 1), row["actor"], row["reason"])
        for row in rows
    ]


def test_a_record_that_goes_through_was_read_taken_up_and_screened(screening: Screening) -> None:
    record = screening.screened(screening.filled.record())
    assert told(screening.filled.store, record) == [
        ("ingested", 0, None, None),
        ("screening_started", 60, BY, None),
        ("screened", 70, BY, None),
    ]


def test_a_record_that_is_stopped_ends_there_with_the_reason(screening: Screening) -> None:
    screening.screened("gone", screen="near_duplicates")
    assert [row[0] for row in told(screening.filled.store, "gone")] == [
        "ingested",
        "screening_started",
        "screened",
        "dropped",
    ]
    assert told(screening.filled.store, "gone")[-1] == ("dropped", 70, None, "near duplicates")


def test_records_screened_at_once_are_dated_one_after_another(screening: Screening) -> None:
    records = [screening.screened(screening.filled.record()) for _ in range(4)]
    spans = [[row[1] for row in told(screening.filled.store, one)[1:]] for one in records]
    assert spans == [[60, 62.5], [62.5, 65], [65, 67.5], [67.5, 70]]


def test_a_masked_record_stands_under_the_id_by_which_it_went_on(screening: Screening) -> None:
    record = screening.filled.record()
    screening.screened("as it came", admitted_as=record, verdict="mask")
    assert told(screening.filled.store, "as it came") == []
    assert [row[0] for row in told(screening.filled.store, record)] == [
        "ingested",
        "screening_started",
        "screened",
    ]


def test_two_records_of_which_masking_made_one_came_once(screening: Screening) -> None:
    record = screening.filled.record()
    for name in ("one", "other"):
        screening.screened(name, admitted_as=record, verdict="mask")
    assert [row[0] for row in told(screening.filled.store, record)].count("ingested") == 1


def test_what_waits_to_be_screened_has_come_in(screening: Screening) -> None:
    screening.shard(3)
    screening.screened(screening.filled.record())
    waiting = screening.filled.store.rows("SELECT event, ts FROM events WHERE record LIKE 's/1.parquet#%'")
    assert waiting == [{"event": "ingested", "ts": START}] * 2


def test_records_of_a_store_from_before_there_were_screens_have_come_in(screening: Screening) -> None:
    record = screening.filled.record()
    assert told(screening.filled.store, record) == [("ingested", 0, None, None)]


def test_what_a_machine_decided_is_dropped_and_was_never_open_for_labeling(screening: Screening) -> None:
    task = screening.filled.task()
    screening.filled.put(
        ResolutionFact(
            resolution_id="m", task_id=task, payload='"a"', method="machine", agreement=None, votes=0, revisions=(),
            simulated=False, resolved_at=START,
        )
    )  # fmt: skip
    rows = screening.filled.store.rows("SELECT event, reason FROM events WHERE task = ?", [task])
    assert rows == [{"event": "dropped", "reason": "decided by machine"}]


def test_a_record_all_of_whose_items_were_dropped_by_machine_ends(screening: Screening) -> None:
    record = screening.filled.record()
    screening.filled.put(_reject("verify", f"{record}/answer_check@1", "decided by machine"))
    assert [row[0] for row in told(screening.filled.store, record)] == ["ingested", "dropped"]


def test_the_figures_of_a_log_with_gates_agree_with_each_other(screening: Screening) -> None:
    screening.shard(10)
    for number in range(4):
        record = screening.screened(screening.filled.record(), minute=number)
        screening.filled.task(record, generated_at=START + timedelta(hours=1))
    for number in range(3):
        screening.screened(f"gone {number}", screen="contamination")
    with EventLog.of_store(screening.filled.store) as log:
        found = reconcile(log)
    assert found.holds, found.faults
    assert found.tasks == 10
    assert found.states["dropped"] == 3
