"""Earlier forecasts and what came: only the log until then is used, and under ten nothing is claimed."""

import math
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipeline.progress.columns import Columns
from pipeline.progress.forecast.backtest import Said, Score, coverage, past_days, scores
from pipeline.progress.forecast.forecast import forecast
from pipeline.progress.forecast.kept import FILE, Kept, kept_in
from schemas.flow import Forecast
from tests.pipeline.progress.deriving.logs import CELLS, DAY
from tests.pipeline.progress.forecast.small import START, TEAM, empty, made


def test_past_days_are_midnights_a_week_after_the_first_day_began_and_a_week_before_now() -> None:
    project = made()
    for at in (START + 14.9 * DAY, START + 15.5 * DAY, START + 28 * DAY):
        days = past_days(project.all, at)
        assert days
        assert days == sorted(days)
        assert all(day % DAY == 0 for day in days)
        assert days[0] >= project.all.span[0] // DAY * DAY + 7 * DAY
        assert days[-1] <= at - 7 * DAY
    assert past_days(project.all, START + 10 * DAY) == []
    assert past_days(empty(), START) == []


def test_counts_a_week_ahead_are_scored_cell_by_cell() -> None:
    project = made(until=16.0)
    found = scores(project.log, project.work, TEAM, project.at, 0)
    counts = [one for one in found if one.what]
    assert {one.what for one in counts} == set(CELLS)
    assert len({one.as_of for one in found}) == 3
    assert all(one.said[0] >= one.said[1] >= one.said[2] for one in counts)
    accepted = project.log.are("accepted") & (project.log.cell == 0)
    first = next(one for one in counts if one.what == CELLS[0])
    ts = project.log.ts[accepted]
    assert first.truth == ((ts > first.as_of) & (ts <= first.as_of + 7 * DAY)).sum()


def test_a_past_forecast_knows_nothing_of_what_came_after() -> None:
    project = made(until=16.0)
    later = made(until=18.0)
    now = scores(project.log, project.work, TEAM, project.at, 0)
    then = [
        one
        for one in scores(later.log, later.work, TEAM, later.at, 0)
        if one.as_of in {old.as_of for old in now}
    ]
    said = {(one.as_of, one.what): one.said for one in now if one.what}
    assert said
    assert {
        key: value for one in then if (key := (one.as_of, one.what)) in said for value in [one.said]
    } == said


def test_a_longer_log_asks_for_the_same_days_so_that_what_was_said_can_be_kept() -> None:
    project = made()
    once, later = (past_days(project.all, START + days * DAY) for days in (24.2, 26.4))
    assert set(once) < set(later)


def test_what_was_said_is_not_said_again_and_gives_the_same_scores() -> None:
    project = made(until=16.0)
    kept: dict[float, Said] = {}
    first = scores(project.log, project.work, TEAM, project.at, 0, kept)
    assert set(kept) == {one.as_of for one in first}
    assert scores(project.log, project.work, TEAM, project.at, 0, kept) == first
    of_one = {moment: {CELLS[0]: (9.0, 8.0, 7.0)} for moment in kept}
    assert {one.said for one in scores(project.log, project.work, TEAM, project.at, 0, of_one)} == {
        (9.0, 8.0, 7.0)
    }


def test_what_was_said_is_kept_for_the_same_team_and_made_anew_where_the_file_is_gone_or_odd(
    tmp_path: Path,
) -> None:
    (tmp_path / FILE).parent.mkdir()
    said: Said = {"": (1.0, 2.0, math.inf), CELLS[0]: (9.0, 8.0, 7.0)}
    newest = Forecast(runs=3, notes=("so it was",))
    with kept_in(tmp_path, TEAM) as kept:
        kept.said[START] = said
        kept.of, kept.newest = "a log", newest
    with kept_in(tmp_path, TEAM) as kept:
        assert kept == Kept({START: said}, "a log", newest)
    with kept_in(tmp_path, TEAM.replace(plan={"zh": 7})) as kept:
        assert kept == Kept()
    for content in ("", "{", "[]", '{"team": 1}', '{"team": "x", "kept": {"said": {"a": 1}}}'):
        (tmp_path / FILE).write_text(content)
        with kept_in(tmp_path, TEAM) as kept:
            assert kept == Kept()


def test_the_same_log_is_forecast_once_and_any_other_anew() -> None:
    project, kept = made(until=16.0), Kept()

    def foreseen(log: Columns, at: float) -> Forecast:
        moment = datetime.fromtimestamp(at, UTC)
        return forecast(log, TEAM, moment, work=project.work, runs=3, backtest=False, kept=kept)

    first = foreseen(project.log, project.at)
    kept.newest = first.replace(notes=("taken as it is",))
    assert foreseen(project.log, project.at).notes == ("taken as it is",)
    assert foreseen(project.log, project.at + 60).notes == first.notes
    kept.newest = first.replace(notes=("taken as it is",))
    assert foreseen(project.log.at(slice(0, len(project.log) - 1)), project.at + 60).notes == first.notes


@pytest.mark.parametrize(
    ("score", "before"),
    [
        (Score(0, CELLS[0], (50, 40, 30), 40), True),
        (Score(0, CELLS[0], (50, 40, 30), 39), False),
        (Score(0, "", (2.0, 3.0, 4.0), 3.0), True),
        (Score(0, "", (2.0, 3.0, 4.0), 3.1), False),
    ],
)
def test_a_count_is_before_p85_where_it_is_reached_and_a_date_where_it_is_kept(
    score: Score, *, before: bool
) -> None:
    assert score.is_before(1) is before


def test_under_ten_forecasts_it_says_uncalibrated() -> None:
    good = Score(0, CELLS[0], (50, 40, 30), 45)
    assert coverage([]).said.startswith("uncalibrated")
    assert coverage([good] * 9).said.startswith("uncalibrated")
    assert not coverage([good] * 9).calibrated
    bad = Score(0, CELLS[0], (50, 40, 30), 20)
    found = coverage([good] * 11 + [bad] * 2)
    assert found.calibrated
    assert found.said.startswith("truth fell before P85 in 11 of 13")
    assert (found.scored, found.before_p85, found.before_p95) == (13, 11, 11)
