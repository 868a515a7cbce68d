"""Logs that tell of some people's comings and goings, or of some weeks: what is told is taken, the rest worked out."""

from dataclasses import replace

import numpy as np
import pytest

from pipeline.progress.cleaning import clean
from pipeline.progress.columns import NOBODY, Columns, Mask
from pipeline.progress.deriving.derive import derive
from pipeline.progress.deriving.work import Work
from schemas.events import EventName
from schemas.team import Team
from tests.pipeline.progress.deriving.logs import (
    DAY,
    HOUR,
    MONDAY,
    TEAM,
    dirtied,
    log_of,
    same,
    simulated,
)

WEEKS = 21 * DAY
DOOR: tuple[EventName, ...] = ("signed_on", "signed_off", "served", "starved", "adjudication_started")


def without_door(log: Columns, where: Mask) -> Columns:
    """The log without what a door tells, for these rows."""
    return log.at(~(where & log.are(*DOOR)))


def hours(work: Work, columns: Columns, since: float = 0, until: float = WEEKS) -> dict[str, float]:
    found = work.capacity(MONDAY + since, MONDAY + until, len(columns.actors))
    return {person.id: found[columns.actors.index(person.id)] for person in TEAM.people}


def starving(work: Work, columns: Columns, since: float = 0, until: float = WEEKS) -> dict[str, float]:
    found = work.starved.hours(MONDAY + since, MONDAY + until, len(columns.actors))
    return {person.id: found[columns.actors.index(person.id)] for person in TEAM.people}


@pytest.mark.parametrize("seed", range(2))
def test_weeks_before_the_door_are_worked_out_and_those_with_it_are_told(seed: int) -> None:
    log = simulated(seed)
    _, truth = derive(log, TEAM)
    opened = 14 * DAY
    mixed, _, _ = clean(without_door(log, log.ts < MONDAY + opened))
    whole, work = derive(mixed, TEAM, log.span[1])
    assert (work.served_basis, work.starved_basis, work.present_basis) == ("partly",) * 3
    told, known = hours(work, log, opened), hours(truth, log, opened)
    assert [told[name] for name in known] == pytest.approx(list(known.values()), rel=0.01, abs=0.1)
    before = {name: (hours(work, log, 0, opened)[name], hours(truth, log, 0, opened)[name]) for name in known}
    assert np.median([abs(found / true - 1) for found, true in before.values()]) < 0.15
    assert starving(work, log, 0, opened)["li"] == pytest.approx(
        starving(truth, log, 0, opened)["li"], rel=0.25
    )
    assert work.notes[0].startswith("Time at work is measured for ")
    assert len(whole) > len(mixed)


@pytest.mark.parametrize("seed", range(2))
def test_who_comes_by_another_way_is_worked_out_and_the_others_are_told(seed: int) -> None:
    log = simulated(seed)
    _, truth = derive(log, TEAM)
    outside = np.isin(log.actor, [log.actors.index(name) for name in ("li", "eve")])
    mixed, _, _ = clean(without_door(log, outside))
    _, work = derive(mixed, TEAM, log.span[1])
    assert work.starved_basis == "partly"
    known, found = starving(truth, log), starving(work, log)
    for name in ("ann", "bob", "wu"):
        assert found[name] == pytest.approx(known[name], abs=0.01), name
    assert known["li"] > 20
    assert found["li"] == pytest.approx(known["li"], rel=0.15)
    assert "2 of 5 people" in work.notes[0]


def test_nights_without_the_door_are_no_time_at_work() -> None:
    log = simulated(3)
    mixed, _, _ = clean(without_door(log, log.ts < MONDAY + 14 * DAY))
    _, work = derive(mixed, TEAM, log.span[1])
    _, truth = derive(log, TEAM)
    many = len(log.actors)
    there = work.present.hours(MONDAY, MONDAY + 14 * DAY, many)
    was = truth.present.hours(MONDAY, MONDAY + 14 * DAY, many)
    assert there.sum() == pytest.approx(was.sum(), rel=0.2)


def test_a_door_that_is_shut_again_in_the_middle_of_a_day_tells_nothing_of_the_time_after() -> None:
    log = simulated(1)
    shut = MONDAY + 7 * DAY + 11 * HOUR
    mixed, _, _ = clean(without_door(log, log.ts > shut))
    _, work = derive(mixed, TEAM, log.span[1])
    _, truth = derive(log, TEAM)
    assert work.starved_basis == "partly"
    found, known = hours(work, log), hours(truth, log)
    assert np.median([abs(found[name] / known[name] - 1) for name in known]) < 0.15


