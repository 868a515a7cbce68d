"""What may be skipped, and where it must not: a lost page or browser never passes for a test that ran."""

import os
import re
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


def told(tests: Path, *options: str, **environment: str) -> str:
    """What a test run says at its end, with our packages at hand and nothing else."""
    always = ("-q", "--no-header", "--tb=no", "-p", "no:cacheprovider", "--import-mode=importlib")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *always, *options, tests],
        cwd=tests,
        # other plugins have no part in it, and take longer to load than the tests to run
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", **environment},
        check=False,
        capture_output=True,
        text=True,
        timeout=120,
    )
    return done.stdout.strip()


def kinds(said: str, name: str) -> set[str]:
    """What became of the tests in a file, but of those that passed."""
    return set(
        re.findall(rf"^(FAILED|ERROR|SKIPPED)(?: \[\d+\])? {re.escape(name)}\b", said, flags=re.MULTILINE)
    )


def counts(said: str) -> dict[str, int]:
    """How many tests passed, failed, or were skipped."""
    last = said.splitlines()[-1].split(" in ")[0].split(", ")
    return {kind.removesuffix("s"): int(number) for number, kind in (one.split() for one in last)}


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    """The tests of the documentation, without the documentation."""
    for name in OF_PAGES:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    return tmp_path


def test_pages_that_are_missing_in_a_checkout_are_failures(copied: Path) -> None:
    shutil.copy(ROOT / "pyproject.toml", copied)
    said = told(copied, "-p", "pytest_timeout", "-rfEs", "--continue-on-collection-errors")
    for name in OF_PAGES:
        found = kinds(said, name)
        assert found, name
        assert "SKIPPED" not in found, name


def test_a_wheel_has_no_pages_and_skips_their_tests(copied: Path) -> None:
    said = told(copied, "-rfEs")
    for name in OF_PAGES:
        assert kinds(said, name) == {"SKIPPED"}, name
    assert set(counts(said)) - {"warning"} == {"skipped"}


def test_a_missing_browser_is_a_failure_where_everything_should_be_there(tmp_path: Path) -> None:
    shutil.copy(ROOT / "tests" / "conftest.py", tmp_path)
    (tmp_path / "test_browser.py").write_text(BROWSER)
    assert counts(told(tmp_path, PATH=str(tmp_path), CI="true")) == {"error": 1}
    assert counts(told(tmp_path, PATH=str(tmp_path), CI="")) == {"skipped": 1}
