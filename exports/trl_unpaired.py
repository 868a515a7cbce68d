"""Answers that are good or not, each by itself, for TRL's KTOTrainer; of a preference, both of its answers."""

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from exports._lists import constant, integers
from exports._turns import Answering, asked, refused, said
from exports.base import ExportFormat, Made, Part, all_of
from schemas.rows import PreferenceRow, UnpairedRow


class Unpaired(ExportFormat[Answering]):
    """`prompt`, `completion`, `label`."""

    name = "trl_unpaired"
    title = "TRL: KTOTrainer"
    accepts = (UnpairedRow, PreferenceRow)
    choices = Answering

    def refuses(self, part: Part, choices: Answering) -> str | None:
        return refused(part, choices)

    def reads(self, part: Part, choices: Answering) -> Sequence[str]:
        del choices
        return part.named("prompt", "completion", "label", "chosen", "rejected")

    def table(self, batch: pa.RecordBatch, part: Part, choices: Answering) -> Made:
        if part.row_class == PreferenceRow.__name__:
            return _both(batch, choices)
        columns = {
            "prompt": asked(batch["prompt"], choices),
            "completion": said(batch["completion"], choices),
            "label": batch["label"],
        }
        return Made(pa.table(columns), all_of(batch))


def _both(batch: pa.RecordBatch, choices: Answering) -> Made:
    """Each pair as two rows, one behind the other, the better first."""
    count = batch.num_rows
    order = np.arange(2 * count).reshape(2, count).T.ravel()  # chosen 0, rejected 0, chosen 1, …
    taken = np.repeat(all_of(batch), 2)
    answers = pa.concat_arrays([said(batch["chosen"], choices), said(batch["rejected"], choices)])
    good = pa.concat_arrays([constant(value=True, count=count), constant(value=False, count=count)])
    columns = {
        "prompt": pc.take(asked(batch["prompt"], choices), integers(taken)),
        "completion": answers.take(integers(order)),
        "label": good.take(integers(order)),
    }
    return Made(pa.table(columns), taken)


export_format = Unpaired()
