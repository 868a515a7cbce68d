"""Mending a log: twice, impossible, by a wrong clock, lost."""

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.progress.cleaning import clean
from pipeline.progress.columns import Columns
from pipeline.progress.reading import columns_of
from pipeline.store.log import EventLog
from schemas.events import EventName
from tests.pipeline.progress.deriving.logs import (
    HOUR,
    MONDAY,
    Row,
    as_community,
    dirtied,
    log_of,
    rows_of_any_kind,
    same,
    simulated,
)


def many(columns: Columns, event: EventName) -> int:
    return int(columns.are(event).sum())


def hour_of(columns: Columns, event: EventName) -> list[float]:
    return [round(float(ts - MONDAY) / HOUR, 4) for ts in columns.ts[columns.are(event)]]


def test_a_clean_log_stays_as_it_is() -> None:
    log = simulated(1)
    cleaned, counts, notes = clean(log)
    assert same(cleaned, log)
    assert not any(counts.values())
    assert notes == ()


def test_a_row_that_is_there_twice_counts_once() -> None:
    row = (1.0, "submitted", 0, "ann", 1, 1, 60.0)
    log = log_of((0.0, "ingested", 0, ""), (0.0, "ready", 0, ""), row, row, (1.0001, *row[1:]))
    cleaned, counts, notes = clean(log)
    assert many(cleaned, "submitted") == 1
    assert counts["duplicates"] == 2
    assert notes == ("2 rows were there twice and were left out",)


def test_of_two_answers_of_one_person_the_first_counts() -> None:
    log = log_of(
        (0.0, "ingested", 0, ""),
        (0.0, "ready", 0, ""),
        (1.0, "submitted", 0, "ann"),
        (2.0, "submitted", 0, "ann"),
        (2.5, "submitted", 0, "bob"),
    )
    cleaned, counts, _ = clean(log)
    assert hour_of(cleaned, "submitted") == [1.0, 2.5]
    assert counts["answered_twice"] == 1


def test_an_answer_after_a_rejection_is_no_second_answer_where_attempts_are_not_numbered() -> None:
    log = log_of(
        (0.0, "ingested", 0, ""),
        (0.0, "ready", 0, ""),
        (1.0, "submitted", 0, "ann"),
        (2.0, "rejected", 0, "eve"),
        (2.0, "ready", 0, ""),
        (3.0, "submitted", 0, "ann"),
    )
    cleaned, counts, _ = clean(log)
    assert cleaned.attempt[cleaned.are("submitted")].tolist() == [1, 2]
    assert counts["answered_twice"] == 0


def test_a_row_without_an_attempt_is_of_the_one_that_the_task_had_come_to() -> None:
    events: list[tuple[EventName, int]] = [
        ("ingested", 0), ("ready", 1), ("submitted", 1), ("rejected", 0),
        ("ready", 2), ("submitted", 2), ("accepted", 0), ("released", 0),
    ]  # fmt: skip
    made = EventLog.of_arrow(
        {
            "ts": [f"2026-01-05T09:{minute:02}:00Z" for minute in range(len(events))],
            "event": [event for event, _ in events],
            "task": ["a" for _ in events],
            "attempt": [attempt or None for _, attempt in events],
        }
    )
    with made as log:
        cleaned, counts, _ = clean(columns_of(log))
    assert cleaned.attempt.tolist() == [1, 1, 1, 1, 2, 2, 2, 2]
    assert not any(counts.values())


def test_rows_out_of_order_are_put_in_theirs() -> None:
    log = log_of((0.0, "ingested", 0, ""), (0.0, "ready", 0, ""), (1.0, "submitted", 0, "ann"))
    cleaned, counts, _ = clean(log.at(np.array([2, 0, 1])))
    assert same(cleaned, log)
    assert counts["out_of_order"] == 1


def test_impossible_lead_times_are_unknown_and_long_ones_are_cut() -> None:
    leads = {0: 0.0, 1: -5.0, 2: math.inf, 3: 9000.0, 4: 100.0}
    log = log_of(
        *((0.0, event, task, "") for task in leads for event in ("ingested", "ready")),
        *((1.0 + task / 2, "submitted", task, "ann", 1, 1, lead) for task, lead in leads.items()),
    )
    cleaned, counts, _ = clean(log)
    assert cleaned.lead[cleaned.are("submitted")].tolist() == pytest.approx(
        [math.nan, math.nan, math.nan, 1800.0, 100.0], nan_ok=True
    )
    assert (counts["zero_leads"], counts["cut_leads"]) == (1, 1)


