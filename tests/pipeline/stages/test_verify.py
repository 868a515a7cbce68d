"""Evidence before people are asked: what it decides, what people see all the same, and how often it is wrong."""

import json
from pathlib import Path
from typing import Any

import pytest

from pipeline.stages.release import release
from pipeline.verifying.asked import asked
from pipeline.verifying.auditing import audits
from schemas.errors import ProjectError
from schemas.manifest import Manifest
from schemas.screening import EvidenceFact
from schemas.steering import RedoFact
from tasks import task_types
from tests.pipeline.stages.conftest import Effort

KIND = task_types()["answer_check"]
PROBLEMS: list[dict[str, Any]] = [
    {
        "prompt": f"What is {n} + {n}?",
        "candidates": [
            {"text": f"It doubles.\n#### {2 * n}"},
            {"text": f"The answer is {2 * n + 1}."},
            {"text": "Hm."},
        ],
        "reference": {"answer": str(2 * n)},
        "language": "en",
    }
    for n in range(1, 41)
]


def effort(folder: Path, answers: dict[str, Any] | None, **more: Any) -> Effort:
    """A project that checks answers, with one vote a task."""
    made = Effort(
        folder,
        tasks=[{"type": "answer_check", "overlap": 1}],
        verification={**({} if answers is None else {"answers": answers}), **more},
    )
    made.write(PROBLEMS)
    return made


def say(verdict: str) -> Any:
    """What a person answers who always says the same."""
    return lambda _: KIND.result(KIND.label(verdict=verdict))


def test_every_candidate_has_its_evidence_once(tmp_path: Path) -> None:
    made = effort(tmp_path, {})
    assert made.run("ingest", "screen", "verify")["verify"].done == 40
    assert made.run("verify")["verify"].done == 0
    found = made.ctx.store.facts(EvidenceFact)
    assert [fact.outcome for fact in found[:3]] == ["equal", "not_equal", "unknown"]
    assert json.loads(found[0].detail)["by"] == "number"


def test_nothing_is_decided_unless_the_project_says_so(tmp_path: Path) -> None:
    made = effort(tmp_path, {})
    made.run("ingest", "screen", "verify", "generate")
    assert made.ctx.store.count("tasks") == 120
    assert made.ctx.store.count("resolutions") == 0


def test_what_is_decided_has_a_label_of_the_machines_and_goes_to_nobody(tmp_path: Path) -> None:
    made = effort(tmp_path, {"decides": ["equal", "not_equal"], "audit_share": 0})
    made.run("ingest", "screen", "verify", "generate", "push")
    assert made.ctx.store.count("tasks") == 120
    by_machine = made.ctx.store.rows(
        "SELECT payload, votes, revisions FROM resolutions WHERE method = 'machine'"
    )
    assert len(by_machine) == 80
    assert {json.loads(row["payload"])["verdict"] for row in by_machine} == {"equal", "not_equal"}
    assert {(row["votes"], tuple(row["revisions"])) for row in by_machine} == {(0, ())}
    assert made.ctx.store.count("pushes") == 40
    dropped = made.ctx.store.rows(
        "SELECT reason, count(*) AS n FROM events WHERE event = 'dropped' GROUP BY reason"
    )
    assert dropped == [{"reason": "decided by machine", "n": 80}]


def test_what_is_decided_stays_so_whatever_runs_again(tmp_path: Path) -> None:
    made = effort(tmp_path, {"decides": ["equal", "not_equal"], "audit_share": 0})
    made.run()
    made.run()
    assert made.ctx.store.count("resolutions") == 80
    assert made.ctx.store.count("pushes") == 40


def test_dropped_items_leave_a_reject_and_no_task(tmp_path: Path) -> None:
    made = effort(tmp_path, {"decides": ["equal"], "then": "drop", "audit_share": 0})
    made.run("ingest", "screen", "verify")
    tally = made.run("generate")["generate"]
    assert tally.rejected == {"decided by machine": 40}
    assert made.ctx.store.count("tasks") == 80
    assert made.ctx.store.value("SELECT count(*) FROM rejects WHERE stage = 'verify'") == 40


