"""Forecasts of a small project: they count what is there, are sure in the right order, and see what a change does."""

from datetime import UTC, date, datetime
from functools import cache

import numpy as np
import pytest

from pipeline.progress.forecast.changes import Known, apply, change
from pipeline.progress.forecast.drawing import Task
from pipeline.progress.forecast.forecast import forecast, prepared
from pipeline.progress.forecast.runs import run
from pipeline.progress.forecast.whatif import Question, what_if
from schemas.flow import Forecast
from schemas.project import Target
from schemas.team import Member, Team
from tests.pipeline.progress.deriving.logs import CELLS, DAY
from tests.pipeline.progress.forecast.small import PEOPLE, TEAM, Made, empty, made


@cache
def project(minutes: float = 10.0) -> Made:
    return made(minutes=minutes)


def forecast_of(given: Made, team: Team = TEAM, runs: int = 12, seed: int = 0) -> Forecast:
    return forecast(given.log, team, given.as_of, work=given.work, backtest=False, runs=runs, seed=seed)


@cache
def usual() -> Forecast:
    return forecast_of(project())


def test_what_was_accepted_so_far_is_what_the_log_says() -> None:
    log = project().log
    accepted = int(log.are("accepted").sum())
    assert sum(target.accepted for target in usual().targets.values()) == accepted > 100


def test_dates_come_in_order_and_probabilities_are_probabilities() -> None:
    for target in usual().targets.values():
        assert target.p50 is not None
        assert target.p85 is not None
        assert target.p95 is not None
        assert project().as_of < target.p50 <= target.p85 <= target.p95
        assert 0 <= target.probability <= 1
        assert target.expected[0] <= target.expected[1] <= target.expected[2]
    for moment, *counts in usual().targets[CELLS[0]].fan:
        assert counts == sorted(counts)
        assert moment >= project().as_of


def test_a_fan_never_goes_down() -> None:
    fan = usual().targets[CELLS[0]].fan
    assert len(fan) > 10
    counts = np.array([moment[1:] for moment in fan], dtype=float)
    assert (np.diff(counts, axis=0) >= 0).all()


def test_the_same_seed_says_the_same() -> None:
    assert forecast_of(project(), runs=5, seed=3) == forecast_of(project(), runs=5, seed=3)
    assert forecast_of(project(), runs=5, seed=3) != forecast_of(project(), runs=5, seed=4)


def test_nothing_after_the_moment_is_looked_at() -> None:
    given = project()
    early = forecast(given.log, TEAM, given.as_of, work=given.work, runs=3, backtest=False)
    knowing = forecast(given.all, TEAM, given.as_of, runs=3, backtest=False)
    assert {key: one.accepted for key, one in early.targets.items()} == {
        key: one.accepted for key, one in knowing.targets.items()
    }
    assert knowing.present_work is not None
    assert early.present_work is not None
    assert knowing.present_work.open == early.present_work.open


def test_the_truth_is_within_the_forecast() -> None:
    given = project()
    for place, cell in enumerate(CELLS):
        target = usual().targets[cell]
        done = np.sort(given.all.ts[given.all.are("accepted") & (given.all.cell == place)])
        truth = datetime.fromtimestamp(float(done[target.target - 1]), UTC)
        assert target.p50 is not None
        assert abs((truth - target.p50).total_seconds()) < 4 * DAY


def test_work_in_hand_is_counted_cell_by_cell_and_settled_in_the_end() -> None:
    slow = forecast_of(project(20.0))
    work = slow.present_work
    assert work is not None
    assert work.open == sum(cell.open for cell in work.cells.values()) > 10
    assert work.p50 is not None
    assert all(cell.p50 is not None and cell.p50 <= work.p50 for cell in work.cells.values())


def test_no_task_is_lost_or_made_in_the_runs() -> None:
    parameters, state = prepared(project(20.0).log, TEAM, project(20.0).as_of, project(20.0).work)
    outcomes = run(parameters, state, TEAM, Task(state.at + 100 * DAY, intake=False), range(3), 0)
    for accepted, settled in zip(outcomes.accepted, outcomes.settled, strict=True):
        assert len(settled) == len(state.waiting)
        assert np.isfinite(settled).all()
        assert sum(map(len, accepted)) <= len(settled)


