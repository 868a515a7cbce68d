"""Two responses in an order that says nothing, and by how much one is better: HelpSteer3's preference part."""

from collections.abc import Sequence
from typing import Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from exports._lists import constant, integers, lists_of
from exports._turns import messages, text
from exports.base import Choices, ExportFormat, Made, Part, all_of
from schemas.rows import PreferenceRow

MOST = 3
"""How strong a preference is there at most; a ranking's may be stronger, and is written as this."""
_INDIVIDUAL = pa.struct(
    [
        ("score", pa.int64()),
        ("reasoning", pa.string()),
        ("feedback1", pa.string()),
        ("feedback2", pa.string()),
    ]
)


class Ordering(Choices):
    """What the rows do not say themselves."""

    domain: str = "general"
    """What stands as `domain` in every row, such as general, stem, code or multilingual."""
    order: Literal["by_id", "chosen_first"] = "by_id"
    """Which response comes first: by the row's id, so that the place says nothing, or always the better one."""


class HelpSteer3(ExportFormat[Ordering]):
    """`domain`, `language`, `context`, `response1`, `response2`, `overall_preference`, `individual_preference`."""

    name = "helpsteer3"
    title = "HelpSteer3: preference, from -3 to 3"
    suffix = ".jsonl"
    accepts = (PreferenceRow,)
    choices = Ordering

    def reads(self, part: Part, choices: Ordering) -> Sequence[str]:
        del part, choices
        return ("row_id", "prompt", "chosen", "rejected", "margin", "cell")

    def table(self, batch: pa.RecordBatch, part: Part, choices: Ordering) -> Made:
        del part
        count = batch.num_rows
        chosen, rejected = text(batch["chosen"]), text(batch["rejected"])
        first = (
            constant(value=True, count=count)
            if choices.order == "chosen_first"
            else pc.match_substring_regex(batch["row_id"], "^[0-7]")
        )
        strength = np.clip(np.rint(np.asarray(batch["margin"])), 1, MOST).astype(np.int64)
        columns = {
            "domain": constant(choices.domain, count),
            "language": pc.list_element(pc.split_pattern(batch["cell"], "/"), 0),
            "context": messages(batch["prompt"], "user"),
            "response1": pc.if_else(first, chosen, rejected),
            "response2": pc.if_else(first, rejected, chosen),
            "overall_preference": integers(np.where(np.asarray(first), -strength, strength)),
            "individual_preference": lists_of(pa.nulls(0, _INDIVIDUAL), np.zeros(count, dtype=np.int64)),
        }
        return Made(pa.table(columns), all_of(batch))


export_format = HelpSteer3()
