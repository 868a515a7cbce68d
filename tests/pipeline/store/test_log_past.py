"""A long log without its long past: what is left is as it was, and what was left out is counted."""

import json
import random
from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow.parquet
import pytest

from pipeline.progress.analysis import analyse
from pipeline.progress.metrics.cumulative_flow import cumulative_flow
from pipeline.progress.metrics.reconcile import reconcile
from pipeline.progress.metrics.window import whole
from pipeline.simulation.worlds.log import run
from pipeline.simulation.worlds.shape import Shape
from pipeline.simulation.worlds.worlds import world
from pipeline.store import Store, log_past
from pipeline.store.log import EventLog
from schemas.facts import Fact, RejectFact, ReleaseFact, ReleaseMemberFact, ResolutionFact
from schemas.flow import Flow
from schemas.screening import ScreenedFact, ShardFact
from schemas.steering import RedoFact, WithdrawalFact
from schemas.team import Team
from tests.pipeline.filled import START, Filled

DAYS, HORIZON = 90, 28
NOW = START + timedelta(days=DAYS)
METHODS = ("majority", "majority", "majority", "unanimous", "adjudicated", "none", "sent_back", "reopened")


@pytest.fixture(autouse=True)
def _every_log_is_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log_past, "MANY", 10)
    monkeypatch.setattr(log_past, "HORIZONS", (HORIZON,))


class Gathered:
    """Facts that are put into a store all at once, for one by one takes seconds."""

    def __init__(self) -> None:
        self.facts: dict[type[Fact], list[Fact]] = {}

    def put(self, facts: Iterable[Fact]) -> None:
        for fact in facts:
            self.facts.setdefault(type(fact), []).append(fact)

    def into(self, store: Store) -> None:
        for facts in self.facts.values():
            store.put(facts)


class Lives:
    """Tasks that come to different ends at different times, in a store."""

    def __init__(self, store: Store, seed: int, *, shared: bool = True) -> None:
        gathered: Any = Gathered()
        self.filled, self.dice = Filled(gathered), random.Random(seed)
        records = [self.filled.record(ingested_at=self.on(0, 1)) for _ in range(30)]
        self.screen(records)
        for number in range(60):
            self.item(number, self.dice.sample(records, self.dice.choice((1, 1, 2)) if shared else 1))
        for record in self.dice.sample(records, 4):
            self.filled.put(
                WithdrawalFact(record_id=record, reason="no", condition="", withdrawn_at=self.on(86, DAYS))
            )
            self.filled.put(
                RejectFact(
                    reject_id=f"j{record}", stage="generate", subject=f"{record}/1", reason="no", detail="",
                    evidence="", rejected_at=self.on(0, DAYS),
                )
            )  # fmt: skip
        gathered.into(store)

    def screen(self, records: list[str]) -> None:
        """All of them, of the day they came; and others, early and late, that did not get through; some still wait."""
        stopped = [(f"early{number}", 2) for number in range(5)] + [
            (f"late{number}", 85) for number in range(5)
        ]
        for position, (record, day) in enumerate([(one, 1) for one in records] + stopped):
            at, gone = START + timedelta(days=day), day > 1
            self.filled.put(
                ScreenedFact(
                    record_id=record, admitted_as=None if gone else record, shard="s", position=position,
                    ingested_at=at, started_at=at, screened_at=at, screened_by="screen",
                    verdict="reject" if gone else "pass", screen="secrets" if gone else None,
                )
            )  # fmt: skip
            if gone:
                self.filled.put(
                    RejectFact(
                        reject_id=record, stage="screen", subject=record, reason="secret", detail="", evidence="",
                        rejected_at=at,
                    )
                )  # fmt: skip
        self.filled.put(
            ShardFact(shard="s", source_id="s", position=0, row_count=42, known=0, rejected=0, read_at=START)
        )

    def on(self, first: float, last: float) -> datetime:
        return START + timedelta(days=self.dice.uniform(first, last))

    def item(self, number: int, records: list[str]) -> None:
        at = self.on(1, 80)
        released = []
        for attempt in range(1, self.dice.choice((1, 1, 1, 2, 3)) + 1):
            if at > START + timedelta(days=86):
                break
            task = self.filled.task(
                *records,
                item_id=f"item{number}",
                attempt=attempt,
                generated_at=at,
                cell=f"en/type{number % 3}",
            )
            method, at = self.attempt(task, at)
            released += [task] if method in METHODS[:5] else []
        if released and self.dice.random() < 0.5:
            version, task = f"{number}.0.0", released[-1]
            self.filled.put(
                ReleaseFact(
                    version=version, digest="d", row_count=1, simulated=False, facts_until=None, made_at=at
                ),
                ReleaseMemberFact(version=version, task_id=task, resolution_id=f"res-{task}", row_count=1),
            )

    def attempt(self, task: str, at: datetime) -> tuple[str, datetime]:
        """Its last method ('' for none), and when it was over."""
        method = ""
        for person in ("ann", "bob")[: self.dice.choice((0, 1, 2, 2, 2))]:
            at += timedelta(hours=self.dice.expovariate(1 / 40))
            self.filled.vote(task, person, at)
        for turn in range(self.dice.choice((0, 1, 1, 1, 2))):
            at += timedelta(hours=self.dice.expovariate(1 / 40))
            method = self.dice.choice(METHODS)
            payload = None if method in METHODS[5:] else '"a"'
            self.filled.put(
                ResolutionFact(
                    resolution_id=f"res-{task}" if turn == 0 else f"res-{task}-{turn}", task_id=task, payload=payload,
                    method=method, agreement=1.0, votes=2, revisions=(), simulated=False, resolved_at=at,
                )
            )  # fmt: skip
        if self.dice.random() < 0.1:
            self.filled.put(
                RedoFact(task_id=task, reason="no", condition="", redone_at=at + timedelta(hours=1))
            )
        if self.dice.random() < 0.1:
            self.filled.vote(task, "cid", at + timedelta(days=self.dice.uniform(0, 40)))
        return method, at + timedelta(hours=2)


