"""The demo's gold: a few more problems whose right label is known, strewn among what each person is handed."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from pipeline.demo.mistakes import review
from pipeline.demo.pairs import pair
from pipeline.demo.programs import Program, gold_programs
from pipeline.demo.reasoning import more_problems, solution
from schemas.base import Label, set_fields
from schemas.records import Record
from tasks.code_review import CodeReviewLabel
from tasks.preference_pair import PreferencePairLabel

FOLDER = "gold"
CLAUSES = {
    "step_review": "The first step with a wrong result is bad, however well the rest follows from it.",
    "code_review": "A program is correct if it does all that the docstring asks, its examples included.",
    "preference_pair": "A wrong result weighs more than any way of putting it.",
}
"""What decides each, by task type."""


@dataclass(frozen=True)
class Sample:
    """A record with its known label, said of the record's candidates as they stand there."""

    task_type: str
    record: Record
    label: Label

    def line(self) -> dict[str, Any]:
        """As a gold file has it."""
        label = self.label.model_dump(mode="json", exclude_none=True)
        return {**set_fields(self.record), "label": label, "clause": CLAUSES[self.task_type]}


@cache
def samples() -> tuple[Sample, ...]:
    """Eighteen: of each kind of work as many as may be strewn among its tasks without telling themselves."""
    return (*_step_reviews(), *_code_reviews(), *_preference_pairs())


def files() -> Mapping[str, list[dict[str, Any]]]:
    """The gold files by their names: one a task type."""
    found: dict[str, list[dict[str, Any]]] = {}
    for sample in samples():
        found.setdefault(file_of(sample.task_type), []).append(sample.line())
    return found


def file_of(task_type: str) -> str:
    """Where a task type's gold stands in the demo's folder."""
    return f"{FOLDER}/{task_type}.jsonl"


def label_of(program: Program) -> CodeReviewLabel:
    """The true label of a program."""
    if program.line is None:
        return CodeReviewLabel(verdict="correct")
    return CodeReviewLabel(verdict="incorrect", lines=(program.line,), severity="critical")


def _step_reviews() -> Iterator[Sample]:
    for at, problem in enumerate((*more_problems()[:3], *more_problems()[9:14])):
        made = solution(problem, planted=at % 2 == 0)
        steps = made.record.candidates[0].steps or ()
        yield Sample("step_review", made.record, review(len(steps), made.wrong_step))


def _code_reviews() -> Iterator[Sample]:
    for program in gold_programs():
        yield Sample("code_review", program.record, label_of(program))


def _preference_pairs() -> Iterator[Sample]:
    for problem in (*more_problems()[4:6], *more_problems()[14:16]):
        made = pair(problem, "wrong")
        first = made.record.candidates[0].text == made.better
        label = PreferencePairLabel(preference=-made.strength if first else made.strength)
        yield Sample("preference_pair", made.record, label)
