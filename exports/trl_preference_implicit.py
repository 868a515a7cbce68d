"""Two whole conversations that differ in the answer, the better one named: TRL's implicit preference."""

import pyarrow as pa

from exports._turns import together
from exports.base import Made, Part
from exports.trl_preference import Preference, Preferring


class PreferenceImplicit(Preference):
    """`chosen` and `rejected`, the prompt at the beginning of both, and `margin`."""

    name = "trl_preference_implicit"
    title = "TRL: RewardTrainer (implicit prompt)"

    def table(self, batch: pa.RecordBatch, part: Part, choices: Preferring) -> Made:
        explicit = super().table(batch, part, choices)
        asked, *answers = (explicit.table[name].combine_chunks() for name in ("prompt", "chosen", "rejected"))
        chosen, rejected = (together(asked, answer) for answer in answers)
        columns = {"chosen": chosen, "rejected": rejected}
        if choices.margin:
            columns["margin"] = batch["margin"]
        return Made(pa.table(columns), explicit.taken)


export_format = PreferenceImplicit()