def test_records_wait_for_their_checks(tmp_path: Path) -> None:
    made = effort(tmp_path, {"where": "prompt_id IS NOT NULL"})
    made.run("ingest", "screen", "generate")
    assert made.ctx.store.count("tasks") == 0
    made.run("verify", "generate")
    assert made.ctx.store.count("tasks") == 120


def test_an_audit_share_goes_to_people_and_tells_the_error(tmp_path: Path) -> None:
    made = effort(tmp_path, {"decides": ["equal"], "audit_share": 0.5})
    made.run()
    pushed = made.ctx.store.count("pushes")
    by_machine = made.ctx.store.count("resolutions")
    assert pushed + by_machine == 120
    assert 8 < by_machine < 32
    made.vote("li@example.org", say("not_equal"))
    made.run("sync", "check", "resolve")
    (found,) = audits(made.ctx)
    assert (found.check, found.task_type, found.compared, found.wrong) == (
        "answers",
        "answer_check",
        40 - by_machine,
        40 - by_machine,
    )
    assert found.error == 1.0
    assert found.low > 0.7
    kinds = made.ctx.store.rows(
        "SELECT kind, count(*) AS n FROM findings WHERE task_id IS NOT NULL GROUP BY kind"
    )
    assert kinds == [{"kind": "machine disagrees", "n": 40 - by_machine}]


def test_people_who_agree_make_no_findings(tmp_path: Path) -> None:
    made = effort(tmp_path, {"decides": ["equal"], "audit_share": 1})
    made.run()
    made.vote("li@example.org", say("equal"))
    made.run("sync", "check", "resolve")
    (found,) = audits(made.ctx)
    assert (found.compared, found.wrong) == (40, 0)
    assert found.high < 0.1
    assert not made.ctx.store.rows("SELECT kind FROM findings WHERE kind = 'machine disagrees'")


@pytest.mark.parametrize("given", [{"decides": ["right"]}, {"audit_share": 2}, {"kind": "x"}])
def test_what_cannot_be_is_refused(tmp_path: Path, given: dict[str, Any]) -> None:
    with pytest.raises(ProjectError, match="verification"):
        effort(tmp_path, given)


def test_a_judge_decides_by_its_column(tmp_path: Path) -> None:
    problems = [
        {
            **problem,
            "extra": {
                "verdicts": ["equal", {"verdict": "not_equal", "comment": "one too many"}, "cannot_tell"]
            },
        }
        for problem in PROBLEMS
    ]
    judge = {
        "name": "strict",
        "column": "extra.verdicts",
        "task": "answer_check",
        "decides": ["not_equal"],
        "audit_share": 0,
    }
    made = effort(tmp_path, None, judges=[judge])
    made.write(problems)
    made.run("ingest", "screen", "verify", "generate")
    labels = made.ctx.store.rows("SELECT payload FROM resolutions WHERE method = 'machine'")
    assert len(labels) == 40
    assert {json.loads(row["payload"])["comment"] for row in labels} == {"one too many"}


def test_who_contradict_each_other_decide_nothing(tmp_path: Path) -> None:
    problems = [{**problem, "extra": {"verdicts": ["not_equal", None, None]}} for problem in PROBLEMS]
    judge = {
        "name": "odd",
        "column": "extra.verdicts",
        "task": "answer_check",
        "decides": ["not_equal"],
        "audit_share": 0,
    }
    made = effort(tmp_path, {"decides": ["equal"], "audit_share": 0}, judges=[judge])
    made.write(problems)
    made.run("ingest", "screen", "verify", "generate")
    assert made.ctx.store.count("resolutions") == 0


