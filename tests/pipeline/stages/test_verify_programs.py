"""Programs are run before people are asked: what passes and what fails needs nobody, a broken test is seen."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from schemas.errors import VerificationError
from schemas.screening import EvidenceFact
from tests.pipeline.stages.conftest import Effort

needs_bubblewrap = pytest.mark.skipif(
    shutil.which("bwrap") is None, reason="bubblewrap is not on this machine"
)

RIGHT, WRONG = "def {name}(n):\n    return n * 2", "def {name}(n):\n    return n + 2"
ENDS = "import os\nos._exit(0)"


def problem(name: str, wanted: int) -> dict[str, Any]:
    return {
        "prompt": f"Write {name}(n), which doubles n.",
        "domain": "coding",
        "language": "en",
        "programming_language": "python",
        "candidates": [{"text": text.format(name=name)} for text in (RIGHT, WRONG, ENDS)],
        "reference": {"solution": RIGHT.format(name=name)},
        "tests": {"entry_point": name, "code": f"assert {name}(2) == 4\nassert {name}(3) == {wanted}"},
    }


def effort(folder: Path, programs: dict[str, Any]) -> Effort:
    made = Effort(
        folder,
        tasks=[{"type": "code_review", "overlap": 1}, {"type": "test_review", "overlap": 1}],
        verification={"programs": {"seconds": 1, "audit_share": 0, **programs}},
    )
    made.write([problem("double", 6), problem("twice", 7)])
    return made


@needs_bubblewrap
def test_each_program_and_each_reference_has_its_evidence(tmp_path: Path) -> None:
    made = effort(tmp_path, {})
    assert made.run("ingest", "screen", "verify")["verify"].done == 2
    assert made.run("verify")["verify"].done == 0
    found = {
        (json.loads(fact.detail)["tests"][1]["name"][7:10], fact.candidate): fact.outcome
        for fact in made.ctx.store.facts(EvidenceFact)
    }
    sound = {0: "passed", 1: "failed", 2: "failed", -1: "passed"}
    broken = {0: "failed", 1: "failed", 2: "failed", -1: "failed"}
    assert {place: said for (name, place), said in found.items() if name == "dou"} == sound
    assert {place: said for (name, place), said in found.items() if name == "twi"} == broken


@needs_bubblewrap
def test_only_where_the_reference_passes_do_tests_decide(tmp_path: Path) -> None:
    made = effort(tmp_path, {"decides": ["passed", "failed"]})
    made.run("ingest", "screen", "verify", "generate")
    decided = made.ctx.store.rows(
        """SELECT t.payload AS item, r.payload AS label FROM resolutions r JOIN tasks t USING (task_id)
        WHERE r.method = 'machine' AND t.task_type = 'code_review'"""
    )
    verdicts = {json.loads(row["item"])["code"]: json.loads(row["label"])["verdict"] for row in decided}
    double = [text.format(name="double") for text in (RIGHT, WRONG)]
    assert verdicts == {double[0]: "correct", double[1]: "incorrect", ENDS: "incorrect"}
    made.run("push")
    assert (
        made.ctx.store.count("pushes") == 2 + 2 + 1
    )  # both test reviews, and the three programs of the broken test


@needs_bubblewrap
def test_people_see_what_was_found(tmp_path: Path) -> None:
    made = effort(tmp_path, {})
    made.run("ingest", "screen", "verify", "generate")
    rows = made.ctx.store.rows("SELECT task_type, payload FROM tasks")
    items = [(row["task_type"], json.loads(row["payload"])) for row in rows]
    wrong = next(item for kind, item in items if kind == "code_review" and "n + 2" in item["code"])
    assert [(one["passed"], one["output"]) for one in wrong["test_results"]] == [
        (True, ""),
        (False, "5 for 3"),
    ]
    broken = next(item for kind, item in items if kind == "test_review" and "twice" in item["prompt"])
    assert [one["passed"] for one in broken["reference_results"]] == [True, False]


def test_without_a_sandbox_nothing_is_checked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = effort(tmp_path, {})
    made.run("ingest", "screen")
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(VerificationError, match="apt install bubblewrap"):
        made.run("verify")
    assert made.ctx.store.count("evidence") == 0
