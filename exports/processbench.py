"""Where a solution goes wrong first, or nowhere: ProcessBench, which tests models that look for it."""

from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from exports._lists import constant, integers, joined, lengths, where
from exports._steps import Meaning, Meanings, steps
from exports.base import Choices, ExportFormat, Made, Part
from schemas.rows import StepwiseRow


class Errors(Choices):
    """What counts as an error."""

    neutral: Meaning = "right"
    """A step rated 0: right, wrong, or leave_out (the row is; cut does the same)."""


class ProcessBench(ExportFormat[Errors]):
    """`id`, `generator`, `problem`, `steps`, `final_answer_correct`, `label`: the first wrong step from 0, or -1."""

    name = "processbench"
    title = "ProcessBench: finding the first error"
    suffix = ".jsonl"
    accepts = (StepwiseRow,)
    choices = Errors

    def reads(self, part: Part, choices: Errors) -> Sequence[str]:
        del part, choices
        return ("row_id", "prompt", "completions", "labels", "ratings", "rest")

    def table(self, batch: pa.RecordBatch, part: Part, choices: Errors) -> Made:
        del part
        neutral: Meaning = "leave_out" if choices.neutral == "cut" else choices.neutral
        found = steps(batch, Meanings(neutral=neutral, unrated="cut"))
        wrong, unknown = found.first_wrong(), found.first_cut()
        judged = lengths(batch["completions"])
        none = wrong >= judged
        # before the first error, or up to the end where there is none, somebody must have judged every step
        known = (wrong < unknown) | (none & (unknown >= judged) & (lengths(batch["rest"]) == 0))
        taken = where(known & ~found.left_out)
        columns = {
            "id": batch["row_id"],
            "generator": constant(None, batch.num_rows, pa.string()),
            "problem": batch["prompt"],
            "steps": joined(batch["completions"], batch["rest"]),
            "final_answer_correct": constant(None, batch.num_rows, pa.bool_()),
            "label": integers(np.where(none, -1, wrong)),
        }
        reasons = {
            "a step is left out": int(found.left_out.sum()),
            "nobody judged all steps up to the first error": int((~known & ~found.left_out).sum()),
        }
        made = pa.table(columns).take(integers(taken))
        return Made(made, taken, {reason: count for reason, count in reasons.items() if count})


export_format = ProcessBench()
