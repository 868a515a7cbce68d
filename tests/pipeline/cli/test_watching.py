"""`watch` looks at the flow now and then: what is new is told once, posted, kept, and may end it."""

import json
from collections.abc import Iterable, Iterator
from typing import Any

import pytest

from pipeline.alerts import webhook
from pipeline.progress import project as flows
from pipeline.store import StorePlace
from schemas.errors import UsageError
from schemas.flow import Bottleneck, Flow
from schemas.snapshots import SnapshotFact
from tests.pipeline.hook import listening
from tests.pipeline.report.flow_example import flow

NONE = Bottleneck(cause="none")
SHORTAGE = "the bottleneck is now skill shortage (zh/code_review), at 157% of capacity; before: nothing"


def sure() -> Flow:
    """The example with all its targets out of danger."""
    likely = {cell: one.replace(probability=0.9) for cell, one in flow().forecast.targets.items()}
    return flow(forecast=flow().forecast.replace(targets=likely))


def quiet() -> Flow:
    """The same, and nothing holds it back."""
    return sure().replace(bottleneck=NONE, bottlenecks=(NONE,))


def analysed(monkeypatch: pytest.MonkeyPatch, *found: Flow | Exception | None) -> list[int]:
    """One analysis after the other; how many were asked for."""
    left: Iterator[Flow | Exception | None] = iter(found)
    times: list[int] = []

    def answer(*_: Any, **__: Any) -> Flow | None:
        times.append(1)
        one = next(left)
        if isinstance(one, Exception):
            raise one
        return one

    monkeypatch.setattr(flows, "flow_of", answer)
    return times


def watch(folder: Any, *words: str, rounds: int = 2, **environment: str) -> Any:
    return folder.run(
        "watch", "--rounds", str(rounds), "--every", "0", "--report-every", "0", *words, **environment
    )


def alerts(err: str) -> list[str]:
    return [line for line in err.splitlines() if line.startswith("ALERT")]


def snapshots(folder: Any) -> list[SnapshotFact]:
    with StorePlace(folder.path).reading() as store:
        return store.facts(SnapshotFact)


def rounds_of(ended: Any) -> Iterable[dict[str, Any]]:
    return [json.loads(line) for line in ended.out.splitlines()]


@pytest.mark.proof
def test_what_is_new_is_told_once_and_kept(folder: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    analysed(monkeypatch, quiet(), sure(), sure())
    ended = watch(folder, "--json", rounds=3)
    assert ended.code == 0
    assert alerts(ended.err) == [f"ALERT {SHORTAGE}"]
    said = [[one["kind"] for one in one["alerts"]] for one in rounds_of(ended)]
    assert said == [[], ["bottleneck changed"], []]
    assert [one.cause for one in snapshots(folder)] == ["none", "skill_shortage", "skill_shortage"]
    assert [one["said"] for one in folder.run("report", "--alerts", "--json").json["alerts"]] == [SHORTAGE]


@pytest.mark.proof
def test_the_next_watch_knows_what_the_last_one_told(folder: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    analysed(monkeypatch, quiet(), sure(), sure())
    watch(folder)
    assert alerts(watch(folder, rounds=1).err) == []


@pytest.mark.proof
def test_between_two_looks_nothing_is_analysed(folder: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    times = analysed(monkeypatch, sure())
    ended = folder.run("watch", "--rounds", "3", "--every", "0", "--json")
    assert len(times) == len(snapshots(folder)) == 1
    first, *others = rounds_of(ended)
    assert "Chinese code review" in first["sentence"]
    assert [(one["sentence"], one["alerts"]) for one in others] == [(None, [])] * 2


def test_until_alert_ends_with_code_4(folder: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    analysed(monkeypatch, quiet(), sure(), sure())
    ended = watch(folder, "--until-alert", rounds=3)
    assert ended.code == 4
    assert len(snapshots(folder)) == 2
    assert ended.err.splitlines()[-1].startswith("watch: ")


@pytest.mark.proof
def test_without_an_alert_it_ends_as_ever(folder: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    analysed(monkeypatch, sure(), sure())
    assert watch(folder, "--until-alert").code == 0


@pytest.mark.proof
def test_an_alert_is_posted_and_the_address_is_nowhere(folder: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    analysed(monkeypatch, quiet(), sure())
    with listening() as hook:
        ended = watch(folder, HEADRACE_WEBHOOK=hook.url)
    (posted,) = hook.taken
    assert posted["text"] == f"tried: {SHORTAGE}"
    assert "Chinese code review" in posted["sentence"]
    assert "s3cret" not in ended.out + ended.err


@pytest.mark.proof
def test_a_webhook_that_fails_does_not_stop_the_watch(folder: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    analysed(monkeypatch, quiet(), sure(), sure())
    monkeypatch.setattr(webhook, "PAUSES", (0.0, 0.0))
    with listening() as hook:
        hook.statuses = [500] * 3
        ended = watch(folder, rounds=3, HEADRACE_WEBHOOK=hook.url)
    assert ended.code == 0
    assert len(hook.taken) == 3
    assert len(snapshots(folder)) == 3
    assert "webhook: the alert was not taken (status 500)" in ended.err
    assert "s3cret" not in ended.err


def test_an_unsafe_webhook_is_refused_before_the_first_round(folder: Any) -> None:
    ended = watch(folder, HEADRACE_WEBHOOK="http://hooks.example.org/s3cret")
    assert ended.code == 1
    assert ended.is_one_line()
    assert "s3cret" not in ended.err
    assert ended.out == ""


@pytest.mark.proof
def test_a_fault_of_the_analysis_is_told_once_and_the_rounds_go_on(
    folder: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    fault = UsageError("before.parquet: events were expected, there is none; check it")
    analysed(monkeypatch, fault, fault, sure())
    ended = watch(folder, "--json", rounds=3)
    assert ended.code == 0
    assert ended.err.count("flow: before.parquet") == 1
    assert len(list(rounds_of(ended))) == 3
    assert len(snapshots(folder)) == 1