def by_task(log: EventLog) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for row in log.rows("SELECT * EXCLUDE seq FROM log ORDER BY ts, event, slot, actor"):
        found.setdefault(row["task"], []).append(row)
    return found


def accepted(log: EventLog) -> Counter[str]:
    reconcile(log)  # gathers its tasks
    here = Counter(row["cell"] for row in log.rows("FROM log_tasks WHERE stands = 'done'"))
    return here + Counter({cell: one.accepted for cell, one in log.past.cells.items()} if log.past else {})


def check_the_same(cut: EventLog, full: EventLog) -> None:
    assert cut.past is not None
    assert full.past is None
    kept, every = by_task(cut), by_task(full)
    assert kept
    assert len(kept) < len(every)
    assert all(rows == every[task] for task, rows in kept.items())
    for task in every.keys() - kept.keys():
        assert all(row["ts"] < cut.past.since for row in every[task] if row["event"] != "released")
    assert reconcile(cut).states == reconcile(full).states
    assert accepted(cut) == accepted(full)


@pytest.mark.parametrize("seed", range(4))
def test_a_stores_past_is_counted_and_the_rest_is_as_it_was(seed: int) -> None:
    with Store(":memory:") as store:
        # of a record that shares one task and gets another later, the log knows the later one before it is there
        moment = (NOW, NOW - timedelta(days=20))[seed % 2]
        Lives(store, seed, shared=moment == NOW)
        with EventLog.of_store(store, moment, whole=True) as full:
            every = full.table()
        with EventLog.of_store(store, moment) as cut, EventLog.of_arrow(every) as again:
            check_the_same(cut, again)
        assert store.count("tasks") > 60
        assert {row["record_id"] for row in store.rows("SELECT record_id FROM records")} >= {"r0", "r29"}


@pytest.mark.parametrize("seed", range(2))
def test_a_files_past_is_counted_and_the_rest_is_as_it_was(seed: int, tmp_path: Path) -> None:
    with Store(":memory:") as store:
        Lives(store, seed)
        rows = store.rows("SELECT * FROM events")
    pyarrow.parquet.write_table(pyarrow.Table.from_pylist(rows), tmp_path / "events.parquet")
    for moment in (NOW, NOW - timedelta(days=20)):
        with (
            EventLog.of_file(tmp_path / "events.parquet", moment) as cut,
            EventLog.of_file(tmp_path / "events.parquet", moment, whole=True) as full,
        ):
            check_the_same(cut, full)


@pytest.fixture(scope="module")
def flows(tmp_path_factory: pytest.TempPathFactory) -> tuple[Flow, Flow]:
    made = world("skill_shortage", 5, Shape(days=70))
    path = tmp_path_factory.mktemp("long") / "events.parquet"
    pyarrow.parquet.write_table(run(made), path)
    with pytest.MonkeyPatch.context() as patched:
        with EventLog.of_file(path) as log:
            full = analyse(log, made.team, runs=5, backtest=False)
        patched.setattr(log_past, "MANY", 10)
        patched.setattr(log_past, "HORIZONS", (42,))
        with EventLog.of_file(path) as log:
            return full, analyse(log, made.team, runs=5, backtest=False)


def rounded(metric: dict[str, object]) -> Any:
    """Sums made side by side differ in their last digits."""
    return json.loads(json.dumps(metric), parse_float=lambda text: round(float(text), 6))


def test_what_holds_the_work_back_is_the_same_without_the_long_past(flows: tuple[Flow, Flow]) -> None:
    full, cut = flows
    assert cut.data_quality.tasks < full.data_quality.tasks
    assert cut.bottleneck.cause == full.bottleneck.cause
    assert cut.bottleneck.where == full.bottleneck.where
    assert cut.bottleneck.load == pytest.approx(full.bottleneck.load, rel=0.02)
    for name in ("throughput", "hours", "days", "rework", "effort"):
        assert rounded(cut.metrics[name]) == rounded(full.metrics[name])


def test_targets_count_what_had_ended_before(flows: tuple[Flow, Flow]) -> None:
    full, cut = flows
    assert full.forecast.targets.keys() == cut.forecast.targets.keys()
    for cell, target in full.forecast.targets.items():
        assert cut.forecast.targets[cell].accepted == target.accepted


def test_the_page_says_what_was_left_out(flows: tuple[Flow, Flow]) -> None:
    full, cut = flows
    (said,) = [note for note in cut.data_quality.notes if "ended before" in note]
    assert "are counted" in said
    assert not [note for note in full.data_quality.notes if "ended before" in note]


def test_the_cumulative_flow_begins_where_the_log_is_whole() -> None:
    with Store(":memory:") as store:
        Lives(store, 1)
        with EventLog.of_store(store, NOW, whole=True) as full:
            every = full.table()
        with EventLog.of_store(store, NOW) as cut, EventLog.of_arrow(every) as again:
            window = whole(again)
            assert window
            assert cut.past
            days, all_days = (cumulative_flow(one, window, Team()) for one in (cut, again))
    assert days
    assert all_days
    assert days.days[0].day == cut.past.since.date()
    assert days.days == all_days.days[-len(days.days) :]
