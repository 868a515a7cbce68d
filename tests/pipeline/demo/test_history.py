"""The demo's simulated history: it ends now, names its shortage on any day, and says that nobody ever worked so."""

import os
import tomllib
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from pipeline.demo import history
from pipeline.demo.history import AHEAD, LOG, OFTEN, SHORT, STALE, TEAM, History, is_wanted, simulated
from pipeline.demo.project import project_toml, write
from pipeline.progress.analysis import find_bottleneck
from schemas.project import Project, parse_project, read_project
from schemas.team import read_team

NOW = datetime(2026, 11, 25, 15, 30, tzinfo=UTC)


@pytest.fixture(scope="module")
def made() -> History:
    return simulated(NOW)


def project_with(made: History) -> Project:
    return parse_project(tomllib.loads(project_toml() + made.toml()))


def test_it_ends_now_and_begins_three_weeks_before(made: History) -> None:
    bounds = pc.min_max(made.log["ts"]).as_py()
    assert NOW - timedelta(days=22) < bounds["min"] < NOW - timedelta(days=20)
    assert NOW - timedelta(hours=1) < bounds["max"] <= NOW


def test_the_same_moment_gives_the_same_history(made: History) -> None:
    again = simulated(NOW)
    assert again.log.equals(made.log)
    assert (again.target, again.toml()) == (made.target, made.toml())


@pytest.mark.parametrize("days", [0, 3, 5, 39])
def test_the_shortage_is_named_on_any_day(days: int) -> None:
    found = simulated(NOW + timedelta(days=days, hours=5 * days))
    bottleneck = find_bottleneck(found.log, found.world.team)
    assert (bottleneck.cause, bottleneck.where) == ("skill_shortage", SHORT)


def test_more_comes_in_there_than_is_accepted_and_not_elsewhere(made: History) -> None:
    def share(cell: str) -> float:
        here = made.log.filter(pc.equal(made.log["cell"], cell))
        counts = {event: pc.sum(pc.equal(here["event"], event)).as_py() for event in ("ingested", "accepted")}
        return float(counts["accepted"] / counts["ingested"])

    assert share(SHORT) < 0.75
    assert all(share(cell) > 0.8 for cell in OFTEN if cell != SHORT)


def test_project_toml_says_that_it_is_simulated_with_targets_three_weeks_ahead(made: History) -> None:
    project = project_with(made)
    assert project.history is not None
    assert (project.history.path, project.history.team, project.history.simulated) == (LOG, TEAM, True)
    assert project.plan == OFTEN
    assert project.target == made.target
    assert {one.by for one in project.target.values()} == {(NOW + AHEAD).date()}


def test_its_files_are_what_the_project_names(made: History, tmp_path: Path) -> None:
    write(tmp_path, made.toml())
    made.write(tmp_path)
    assert read_project(tmp_path).history is not None
    assert pq.read_table(tmp_path / LOG).num_rows == made.log.num_rows
    team = read_team(tmp_path / TEAM)
    assert team.people == made.world.team.people
    assert team.plan == made.world.team.plan
    assert all(team.votes(cell) == 2 for cell in OFTEN)


def test_it_is_made_where_it_is_missing_or_long_over_and_only_where_the_project_names_it(
    made: History, tmp_path: Path
) -> None:
    project = project_with(made)
    assert is_wanted(tmp_path, project)
    path = tmp_path / LOG
    path.write_bytes(b"")
    assert not is_wanted(tmp_path, project)
    old = path.stat().st_mtime - STALE.total_seconds() - 60
    os.utime(path, (old, old))
    assert is_wanted(tmp_path, project)
    assert not is_wanted(tmp_path, parse_project(tomllib.loads(project_toml())))


def test_what_people_are_given_and_asked_for_is_what_the_story_tells() -> None:
    (number, _, _, a_day) = next(one for one in history.PEOPLE if one[1] == (SHORT,))
    assert round(number * a_day * 5) == 32
    assert round(2 * OFTEN[SHORT] * history.MINUTES["code_review"] / 60) == 49
