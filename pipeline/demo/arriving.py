"""What arrives besides the demo's problems, and never reaches people: copies, near copies, leaks; and an address."""

import ast
import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

from pipeline.demo.pairs import pairs
from pipeline.demo.programs import programs, rows
from pipeline.demo.reasoning import Solution, solutions
from schemas.records import Candidate, Record

FILE: Final = "unscreened.jsonl"
BENCHMARK: Final = "benchmark.jsonl"
"""Problems that models are measured by, so that none may be learned from."""
LEAKED: Final = (158, 160, 161, 162)
"""Of HumanEval: in nothing else of the demo."""
COPIES, NEAR_COPIES, LEAKS = 6, 5, 3
WITH_ADDRESS: Final = 1
"""Which of the solutions came with somebody's address in its problem."""
SIGNATURE: Final = "\n\nAsked by: kim.berg@puzzle-letters-demo.net"


@cache
def unscreened() -> tuple[Record, ...]:
    """The records of the file that people never see anything of."""
    return (*_copies(), *_near_copies(), *_leaks())


def benchmark() -> list[dict[str, Any]]:
    """The lines of the benchmark's file."""
    return [{"task_id": row["task_id"], "prompt": row["prompt"]} for row in map(_problem, LEAKED)]


def as_they_came() -> list[Record]:
    """The solutions as their file has them."""
    found = [known.record for known in solutions()]
    found[WITH_ADDRESS] = _signed(found[WITH_ADDRESS])
    return found


@cache
def as_people_see_them() -> tuple[Solution, ...]:
    """The solutions, the one with somebody's address with it masked."""
    from pipeline.screening import personal_data
    from pipeline.screening.subject import Subject

    screen = personal_data.screen
    options = screen.options(verdict="mask")
    signed = _signed(solutions()[WITH_ADDRESS].record)
    subject = Subject(signed.id, 0, signed.model_dump_json(exclude_none=True))
    found = screen.look(subject, options, screen.prepare(options, Path()))
    if found is None or found.masked is None:
        raise ValueError(f"{SIGNATURE!r}: should be masked, was not found")
    seen = list(solutions())
    seen[WITH_ADDRESS] = Solution(found.masked, seen[WITH_ADDRESS].wrong_step)
    return tuple(seen)


def _signed(record: Record) -> Record:
    return record.replace(prompt=f"{record.text}{SIGNATURE}")


def _copies() -> Iterator[Record]:
    """The same words: other spaces and capitals, or the two answers the other way round."""
    for solution in solutions()[3 : 3 + COPIES // 2]:
        yield solution.record.replace(prompt=f"  {solution.record.text}\n".replace("What", "WHAT"))
    for pair in pairs()[: COPIES - COPIES // 2]:
        yield pair.record.replace(candidates=pair.record.candidates[::-1])


def _near_copies() -> Iterator[Record]:
    """Nearly the same programs: what they name is named otherwise."""
    for known in programs()[10 : 10 + NEAR_COPIES]:
        candidate = known.record.candidates[0]
        yield known.record.replace(
            candidates=(Candidate(model=candidate.model, text=_renamed(candidate.text)),)
        )


def _renamed(code: str) -> str:
    """The program with other names for what it assigns."""
    stored = (node for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Name))
    own = {node.id for node in stored if isinstance(node.ctx, ast.Store)}
    for number, name in enumerate(sorted(own)):
        code = re.sub(rf"\b{re.escape(name)}\b", f"value_{number}", code)
    return code


def _leaks() -> Iterator[Record]:
    """A benchmark's problem under another's heading."""
    for number in LEAKED[:LEAKS]:
        row = _problem(number)
        yield Record(
            prompt=f"Here is an exercise for beginners.\n\n```python\n{row['prompt'].strip()}\n```\n\nSolve it.",
            domain="coding",
            language="en",
            candidates=(Candidate(model="simulated", text=row["reference"]["solution"].strip("\n")),),
            programming_language="python",
            topic="programs",
            license=row["license"],
        )


def _problem(number: int) -> Mapping[str, Any]:
    return rows()[number].values
