"""`headrace diff`, `lineage --release` and `releases verify`: of releases that lie somewhere, with no store."""

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from pipeline.released import columns
from pipeline.released.behind import votes_id
from tests.pipeline.documented import examples
from tests.pipeline.released.shelf import name_of, put, row

REFERENCE = Path(__file__).parents[3] / "docs" / "reference"
documented = pytest.mark.skipif(
    not REFERENCE.exists(), reason="an installed wheel comes without the documentation"
)
OPEN = {"cells", "task_types", "reasons", "label", "content"}
"""Objects whose keys are not the same everywhere."""


def vote(number: int, annotator: str = "p-1") -> dict[str, Any]:
    return {
        "task_id": f"task-{number}",
        "annotation_id": f"annotation-{number}-{annotator}",
        "revision_id": f"revision-{number}-{annotator}",
        "annotator": annotator,
        "role": "vote",
        "counted": True,
        "label": '{"preference": -2}',
        "reason": "",
        "guideline_version": "v1",
        "created_at": None,
        "lead_seconds": 9.0,
        "simulated": False,
    }


@pytest.fixture
def two(tmp_path: Path) -> tuple[str, str]:
    """Two releases, the second with another label, one row less, and one more."""
    votes = pa.Table.from_pylist([vote(number) for number in range(4)], columns.VOTES)
    rows = [row(number, votes_id=votes_id([vote(number)["revision_id"]])) for number in range(4)]
    changed = row(1, chosen="maybe", votes=3, votes_id="x")
    a = put(tmp_path / "a", rows[:3], votes=votes)
    b = put(tmp_path / "b", [rows[0], changed, rows[3]], "1.0.0", votes=votes)
    return str(a), str(b)


def shape(value: Any, key: str = "") -> Any:
    """A JSON value's keys, all the way down; of a list its first element, of a value only that it is one."""
    if isinstance(value, dict):
        return {} if key in OPEN else {name: shape(inner, name) for name, inner in sorted(value.items())}
    if isinstance(value, list):
        return [shape(one) for one in value[:1]]
    return "value"


def test_a_difference_is_told_to_people(folder: Any, two: tuple[str, str]) -> None:
    ended = folder.run("diff", *two)
    assert ended.code == 0
    first, second, *rest = ended.out.splitlines()
    assert first == "effort 0.1.0 and effort 1.0.0: 1 added, 1 removed, 1 changed, 1 as they were"
    assert second == "this makes it a major version: rows changed, went or moved"
    assert (
        f"changed  {name_of(1)[:12]}  en/preference_pair  new vote  (2 votes, unanimous → 3 votes, unanimous)"
        in rest
    )
    assert any(line.split() == ["en/preference_pair", "1", "1", "1", "0", "0"] for line in rest)


def test_rows_are_shown_up_to_a_number(folder: Any, two: tuple[str, str]) -> None:
    found = folder.run("diff", *two, "--rows", "1", "--json").json
    assert (len(found["rows"]), found["rows_left_out"]) == (1, 2)
    assert "and 2 more rows" in folder.run("diff", *two, "--rows", "1").out


@documented
@pytest.mark.parametrize("page", ["diff.md", "lineage.md"])
def test_json_is_printed_as_documented(folder: Any, two: tuple[str, str], page: str) -> None:
    shown = examples(REFERENCE / page)
    assert shown
    for command, example in shown.items():
        words = {"A": two[0], "B": two[1], "PLACE": two[0], "ROW": name_of(0)}
        ended = folder.run(*(words.get(word, word) for word in command.split()), "--json")
        if "verify" in command:
            continue
        printed = ended.json
        if printed.get("rows"):
            printed["rows"] = [one for one in printed["rows"] if one["before"] and one["after"]]
        assert shape(printed) == shape(example), command


def test_a_row_leads_back_to_its_votes_with_the_release_alone(folder: Any, two: tuple[str, str]) -> None:
    ended = folder.run("lineage", name_of(0)[:20], "--release", two[0])
    assert ended.code == 0
    lines = ended.out.splitlines()
    assert lines[0] == f"row {name_of(0)} (preference_pair, train), in release 0.1.0"
    assert any(line.strip().startswith("p-1: revision revision-0-p-1") for line in lines)
    assert lines[-1] == "  record record-0: problems.jsonl row 0, MIT"
    wrong = folder.run("lineage", "zz", "--release", two[0])
    assert wrong.code == 2
    assert wrong.is_one_line()


def test_votes_that_a_row_names_and_are_not_there_are_told(folder: Any, two: tuple[str, str]) -> None:
    ended = folder.run("lineage", name_of(1), "--release", two[1], "--json")
    assert ended.json["resolution"]["complete"] is False


def test_a_release_that_is_whole_is_verified_and_one_that_is_not_is_refused(
    folder: Any, two: tuple[str, str]
) -> None:
    place = Path(two[0])
    checks = {one["check"]: one for one in folder.run("releases", "verify", two[0], "--json").json["checks"]}
    assert checks["files"]["held"]
    assert checks["votes"]["held"]
    assert checks["splits"]["held"]
    (file,) = (place / "data").rglob("*.parquet")
    file.write_bytes(file.read_bytes()[:-1] + b"x")
    ended = folder.run("releases", "verify", two[0])
    assert ended.code == 1
    assert "its sha256 is another one" in ended.out
    assert ended.is_one_line()
    assert "do not use it" in ended.err


def test_what_is_no_release_is_refused_in_one_line(folder: Any, tmp_path: Path, two: tuple[str, str]) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "odd").mkdir()
    (tmp_path / "odd" / "manifest.json").write_text(json.dumps({"name": "x\u001b[2J"}))
    for place in ("9.9.9", str(tmp_path / "none"), str(tmp_path / "empty"), str(tmp_path / "odd"), "hf://x"):
        ended = folder.run("diff", two[0], place)
        assert ended.code in {1, 2}, place
        assert ended.is_one_line(), ended.err
