"""What is read off the log: times, votes, shares, intake; robust where the log cannot be trusted."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.progress.forecast.arrivals import arrivals
from pipeline.progress.forecast.parameters import fit
from pipeline.progress.forecast.shares import NEVER, Votes, declared_votes, measured_votes, shares
from pipeline.progress.forecast.targets import quantile
from pipeline.progress.forecast.times import pieces, times
from pipeline.progress.forecast.window import DAY, Window, window_at
from schemas.team import Member, Team
from tests.pipeline.progress.deriving.logs import CELLS, Happened, columns_of
from tests.pipeline.progress.forecast.small import START, TEAM, WEEKLY, empty, made


def votes(leads: list[float], gap: float = 600.0) -> list[Happened]:
    """One person, one task after the other, each served and submitted `gap` seconds later, with a lead time."""
    found: list[Happened] = []
    for task, lead in enumerate(leads):
        begin = START + task * 2 * gap
        found += [(begin, "served", task, 0, 1, 1, math.nan), (begin + gap, "submitted", task, 0, 1, 1, lead)]
    return found


def seconds_of(found: list[Happened]) -> list[float]:
    tasks = max(row[2] for row in found) + 1
    seconds: list[float] = pieces(
        columns_of(found, [0] * tasks, ("ann",)), "served", "submitted"
    ).seconds.tolist()
    return seconds


def test_a_lead_time_longer_than_the_time_since_served_is_cut_to_that() -> None:
    assert seconds_of(votes([300.0, 600.0 + 7200])) == [300.0, 600.0]


def test_where_the_lead_time_is_zero_or_missing_the_time_since_served_counts() -> None:
    assert seconds_of(votes([0.0, math.nan])) == [600.0, 600.0]


def test_a_night_between_served_and_submitted_is_not_work() -> None:
    usual = votes([500.0] * 6)
    night: list[Happened] = [
        (START + DAY, "served", 6, 0, 1, 1, math.nan),
        (START + 1.6 * DAY, "submitted", 6, 0, 1, 1, math.nan),
    ]
    assert np.isnan(seconds_of([*usual, *night])[-1])


def test_a_slow_person_is_told_from_a_slow_cell() -> None:
    source = np.random.default_rng(0)
    found: list[Happened] = []
    for number in range(400):
        actor, cell = number % 2, number // 2 % 2
        seconds = 300.0 * (2 if actor else 1) * (3 if cell else 1) * source.lognormal(-0.02, 0.2)
        begin = START + number * 3600
        found += [
            (begin, "served", number, actor, 1, 1, math.nan),
            (begin + seconds, "submitted", number, actor, 1, 1, seconds),
        ]
    log = columns_of(found, [number // 2 % 2 for number in range(400)], ("ann", "bob"))
    fitted = times(pieces(log, "served", "submitted"), 2, 2, np.array([60.0, 60.0]))
    assert fitted.mean[1] / fitted.mean[0] == pytest.approx(3, rel=0.05)
    assert fitted.factor[1] / fitted.factor[0] == pytest.approx(2, rel=0.15)


@pytest.mark.parametrize(
    ("given_votes", "expected"),
    [
        ([2] * 100, Votes(2, 2)),
        ([2] * 98 + [1] * 2, Votes(2, 2)),
        ([2] * 5, Votes(3, 3)),
        ([2] * 70 + [3] * 30, Votes(2, 3, 0.3)),
    ],
)
def test_votes_are_measured_where_there_are_enough(given_votes: list[int], expected: Votes) -> None:
    assert measured_votes(given_votes, declared_votes(3)) == expected


def test_a_number_of_votes_between_two_is_a_third_on_some() -> None:
    found = declared_votes(2.3)
    assert (found.first, found.most) == (2, 3)
    assert found.more == pytest.approx(0.3)


@settings(deadline=None, max_examples=20)
@given(st.lists(st.tuples(st.integers(0, 50), st.integers(0, 50)), min_size=2, max_size=2))
def test_shares_lie_between_their_own_and_everybodys(counts: list[tuple[int, int]]) -> None:
    yes, of = [one for one, _ in counts], [one + other for one, other in counts]
    found = shares(CELLS, yes, of)
    if not sum(yes):
        assert found == [NEVER, NEVER]
        return
    everywhere = sum(yes) / sum(of)
    for share, own, total in zip(found, yes, of, strict=True):
        bounds = sorted((everywhere, own / total)) if total else [everywhere, everywhere]
        assert bounds[0] - 1e-9 <= share.mean <= bounds[1] + 1e-9
        assert 0 <= share.drawn(np.random.default_rng(0)) <= 1


@settings(deadline=None, max_examples=20)
@given(st.lists(st.floats(0, 1e6), min_size=1, max_size=80), st.floats(0.01, 0.99), st.floats(0.01, 0.99))
def test_quantiles_are_values_and_in_order(values: list[float], one: float, other: float) -> None:
    low, high = (quantile(np.array(values), share) for share in sorted((one, other)))
    assert low <= high
    assert {low, high} <= set(values)


def test_a_day_to_come_repeats_a_past_day_of_its_weekday() -> None:
    window = Window(START + 21 * DAY, 14)
    for future in range(14):
        begins = [window.begin_of(day) for day in window.like(future)]
        assert len(begins) == 2
        assert all((window.end + future * DAY - begin) % (7 * DAY) == 0 for begin in begins)


def test_parameters_are_those_that_the_log_was_made_with() -> None:
    project = made()
    found = fit(project.log, project.work, TEAM, project.at)
    assert found.vote.mean.tolist() == pytest.approx([600, 600], rel=0.2)
    assert found.votes == (Votes(2, 2), Votes(2, 2))
    assert [share.mean for share in found.escalated] == pytest.approx([0.2, 0.2], abs=0.08)
    assert found.screening.processes == 1
    assert found.screening.seconds == pytest.approx(30, rel=0.3)
    assert found.arrivals.expected(CELLS, TEAM).tolist() == pytest.approx(list(WEEKLY.values()), rel=0.05)
    hours = {one.name: one.presence.hours * 7 for one in found.people}
    assert hours["ann"] == pytest.approx(20, rel=0.1)
    assert hours["li"] == pytest.approx(10, rel=0.1)


def test_a_plan_that_was_not_met_is_counted_on_as_far_as_it_was() -> None:
    project = made()
    window = window_at(project.log, project.at)
    much = Team(plan={cell: 2 * tasks for cell, tasks in WEEKLY.items()})
    expected = arrivals(project.log, much, window).expected(CELLS, much)
    assert all(60 < tasks < 90 for tasks in expected)
    more = much.model_copy(update={"plan": {**much.plan, CELLS[0]: 240}})
    assert arrivals(project.log, much, window).expected(CELLS, more)[0] == pytest.approx(2 * expected[0])


def test_what_was_there_when_the_log_began_is_no_rate() -> None:
    project = made(days=7, until=6.9)
    at_first = [
        (START - 3600 + number, "ingested", 120 + number, -1, 1, 0, math.nan) for number in range(400)
    ]
    later = [
        (START + day * DAY + 60.0 * number, "ingested", 24 * day + number, -1, 1, 0, math.nan)
        for day in range(5)
        for number in range(24)
    ]
    log = columns_of([*at_first, *later], [number % 2 for number in range(520)], ("ann",))
    for team in (Team(), TEAM):
        expected = arrivals(log, team, window_at(log, project.at)).expected(CELLS, team)
        assert expected.sum() == pytest.approx(120, rel=0.25)


@pytest.mark.parametrize("lot", [1, 5])
def test_as_much_is_drawn_as_is_expected(lot: int) -> None:
    project = made()
    found = arrivals(project.log, TEAM, window_at(project.log, project.at))
    end = project.at + 28 * DAY
    counts = [
        len(found.drawn(np.array([60.0, 60.0]), end, lot, np.random.default_rng(seed))) for seed in range(30)
    ]
    assert np.mean(counts) * lot == pytest.approx(480, rel=0.05)
    assert np.std(counts) * lot < 80


def test_an_empty_log_has_parameters_too() -> None:
    project = made()
    found = fit(empty(), project.work, Team(), START)
    assert not found.measured
    assert found.cells == ()


def test_who_should_have_come_by_now_and_never_did_is_not_counted_on() -> None:
    project = made()
    late = Member(id="late", weekly_hours=20)
    new = Member(id="new", weekly_hours=20, from_="2026-11-16")
    team = TEAM.model_copy(update={"people": (*TEAM.people, late, new)})
    gone = {one.name: one.presence.gone for one in fit(project.log, project.work, team, project.at).people}
    assert (gone["late"], gone["new"], gone["ann"]) == (True, False, False)


def test_who_may_do_what_is_seen_where_nobody_declares_it() -> None:
    project = made()
    people = {one.name: one for one in fit(project.log, project.work, Team(overlap=2), project.at).people}
    assert (people["ann"].cells, people["li"].cells) == ((0,), (1,))
    assert (people["ann"].adjudicates, people["eve"].adjudicates) == (False, True)
