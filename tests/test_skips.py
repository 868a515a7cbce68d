"""What may be skipped, and where it must not: a lost page or browser never passes for a test that ran."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
OF_PAGES = (
    "tests/test_docs.py",
    "tests/test_friends.py",
    "tests/test_reference.py",
    "tests/pipeline/sources/test_docs.py",
)
BROWSER = "def test_it_opens(browser: object) -> None:\n    assert browser\n"


def outcomes(tests: Path, **environment: str) -> dict[str, int]:
    """How many tests passed, failed, or were skipped, with our packages at hand and nothing else."""
    options = ("-q", "--no-header", "-p", "no:cacheprovider", "--import-mode=importlib")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *options, tests],
        cwd=tests if tests.is_dir() else tests.parent,
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
        check=False,
        capture_output=True,
        text=True,
        timeout=120,
    )
    counts = done.stdout.strip().splitlines()[-1].split(" in ")[0].split(", ")
    return {kind.removesuffix("s"): int(number) for number, kind in (one.split() for one in counts)}


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    """The tests of the documentation, without the documentation."""
    for name in OF_PAGES:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    return tmp_path


def test_pages_that_are_missing_in_a_checkout_are_failures(copied: Path) -> None:
    shutil.copy(ROOT / "pyproject.toml", copied)
    for name in OF_PAGES:
        found = outcomes(copied / name)
        assert found.get("failed", 0) + found.get("error", 0) > 0, name
        assert "skipped" not in found, name


def test_a_wheel_has_no_pages_and_skips_their_tests(copied: Path) -> None:
    for name in OF_PAGES:
        assert set(outcomes(copied / name)) - {"warning"} == {"skipped"}, name


def test_a_missing_browser_is_a_failure_where_everything_should_be_there(tmp_path: Path) -> None:
    shutil.copy(ROOT / "tests" / "conftest.py", tmp_path)
    (tmp_path / "test_browser.py").write_text(BROWSER)
    assert outcomes(tmp_path, PATH=str(tmp_path), CI="true") == {"error": 1}
    assert outcomes(tmp_path, PATH=str(tmp_path), CI="") == {"skipped": 1}
