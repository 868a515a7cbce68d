"""The rows that a reviewed solution makes: stepwise supervision, and the same as PRM800K writes it down."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

from schemas.rows import (
    Prm800kCompletion,
    Prm800kLabel,
    Prm800kQuestion,
    Prm800kRow,
    Prm800kStep,
    StepwiseRow,
)
from tasks._step_page import Rating

Finish: TypeAlias = Literal["solved", "found_error", "unfinished"]

RATED: Mapping[Rating, Literal[-1, 0, 1]] = {"good": 1, "neutral": 0, "bad": -1}
_REASONS: Mapping[Finish, Literal["solution", "found_error", "give_up"]] = {
    "solved": "solution",
    "found_error": "found_error",
    "unfinished": "give_up",
}


@dataclass(frozen=True)
class Reviewed:
    """A whole solution with what was said of its steps."""

    prompt: str
    steps: tuple[str, ...]
    ratings: tuple[Rating | None, ...]
    """One a step, up to where the review stopped; None of those left unrated."""
    corrections: Mapping[int, str]
    finish: Finish
    answer: str | None
    solution: str | None

    def rows(self) -> Iterator[StepwiseRow | Prm800kRow]:
        """Its rows, one of each class."""
        yield StepwiseRow(
            prompt=self.prompt,
            completions=self.steps[: len(self.ratings)],
            labels=tuple(rating != "bad" for rating in self.ratings),
            ratings=tuple(map(_rated, self.ratings)),
            rest=self.steps[len(self.ratings) :],
        )
        yield Prm800kRow(
            question=Prm800kQuestion(
                problem=self.prompt,
                ground_truth_solution=self.solution,
                ground_truth_answer=self.answer,
                pre_generated_steps=self.steps,
            ),
            label=Prm800kLabel(
                steps=tuple(map(self._step, range(len(self.ratings)))), finish_reason=_REASONS[self.finish]
            ),
        )

    def _step(self, at: int) -> Prm800kStep:
        fixed = self.corrections.get(at)
        followed = self.ratings[at] != "bad" or at + 1 < len(self.ratings)
        return Prm800kStep(
            completions=(Prm800kCompletion(text=self.steps[at], rating=_rated(self.ratings[at])),),
            human_completion=None if fixed is None else Prm800kCompletion(text=fixed, rating=None),
            chosen_completion=0 if followed else None,
        )


def _rated(rating: Rating | None) -> Literal[-1, 0, 1] | None:
    return None if rating is None else RATED[rating]
