"""The demo's programs: 60 problems of HumanEval with its own solutions, half of them with one planted bug.

The problems come from the reader of HumanEval; the runner of its package is never imported, and nothing is run.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from pipeline.demo.mutation import Bug, plant
from pipeline.sources.base import SourceRow
from pipeline.sources.human_eval import reader
from schemas.project import SourceConfig
from schemas.records import Candidate, Record, Source

SOUND: Final = (
    *(1, 4, 6, 9, 10, 13, 17, 21, 25, 26, 33, 37, 40, 42, 51, 56, 58, 61),
    *(70, 73, 74, 85, 89, 102, 110, 117, 121, 135, 149, 152),
)
"""The problems whose own solution is shown."""

BUGS: Final[Mapping[Bug, Mapping[int, int]]] = MappingProxyType(
    {
        "comparison": {0: 1, 3: 0, 18: 0, 24: 0, 35: 0, 43: 0, 48: 0, 52: 0},
        "verdict": {31: 1, 72: 0, 80: 0, 82: 1},
        "connective": {36: 0, 59: 0, 64: 0, 127: 1, 138: 0},
        "stop": {14: 0, 15: 0, 46: 0, 103: 0, 139: 0},
        "start": {8: 1, 49: 0, 131: 0, 155: 0},
        "branch": {55: 1, 63: 2, 65: 0, 120: 0},
    }
)
"""The problems whose solution gets a bug of a kind: problem = at which of its places. Chosen to be bugs for certain."""

GOLD: Final[Mapping[int, tuple[Bug, int] | None]] = MappingProxyType(
    {30: ("comparison", 0), 2: None, 11: ("comparison", 0), 22: None, 57: ("comparison", 0), 34: None}
)
"""The same, and problems whose own solution is shown, for gold: they are in no code review."""


@dataclass(frozen=True)
class Program:
    """A record with one candidate program, and the truth about it."""

    record: Record
    line: int | None
    """The line with the planted bug, counted from 1; None where the program is right."""


@cache
def programs() -> tuple[Program, ...]:
    """The programs for code review, in HumanEval's order."""
    bugs = {number: (bug, which) for bug, places in BUGS.items() for number, which in places.items()}
    return tuple(_program(rows()[number], bugs.get(number)) for number in sorted({*SOUND, *bugs}))


@cache
def gold_programs() -> tuple[Program, ...]:
    """The programs for gold."""
    return tuple(_program(rows()[number], bug) for number, bug in GOLD.items())


@cache
def rows() -> Mapping[int, SourceRow]:
    """HumanEval's problems by their number."""
    found = reader.rows(SourceConfig(reader=reader.name), Path())
    return {row.row: row for row in found if isinstance(row, SourceRow)}


def _program(row: SourceRow, bug: tuple[Bug, int] | None) -> Program:
    values: Mapping[str, Any] = row.values
    asked, line = values["prompt"].strip("\n"), None
    source = values["reference"]["solution"].strip("\n").rstrip()
    if bug is not None:
        kind, which = bug
        source, line = plant(source, kind, after=asked.count("\n") + 1, which=which)
    return Program(
        Record(
            prompt=f"Complete this function.\n\n```python\n{asked}\n```",
            domain="coding",
            language=values["language"],
            candidates=(Candidate(model="simulated", text=source),),
            tests=values["tests"],
            programming_language=values["programming_language"],
            topic="programs",
            license=values["license"],
            source=Source(dataset=row.dataset, revision=row.revision, row=values["task_id"]),
        ),
        line,
    )
