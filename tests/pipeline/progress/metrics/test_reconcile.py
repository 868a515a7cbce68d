"""Sums that must agree: states and tasks, hours and time at work, releases and acceptances, bills and both."""

from datetime import timedelta

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pipeline.progress.metrics.billing import billing
from pipeline.progress.metrics.days import PARTS, days
from pipeline.progress.metrics.hours import hours
from pipeline.progress.metrics.little import little
from pipeline.progress.metrics.reconcile import reconcile
from pipeline.progress.metrics.window import Window
from pipeline.store.log import EventLog
from schemas.events import EVENTS
from schemas.team import Team
from tests.pipeline.progress.metrics.by_hand import BOTH_DAYS, CELL, TEAM, TWO_DAYS, at, log_of

ABOUT_PEOPLE = ("signed_on", "signed_off", "starved")

EVENT = st.tuples(
    st.integers(0, 6 * 24 * 60),
    st.sampled_from(EVENTS),
    st.sampled_from(["t1", "t2", "t3"]),
    st.sampled_from(["li", "wu", None]),
    st.integers(1, 3),
)


def any_log(events: list[tuple[int, str, str, str | None, int]]) -> EventLog:
    return EventLog.of_arrow(
        {
            "ts": [at(5) + timedelta(minutes=minute) for minute, *_ in events],
            "event": [event for _, event, *_ in events],
            "task": [None if event in ABOUT_PEOPLE else task for _, event, task, *_ in events],
            "actor": [actor for *_, actor, _ in events],
            "cell": [CELL] * len(events),
            "attempt": [attempt for *_, attempt in events],
        }
    )


def test_the_log_worked_out_by_hand_reconciles() -> None:
    found = reconcile(log_of(TWO_DAYS))
    assert found.holds
    assert found.states == {"done": 2, "dropped": 1, "held": 1, "labeling": 1}
    assert found.tasks == found.in_cumulative_flow == 5
    assert found.hours_at_work == pytest.approx(14)
    assert (found.released, found.accepted_and_released) == (1, 1)


def test_a_release_of_what_was_never_accepted_is_told() -> None:
    found = reconcile(log_of("05 08:00 ready t1 | 05 09:00 released t1"))
    assert not found.holds
    assert found.faults == ("released: 1, of which accepted 0",)


@settings(deadline=None, max_examples=20)
@given(st.lists(EVENT, min_size=1, max_size=40))
@example([(0, "ingested", "t1", "li", 1), (4320, "ingested", "t2", "li", 1)])
def test_states_and_hours_sum_up_whatever_the_log(
    events: list[tuple[int, str, str, str | None, int]],
) -> None:
    log = any_log(events)
    found = reconcile(log)
    assert found.tasks == len({task for _, event, task, *_ in events if event not in ABOUT_PEOPLE})
    assert [fault for fault in found.faults if not fault.startswith("released")] == []
    worked = hours(log, Window(at(5), at(12)), Team())
    for one in worked.people if worked else ():
        assert one.at_work is None or one.labeling + one.adjudicating + one.starved <= one.at_work + 1e-9
    log.close()


@settings(deadline=None, max_examples=20)
@given(st.lists(EVENT, min_size=1, max_size=40))
def test_the_parts_of_the_days_sum_to_the_whole(events: list[tuple[int, str, str, str | None, int]]) -> None:
    ended = [*events, (6 * 24 * 60 + 1, "accepted", "t1", None, 1)]
    log = any_log([one for one in ended if one[1] != "held"])
    found = days(log, Window(at(5), at(12)), Team())
    assert found
    assert sum(getattr(found.all, name) for name in PARTS[:-1]) == pytest.approx(found.all.total)
    assert min(getattr(found.all, name) or 0 for name in PARTS) >= -1e-9
    log.close()


def test_a_steady_flow_has_littles_ratio_one_and_a_growing_queue_more() -> None:
    def ratio(stay: float, slower: float) -> float:
        tasks = range(400)
        came = [at(1) + timedelta(hours=n) for n in tasks]
        went = [moment + timedelta(hours=stay + slower * n) for n, moment in zip(tasks, came, strict=True)]
        log = EventLog.of_arrow(
            {
                "ts": [*came, *went],
                "event": ["ready"] * len(came) + ["accepted"] * len(went),
                "task": [f"t{n}" for n in tasks] * 2,
            },
            at(15),
        )
        found = little(log, Window(at(8), at(15)), Team())
        assert found
        assert found.interval
        assert found.interval[0] <= found.ratio <= found.interval[1]
        return found.ratio

    assert ratio(stay=10, slower=0) == pytest.approx(1, abs=0.01)
    assert ratio(stay=10, slower=0.5) > 1.1


def test_bills_say_hours_votes_and_rework_of_each_person() -> None:
    people = {one.name: one for one in billing(log_of(TWO_DAYS), TEAM, "person")}
    assert set(people) == {"li", "wu", "ann"}
    li = people["li"]
    assert (li.hours, li.submitted, li.accepted, li.rework) == pytest.approx((8, 3, 2, 1))
    assert li.gold is None
    assert (people["ann"].hours, people["ann"].submitted) == pytest.approx((1, 0))


def test_bills_by_team_sum_those_of_its_people_and_by_cell_the_busy_hours() -> None:
    log = log_of(TWO_DAYS)
    north, south = billing(log, TEAM, "team")
    assert (north.name, south.name) == ("north", "south")
    assert (south.hours, south.submitted) == pytest.approx((5 + 1, 3))
    (cell,) = billing(log, TEAM, "cell")
    assert cell.name == CELL
    assert (cell.hours, cell.submitted) == pytest.approx((4 + 0.5, 6))


def test_a_bill_of_a_window_holds_what_was_done_in_it() -> None:
    (li,) = billing(log_of(TWO_DAYS), TEAM, "person", Window(at(6), at(7)))
    assert li.name == "li"
    assert (li.hours, li.submitted) == pytest.approx((1, 0))
    assert billing(EventLog.of_arrow({"ts": [], "event": []}), TEAM, "team") == ()
    assert sum(one.submitted for one in billing(log_of(TWO_DAYS), TEAM, "person", BOTH_DAYS)) == 6


def test_votes_without_a_task_are_billed_as_gold_and_what_lay_open_untouched_is_not() -> None:
    rows = [
        (0, "signed_on", None, None),
        (0, "served", "t1", None),
        (60, "submitted", "t1", 1800.0),
        (60, "served", None, None),
        (90, "submitted", None, 1800.0),
        (90, "signed_off", None, None),
    ]
    log = EventLog.of_arrow(
        {
            "ts": [at(5) + timedelta(minutes=minute) for minute, *_ in rows],
            "event": [event for _, event, *_ in rows],
            "task": [task for *_, task, _ in rows],
            "actor": ["li"] * len(rows),
            "cell": [CELL] * len(rows),
            "lead_seconds": [lead for *_, lead in rows],
        }
    )
    (li,) = billing(log, TEAM, "person")
    assert (li.hours, li.submitted, li.gold) == pytest.approx((1.0, 2, 1))
    (south, *_) = billing(log, TEAM, "team")
    assert south.gold == 1
    worked = hours(log, Window(at(5), at(6)), Team())
    assert worked is not None
    (one,) = worked.people
    assert (one.labeling, one.open, one.at_work) == pytest.approx((1.0, 1.5, 1.5))
