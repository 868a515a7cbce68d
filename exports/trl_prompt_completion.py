"""Prompt and completion, for TRL's SFTTrainer: what a person wrote, preferred or found right."""

from collections.abc import Sequence

import pyarrow as pa

from exports import _answers, _turns
from exports._answers import Learning
from exports.base import ExportFormat, Made, Part


class PromptCompletion(ExportFormat[Learning]):
    """`prompt`, `completion`."""

    name = "trl_prompt_completion"
    title = "TRL: SFTTrainer"
    accepts = _answers.ACCEPTED
    choices = Learning

    def refuses(self, part: Part, choices: Learning) -> str | None:
        return _turns.refused(part, choices)

    def reads(self, part: Part, choices: Learning) -> Sequence[str]:
        del choices
        return _answers.columns(part)

    def table(self, batch: pa.RecordBatch, part: Part, choices: Learning) -> Made:
        found = _answers.answers(batch, part, choices)
        columns = {"prompt": found.prompt, "completion": found.completion}
        return Made(pa.table(columns), found.taken, found.left_out)


export_format = PromptCompletion()
