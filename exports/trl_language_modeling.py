"""Whole conversations or texts, for TRL's SFTTrainer: the prompt with the answer behind it."""

import pyarrow as pa

from exports import _answers, _turns
from exports._answers import Learning
from exports.base import Made, Part


class LanguageModeling(_answers.FromAnswers):
    """`messages`, or `text` in the standard form."""

    name = "trl_language_modeling"
    title = "TRL: SFTTrainer, loss on the prompt too"

    def table(self, batch: pa.RecordBatch, part: Part, choices: Learning) -> Made:
        found = _answers.answers(batch, part, choices)
        column = "messages" if choices.form == "conversational" else "text"
        whole = _turns.together(found.prompt, found.completion)
        return Made(pa.table({column: whole}), found.taken, found.left_out)


export_format = LanguageModeling()
