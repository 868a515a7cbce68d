"""The rows a released dataset is made of; one class per dataset type that trainers know (TRL's names)."""

from typing import Annotated, Literal, Self, TypeAlias

from pydantic import Field

from schemas.base import Frozen
from schemas.records import Message, TestCase

Turns: TypeAlias = str | tuple[Message, ...]


def as_turns(said: Turns, role: str) -> tuple[Message, ...]:
    """A text as the one message of a conversation; a conversation as it is."""
    return (Message.model_validate({"role": role, "content": said}),) if isinstance(said, str) else said


class Row(Frozen):
    """One row of a released dataset."""

    id: str = ""
    """The row's identity, the same in every release; filled in by the release. `headrace lineage` starts here."""
    simulated: bool = False
    """True where a simulated annotator had a voice in it."""

    def conversational(self) -> Self:
        """The same row with its texts as messages, for a release in which some prompts are conversations."""
        return self


class PreferenceRow(Row):
    """Two answers, one better: DPO and reward models."""

    prompt: Turns
    chosen: Turns
    rejected: Turns
    margin: Annotated[float, Field(ge=0)] = 1.0
    """How much better, in steps of the scale people used."""

    def conversational(self) -> Self:
        return self.replace(
            prompt=as_turns(self.prompt, "user"),
            chosen=as_turns(self.chosen, "assistant"),
            rejected=as_turns(self.rejected, "assistant"),
        )


class StepwiseRow(Row):
    """A solution's steps, each right or not: process reward models.

    Up to and with the first wrong one, or all of them where people rated those behind it too.
    """

    prompt: str
    completions: tuple[str, ...]
    labels: tuple[bool, ...]
    ratings: tuple[int | None, ...] = ()
    """What people said of each step: 1 good, 0 neutral, -1 bad, null unrated; neutral counts as right in `labels`."""
    rest: tuple[str, ...] = ()
    """The steps behind them, of which nobody said anything."""


class UnpairedRow(Row):
    """An answer that is good or not: KTO, classifiers, critics."""

    prompt: Turns
    completion: Turns
    label: bool
    lines: tuple[int, ...] = ()
    """Lines of the completion at fault, counted from 1."""
    severity: str | None = None
    comment: str = ""

    def conversational(self) -> Self:
        return self.replace(
            prompt=as_turns(self.prompt, "user"), completion=as_turns(self.completion, "assistant")
        )


class PromptCompletionRow(Row):
    """A prompt with the completion that a person wrote or checked: supervised fine-tuning."""

    prompt: Turns
    completion: Turns

    def conversational(self) -> Self:
        return self.replace(
            prompt=as_turns(self.prompt, "user"), completion=as_turns(self.completion, "assistant")
        )


class ScoredRow(Row):
    """An answer with a score for each criterion: multi-attribute reward models."""

    prompt: Turns
    completion: Turns
    scores: dict[str, float | None]
    """By criterion; null where nobody could say."""
    comment: str = ""

    def conversational(self) -> Self:
        return self.replace(
            prompt=as_turns(self.prompt, "user"), completion=as_turns(self.completion, "assistant")
        )


class ScoredPromptRow(Row):
    """A problem with a score for each question asked about it: which problems are fit to train or test on."""

    prompt: Turns
    scores: dict[str, float | None]
    """By question; null where nobody could say."""
    comment: str = ""

    def conversational(self) -> Self:
        return self.replace(prompt=as_turns(self.prompt, "user"))


class CritiqueRow(Row):
    """What a person says is wrong with an answer: critics."""

    prompt: Turns
    completion: Turns
    critique: str

    def conversational(self) -> Self:
        return self.replace(
            prompt=as_turns(self.prompt, "user"), completion=as_turns(self.completion, "assistant")
        )


class ErrorMark(Frozen):
    """One stretch of a text that is wrong, and how (MQM)."""

    start: int
    end: int
    """Characters of the text before it, and up to its end."""
    text: str
    kind: str
    severity: str


class ErrorSpansRow(Row):
    """A translation with what a person found wrong in it: estimators of quality."""

    prompt: Turns
    source: str
    translation: str
    errors: tuple[ErrorMark, ...]

    def conversational(self) -> Self:
        return self.replace(prompt=as_turns(self.prompt, "user"))


class VerifiablePromptRow(Row):
    """A prompt with the test cases that people found right: reinforcement learning with verifiable rewards."""

    prompt: Turns
    tests: tuple[TestCase, ...] = ()
    assertions: tuple[str, ...] = ()
    """Tests that are source, each by itself; as in the tests they come from, they may call `candidate`."""
    entry_point: str | None = None
    """The function that the tests call."""

    def conversational(self) -> Self:
        return self.replace(prompt=as_turns(self.prompt, "user"))


class Prm800kCompletion(Frozen):
    """One text for a step, and what was said of it."""

    text: str
    rating: Literal[-1, 0, 1] | None
    """1 good, 0 neutral, -1 bad; null where it was left unrated."""
    flagged: bool | None = None


class Prm800kStep(Frozen):
    """One step: the texts there are for it, and the one that the next step follows."""

    completions: tuple[Prm800kCompletion, ...]
    human_completion: Prm800kCompletion | None = None
    """What a person wrote in its place."""
    chosen_completion: int | None = 0


class Prm800kQuestion(Frozen):
    """What was asked."""

    problem: str
    ground_truth_solution: str | None = None
    ground_truth_answer: str | None = None
    pre_generated_steps: tuple[str, ...] = ()
    pre_generated_answer: str | None = None
    pre_generated_verifier_score: float | None = None


class Prm800kLabel(Frozen):
    """What people made of it."""

    steps: tuple[Prm800kStep, ...]
    total_time: int | None = None
    """Milliseconds; null where several people agreed on it."""
    finish_reason: Literal["found_error", "solution", "bad_problem", "give_up"]


class Prm800kRow(Row):
    """A reviewed solution as PRM800K writes it down, field by field."""

    labeler: str | None = None
    """Null: a row is what people agreed on, and says of nobody what they said."""
    timestamp: str | None = None
    generation: int | None = None
    is_quality_control_question: bool = False
    is_initial_screening_question: bool = False
    question: Prm800kQuestion
    label: Prm800kLabel


class PassedRow(Row):
    """A question that people agreed not to answer, and why: left out of the data, not out of the release."""

    task_type: str
    prompt: Turns
    kind: str
    """bad_problem, cannot_judge or pass."""
    reason: str

    def conversational(self) -> Self:
        return self.replace(prompt=as_turns(self.prompt, "user"))
