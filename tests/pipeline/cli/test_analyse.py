"""`headrace analyse labelstudio`: what people see, what a file holds, what is refused; and what `adopt` refuses."""

import csv
import io
import json
import re
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from rich.cells import cell_len

from pipeline.cli import analyse, app  # noqa: F401 - the commands
from pipeline.cli.faults import exit_code_of

ROOT = Path(__file__).parents[3]
PAGE = ROOT / "docs" / "reference" / "analyse.md"


def run(*arguments: str | Path) -> tuple[int, str, str]:
    """Exit code, stdout and stderr."""
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        code = exit_code_of(app, [str(argument) for argument in arguments])
    return code, out.getvalue(), err.getvalue()


def exported(folder: Path, tasks: int = 60, control: str = "verdict", label: str = "good") -> Path:
    """An export with two people's choices on each task; they differ on one in ten."""
    path = folder / "export.json"
    entries = [
        {
            "id": n,
            "data": {},
            "annotations": [
                {
                    "id": 2 * n + person,
                    "completed_by": person,
                    "result": [
                        {
                            "from_name": control,
                            "type": "choices",
                            "value": {"choices": [label if (n + person * (n % 10 == 0)) % 2 else "bad"]},
                        }
                    ],
                    "created_at": f"2026-01-{5 + n // 20:02}T09:{n % 20:02}:00Z",
                    "lead_time": 30,
                }
                for person in (0, 1)
            ],
        }
        for n in range(tasks)
    ]
    path.write_text(json.dumps(entries))
    return path


def test_an_export_is_analysed_with_no_project_around(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    exported(tmp_path)
    code, out, err = run("analyse", "labelstudio", "export.json", "--json")
    assert (code, err) == (0, "")
    verdict = json.loads(out)["dimensions"]["verdict"]
    assert verdict["agreement"]["raw"] == pytest.approx(0.9)
    assert verdict["agreement"]["alpha"] == pytest.approx(0.8, abs=0.01)
    assert verdict["verdict"] == "uncertain"
    assert list(tmp_path.iterdir()) == [tmp_path / "export.json"]


def test_people_see_tables_in_eighty_columns(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    code, out, _ = run("analyse", "labelstudio", exported(tmp_path, control="a-control-of-a-very-long-name"))
    assert code == 0
    assert out.startswith("export.json: 60 tasks, 120 annotations by 2 people\n")
    titles = [out.index(title) for title in ("Agreement by control", "Pace")]
    assert titles == sorted(titles)
    assert max(cell_len(line) for line in out.splitlines()) <= 80
    assert "uncertain" in out
    assert "…" not in out


def test_one_label_that_prevails_is_said(tmp_path: Path) -> None:
    path = exported(tmp_path, label="bad")
    _, out, _ = run("analyse", "labelstudio", path)
    assert "verdict: one label makes 100 % of all" in " ".join(out.split())


def test_hostile_text_steers_no_terminal(tmp_path: Path) -> None:
    path = exported(tmp_path, control="\x1b[2Jevil\n\u202ename[bold]", label="\x1b]0;owned\x07")
    _, out, _ = run("analyse", "labelstudio", path)
    assert "[bold]" in re.sub(r"\s", "", out)
    assert not set(out) & {"\x1b", "\x07", "\u202e"}


@pytest.mark.parametrize("suffix", [".parquet", ".csv"])
def test_the_labels_table_is_written(suffix: str, tmp_path: Path) -> None:
    file = tmp_path / f"labels{suffix}"
    code, _, err = run("analyse", "labelstudio", exported(tmp_path), "--out", file)
    assert (code, err) == (0, f"wrote {file}: 120 labels\n")
    columns, first = _read(file)
    assert columns == ["item", "annotator", "label", "ts", "cell", "gold", "dimension", "lead_seconds"]
    assert [first[name] or None for name in ("item", "annotator", "label", "cell", "gold", "dimension")] == [
        "0", "person 0", "bad", None, None, "verdict",
    ]  # fmt: skip


def _read(file: Path) -> tuple[list[str], dict[str, Any]]:
    if file.suffix == ".csv":
        with file.open(encoding="utf-8", newline="") as lines:
            reader = csv.DictReader(lines)
            return list(reader.fieldnames or ()), next(reader)
    import pyarrow.parquet as pq

    table = pq.read_table(file)
    first = table.slice(0, 1).to_pylist()[0]
    assert first["ts"] == datetime(2026, 1, 5, 9, tzinfo=UTC)
    return table.schema.names, first


def test_refusals_are_one_line_and_say_what_to_do(tmp_path: Path) -> None:
    path = exported(tmp_path)
    for code, expected, arguments in (
        (2, "--out: a name in .parquet or .csv was expected", (path, "--out", tmp_path / "labels.xlsx")),
        (2, "a control of export.json was expected", (path, "--control", "other")),
        (1, "cannot be read", (tmp_path / "missing.json",)),
        (1, "cannot be read", (tmp_path,)),
        (1, "no space|No such file|check", (path, "--out", tmp_path / "missing" / "labels.csv")),
    ):
        ended, out, err = run("analyse", "labelstudio", *arguments)
        assert (ended, out) == (code, "")
        assert re.search(expected, err)
        assert err.count("\n") == 1


def test_help_of_the_group_imports_nothing_heavy() -> None:
    probe = (
        "import sys; from pipeline.cli import analyse;"
        "print([m for m in ('numpy', 'pyarrow', 'pydantic', 'rich.table') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.strip() == "[]"


@pytest.mark.skipif(
    not PAGE.parents[2].joinpath("pyproject.toml").is_file(), reason="a wheel comes without the pages"
)
def test_the_example_on_the_page_is_what_comes_out(tmp_path: Path) -> None:
    page = PAGE.read_text(encoding="utf-8")
    given, expected = (
        json.loads(block) for block in re.findall(r"^```json\n(.*?)^```", page, re.DOTALL | re.MULTILINE)
    )
    path = tmp_path / "export.json"
    path.write_text(json.dumps(given))
    code, out, _ = run("analyse", "labelstudio", path, "--json")
    assert code == 0
    assert rounded(json.loads(out)) == expected


def rounded(value: Any) -> Any:
    if isinstance(value, float):
        return round(value, 3)
    if isinstance(value, dict):
        return {key: rounded(inner) for key, inner in value.items()}
    return [rounded(inner) for inner in value] if isinstance(value, list) else value


def test_adopting_refuses_what_cannot_be_before_it_asks_anybody(folder: Any) -> None:
    for expected, words in (
        ("--map: --as was expected with it", ("--map", "a=b")),
        ("a task type was expected; did you mean 'step_review'", ("--as", "step_revue")),
        ("a map for the item's 'prompt' was expected", ("--as", "step_review")),
        ("a BCP 47 tag was expected", ("--language", "English!")),
    ):
        ended = folder.run("adopt", "1", *words)
        assert (ended.code, ended.out) == (2, "")
        assert expected in ended.err
        assert ended.is_one_line()
