"""The whole analysis: of a project with a planted shortage, of one that has only been planned, and of nothing."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pyarrow as pa
import pytest

from pipeline.progress.analysis import analyse, find_bottleneck
from pipeline.simulation.worlds.log import run
from pipeline.simulation.worlds.worlds import world
from pipeline.store.log import EventLog
from schemas.flow import Flow
from schemas.team import Team

PLANNED = {
    "people": [{"id": "li", "cells": ["zh/code_review"], "weekly_hours": 20}],
    "plan": {"zh/code_review": 400},
    "minutes": {"code_review": 6},
}
NOW = datetime(2026, 3, 30, tzinfo=UTC)


@pytest.fixture(scope="module")
def short() -> Any:
    return world("skill_shortage", 3)


@pytest.fixture(scope="module")
def flow(short: Any) -> Flow:
    return analyse(EventLog.of_arrow(run(short)), short.team, runs=5, backtest=False)


def nothing() -> EventLog:
    return EventLog.of_arrow({"ts": pa.array([], pa.timestamp("us")), "event": pa.array([], pa.string())})


def test_the_planted_cause_is_named_with_a_load_and_relief(flow: Flow, short: Any) -> None:
    assert short.truth.is_named_by(flow.bottleneck.cause, flow.bottleneck.where)
    assert flow.bottleneck.load is not None
    assert flow.bottleneck.load > 1
    assert flow.bottleneck.remedies
    assert flow.bottlenecks[0] == flow.bottleneck


def test_the_bottleneck_alone_is_that_of_the_whole_analysis(flow: Flow, short: Any) -> None:
    assert find_bottleneck(run(short), short.team) == flow.bottleneck


def test_what_is_printed_as_json_can_be_read_again(flow: Flow) -> None:
    assert Flow.model_validate_json(flow.model_dump_json()) == flow


def test_the_log_says_which_facts_it_had(flow: Flow) -> None:
    assert (flow.data_quality.served, flow.data_quality.starved) == ("measured", "measured")
    assert {"cumulative_flow", "hours", "days", "throughput"} <= set(flow.metrics)


def test_what_came_later_changes_nothing(short: Any) -> None:
    table = run(short)
    moment = datetime.fromtimestamp(table["ts"][-1].as_py().timestamp(), UTC) - timedelta(days=7)
    cut = EventLog.of_arrow(table, moment)
    asked = EventLog.of_arrow(table)
    assert analyse(cut, short.team, moment, runs=3, backtest=False).bottlenecks == (
        analyse(asked, short.team, moment, runs=3, backtest=False).bottlenecks
    )


def test_a_plan_without_a_log_has_loads_that_are_declared() -> None:
    found = analyse(nothing(), Team.model_validate(PLANNED), NOW, runs=3, backtest=False)
    (load,) = (one for one in found.loads if one.resource == "zh/code_review")
    assert load.basis == "declared"
    # 400 tasks x 2 votes x 6 minutes = 80 hours for the 20 that there are, and no second person at all
    assert load.load > 1
    assert found.bottleneck.basis == "declared"
    assert found.metrics == {}


def test_a_log_of_a_few_hours_says_how_much_came_of_the_plan() -> None:
    came = [NOW - timedelta(hours=4) + timedelta(minutes=5 * number) for number in range(30)]
    rows = [
        (at, event, f"t{number}", actor)
        for number, at in enumerate(came)
        for event, actor in (("ingested", None), ("ready", None), ("submitted", "li"), ("submitted", "wu"))
    ]
    ts, event, task, actor = zip(*rows, strict=True)
    cell = ["zh/code_review"] * len(rows)
    log = EventLog.of_arrow({"ts": ts, "event": event, "task": task, "actor": actor, "cell": cell})
    found = analyse(log, Team.model_validate({"plan": {"zh/code_review": 2000}}), NOW, runs=3, backtest=False)
    assert found.bottleneck.cause == "starved_intake"
    assert found.bottleneck.evidence[0] == "210 tasks a week came in of 2000 that are planned: 10%."
    assert found.bottleneck.confidence == "low"


def test_records_that_have_no_tasks_yet_are_no_fault() -> None:
    came = {"ts": [NOW - timedelta(hours=1)] * 2, "event": ["ingested"] * 2, "record": ["one", "two"]}
    found = analyse(EventLog.of_arrow(came), Team(), NOW, runs=3)
    assert (found.bottleneck.cause, found.data_quality.tasks) == ("none", 2)


def test_nothing_at_all_is_no_fault() -> None:
    found = analyse(nothing(), Team(), NOW, runs=3)
    assert found.bottleneck.cause == "none"
    assert (found.loads, found.forecast.targets) == ((), {})
