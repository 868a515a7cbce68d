"""Whether people finish what they have in hand when their time is over, as the log shows it."""

import pytest

from pipeline.progress.forecast.leaving import beyond, stay, without_overhang
from pipeline.progress.forecast.parameters import fit
from tests.pipeline.progress.forecast.small import TEAM, made


@pytest.mark.parametrize("overtime", [True, False])
def test_it_is_seen_whether_people_stay_to_finish(*, overtime: bool) -> None:
    project = made(minutes=60.0, overtime=overtime)
    assert stay(project.work, beyond(project.work)) is overtime
    assert fit(project.log, project.work, TEAM, project.at).stay is overtime


def test_what_people_stayed_for_is_no_habit() -> None:
    work = made(minutes=30.0, overtime=True).work
    after = beyond(work)
    shifts = without_overhang(work.present, after, 600.0)
    assert (shifts.end <= work.present.end).all()
    assert (shifts.end > shifts.start).all()
    assert (work.present.end - shifts.end).max() == pytest.approx(600.0)


@pytest.mark.parametrize("overtime", [True, False])
def test_hours_are_about_those_declared_either_way(*, overtime: bool) -> None:
    project = made(minutes=30.0, overtime=overtime)
    people = {one.name: one for one in fit(project.log, project.work, TEAM, project.at).people}
    assert people["ann"].presence.hours * 7 == pytest.approx(20, rel=0.12)
