"""Prompts with a right answer or tests, for open-instruct's reinforcement learning with verifiable rewards."""

from collections.abc import Sequence

import pyarrow as pa
import pyarrow.compute as pc

from exports._json import json_text
from exports._lists import constant, flags, integers, where
from exports._tests import COLUMNS, UNCLEAR, tests
from exports._turns import messages, text
from exports.base import Choices, ExportFormat, Made, Part, all_of
from exports.golds import final_answers
from schemas.rows import PromptCompletionRow, VerifiablePromptRow


class Verifying(Choices):
    """Which of open-instruct's verifiers judges."""

    answers: str = "math"
    """`dataset` of rows with a right answer: the name of a verifier, such as math or gsm8k."""


class OpenInstruct(ExportFormat[Verifying]):
    """`messages`, `ground_truth`, `dataset`: the name of the verifier, code or code_stdio where there are tests."""

    name = "open_instruct"
    title = "open-instruct: RLVR"
    accepts = (VerifiablePromptRow, PromptCompletionRow)
    choices = Verifying

    def gold(self, part: Part, choices: Verifying) -> str | None:
        del choices
        return "ground_truth" if part.row_class == PromptCompletionRow.__name__ else None

    def reads(self, part: Part, choices: Verifying) -> Sequence[str]:
        del choices
        return part.named(*COLUMNS, "completion")

    def table(self, batch: pa.RecordBatch, part: Part, choices: Verifying) -> Made:
        prompt = messages(batch["prompt"], "user")
        if part.row_class == PromptCompletionRow.__name__:
            truth = final_answers(text(batch["completion"]))
            verifier = constant(choices.answers, batch.num_rows)
            return Made(_table(prompt, truth, verifier), all_of(batch))
        found = tests(batch)
        taken = where(~found.unclear)
        started = flags(found.started)
        truth = pc.if_else(started, json_text(batch["tests"]), json_text(found.statements))
        unclear = int(found.unclear.sum())
        return Made(
            _table(prompt, truth, pc.if_else(started, "code_stdio", "code")).take(integers(taken)),
            taken,
            {UNCLEAR: unclear} if unclear else {},
        )


def _table(prompt: pa.Array, truth: pa.Array, verifier: pa.Array) -> pa.Table:
    return pa.table({"messages": prompt, "ground_truth": truth, "dataset": verifier})


export_format = OpenInstruct()
