"""`headrace analyse records` and `headrace benchmark hash`: what people see, what a file holds, what is refused."""

import csv
import io
import json
import re
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any

import pytest
from pyarrow import parquet

from pipeline.cli import app, register
from pipeline.cli.faults import exit_code_of

register()

PAGE = Path(__file__).parents[3] / "docs" / "reference" / "analyse-records.md"
LEAK = (
    "A barrel holds forty liters of rain water, and a goat drinks three of them each day; when is it empty?"
)
SCREENS = ("contamination", "exact_duplicates", "length", "near_duplicates", "personal_data", "secrets")


def run(*arguments: str | Path) -> tuple[int, str, str]:
    """Exit code, stdout and stderr."""
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        code = exit_code_of(app, [str(argument) for argument in arguments])
    return code, out.getvalue(), err.getvalue()


def problem(number: int) -> dict[str, Any]:
    """One unlike any other."""
    words = " ".join(f"thing{number * 31 + place}" for place in range(20))
    return {
        "id": f"p{number}",
        "prompt": f"Put these in order: {words}.",
        "domain": "reasoning",
        "language": "en",
    }


def write(path: Path, rows: list[dict[str, Any]]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("HEADRACE_DEBUG", raising=False)
    return tmp_path


@pytest.fixture
def records(here: Path) -> Path:
    rows = [problem(number) for number in range(8)]
    rows += [
        {**problem(2), "id": 12},
        {**problem(9), "prompt": "Who reads post to jane.roe@mail.example.org of an evening?"},
        {**problem(10), "prompt": f"Think well. {LEAK}"},
    ]
    path = write(here / "records.jsonl", rows)
    with path.open("a") as file:
        file.write("no record\n")
    return path


@pytest.fixture
def benchmark(here: Path) -> Path:
    return write(here / "test.jsonl", [{"question": LEAK, "answer": "On day 14."}])


@pytest.mark.skipif(not PAGE.exists(), reason="a wheel comes without the pages")
def test_the_example_on_the_page_is_what_comes_out(here: Path) -> None:
    page = PAGE.read_text(encoding="utf-8")
    blocks = {
        kind: re.findall(rf"^```{kind}\n(.*?)^```", page, re.DOTALL | re.MULTILINE)
        for kind in ("json", "toml")
    }
    given, benchmark, printed = blocks["json"]
    for name, content in (
        ("records.jsonl", given),
        ("benchmark.jsonl", benchmark),
        ("try.toml", *blocks["toml"]),
    ):
        (here / name).write_text(content)
    command = re.search(r"^`headrace (analyse records .*--json)`", page, re.MULTILINE)
    assert command is not None
    assert run(*command[1].split())[:2] == (0, printed)


def test_every_screen_looks_at_every_record(records: Path, benchmark: Path) -> None:
    code, out, err = run(
        "analyse", "records", records, "--against", benchmark, "--out", "v.parquet", "--json"
    )
    assert code == 0, err
    said = json.loads(out)
    assert (said["records"], said["malformed"], said["rejected"]) == (11, 1, 2)
    assert set(SCREENS) <= said["screens"].keys()
    assert all(sum(counts.values()) == 11 for counts in said["screens"].values())
    assert said["screens"]["contamination"] == {"pass": 10, "mask": 0, "reject": 1}
    assert said["screens"]["exact_duplicates"] == {"pass": 10, "mask": 0, "reject": 1}
    assert said["screens"]["personal_data"] == {"pass": 10, "mask": 1, "reject": 0}
    rows = parquet.read_table("v.parquet").to_pylist()
    assert len(rows) == 11 * len(said["screens"])
    assert len({(row["row"], row["screen"]) for row in rows}) == len(rows)
    found = {(row["record"], row["screen"]): row for row in rows if row["verdict"] != "pass"}
    assert {key: row["verdict"] for key, row in found.items()} == {
        ("12", "exact_duplicates"): "reject",
        ("p9", "personal_data"): "mask",
        ("p10", "contamination"): "reject",
    }
    assert json.loads(found["12", "exact_duplicates"]["evidence"])["kept"] == "p2"
    assert found["p10", "contamination"]["row"] == 11
    assert "jane" not in json.dumps(found["p9", "personal_data"])


def test_people_are_told_a_line_a_screen_and_examples(records: Path, benchmark: Path) -> None:
    code, out, _ = run("analyse", "records", records, "--against", benchmark)
    assert code == 0
    assert out.splitlines()[0] == "11 records, 1 malformed rows, 2 rejected"
    assert "  contamination: p10: prompt: all of test.jsonl:1 (question)" in out.splitlines()


def test_csv_holds_the_same_as_parquet(records: Path, benchmark: Path) -> None:
    for name in ("v.csv", "v.parquet"):
        assert run("analyse", "records", records, "--against", benchmark, "--out", name)[0] == 0
    with Path("v.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    whole = parquet.read_table("v.parquet").to_pylist()
    assert [{key: str(value or "") for key, value in row.items()} for row in whole] == rows


def test_a_hash_file_stands_for_the_benchmark(records: Path, benchmark: Path) -> None:
    plain = run("analyse", "records", records, "--against", benchmark, "--json")[1]
    code, out, err = run("benchmark", "hash", benchmark, "--out", "b.hashes", "--json")
    assert code == 0, err
    size = Path("b.hashes").stat().st_size
    assert json.loads(out) == {"out": "b.hashes", "items": 1, "texts": 1, "bytes": size}
    benchmark.unlink()
    assert run("analyse", "records", records, "--against", "b.hashes", "--json")[1] == plain
    assert b"barrel" not in Path("b.hashes").read_bytes()


def test_several_benchmarks_stand_after_one_another(records: Path, benchmark: Path) -> None:
    other = write(Path("other.jsonl"), [{"question": problem(3)["prompt"]}])
    code, out, _ = run("analyse", "records", records, "--against", other, benchmark, "--json")
    assert code == 0
    assert json.loads(out)["screens"]["contamination"]["reject"] == 2


def test_a_column_that_asks_stands_for_the_prompt(here: Path, benchmark: Path) -> None:
    path = write(
        here / "train.jsonl", [{"question": LEAK, "answer": "14"}, {"question": "What else?", "answer": "No"}]
    )
    code, out, err = run("analyse", "records", path, "--against", benchmark, "--json")
    assert code == 0
    assert json.loads(out)["rejected"] == 1
    assert "read the column 'question' as prompt" in err.splitlines()
    assert "read the column 'answer' as reference.solution" in err.splitlines()
    code, out, err = run(
        "analyse", "records", path, "--column", "prompt=answer", "--against", benchmark, "--json"
    )
    assert json.loads(out)["rejected"] == 0
    assert "as prompt" not in err


def test_a_projects_screens_can_be_tried(records: Path, here: Path) -> None:
    (here / "try.toml").write_text('[screens]\nlength = { verdict = "reject", total = [1, 15] }\n')
    code, out, _ = run("analyse", "records", records, "--screens", "try.toml", "--json")
    assert code == 0
    assert list(json.loads(out)["screens"]) == ["length"]
    assert json.loads(out)["screens"]["length"]["reject"] > 5


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["records.jsonl", "more.jsonl"], 2, "benchmarks stand after --against"),
        (["records.json"], 2, "a name in .jsonl"),
        (["nothing.jsonl"], 1, "a file was expected, there is none"),
        (["records.jsonl", "--against", "nothing.jsonl"], 1, "a file was expected, there is none"),
        (["records.jsonl", "--column", "question"], 2, "FIELD=COLUMN was expected"),
        (["records.jsonl", "--column", "promt=question"], 1, "did you mean 'prompt'"),
        (["records.jsonl", "--domain", "cooking"], 2, "should be one of reasoning, coding"),
        (["records.jsonl", "--out", "v.txt"], 2, ".parquet or .csv was expected"),
        (["records.jsonl", "--out", "no/v.csv"], 2, "there is no no"),
        (["records.jsonl", "--screens", "nothing.toml"], 2, "should be TOML with [screens]"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_line(
    arguments: list[str], code: int, said: str, records: Path
) -> None:
    assert records.exists()
    found, out, err = run("analyse", "records", *arguments)
    assert (found, out, err.count("\n")) == (code, "", 1), err
    assert said in err


def test_a_hash_file_has_its_own_name(benchmark: Path) -> None:
    code, _, err = run("benchmark", "hash", benchmark, "--out", "b.parquet")
    assert (code, err.count("\n")) == (2, 1)
    assert "a name in .hashes was expected" in err
