"""Each metric on a log of two days, its figures worked out by hand in the test."""

from collections.abc import Iterator

import pytest

from pipeline.progress.metrics import METRICS, measure
from pipeline.progress.metrics.ageing import ageing
from pipeline.progress.metrics.cost import cost
from pipeline.progress.metrics.cumulative_flow import cumulative_flow
from pipeline.progress.metrics.days import PARTS, days
from pipeline.progress.metrics.effort import effort
from pipeline.progress.metrics.hours import hours
from pipeline.progress.metrics.little import little
from pipeline.progress.metrics.rework import rework
from pipeline.progress.metrics.throughput import throughput
from pipeline.progress.metrics.window import Window
from pipeline.store.log import EventLog
from schemas.team import Team
from tests.pipeline.progress.metrics.by_hand import BOTH_DAYS, CELL, TEAM, TWO_DAYS, at, log_of


@pytest.fixture(scope="module")
def log() -> Iterator[EventLog]:
    made = log_of(TWO_DAYS)
    yield made
    made.close()


def test_cumulative_flow_says_where_the_tasks_were_each_night(log: EventLog) -> None:
    found = cumulative_flow(log, BOTH_DAYS, TEAM)
    assert found
    nights = [(n.intake, n.labeling, n.adjudication, n.done, n.dropped, n.held) for n in found.days]
    assert nights == [(0, 0, 0, 2, 1, 1), (0, 1, 0, 2, 1, 1)]
    assert [str(n.day) for n in found.days] == ["2026-01-05", "2026-01-06"]


def test_in_the_middle_of_a_day_a_task_is_with_the_adjudicator(log: EventLog) -> None:
    found = cumulative_flow(log, Window(at(5), at(5, 14)), TEAM)
    assert found
    assert found.days[-1].model_dump(exclude={"day"}) == {
        "intake": 0, "labeling": 0, "adjudication": 1, "done": 1, "dropped": 1, "held": 1
    }  # fmt: skip


def test_littles_ratio_is_time_in_progress_over_the_time_of_what_was_finished(log: EventLog) -> None:
    found = little(log, BOTH_DAYS, TEAM)
    assert found
    finished = 5 + 9 + 0.5  # t1, t2, t5; t3 is parked
    assert found.ratio == pytest.approx((finished + 16) / finished)  # t4 from 8:00 to midnight
    assert found.in_progress == pytest.approx((finished + 16) / 48)
    assert found.days_in_progress == pytest.approx(finished / 3 / 24)
    assert not found.steady
    assert "too few" in found.said


def test_hours_are_busy_starved_and_the_rest_of_the_time_at_work(log: EventLog) -> None:
    found = hours(log, BOTH_DAYS, TEAM)
    assert found
    people = {one.person: one for one in found.people}
    li, wu, ann = people["li"], people["wu"], people["ann"]
    assert (li.labeling, li.starved, li.other, li.at_work) == pytest.approx((2.5, 5, 0.5, 8))
    assert (wu.labeling, wu.starved, wu.other, wu.at_work) == pytest.approx((1.5, 3.5, 0, 5))
    assert (ann.adjudicating, ann.starved, ann.other, ann.at_work) == pytest.approx((0.5, 0, 0.5, 1))
    assert li.busy_share == pytest.approx(2.5 / 7.5)
    assert li.off_share == pytest.approx(40 / 48)
    assert [one.person for one in found.people] == ["wu", "li", "ann"]  # the most starved first
    assert (found.labeling, found.at_work) == pytest.approx((4, 14))


def test_a_window_cuts_hours_at_its_ends(log: EventLog) -> None:
    found = hours(log, Window(at(5, 11), at(5, 13)), TEAM)
    assert found
    li = next(one for one in found.people if one.person == "li")
    assert (li.labeling, li.starved, li.at_work) == pytest.approx((0, 2, 2))


def test_coming_is_first_and_leaving_is_last_of_what_has_the_same_moment() -> None:
    mixed = log_of(
        "05 09:00 served t1 li | 05 09:00 signed_on - li | 05 10:00 signed_off - li | 05 10:00 submitted t1 li"
    )
    found = hours(mixed, BOTH_DAYS, TEAM)
    assert found
    assert (found.people[0].labeling, found.people[0].at_work) == pytest.approx((1, 1))


def test_days_are_the_parts_of_a_finished_tasks_time(log: EventLog) -> None:
    found = days(log, BOTH_DAYS, TEAM)
    assert found
    worked_out = {  # t1 and t2
        "intake": (1 + 1) / 2,
        "first_wait": (1 + 1.5) / 2,
        "overlap_wait": (2 + 2) / 2,
        "touch": (0.5 + 0.5) / 2,
        "deciding": (0.5 + 0) / 2,
        "adjudication_wait": (0 + 2) / 2,
        "adjudication": (0 + 0.5) / 2,
        "rework": (0 + 1.5) / 2,
        "release_wait": 24,
    }
    assert {name: getattr(found.all, name) for name in PARTS} == pytest.approx(worked_out)
    assert found.all.total == pytest.approx(7)
    assert found.all.flow_efficiency == pytest.approx(0.75 / 7)
    assert (found.all.tasks, found.all.released) == (2, 1)
    assert [one.cell for one in found.cells] == [CELL]


