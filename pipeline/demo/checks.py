"""The demo's final answers: most of them a machine can hold against the reference, and people see some all the same."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Final, Literal, TypeAlias

from pipeline.demo.reasoning import Problem, unsolved_problems
from schemas.records import Candidate, Record

TOPIC: Final = "final answer"
"""The topic by which project.toml tells these records from the others."""
Verdict: TypeAlias = Literal["equal", "not_equal", "cannot_tell"]
TURNS: Final[tuple[Verdict, ...]] = (
    "equal",
    "not_equal",
    "equal",
    "equal",
    "cannot_tell",
    "not_equal",
    "equal",
)


@dataclass(frozen=True)
class Check:
    """A record with one candidate that arrives at an answer, and whether it is the reference's."""

    record: Record
    verdict: Verdict


@cache
def checks() -> tuple[Check, ...]:
    """Answers that are right, wrong, or named nowhere, taking turns."""
    return tuple(_check(problem, TURNS[at % len(TURNS)]) for at, problem in enumerate(unsolved_problems()))


def _check(problem: Problem, verdict: Verdict) -> Check:
    text = "\n".join(_working(problem, verdict))
    return Check(problem.record(TOPIC, [Candidate(model="simulated", text=text)]), verdict)


def _working(problem: Problem, verdict: Verdict) -> Iterator[str]:
    if verdict == "cannot_tell":
        yield from problem.right().steps[:1]
        yield "From here on it could be one thing or another."
        return
    working, answer = (problem.right(), problem.answer()) if verdict == "equal" else problem.slipped()
    yield from working.steps
    yield f"The answer is $\\boxed{{{answer.strip('$')}}}$."
