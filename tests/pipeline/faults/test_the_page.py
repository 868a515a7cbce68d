"""docs/reference/faults.md names the tests that prove it: each exists, and none of those here is left out."""

import re
from pathlib import Path

TESTS = Path(__file__).parents[2]
PAGE = (TESTS.parent / "docs" / "reference" / "faults.md").read_text(encoding="utf-8")


def named_in(folder: Path) -> set[str]:
    texts = [path.read_text(encoding="utf-8") for path in folder.rglob("test_*.py") if path != Path(__file__)]
    return {name for text in texts for name in re.findall(r"^def (test_\w+)", text, re.MULTILINE)}


def test_every_test_that_the_page_names_exists_and_every_test_of_a_fault_is_named() -> None:
    named = set(re.findall(r"`(test_\w+)`", PAGE))
    assert named - named_in(TESTS) == set()
    assert named_in(TESTS / "pipeline" / "faults") - named == set()


def test_every_fault_has_a_promise_and_a_test() -> None:
    rows = [
        line
        for line in PAGE.splitlines()
        if line.startswith("|") and not line.startswith(("| fault", "|---"))
    ]
    assert len(rows) > 30
    assert all(row.count("|") == 5 and "`test_" in row.split("|")[4] for row in rows)
