"""The pages on changing one's mind and on findings say what is printed and what is found, and nothing else."""

import ast
import re
from pathlib import Path
from typing import Any

import pytest

from pipeline.checking import gold_upkeep
from pipeline.checking.kinds import PEOPLE_KINDS
from pipeline.cli import steering  # noqa: F401 - its commands
from pipeline.people.roster import KINDS
from pipeline.resolving import telling
from pipeline.store import Store, StorePlace
from pipeline.verifying import auditing
from tests.pipeline.documented import examples
from tests.pipeline.filled import Filled, finding

ROOT = Path(__file__).parents[3]
REFERENCE = ROOT / "docs" / "reference"

pytestmark = pytest.mark.skipif(
    not (ROOT / "pyproject.toml").is_file(), reason="an installed wheel comes without the documentation"
)


def text(page: str) -> str:
    return (REFERENCE / page).read_text(encoding="utf-8")


def shape(value: Any) -> Any:
    """The keys, all the way down; a list is as its first element."""
    if isinstance(value, dict):
        return {key: shape(inner) for key, inner in value.items() if key not in {"kinds", "evidence"}}
    return [shape(value[0])] if isinstance(value, list) and value and isinstance(value[0], dict) else None


@pytest.mark.parametrize(
    ("page", "command", "said"),
    [
        ("changing-ones-mind.md", "redo", ("--where", "true", "--reason", "…")),
        ("changing-ones-mind.md", "withdraw", ("--where", "true", "--reason", "…")),
        ("changing-ones-mind.md", "cells", ()),
        ("findings.md", "findings", ()),
    ],
)
def test_json_is_printed_as_documented(page: str, command: str, said: tuple[str, ...], folder: Any) -> None:
    with StorePlace(folder.path).writing("test") as store:
        filled = Filled(store)
        filled.settle(filled.task())
        filled.put(finding("project gone", detail="…"))
    assert shape(folder.run(command, *said, "--json").json) == shape(examples(REFERENCE / page)[command])


def test_every_column_a_condition_may_ask_for_is_named() -> None:
    page = text("changing-ones-mind.md")
    table = re.findall(r"^\| ((?:`\w+`(?:, )?)+) \|", page, re.MULTILINE)
    named = [name for row in table for name in re.findall(r"`(\w+)`", row)]
    with Store(":memory:") as store:
        described = store.rows("SELECT column_name FROM (DESCRIBE redoable_tasks)")
    columns = {row["column_name"] for row in described}
    assert [name for name in named if name in columns] == list(dict.fromkeys(named))[: len(columns)]
    assert columns <= set(named)


def test_every_kind_of_finding_is_explained_and_no_other() -> None:
    explained = re.findall(r"^\| `([^`]+)` \|", text("findings.md"), re.MULTILINE)
    assert len(explained) == len(set(explained))
    assert set(explained) == kinds()


def kinds() -> set[str]:
    """The kinds that the code gives: to `finding`, to a vote that does not count, to a reject of sync and check."""
    places = {"finding": 1, "_void": 2, "rejection": 2}
    found = {*KINDS, auditing.KIND, *PEOPLE_KINDS, gold_upkeep.WORN, gold_upkeep.DOUBTFUL, gold_upkeep.SHORT}
    found.add(telling.FLIPPED)
    for path in (ROOT / "pipeline").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            if name not in places or len(node.args) <= places[name] or is_of_another_stage(name, node):
                continue
            kind = node.args[places[name]]
            found |= {kind.value} if isinstance(kind, ast.Constant) and isinstance(kind.value, str) else set()
    return found | tasks_of_others()


def is_of_another_stage(name: str, node: ast.Call) -> bool:
    return name == "rejection" and getattr(node.args[0], "value", "") not in {"sync", "check"}


def tasks_of_others() -> set[str]:
    from pipeline.syncing.door import FORGET
    from pipeline.syncing.whose import CHANGED, COPIED, FOREIGN

    return {CHANGED, COPIED, FOREIGN, FORGET}
