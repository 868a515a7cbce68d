"""Prompts alone, for trainers that answer them themselves; beside each, what its reward is found by."""

from collections.abc import Sequence
from typing import Literal

import pyarrow as pa

from exports._turns import Form, asked, refused, text
from exports.base import ExportFormat, Made, Part, all_of
from exports.golds import boxed
from schemas.rows import (
    CritiqueRow,
    ErrorSpansRow,
    PreferenceRow,
    PromptCompletionRow,
    ScoredPromptRow,
    ScoredRow,
    StepwiseRow,
    UnpairedRow,
    VerifiablePromptRow,
)


class Prompting(Form):
    """Which prompts are written down, and with what."""

    repeated: Literal["once", "keep"] = "once"
    """A prompt that several rows have: once, with the first of them, or with each."""
    solution: Literal["final", "as_it_stands"] = "final"
    r"""The right answer: its final answer in `\boxed{}`, which Math-Verify reads as a whole, or all of its text."""
    rewards: bool = True
    """Whether what a reward function needs stands beside: the right answer as `solution`, or the tests."""


class PromptOnly(ExportFormat[Prompting]):
    """`prompt`; `solution` of prompts with a right answer; `tests`, `assertions`, `entry_point` of those with tests."""

    name = "trl_prompt_only"
    title = "TRL: GRPOTrainer, RLOOTrainer"
    accepts = (
        PromptCompletionRow,
        VerifiablePromptRow,
        PreferenceRow,
        StepwiseRow,
        UnpairedRow,
        ScoredRow,
        ScoredPromptRow,
        CritiqueRow,
        ErrorSpansRow,
    )
    choices = Prompting
    gold_as = "mathematics"

    def refuses(self, part: Part, choices: Prompting) -> str | None:
        return refused(part, choices)

    def gold(self, part: Part, choices: Prompting) -> str | None:
        return "solution" if "completion" in self.reads(part, choices) else None

    def once(self, choices: Prompting) -> str | None:
        return "prompt_id" if choices.repeated == "once" else None

    def reads(self, part: Part, choices: Prompting) -> Sequence[str]:
        beside = _REWARDS.get(part.row_class, ()) if choices.rewards else ()
        return ("prompt", *beside)

    def table(self, batch: pa.RecordBatch, part: Part, choices: Prompting) -> Made:
        columns = {"prompt": asked(batch["prompt"], choices)}
        for name in self.reads(part, choices)[1:]:
            if name == "completion":
                whole = text(batch[name])
                columns["solution"] = boxed(whole) if choices.solution == "final" else whole
            else:
                columns[name] = batch[name]
        return Made(pa.table(columns), all_of(batch))


_REWARDS = {
    PromptCompletionRow.__name__: ("completion",),
    VerifiablePromptRow.__name__: ("tests", "assertions", "entry_point"),
}

export_format = PromptOnly()