def test_with_lots_about_as_much_is_done_by_about_the_same_day() -> None:
    parameters, state = prepared(project().log, TEAM, project().as_of, project().work)
    one, four = (
        run(parameters, state, TEAM, Task(state.at + 14 * DAY, lot=lot), range(12), 1).counts(
            [0], state.at + 14 * DAY
        )
        for lot in (1, 4)
    )
    assert np.median(four) == pytest.approx(np.median(one), rel=0.1)
    assert np.std(four) < 2 * np.std(one) + 4


def test_more_people_are_never_later_in_the_middle() -> None:
    given = project(20.0)
    found = what_if(
        given.log, TEAM, given.as_of, Question((change("add", "zh/code_review:2:20"),), runs=12), given.work
    )
    zh, en = found.targets["zh/code_review"], found.targets["en/code_review"]
    assert zh.probability[1] >= zh.probability[0]
    assert zh.shortfall[1] < zh.shortfall[0]
    assert abs(en.shortfall[1] - en.shortfall[0]) < 5


def test_removing_the_second_of_two_people_stops_a_cell_that_wants_two() -> None:
    given = project()
    gone = (change("remove", "li"),)
    found = what_if(given.log, TEAM, given.as_of, Question(gone, runs=10), given.work)
    after = found.after.targets["zh/code_review"]
    assert after.p50 is None
    assert after.probability < 0.1
    alone = what_if(
        given.log, TEAM, given.as_of, Question((*gone, change("overlap", "1")), runs=10), given.work
    )
    assert alone.after.targets["zh/code_review"].expected[1] > after.expected[1]


def test_twice_the_hours_do_more_and_half_of_them_less() -> None:
    given = project(30.0)
    counts = []
    for hours in ("5", "10", "20"):
        asked = Question((change("hours", f"li={hours}"), change("hours", f"wu={hours}")), runs=10)
        after = what_if(given.log, TEAM, given.as_of, asked, given.work).after
        counts.append(after.targets["zh/code_review"].expected[1])
    assert counts[0] < counts[1] < counts[2]


def test_with_no_log_yet_the_same_is_said_from_what_is_declared() -> None:
    team = Team(
        overlap=2,
        people=PEOPLE,
        plan={"zh/code_review": 60},
        targets={"zh/code_review": Target(accepted=100, by=date(2026, 12, 31))},
        minutes={"code_review": 10},
    )
    found = forecast(empty(), team, datetime(2026, 11, 2, tzinfo=UTC), runs=20)
    assert found.basis == "declared"
    target = found.targets["zh/code_review"]
    assert target.accepted == 0
    assert target.probability > 0.9
    assert target.p50 is not None
    assert datetime(2026, 11, 9, tzinfo=UTC) < target.p50 < datetime(2026, 11, 23, tzinfo=UTC)
    assert any("declared" in note for note in found.notes)


def test_who_went_silent_is_not_counted_on_and_named() -> None:
    given = project()
    quiet = given.all.at(
        ~((given.all.actor == given.all.actors.index("ann")) & (given.all.ts > given.at - 7 * DAY))
    )
    found = forecast(quiet, TEAM, given.as_of, runs=5, backtest=False)
    assert any("silence" in note and "ann" in note for note in found.notes)
    assert not any("silence" in note for note in usual().notes)


def test_leave_to_come_makes_a_target_later() -> None:
    given = project(20.0)
    away = tuple(
        one.model_copy(update={"away": ("2026-11-16/2026-11-27",)}) if one.id == "li" else one
        for one in PEOPLE
    )
    later = forecast_of(given, TEAM.model_copy(update={"people": away}))
    assert (
        later.targets["zh/code_review"].expected[1]
        < forecast_of(given).targets["zh/code_review"].expected[1] - 5
    )


def test_whoever_the_team_file_does_not_name_works_on_as_before() -> None:
    given = project()
    nobody = TEAM.model_copy(update={"people": ()})
    found = forecast_of(given, nobody)
    for cell in CELLS:
        assert found.targets[cell].expected[1] == pytest.approx(usual().targets[cell].expected[1], rel=0.15)


def test_a_newcomer_works_from_their_first_day_on() -> None:
    team = apply(TEAM, [change("add", "zh/code_review:1@2026-12-07:20")], Known(CELLS))
    assert team.people[-1] == Member(
        id="new person 1", cells=("zh/code_review",), weekly_hours=20.0, from_="2026-12-07"
    )