@pytest.mark.proof
def test_processes_find_what_one_finds(tmp_path: Path) -> None:
    problems = [
        {**problem, "reference": {"answer": rf"\sqrt{{{4 * n * n}}}"}}
        for n, problem in enumerate(PROBLEMS, 1)
    ]
    found = []
    for workers in (1, 2):
        folder = tmp_path / str(workers)
        folder.mkdir()
        made = effort(folder, {})
        object.__setattr__(made.ctx.project, "engine", made.ctx.project.engine.replace(workers=workers))
        made.write(problems)
        made.run("ingest", "screen", "verify")
        facts = made.ctx.store.facts(EvidenceFact)
        found.append([(fact.record_id, fact.candidate, fact.outcome, fact.detail, fact.by) for fact in facts])
    assert found[0] == found[1]
    assert {fact[2] for fact in found[0]} == {"equal", "not_equal", "unknown"}


def test_what_a_redo_asks_anew_goes_to_people(tmp_path: Path) -> None:
    made = effort(tmp_path, {"decides": ["equal"], "audit_share": 0})
    made.run()
    task = made.ctx.store.value("SELECT min(task_id) FROM resolutions WHERE method = 'machine'")
    made.ctx.store.put([RedoFact(task_id=task, reason="looks odd", condition="", redone_at=made.ctx.clock())])
    pushed = made.ctx.store.count("pushes")
    made.run("generate", "push")
    assert made.ctx.store.count("pushes") == pushed + 1
    made.vote("li@example.org", say("not_equal"))
    made.run("sync", "check", "resolve")
    assert audits(made.ctx)[0].compared == 0  # what somebody doubted is no fair share


def test_a_machines_label_is_released_and_said_to_be_one(tmp_path: Path) -> None:
    made = effort(tmp_path, {"decides": ["equal"], "audit_share": 0})
    made.run()
    folder = release(made.ctx)[2]
    manifest = Manifest.model_validate_json((folder / "manifest.json").read_text())
    assert (manifest.counts.tasks, manifest.counts.by) == (40, {"machine": 80})
    assert manifest.task_types[0].compared == 0
    card = (folder / "README.md").read_text()
    assert "**Decided by machine:** 100 % of the rows (80 of 80)" in card
    assert "80 rows are no person's: a check decided them" in card


def test_states_of_records_that_need_nobody(tmp_path: Path) -> None:
    made = effort(tmp_path, {"decides": ["equal", "not_equal"], "audit_share": 0})
    made.write([{**problem, "candidates": problem["candidates"][:2]} for problem in PROBLEMS])
    made.run()
    states = made.ctx.store.rows("SELECT stage, state, count(*) AS n FROM record_states GROUP BY ALL")
    assert {(row["stage"], row["state"]) for row in states if row["stage"] in ("push", "resolve")} == {
        ("push", "none"),
        ("resolve", "done"),
    }


def test_results_of_programs_are_shown_and_move_no_item(tmp_path: Path) -> None:
    problem = {
        "prompt": "Add two numbers.",
        "domain": "coding",
        "candidates": [{"text": "def add(a, b):\n    return a - b"}],
    }
    made = Effort(tmp_path, tasks=[{"type": "code_review", "overlap": 1}], verification={"programs": {}})
    made.write([problem])
    made.run("ingest", "screen")
    (record_id,) = [row["record_id"] for row in made.ctx.store.rows("SELECT record_id FROM records")]
    (programs,) = asked(made.ctx.project)
    tests = [{"name": "assert add(1, 1) == 2", "outcome": "failed", "output": "0"}]
    made.ctx.store.put(
        [
            EvidenceFact(
                record_id=record_id,
                check="programs",
                candidate=0,
                outcome="failed",
                detail=json.dumps({"tests": tests}),
                by=programs.by,
                seconds=0.1,
                checked_at=made.ctx.clock(),
            )
        ]
    )
    made.run("generate")
    (task,) = made.ctx.store.rows("SELECT item_id, payload FROM tasks")
    item = task_types()["code_review"].item.model_validate_json(task["payload"])
    assert [(one.passed, one.name) for one in item.test_results] == [(False, "assert add(1, 1) == 2")]
    assert task["item_id"] == item.replace(test_results=()).id
