"""A solution's steps, each right or not: TRL's stepwise supervision, as process reward models are shared."""

from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from exports._lists import flags, integers, kept, lengths, lists_of, where
from exports._steps import Meanings, steps
from exports.base import ExportFormat, Made, Part
from schemas.rows import StepwiseRow


class Stepwise(ExportFormat[Meanings]):
    """`prompt`, `completions`, `labels`; texts, as TRL has no other form of it."""

    name = "trl_stepwise"
    title = "TRL: PRMTrainer (up to 1.12), stepwise supervision"
    accepts = (StepwiseRow,)
    choices = Meanings

    def reads(self, part: Part, choices: Meanings) -> Sequence[str]:
        del part, choices
        return ("prompt", "completions", "labels", "ratings")

    def table(self, batch: pa.RecordBatch, part: Part, choices: Meanings) -> Made:
        del part
        found = steps(batch, choices)
        held = np.bincount(found.rows[found.keep], minlength=batch.num_rows)
        chosen = ~found.left_out & (held > 0)
        taken = where(chosen)
        columns = {
            "prompt": batch["prompt"],
            "completions": kept(batch["completions"], found.keep),
            "labels": kept(lists_of(flags(~found.wrong), lengths(batch["labels"])), found.keep),
        }
        reasons = {
            "a step is left out": int(found.left_out.sum()),
            "no step is rated": int((~found.left_out & (held == 0)).sum()),
        }
        made = pa.table(columns).take(integers(taken))
        return Made(made, taken, {reason: count for reason, count in reasons.items() if count})


export_format = Stepwise()