def test_rows_that_are_lost_do_not_make_the_rest_untold() -> None:
    log = simulated(2)
    mended, _, _ = clean(dirtied(log, 2))
    _, work = derive(mended, TEAM, log.span[1])
    assert (work.served_basis, work.starved_basis) == ("measured", "measured")
    assert work.notes == ()


def test_a_page_that_lay_open_untouched_is_no_work_but_nobody_else_could_have_its_task() -> None:
    log = log_of(
        (0.0, "ready", 0, ""),
        (9.0, "signed_on", -1, "ann"),
        (9.0, "served", 0, "ann"),
        (11.0, "submitted", 0, "ann", 1, 1, 900.0),
        (11.0, "starved", -1, "ann"),
        (12.0, "signed_off", -1, "ann"),
    )
    _, work = derive(log, Team(overlap=1))
    assert work.labeling.seconds.tolist() == pytest.approx([900.0])
    assert work.starved.seconds.tolist() == pytest.approx([HOUR])
    assert work.present.seconds.tolist() == pytest.approx([3 * HOUR])


def test_verdicts_put_on_record_all_at_once_keep_the_time_that_each_took() -> None:
    rows = [(0.0, "ready", n, "") for n in range(3)]
    sent = [(1.0, "sent_to_adjudication", n, "") for n in range(3)]
    began = [(9.0 + n / 10, "adjudication_started", n, "ann") for n in range(3)]
    given = [(10.0, "accepted", n, "ann", 1, 0, 300.0) for n in range(3)]
    log, counts, _ = clean(log_of(*rows, *sent, *began, *given))
    assert not counts["cut_leads"]
    _, work = derive(log, Team(overlap=1))
    assert work.adjudicating.seconds.tolist() == pytest.approx([300.0] * 3)


def test_work_without_a_task_is_work_of_people_and_brings_no_task_on() -> None:
    rows = [
        (0.0, "ready", 0, ""),
        (9.0, "signed_on", -1, "ann"),
        (9.0, "served", 0, "ann"),
        (9.5, "submitted", 0, "ann", 1, 1, 1800.0),
        (9.5, "served", -1, "ann"),
        (10.0, "submitted", -1, "ann", 1, 0, 1200.0),
        (10.0, "starved", -1, "ann"),
        (11.0, "signed_off", -1, "ann"),
    ]
    log = log_of(*rows)
    log = replace(log, cell=np.where(log.actor != NOBODY, 0, log.cell).astype(np.int32))
    whole, work = derive(log, Team(overlap=1))
    assert same(whole, log)
    assert work.aside.seconds.tolist() == pytest.approx([1200.0])
    assert work.labeling.seconds.tolist() == pytest.approx([1800.0])
    assert work.capacity(0, MONDAY + DAY, 1).tolist() == pytest.approx([1.5])


def test_work_without_a_task_that_nobody_saw_begin_took_as_long_as_it_says() -> None:
    log = log_of(
        (0.0, "ready", 0, ""),
        (9.0, "submitted", 0, "ann", 1, 1, 600.0),
        (10.0, "submitted", -1, "ann", 1, 0, 600.0),
    )
    whole, work = derive(log, Team(overlap=1))
    assert work.aside.seconds.tolist() == pytest.approx([600.0])
    assert (whole.are("served") & (whole.task == NOBODY)).sum() == 1


def test_a_verdict_that_is_put_on_record_later_ends_no_waiting() -> None:
    log = log_of(
        (0.0, "ready", 0, ""),
        (1.0, "sent_to_adjudication", 0, ""),
        (9.0, "signed_on", -1, "eve"),
        (9.0, "adjudication_started", 0, "eve"),
        (9.5, "starved", -1, "eve"),
        (10.0, "accepted", 0, "eve", 1, 0, 1200.0),
        (11.0, "signed_off", -1, "eve"),
    )
    _, work = derive(log, Team(overlap=1))
    assert work.starved.seconds.tolist() == pytest.approx([1.5 * HOUR])
    assert work.adjudicating.seconds.tolist() == pytest.approx([1200.0])
    assert work.present.seconds.tolist() == pytest.approx([2 * HOUR])
