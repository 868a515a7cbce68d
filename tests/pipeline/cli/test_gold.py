"""`headrace gold` and `headrace disputes`: known answers looked after, and annotators who disagree answered."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from pipeline.store import StorePlace
from schemas.door import DisputeFact, GoldFact
from tests.pipeline.documented import examples

ROOT = Path(__file__).parents[3]
REFERENCE = ROOT / "docs" / "reference"
AT = datetime(2100, 1, 1, tzinfo=UTC)


@pytest.fixture
def known(folder: Any) -> Any:
    """A project with one gold task."""
    (folder.path / "gold.jsonl").write_text(
        json.dumps(
            {
                "prompt": "Known?",
                "domain": "reasoning",
                "candidates": [{"text": "right"}, {"text": "wrong"}],
                "label": {"preference": -2},
                "clause": "2.1",
            }
        )
        + "\n"
    )
    project = folder.path / "project.toml"
    project.write_text(
        project.read_text().replace("overlap = 1", 'overlap = 1\ngold = { file = "gold.jsonl", entry = 3 }')
    )
    assert [folder.run(stage).code for stage in ("ingest", "screen")] == [0, 0]
    return folder


@pytest.fixture
def task(known: Any) -> str:
    assert known.run("generate").code == 0
    (one,) = known.run("gold", "list", "--json").json["gold"]
    found: str = one["task_id"]
    return found


def disputed(folder: Any, task_id: str, about: Any = "gold") -> None:
    with StorePlace(folder.path).writing("test") as store:
        fact = DisputeFact(
            dispute_id="d1",
            annotator="ann-1",
            task_id=task_id,
            about=about,
            remark="both are wrong",
            disputed_at=AT,
        )
        store.put([fact])


def test_gold_is_listed_with_how_people_did(known: Any, task: str) -> None:
    told = known.run("gold", "list").out
    assert task in told
    assert "nobody yet, not in Label Studio yet" in told
    assert told.endswith("1 gold tasks in force\n")
    assert known.run("gold", "list", "--cell", "und/*", "--json").json["gold"][0]["clause"] == "2.1"
    assert known.run("gold", "list", "--cell", "nowhere").code == 2


def test_a_file_that_was_not_read_yet_is_named(known: Any) -> None:
    assert "gold.jsonl: not read yet; headrace generate" in known.run("gold", "list").out


def test_no_word_of_gold_being_without_effect(known: Any) -> None:
    assert "without effect" not in known.run("generate").err


def test_a_wrong_answer_is_mended(known: Any, task: str) -> None:
    label = '{"escape": {"kind": "bad_problem"}}'
    ended = known.run("gold", "mend", task, "--label", label, "--reason", "no question at all")
    assert (ended.code, ended.out) == (0, f"gold task {task}: mended; scores follow\n")
    (one,) = known.run("gold", "list", "--json").json["gold"]
    assert (one["label"], one["reason"], one["said_by"]) == (
        "bad problem",
        "no question at all",
        "command line",
    )


def test_a_worn_one_is_retired(known: Any, task: str) -> None:
    assert known.run("gold", "retire", task, "--reason", "leaked").code == 0
    told = known.run("gold", "list").out
    assert "retired: leaked" in told
    assert told.endswith("0 gold tasks in force\n")


@pytest.mark.parametrize(
    ("said", "why"),
    [
        (("mend", "TASK", "--label", "{bad", "--reason", "x"), "--label: should be JSON"),
        (
            ("mend", "TASK", "--label", '{"preference": 9}', "--reason", "x"),
            "--label: a label of preference_pair",
        ),
        (("mend", "TASK", "--label", "{}", "--reason", " "), "--reason: should say why"),
        (("retire", "TASK", "--reason", ""), "--reason: should say why"),
        (("retire", "nobody", "--reason", "x"), "gold: a gold task was expected, 'nobody' is none"),
        (("retire", "TASK", "--reason", "x", "--as", "ghost"), "nobody is called 'ghost'"),
    ],
)
def test_what_cannot_be_is_refused_in_one_line(
    known: Any, task: str, said: tuple[str, ...], why: str
) -> None:
    with known.unchanged():
        ended = known.run("gold", *(task if word == "TASK" else word for word in said))
    assert ended.code == 2
    assert ended.is_one_line()
    assert why in ended.err


def test_a_dispute_that_is_upheld_asks_for_the_gold_to_be_mended(known: Any, task: str) -> None:
    disputed(known, task)
    assert "ann-1 on the gold answer of task" in known.run("disputes", "list").out
    ended = known.run("disputes", "answer", "d1", "--uphold", "--remark", "you are right")
    assert ended.out == (
        f"dispute d1: upheld\nnext: headrace gold mend {task} --label JSON --reason TEXT, "
        f"or headrace gold retire {task} --reason TEXT\n"
    )
    (found,) = known.run("findings", "--json").json["findings"]
    assert (found["kind"], found["task_id"], found["void"]) == ("gold disputed", task, False)
    (one,) = known.run("disputes", "list", "--json").json["disputes"]
    assert one["next_step"] is not None
    with StorePlace(known.path).writing("test") as store:
        row = store.rows("SELECT * FROM gold")[0]
        store.put(
            [GoldFact.model_validate({**row, "payload": None, "put_at": datetime(2100, 1, 2, tzinfo=UTC)})]
        )
    assert known.run("disputes", "list").out == "0 disputes wait for an answer\n"
    assert "upheld by command line: you are right" in known.run("disputes", "list", "--all").out


@pytest.mark.proof
def test_a_dispute_that_is_dismissed_is_done_with(known: Any, task: str) -> None:
    disputed(known, task)
    assert (
        known.run("disputes", "answer", "d1", "--dismiss", "--remark", "see 2.1").out
        == "dispute d1: dismissed\n"
    )
    assert known.run("disputes", "list", "--json").json == {"disputes": []}
    assert known.run("findings", "--json").json["total"] == 0
    again = known.run("disputes", "answer", "d1", "--uphold", "--remark", "on second thoughts")
    assert again.out.startswith("dispute d1: upheld\n")


def test_an_overturned_label_that_was_right_is_to_be_asked_anew(known: Any, task: str) -> None:
    del task
    with StorePlace(known.path).writing("test") as store:
        work = store.value("SELECT task_id FROM standing_tasks ORDER BY task_id LIMIT 1")
    disputed(known, work, "overturned")
    ended = known.run("disputes", "answer", "d1", "--uphold", "--remark", "quite", "--json")
    command = f"headrace redo --where \"task_id = '{work}'\" --reason TEXT"
    assert ended.json["next_step"] == command
    (found,) = known.run("findings", "--json").json["findings"]
    assert (found["kind"], command in found["detail"]) == ("label disputed", True)
    assert known.run("redo", "--where", f"task_id = '{work}'", "--reason", "x", "--dry-run").code == 0


@pytest.mark.parametrize(
    ("said", "why"),
    [
        (("d1", "--remark", "x"), "one of --uphold and --dismiss"),
        (("d1", "--remark", "x", "--uphold", "--dismiss"), "one of --uphold and --dismiss"),
        (("d1", "--remark", " ", "--uphold"), "--remark: should tell"),
        (("d2", "--remark", "x", "--uphold"), "'d2' is none"),
    ],
)
@pytest.mark.proof
def test_an_answer_that_is_none_is_refused(known: Any, task: str, said: tuple[str, ...], why: str) -> None:
    disputed(known, task)
    with known.unchanged():
        ended = known.run("disputes", "answer", *said)
    assert ended.code == 2
    assert why in ended.err


@pytest.mark.parametrize("command", ["gold list", "disputes list"])
def test_json_is_printed_as_documented(known: Any, task: str, command: str) -> None:
    disputed(known, task)
    documented = examples(REFERENCE / "gold.md")[command]
    printed = known.run(*command.split(), "--json").json
    (name,) = documented
    assert [set(one) for one in printed[name]] == [set(documented[name][0])]
