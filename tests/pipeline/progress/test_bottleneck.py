"""From whole logs to the bottleneck: planted causes are named, in complete logs and in what Label Studio says alone."""

from functools import cache

import numpy as np
import pytest

from pipeline.progress.cleaning import clean
from pipeline.progress.columns import Columns
from pipeline.progress.deriving.derive import derive
from pipeline.progress.deriving.work import Work
from pipeline.progress.diagnosis import Diagnosis, diagnose
from pipeline.progress.reading import columns_of
from pipeline.simulation.worlds import Truth, reduced, run, world
from pipeline.store.log import EventLog
from schemas.flow import CAUSES, Cause
from schemas.team import Team

SEED = 3
"""One of those to tune by; the benchmark judges by others."""
FOUND_AT = 1_764_547_200.0


@cache
def log_of(cause: Cause, form: str) -> tuple[Columns, Work, Team, Truth]:
    made = world(cause, SEED)
    table = run(made)
    if form == "reduced":
        table = reduced(table, np.random.default_rng(1))
    columns, work = derive(clean(columns_of(EventLog.of_arrow(table)))[0], made.team)
    return columns, work, made.team, made.truth


def diagnosed(cause: Cause, form: str = "complete", gaps: tuple[tuple[float, float], ...] = ()) -> Diagnosis:
    columns, work, team, _ = log_of(cause, form)
    return diagnose(columns, work, team, gaps=gaps)


@pytest.mark.parametrize("form", ["complete", "reduced"])
@pytest.mark.parametrize("cause", CAUSES)
def test_what_was_planted_is_named(cause: Cause, form: str) -> None:
    found = diagnosed(cause, form).bottlenecks[0]
    assert log_of(cause, form)[3].is_named_by(found.cause, found.where), found


def test_the_fullest_resource_stands_first_with_an_interval_around_its_load() -> None:
    loads = diagnosed("skill_shortage").loads
    assert [load.load for load in loads] == sorted((load.load for load in loads), reverse=True)
    assert loads[0].interval is not None
    assert loads[0].interval[0] < loads[0].load < loads[0].interval[1]
    assert loads[0].hours_needed > loads[0].hours_available


def test_a_gap_in_the_log_is_told_before_a_cause_is_blamed() -> None:
    columns = log_of("skill_shortage", "complete")[0]
    end = columns.span[1]
    found = diagnosed("skill_shortage", gaps=((end - 90_000, end - 10_000),)).bottlenecks[0]
    assert "Nobody wrote the log" in found.doubts[0]
    assert found.confidence != "high"
    assert diagnosed("skill_shortage").bottlenecks[0].confidence == "high"


def test_a_few_days_of_log_make_nobody_sure() -> None:
    columns, _, team, _ = log_of("none", "complete")
    early = columns.until(columns.span[0] + 3 * 86_400)
    found = diagnose(*derive(early, team), team).bottlenecks[0]
    assert found.confidence == "low"
    assert any("days only" in doubt for doubt in found.doubts)


TEAM = Team.model_validate(
    {
        "overlap": 2,
        "minutes": {"code_review": 10},
        "plan": {"zh/code_review": 120, "en/code_review": 60},
        "people": [
            {"id": "a", "cells": ["zh/code_review"], "weekly_hours": 10},
            {"id": "b", "cells": ["zh/code_review"], "weekly_hours": 10},
            {"id": "c", "cells": ["en/code_review"], "weekly_hours": 40},
            {"id": "d", "cells": ["en/code_review"], "weekly_hours": 40},
        ],
    }
)


def nothing_yet() -> Columns:
    none, codes = np.empty(0), np.empty(0, dtype=np.int32)
    return Columns(none, codes.astype(np.int8), codes, codes, codes, codes, codes, none, (), (), ())


def test_before_the_first_vote_the_loads_are_those_that_are_declared() -> None:
    columns, work = derive(nothing_yet(), TEAM)
    found = diagnose(columns, work, TEAM, FOUND_AT)
    assert {load.resource: round(load.load, 2) for load in found.loads} == {
        "zh/code_review": 2.0,
        "en/code_review": 0.25,
    }
    assert {load.basis for load in found.loads} == {"declared"}
    first = found.bottlenecks[0]
    assert (first.cause, first.where, first.basis) == ("skill_shortage", "zh/code_review", "declared")
    assert "declared, not measured" in first.doubts[0]


def test_an_empty_log_without_a_plan_says_that_it_knows_nothing() -> None:
    columns, work = derive(nothing_yet(), Team())
    found = diagnose(columns, work, Team(), FOUND_AT)
    assert found.bottlenecks[0].cause == "none"
    assert found.loads == ()


def test_a_cell_that_nobody_has_labeled_yet_has_its_load_from_the_plan() -> None:
    columns, work, team, _ = log_of("none", "complete")
    new = team.model_copy(update={"plan": {**team.plan, "xx/new_type": 100.0}})
    basis = {load.resource: load.basis for load in diagnose(columns, work, new).loads}
    assert basis.pop("xx/new_type") == "declared"
    assert set(basis.values()) == {"measured"}
