"""Time at work: taken from the log where it is there, else found by what people did and what there was to do."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.progress.cleaning import clean
from pipeline.progress.columns import Columns
from pipeline.progress.deriving.derive import derive
from pipeline.progress.deriving.work import Work
from schemas.team import Member, Team
from tests.pipeline.progress.deriving.logs import (
    DAY,
    HOUR,
    MONDAY,
    TEAM,
    Row,
    as_community,
    dirtied,
    log_of,
    rows_of_any_kind,
    same,
    simulated,
)

PEOPLE = len(TEAM.people)


def hours(work: Work, columns: Columns, kind: str = "capacity", days: int = 21) -> dict[str, float]:
    """Hours of each person of TEAM, by name."""
    window = (MONDAY, MONDAY + days * DAY)
    many = len(columns.actors)
    found = work.capacity(*window, many) if kind == "capacity" else getattr(work, kind).hours(*window, many)
    return {person.id: found[columns.actors.index(person.id)] for person in TEAM.people}


def test_a_complete_log_is_taken_at_its_word() -> None:
    log = simulated(1)
    _, work = derive(log, TEAM)
    assert (work.served_basis, work.starved_basis, work.present_basis) == ("measured",) * 3
    signed = sum(
        (end - start)
        for person in range(PEOPLE)
        for start, end in zip(
            log.ts[(log.actor == person) & log.are("signed_on")],
            log.ts[(log.actor == person) & log.are("signed_off")],
            strict=True,
        )
    )
    assert sum(hours(work, log, "present").values()) == pytest.approx(signed / HOUR)
    assert sum(hours(work, log).values()) == pytest.approx(signed / HOUR, rel=0.02)


def test_nothing_is_added_to_a_complete_log() -> None:
    log = simulated(2)
    assert same(derive(log, TEAM)[0], log)


@pytest.mark.parametrize("seed", range(3))
def test_without_sign_on_hours_are_found_within_a_tenth(seed: int) -> None:
    log = simulated(seed)
    truth = hours(derive(log, TEAM)[1], log)
    reduced, _, _ = clean(as_community(log))
    _, work = derive(reduced, TEAM, log.span[1])
    assert (work.served_basis, work.starved_basis) == ("derived", "derived")
    found = hours(work, log)
    off = np.array([found[name] / truth[name] - 1 for name in truth])
    assert np.median(np.abs(off)) < 0.1
    assert abs(off.mean()) < 0.1


def test_who_has_voted_on_everything_is_starved_and_not_away() -> None:
    log = simulated(4)
    truth = hours(derive(log, TEAM)[1], log, "starved")
    _, work = derive(as_community(log), TEAM, log.span[1])
    assert truth["li"] > 20
    assert hours(work, log, "starved")["li"] == pytest.approx(truth["li"], rel=0.15)


@pytest.mark.parametrize(
    "team",
    [
        Team(overlap=2),
        TEAM.model_copy(
            update={
                "people": tuple(
                    Member(id=person.id, role=person.role, cells=person.cells, weekly_hours=weekly)
                    for person, weekly in zip(TEAM.people, (30, 40, 40, 8, 20), strict=True)
                )
            }
        ),
    ],
    ids=["no people declared", "hours a week alone"],
)
def test_habits_are_learned_where_no_clock_time_is_declared(team: Team) -> None:
    log = simulated(5)
    truth = hours(derive(log, TEAM)[1], log)
    _, work = derive(as_community(log), team, log.span[1])
    found = hours(work, log)
    assert np.median([abs(found[name] / truth[name] - 1) for name in truth]) < 0.15


@pytest.mark.parametrize("seed", range(2))
def test_a_dirty_log_tells_nearly_the_same(seed: int) -> None:
    log = simulated(seed)
    truth = hours(derive(log, TEAM)[1], log)
    mended, _, _ = clean(dirtied(as_community(log), seed))
    _, work = derive(mended, TEAM, log.span[1])
    found = hours(work, mended)
    assert np.median([abs(found[name] / truth[name] - 1) for name in truth]) < 0.15


def test_who_is_gone_is_not_starved() -> None:
    log = as_community(simulated(3, minutes=30.0))
    gone = MONDAY + 10 * DAY
    bob = log.actors.index("bob")
    left = log.at(~((log.actor == bob) & (log.ts > gone)))
    _, work = derive(left, TEAM)
    after = work.starved.within(gone + DAY, MONDAY + 21 * DAY)
    assert not (after.actor == bob).any()


def test_a_lead_time_is_believed_only_since_the_last_submission() -> None:
    log = log_of(
        (0.0, "ready", 0, ""),
        (0.0, "ready", 1, ""),
        (1.0, "submitted", 0, "ann", 1, 1, 600.0),
        (1.1, "submitted", 1, "ann", 1, 1, 3000.0),
    )
    _, work = derive(clean(log)[0], Team(overlap=1))
    assert work.labeling.seconds.tolist() == pytest.approx([600.0, 360.0])


def test_what_was_never_handed_in_is_not_work_for_days() -> None:
    rows = [(0.1 * n, "ready", n, "") for n in range(40)]
    served = [(9 + 0.1 * n, "served", n, "ann") for n in range(40)]
    submitted = [(9 + 0.1 * n + 0.09, "submitted", n, "ann") for n in range(39)]
    later = [(24 * 9.0, "ready", 40, "")]
    _, work = derive(log_of(*rows, *served, *submitted, *later), Team(overlap=1))
    assert work.served_basis == "measured"
    assert work.labeling.seconds[-1] < HOUR


def test_a_sign_off_in_the_middle_of_a_task_is_no_work() -> None:
    log = log_of(
        (0.0, "ready", 0, ""),
        (9.0, "signed_on", -1, "ann"),
        (9.0, "served", 0, "ann"),
        (9.5, "signed_off", -1, "ann"),
        (33.0, "signed_on", -1, "ann"),
        (33.25, "submitted", 0, "ann"),
        (33.25, "starved", -1, "ann"),
        (34.0, "signed_off", -1, "ann"),
    )
    _, work = derive(log, Team(overlap=1))
    assert work.labeling.seconds.sum() == pytest.approx(0.75 * HOUR)
    assert work.starved.seconds.sum() == pytest.approx(0.75 * HOUR)
    assert work.present.seconds.sum() == pytest.approx(1.5 * HOUR)


@pytest.mark.parametrize("rows", [(), ((1.0, "ready", 0, ""),), ((1.0, "submitted", 0, "ann"),)])
def test_a_log_with_next_to_nothing_gives_no_error(rows: tuple[tuple[float, str, int, str], ...]) -> None:
    log = log_of(*rows)
    whole, work = derive(clean(log)[0], TEAM)
    assert len(whole) >= len(log)
    assert work.busy.seconds.min(initial=0.0) >= 0


@settings(deadline=None, max_examples=60)
@given(st.lists(rows_of_any_kind, max_size=30), st.sampled_from((Team(), TEAM)))
def test_no_log_is_too_odd(rows: list[Row], team: Team) -> None:
    log = clean(log_of(*rows))[0]
    whole, work = derive(log, team)
    assert len(whole) >= len(log)
    for spells in (work.labeling, work.adjudicating, work.starved, work.present):
        assert (spells.seconds >= 0).all()
