"""Two answers, the better one named, with the prompt beside them: TRL's explicit preference."""

from collections.abc import Sequence

import pyarrow as pa

from exports._turns import Answering, asked, refused, said
from exports.base import ExportFormat, Made, Part, all_of
from schemas.rows import PreferenceRow


class Preferring(Answering):
    """How pairs are written down."""

    margin: bool = True
    """Whether the strength of the preference stands beside each pair, as reward models can use it."""


class Preference(ExportFormat[Preferring]):
    """`prompt`, `chosen`, `rejected` and, unless it is not wanted, `margin`."""

    name = "trl_preference"
    title = "TRL: DPOTrainer, RewardTrainer (explicit prompt)"
    accepts = (PreferenceRow,)
    choices = Preferring

    def refuses(self, part: Part, choices: Preferring) -> str | None:
        return refused(part, choices)

    def reads(self, part: Part, choices: Preferring) -> Sequence[str]:
        del part, choices
        return ("prompt", "chosen", "rejected", "margin")

    def table(self, batch: pa.RecordBatch, part: Part, choices: Preferring) -> Made:
        del part
        columns = {
            "prompt": asked(batch["prompt"], choices),
            "chosen": said(batch["chosen"], choices),
            "rejected": said(batch["rejected"], choices),
        }
        if choices.margin:
            columns["margin"] = batch["margin"]
        return Made(pa.table(columns), all_of(batch))


export_format = Preference()
