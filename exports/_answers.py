"""Prompts with an answer to learn from, out of every row class that has one."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from exports._lists import constant, integers, where
from exports._turns import Answering, asked, messages, refused, said, together
from exports.base import ExportFormat, Part, Places, all_of
from schemas.rows import CritiqueRow, PreferenceRow, PromptCompletionRow, UnpairedRow

ACCEPTED = (PromptCompletionRow, PreferenceRow, UnpairedRow, CritiqueRow)


class Learning(Answering):
    """How answers are written down, those of critics too."""

    question: str = "What is wrong with this answer?"
    """What a critic is asked behind a prompt and its answer; for critique rows alone."""


@dataclass(frozen=True, slots=True)
class Answered:
    """Prompts and answers, row by row."""

    prompt: pa.Array
    completion: pa.Array
    taken: Places
    left_out: Mapping[str, int] = field(default_factory=dict)


class FromAnswers(ExportFormat[Learning]):
    """A format that is made of prompts and the answers worth learning from."""

    accepts = ACCEPTED
    choices = Learning

    def refuses(self, part: Part, choices: Learning) -> str | None:
        return refused(part, choices)

    def reads(self, part: Part, choices: Learning) -> Sequence[str]:
        del choices
        return part.named("prompt", "completion", "chosen", "critique", "label")


def answers(batch: pa.RecordBatch, part: Part, choices: Learning) -> Answered:
    """The answers worth learning from: what people wrote, preferred or found right."""
    return _BY_CLASS[part.row_class](batch, choices)


def _written(batch: pa.RecordBatch, choices: Learning) -> Answered:
    return Answered(asked(batch["prompt"], choices), said(batch["completion"], choices), all_of(batch))


def _preferred(batch: pa.RecordBatch, choices: Learning) -> Answered:
    return Answered(asked(batch["prompt"], choices), said(batch["chosen"], choices), all_of(batch))


def _right(batch: pa.RecordBatch, choices: Learning) -> Answered:
    taken = where(np.asarray(pc.fill_null(batch["label"], False), dtype=bool))  # noqa: FBT003 - a value
    good = _written(batch.take(integers(taken)), choices)
    wrong = batch.num_rows - len(taken)
    return Answered(good.prompt, good.completion, taken, {"the answer is not good": wrong} if wrong else {})


def _criticised(batch: pa.RecordBatch, choices: Learning) -> Answered:
    question = constant(choices.question, batch.num_rows)
    if choices.form == "conversational":
        parts = [
            asked(batch["prompt"], choices),
            said(batch["completion"], choices),
            messages(question, "user"),
        ]
    else:
        parts = [batch["prompt"], said(batch["completion"], choices), said(question, choices)]
    return Answered(together(*parts), said(batch["critique"], choices), all_of(batch))


_BY_CLASS: Mapping[str, Callable[[pa.RecordBatch, Learning], Answered]] = {
    PromptCompletionRow.__name__: _written,
    PreferenceRow.__name__: _preferred,
    UnpairedRow.__name__: _right,
    CritiqueRow.__name__: _criticised,
}
