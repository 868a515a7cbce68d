"""The steering commands as they are typed: redo, withdraw, cells; and findings."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest

from pipeline.cli import steering  # noqa: F401 - its commands
from pipeline.store import StorePlace
from schemas.facts import RejectFact
from schemas.steering import FindingFact
from tests.pipeline.filled import START, TYPE, Filled, finding

CELL = f"en/{TYPE}"
OTHER = f"zh/{TYPE}"
WHY = ("--reason", "unclear")


@contextmanager
def filling(folder: Any) -> Iterator[Filled]:
    with StorePlace(folder.path).writing("test") as store:
        yield Filled(store)


@pytest.fixture
def project(folder: Any) -> Any:
    """Two settled tasks, one released, and one open, in English; one ready in Chinese."""
    with filling(folder) as filled:
        first, second = filled.settle(filled.task()), filled.settle(filled.task())
        open_ = filled.task()
        filled.push(first)
        filled.push(second)
        filled.push(open_)
        filled.release("1.0.0", first)
        filled.task(filled.record(language="zh"), cell=OTHER)
    return folder


def rows(folder: Any, sql: str) -> list[dict[str, Any]]:
    with StorePlace(folder.path).reading() as store:
        return store.rows(sql)


# Redo


@pytest.mark.proof
def test_redo_shows_the_cost_and_then_asks_anew(project: Any) -> None:
    done = project.run("redo", "--where", "state IN ('accepted', 'released')", *WHY)
    assert (done.code, done.err) == (0, "")
    first, together, *rest = done.out.splitlines()
    assert first.split()[0] == CELL
    assert "2 tasks, 2 votes, 0.0 hours of people, days unknown" in together
    assert rest == ["2 tasks asked anew from the next run on"]
    facts = rows(project, "SELECT task_id, reason, condition FROM redos ORDER BY task_id")
    condition = "state IN ('accepted', 'released')"
    assert facts == [{"task_id": task, "reason": "unclear", "condition": condition} for task in ("t0", "t1")]
    assert rows(project, "SELECT count(*) AS n FROM superseded") == [{"n": 2}]


@pytest.mark.proof
def test_redo_in_json_tells_all_it_did(project: Any) -> None:
    done = project.run("redo", "--where", "true", *WHY, "--json")
    assert done.json == {
        "dry_run": False,
        "redone": 2,
        "tasks": 2,
        "without_votes": 2,
        "older_versions": 0,
        "cells": [
            {
                "cell": CELL,
                "tasks": 2,
                "votes": 2,
                "votes_at_most": 2,
                "hours": pytest.approx(1 / 30),
                "days": None,
            }
        ],
        "votes": 2,
        "votes_at_most": 2,
        "hours": pytest.approx(1 / 30),
        "days": None,
    }
    again = project.run("redo", "--where", "true", *WHY, "--json").json
    assert (again["redone"], again["tasks"], again["votes"]) == (0, 0, 0)


@pytest.mark.parametrize("command", ["redo", "withdraw"])
def test_a_dry_run_shows_the_same_and_changes_nothing(project: Any, command: str) -> None:
    with project.unchanged():
        dry = project.run(command, "--where", "true", *WHY, "--dry-run")
        dry_json = project.run(command, "--where", "true", *WHY, "--dry-run", "--json").json
    wet = project.run(command, "--where", "true", *WHY)
    assert dry.out.splitlines()[:-1] == wet.out.splitlines()[:-1]
    assert dry.out.splitlines()[-1] == "dry run: nothing was changed"
    assert dry_json["dry_run"] is True
    assert dry_json["redone" if command == "redo" else "withdrawn"] == 0


UNCLEAR = [
    (),
    ("--reason", "why"),
    ("--where", "true"),
    ("--where", "true", "--reason", " "),
    ("--where", "", "--reason", "why"),
    ("--where", "nope = 1", "--reason", "why"),
]


@pytest.mark.parametrize("command", ["redo", "withdraw"])
def test_what_is_not_said_well_is_wrong_usage_and_changes_nothing(project: Any, command: str) -> None:
    with project.unchanged():
        for said in UNCLEAR:
            done = project.run(command, *said)
            assert (done.code, done.out) == (2, ""), said


def test_an_unreadable_condition_is_one_line_with_the_columns(project: Any) -> None:
    done = project.run("redo", "--where", "nope = 1", *WHY)
    assert done.is_one_line()
    assert "resolved_at" in done.err


@pytest.mark.proof
@pytest.mark.parametrize(
    ("option", "value"), [("--cell", "fr/*"), ("--type", "essay"), ("--guideline", "v9")]
)
def test_a_name_that_does_not_exist_is_wrong_usage(project: Any, option: str, value: str) -> None:
    done = project.run("redo", "--where", "true", *WHY, option, value)
    assert done.code == 2
    assert done.is_one_line()


@pytest.mark.proof
def test_only_writing_needs_the_lock(project: Any) -> None:
    with StorePlace(project.path).writing("somebody else"):
        for command in ("redo", "withdraw"):
            said = (command, "--where", "true", *WHY, "--wait", "0")
            assert project.run(*said, "--dry-run").code == 0
            assert project.run(*said).code == 75
        assert project.run("cells").code == 0
        assert project.run("findings").code == 0


# Withdraw


def test_withdraw_says_what_leaves_and_what_stays(project: Any) -> None:
    done = project.run("withdraw", "--where", "language = 'en'", "--reason", "copyright")
    assert done.out.splitlines() == [
        "3 records with 3 tasks, 3 of them in Label Studio",
        "2 settled labels leave all releases to come, 4 votes were given",
        "releases 1.0.0 hold some of them, and stay as they are",
        "3 records withdrawn",
    ]
    states = rows(project, "SELECT task_id, state FROM task_states ORDER BY task_id")
    assert [row["state"] for row in states] == ["withdrawn", "withdrawn", "withdrawn", "ready"]
    assert project.run("withdraw", "--where", "language = 'en'", "--reason", "again", "--json").json == {
        "dry_run": False,
        "withdrawn": 0,
        "records": 0,
        "tasks": 0,
        "shared": 0,
        "in_label_studio": 0,
        "labels": 0,
        "votes": 0,
        "releases": [],
    }


def test_withdraw_names_tasks_that_stay_with_other_records(folder: Any) -> None:
    with filling(folder) as filled:
        filled.task(filled.record(), filled.record())
    done = folder.run("withdraw", "--where", "source_row = '1'", *WHY)
    assert "1 tasks stay: a record that stays has them too" in done.out


# Cells


def test_cells_show_what_waits(project: Any) -> None:
    (project.path / "project.toml").write_text(
        (project.path / "project.toml")
        .read_text()
        .replace("overlap = 1\n", "overlap = 1\npriority = { \"record_id = 'r2'\" = 5 }\n")
    )
    found = {one.pop("cell"): one for one in project.run("cells", "--json").json["cells"]}
    unpaused = {"paused_since": None, "paused_why": None, "buffer": 100_000, "votes_per_hour": None}
    waiting = {"ready": 1, "open": 0, "votes_wanted": 2, "people": 0}
    assert found[OTHER] == {**unpaused, **waiting, "lowest_priority": 1.0, "highest_priority": 1.0}
    assert found[CELL]["open"] == 1
    assert found[CELL]["votes_wanted"] == 2
    assert (found[CELL]["lowest_priority"], found[CELL]["highest_priority"]) == (5.0, 5.0)
    assert "priority 5" in project.run("cells", "list", CELL).out
    assert project.run("cells", "list", OTHER).out.count("\n") == 1


def test_a_settled_cell_waits_for_nothing(folder: Any) -> None:
    with filling(folder) as filled:
        filled.settle(filled.task())
    (cell,) = folder.run("cells", "--json").json["cells"]
    assert (cell["ready"], cell["open"], cell["votes_wanted"], cell["lowest_priority"]) == (0, 0, 0, None)
    assert "nothing waits" in folder.run("cells").out


def test_a_cell_without_tasks_is_said_to_be_missing(folder: Any) -> None:
    assert folder.run("cells").out == "no tasks yet; make some with: headrace run\n"


def test_cells_are_paused_and_resumed(project: Any) -> None:
    paused = project.run("cells", "pause", "en/*", "--reason", "unclear guideline")
    assert paused.out.splitlines() == [f"{CELL:<32} paused", "the next run carries it to Label Studio"]
    assert rows(project, "SELECT cell FROM paused_cells") == [{"cell": CELL}]
    shown = project.run("cells").out
    assert "UTC: unclear guideline" in shown
    assert project.run("cells", "--json").json["cells"][0]["open"] == 0
    again = project.run("cells", "pause", "*", "--json").json
    assert again == {"paused": [OTHER], "unchanged": [CELL]}
    resumed = project.run("cells", "resume", CELL, "--json").json
    assert resumed == {"resumed": [CELL], "unchanged": []}
    assert rows(project, "SELECT cell FROM paused_cells") == [{"cell": OTHER}]
    assert project.run("cells", "resume", CELL).out == f"{CELL:<32} was resumed already\n"


def test_a_pause_of_no_cell_is_wrong_usage(project: Any) -> None:
    with project.unchanged():
        for said in (("pause",), ("resume",), ("pause", "fr/*"), ("resume", ""), ("halt", CELL)):
            assert project.run("cells", *said).code == 2, said


# Findings


@pytest.fixture
def found(project: Any) -> Any:
    """Two findings of one kind, one of another; a reject of check, one of sync, one of ingest."""
    kinds = ("edited by another", "edited by another", "project gone")
    with filling(project) as filled:
        for number, kind in enumerate(kinds):
            filled.put(numbered(number, kind))
        for number, stage in enumerate(("check", "sync", "ingest")):
            filled.put(reject(number, stage))
    return project


def numbered(number: int, kind: str) -> FindingFact:
    about = kind != "project gone"
    return finding(
        kind,
        finding_id=f"f{number}",
        subject=str(number),
        cell=CELL if about else None,
        task_id=f"t{number}" if about else None,
        annotator=f"ann-{number}" if about else None,
        revision_id=f"v{number}" if about else None,
        void=about,
        detail=f"finding number {number}",
        evidence='{"by": "ann-9"}',
        found_at=START + timedelta(days=number),
    )


def reject(number: int, stage: str) -> RejectFact:
    return RejectFact(
        reject_id=f"j{number}",
        stage=stage,
        subject=f"v{number}",
        reason=f"refused by {stage}",
        detail=f"reject number {number}",
        evidence=json.dumps({"task_id": "t3", "annotator": "ann-b"} if stage == "check" else None),
        rejected_at=START + timedelta(hours=1 + number),
    )


def test_findings_are_counted_by_kind_and_listed_the_newest_first(found: Any) -> None:
    listed = found.run("findings").out.splitlines()
    assert listed[:4] == [
        "      2 edited by another",
        "      1 project gone",
        "      1 refused by check",
        "      1 refused by sync",
    ]
    assert [line.split(": ")[1] for line in listed[4:-1]] == [
        "finding number 2", "finding number 1", "reject number 1", "reject number 0", "finding number 0"
    ]  # fmt: skip
    assert listed[-1] == "5 findings"
    assert found.run("findings", "--limit", "2").out.splitlines()[-1] == "5 findings, 2 shown"


def test_a_finding_in_json_holds_all_that_is_known(found: Any) -> None:
    said = found.run("findings", "--kind", "edited by another", "--limit", "1", "--json").json
    assert said == {
        "total": 2,
        "kinds": {"edited by another": 2},
        "findings": [
            {
                "id": "f1",
                "kind": "edited by another",
                "subject": "1",
                "cell": CELL,
                "task_id": "t1",
                "annotator": "ann-1",
                "void": True,
                "detail": "finding number 1",
                "evidence": {"by": "ann-9"},
                "found_at": "2026-03-03T09:00:00+00:00",
            }
        ],
    }


@pytest.mark.proof
@pytest.mark.parametrize(
    ("sought", "ids"),
    [
        (("--cell", "en/*"), ["f1", "f0"]),
        (("--cell", OTHER), ["j0"]),
        (("--annotator", "ann-b"), ["j0"]),
        (("--annotator", "ann-1", "--kind", "edited by another"), ["f1"]),
        (("--since", "2026-03-03"), ["f2", "f1"]),
        (("--since", "2026-03-02T10:30"), ["f2", "f1", "j1"]),
        (("--kind", "nothing of the kind"), []),
    ],
)
def test_findings_are_narrowed(found: Any, sought: tuple[str, ...], ids: list[str]) -> None:
    said = found.run("findings", *sought, "--json").json
    assert [one["id"] for one in said["findings"]] == ids
    assert said["total"] == len(ids)


def test_findings_of_a_cell_that_is_none_are_wrong_usage(found: Any) -> None:
    assert found.run("findings", "--cell", "fr/*").code == 2


def test_without_a_store_nothing_was_found(make_folder: Callable[..., Any], tmp_path: Any) -> None:
    assert make_folder(tmp_path).run("findings").out == "0 findings\n"
