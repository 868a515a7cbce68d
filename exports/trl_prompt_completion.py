"""Prompt and completion, for TRL's SFTTrainer: what a person wrote, preferred or found right."""

import pyarrow as pa

from exports import _answers
from exports._answers import Learning
from exports.base import Made, Part


class PromptCompletion(_answers.FromAnswers):
    """`prompt`, `completion`."""

    name = "trl_prompt_completion"
    title = "TRL: SFTTrainer"

    def table(self, batch: pa.RecordBatch, part: Part, choices: Learning) -> Made:
        found = _answers.answers(batch, part, choices)
        columns = {"prompt": found.prompt, "completion": found.completion}
        return Made(pa.table(columns), found.taken, found.left_out)


export_format = PromptCompletion()