def test_rework_counts_what_was_sent_back_and_its_votes(log: EventLog) -> None:
    found = rework(log, BOTH_DAYS, TEAM)
    assert found
    one = found.task_types[0]
    assert one.task_type == "code_review"
    assert (one.attempts, one.first_pass_yield, one.reject_rate) == (3, 0.5, 1.0)
    assert one.multiplier == pytest.approx(3 / 2)
    assert (one.extra_votes, one.extra_hours) == (2, 1.0)
    assert one.first_pass_interval == pytest.approx((0.1209, 0.8791), abs=1e-4)  # Wilson, 1 of 2, z = 1.645


def test_throughput_counts_a_day_at_a_time(log: EventLog) -> None:
    found = throughput(log, BOTH_DAYS, TEAM)
    assert found
    assert [(one.came, one.submitted, one.accepted) for one in found.days] == [
        (3, 6, 2),
        (1, 0, 0),
    ]
    assert found.accepted_per_day == pytest.approx(1)
    assert (found.cells[0].cell, found.cells[0].daily) == (CELL, (2, 0))


def test_a_day_that_is_half_in_the_window_counts_half() -> None:
    window = Window(at(5, 12), at(7, 6))
    assert [(str(day), share) for day, share in window.days] == [
        ("2026-01-05", 0.5),
        ("2026-01-06", 1.0),
        ("2026-01-07", 0.25),
    ]
    found = throughput(log_of("05 13:00 ready t1 | 06 13:00 accepted t1"), window, TEAM)
    assert found
    assert found.accepted_per_day == pytest.approx(1 / 1.75)


def test_effort_counts_the_votes_of_all_attempts(log: EventLog) -> None:
    found = effort(log, BOTH_DAYS, TEAM)
    assert found
    assert (found.all.accepted, found.all.labels, found.all.minutes) == (2, 3, 90)
    assert found.all.adjudicated_share == 0.5
    assert found.cells[0].labels == 3


def test_cost_keeps_currencies_apart(log: EventLog) -> None:
    found = cost(log, BOTH_DAYS, TEAM)
    assert found
    euros, dollars = found.currencies
    assert (euros.currency, euros.amount, euros.per_accepted) == ("EUR", 3, 1.5)
    assert dollars.currency == "USD"
    assert (dollars.amount, dollars.per_accepted) == pytest.approx((240, 120))
    assert found.paid_share == 1


def test_without_pay_nothing_is_said_of_cost(log: EventLog) -> None:
    assert cost(log, BOTH_DAYS, Team()) is None
    assert "cost" not in measure(log, BOTH_DAYS, Team())


def test_ageing_lists_what_is_older_than_85_of_100_finished_ones() -> None:
    finished = "|".join(
        f"05 00:00 ingested d{n} | 05 00:00 ready d{n} | 05 {n + 1:02}:00 accepted d{n}" for n in range(10)
    )
    young = "05 20:00 ingested young | 05 20:00 ready young"
    old = "05 01:00 ingested old | 05 01:00 ready old | 05 02:00 served old li | 05 02:30 submitted old li"
    with_adjudicator = "05 02:00 ingested sent | 05 03:00 sent_to_adjudication sent"
    found = ageing(log_of(f"{finished}\n{young}\n{old}\n{with_adjudicator}"), Window(at(5), at(6)), TEAM)
    assert found
    assert (found.open, found.late) == (3, 2)
    assert found.cells[0].p85_days == pytest.approx((8 + 0.65) / 24)  # between the 8th and the 9th hour
    assert [(one.task, one.late, one.waits_for) for one in found.oldest] == [
        ("old", True, "vote 2 of 2"),
        ("sent", True, "an adjudicator to begin"),
        ("young", False, "vote 1 of 2"),
    ]
    assert [dot.state for dot in found.dots] == ["labeling", "adjudication", "labeling"]


def test_nine_finished_tasks_are_no_measure_of_age() -> None:
    finished = "|".join(f"05 00:00 ready d{n} | 05 01:00 accepted d{n}" for n in range(9))
    found = ageing(log_of(f"{finished} | 05 00:00 ready old"), Window(at(5), at(7)), TEAM)
    assert found
    assert (found.open, found.late, found.cells[0].p85_days) == (1, 0, None)


def test_an_empty_log_has_no_metric() -> None:
    nothing = EventLog.of_arrow({"ts": [], "event": []})
    assert measure(nothing, BOTH_DAYS, TEAM) == {}
    assert len(METRICS) == 9


def test_a_log_of_votes_alone_tells_hours_of_nobody_but_where_the_tasks_are() -> None:
    votes = log_of(
        "05 10:00 submitted t1 li 600 | 05 11:00 submitted t1 wu 600 | 06 10:00 submitted t2 li 600"
    )
    found = measure(votes, BOTH_DAYS, Team())
    assert set(found) == {"cumulative_flow", "throughput", "ageing"}
    flow = cumulative_flow(votes, BOTH_DAYS, Team())
    assert flow
    assert [one.labeling for one in flow.days] == [1, 2]