def test_a_clock_that_is_off_is_set_right_by_what_follows_at_once() -> None:
    log = simulated(3)
    bob = log.actors.index("bob")
    wrong = replace(log, ts=log.ts + np.where(log.actor == bob, 240.0, 0.0))
    cleaned, counts, notes = clean(wrong.at(np.argsort(wrong.ts, kind="stable")))
    assert counts["clocks"] == 1
    assert "the clock of 1 person was off by up to 4 minutes" in notes[0]
    own = cleaned.are("submitted") & (cleaned.actor == bob)
    assert cleaned.ts[own] == pytest.approx(log.ts[log.are("submitted") & (log.actor == bob)])


def test_no_clock_is_touched_where_settling_takes_its_time() -> None:
    log = simulated(3)
    source = np.random.default_rng(0)
    settled = log.are("accepted", "sent_to_adjudication") & (log.actor < 0)
    slow = replace(log, ts=log.ts + np.where(settled, source.uniform(0, 7200, len(log)), 0.0))
    assert clean(slow.at(np.argsort(slow.ts, kind="stable")))[1]["clocks"] == 0


def test_what_others_show_is_put_back() -> None:
    log = simulated(5)
    for event in ("ready", "ingested", "accepted"):
        rows = np.flatnonzero(log.are(event))
        keep = np.ones(len(log), dtype=bool)
        keep[rows[: len(rows) // 2 : 20]] = False
        cleaned, counts, notes = clean(log.at(keep))
        assert counts[f"lost_{event}"] == pytest.approx((~keep).sum(), abs=2)
        assert many(cleaned, event) == pytest.approx(many(log, event), abs=2)
        assert any(f"% of {event} rows are missing" in note for note in notes)


def test_a_lost_rejection_is_seen_by_the_attempt_after_it() -> None:
    log = simulated(5)
    rows = np.flatnonzero(log.are("rejected"))
    assert len(rows) > 5
    cleaned, counts, _ = clean(log.at(np.delete(np.arange(len(log)), rows[2])))
    assert counts["lost_rejected"] == 1
    assert many(cleaned, "rejected") == len(rows)


def test_an_event_that_a_log_never_has_is_not_made_up() -> None:
    log = simulated(5)
    cleaned, counts, _ = clean(log.at(~log.are("ingested", "screening_started", "screened")))
    assert many(cleaned, "ingested") == 0
    assert counts["lost_ingested"] == 0


def test_the_share_of_lost_votes_is_told() -> None:
    log = simulated(6)
    keep = np.random.default_rng(0).random(len(log)) > 0.03 * log.are("submitted")
    _, counts, notes = clean(log.at(keep))
    assert counts["lost_submitted"] > 0
    assert any("of submitted rows are missing" in note and "not put back" in note for note in notes)


def test_work_before_ready_moves_ready() -> None:
    log = log_of(
        (0.0, "ingested", 0, ""),
        (1.1, "ready", 0, ""),
        (1.0, "submitted", 0, "ann"),
        (2.0, "accepted", 0, ""),
    )
    cleaned, counts, _ = clean(log)
    assert counts["contradictions"] == 1
    assert hour_of(cleaned, "ready") == [1.0]


@settings(deadline=None, max_examples=15)
@given(seed=st.integers(0, 200), community=st.booleans())
def test_cleaning_again_changes_nothing(seed: int, community: bool) -> None:  # noqa: FBT001 - drawn by hypothesis
    log = simulated(seed % 5, days=14)
    once, first, _ = clean(dirtied(as_community(log) if community else log, seed))
    twice, _, _ = clean(once)
    assert first["duplicates"] > 0
    assert same(once, twice)


@settings(deadline=None, max_examples=60)
@given(st.lists(rows_of_any_kind, max_size=30))
def test_no_log_is_too_odd(rows: list[Row]) -> None:
    log = log_of(*rows)
    cleaned, counts, _ = clean(log)
    assert (np.diff(cleaned.ts) >= 0).all()
    assert min(counts.values()) >= 0
