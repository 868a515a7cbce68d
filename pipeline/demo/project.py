"""The demo's folder: an ordinary project.toml, and the records in three ordinary files."""

import json
from collections.abc import Iterable
from pathlib import Path

from pipeline.demo.pairs import TOPIC, pairs
from pipeline.demo.programs import programs
from pipeline.demo.reasoning import solutions
from schemas.base import set_fields
from schemas.project import FILE
from schemas.records import Record


def project_toml() -> str:
    """The text of the demo's project.toml."""
    return _PROJECT


def records() -> dict[str, list[Record]]:
    """The demo's records by the name of their file."""
    return {
        "reasoning.jsonl": [known.record for known in solutions()],
        "programs.jsonl": [known.record for known in programs()],
        "pairs.jsonl": [known.record for known in pairs()],
    }


def write(folder: Path, more: str = "") -> list[Path]:
    """Writes the three files of records, the same bytes each time, and a project.toml where there is none yet.

    `more` is what else the project.toml then says.
    """
    folder.mkdir(parents=True, exist_ok=True)
    if not (folder / FILE).exists():
        (folder / FILE).write_text(project_toml() + more, encoding="utf-8", newline="\n")
    written = [_write(folder / name, said) for name, said in records().items()]
    return [folder / FILE, *written]


def _write(path: Path, said: Iterable[Record]) -> Path:
    lines = [json.dumps(set_fields(record), ensure_ascii=False) for record in said]
    content = "".join(f"{line}\n" for line in lines).encode()
    if (
        not path.exists() or path.read_bytes() != content
    ):  # an untouched file is a source that need not be read again
        path.write_bytes(content)
    return path


_PROJECT = f"""\
# The demo: known problems, simulated people. Change anything, or start your own with: headrace init DIR
name = "demo"

[[sources]]                        # solutions step by step; in two of five, one step is wrong
reader = "jsonl"
path = "reasoning.jsonl"

[[sources]]                        # HumanEval's programs; half of them with a bug
reader = "jsonl"
path = "programs.jsonl"

[[sources]]                        # two answers to one problem
reader = "jsonl"
path = "pairs.jsonl"

[[tasks]]
type = "step_review"
where = "domain = 'reasoning' AND topic <> '{TOPIC}'"
overlap = {{ policy = "third_on_disagreement", audit_share = 0.1 }}  # two people, a third where they differ

[[tasks]]
type = "code_review"
where = "domain = 'coding'"
overlap = {{ policy = "third_on_disagreement", audit_share = 0.1 }}  # and one task in ten gets three anyhow:

[[tasks]]
type = "preference_pair"
where = "topic = '{TOPIC}'"
overlap = {{ policy = "third_on_disagreement", audit_share = 0.1 }}  # the check on what the two would have said

[release]
simulated = true                   # the labels are made up, and every release says so
splits = {{ train = 0.8, validation = 0.1, test = 0.1 }}
"""
