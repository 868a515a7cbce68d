"""The rows a released dataset is made of; one class per dataset type that trainers know (TRL's names)."""

from typing import Annotated, Self, TypeAlias

from pydantic import Field

from schemas.base import Frozen
from schemas.records import Message

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
    """A solution's steps up to and with the first wrong one, each right or not: process reward models."""

    prompt: str
    completions: tuple[str, ...]
    labels: tuple[bool, ...]
    ratings: tuple[int | None, ...] = ()
    """What people said of each step: 1 good, 0 neutral, -1 bad, null unrated; neutral counts as right in `labels`."""


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
