"""A forecast comes of any log: parts of it missing, people unknown, nothing settled, nobody there."""

from datetime import UTC, date, datetime
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.progress.forecast.forecast import forecast
from schemas.events import EVENTS, EventName
from schemas.flow import Forecast
from schemas.project import Target
from schemas.team import Member, Team
from tests.pipeline.progress.deriving.logs import DAY
from tests.pipeline.progress.forecast.small import START, TEAM, Made, made


@cache
def project() -> Made:
    return made(days=7)


def is_sound(found: Forecast) -> bool:
    for target in found.targets.values():
        dates = [
            moment or datetime.max.replace(tzinfo=UTC) for moment in (target.p50, target.p85, target.p95)
        ]
        if not (0 <= target.probability <= 1 and dates == sorted(dates) and target.shortfall >= 0):
            return False
    work = found.present_work
    return work is not None and work.open == sum(cell.open for cell in work.cells.values())


@settings(deadline=None, max_examples=15)
@given(st.sets(st.sampled_from(EVENTS), max_size=8), st.floats(-1, 9), st.integers(0, 2**16))
def test_whatever_is_missing_there_is_a_forecast(without: set[EventName], day: float, seed: int) -> None:
    log = project().all
    kept = ~log.are(*without) if without else np.ones(len(log), dtype=bool)
    kept &= np.random.default_rng(seed).random(len(log)) < 0.9
    as_of = datetime.fromtimestamp(START + day * DAY, UTC)
    assert is_sound(forecast(log.at(kept), TEAM, as_of, runs=3, seed=seed, backtest=False))


@pytest.mark.parametrize(
    "team",
    [
        Team(),
        Team(targets={"zh/code_review": Target(accepted=1, by=date(2020, 1, 1))}),
        Team(people=(Member(id="ann", weekly_hours=0),), plan={"fr/essay": 0}),
        Team(overlap=50, people=TEAM.people, targets=TEAM.targets),
        Team(plan={"zh/*": 10}, targets={"zh": Target(accepted=10**6, by=date(2030, 1, 1))}),
    ],
)
def test_whatever_the_team_is_there_is_a_forecast(team: Team) -> None:
    given = project()
    assert is_sound(forecast(given.all, team, given.as_of, runs=3))


def test_a_target_in_the_past_is_met_or_not_for_sure() -> None:
    given = project()
    past = {cell: Target(accepted=10**4, by=date(2026, 11, 3)) for cell in TEAM.targets}
    found = forecast(
        given.all, TEAM.model_copy(update={"targets": past}), given.as_of, runs=3, backtest=False
    )
    assert {one.probability for one in found.targets.values()} == {0.0}
    met = {cell: Target(accepted=1, by=date(2026, 11, 3)) for cell in TEAM.targets}
    found = forecast(given.all, TEAM.model_copy(update={"targets": met}), given.as_of, runs=3, backtest=False)
    assert {(one.shortfall, one.probability) for one in found.targets.values()} == {(0, 1.0)}
