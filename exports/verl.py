"""Prompts with a right answer or tests, for verl's trainers."""

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from exports._json import json_list, json_text
from exports._lists import constant, flags, integers, lengths, lists_of, where
from exports._tests import COLUMNS, UNCLEAR, tests
from exports._turns import messages, text
from exports.base import Choices, ExportFormat, Made, Part, all_of
from exports.golds import final_answers
from schemas.rows import PromptCompletionRow, VerifiablePromptRow


class Scoring(Choices):
    """By what verl chooses the function that scores."""

    answers: str = "lighteval/MATH"
    """`data_source` of rows with a right answer: verl's name of the function that compares it."""
    tests: str = "apps"
    """`data_source` of rows with tests: verl's name of the function that runs them."""


class Verl(ExportFormat[Scoring]):
    """`data_source`, `prompt`, `ability`, `reward_model` {`style`, `ground_truth`}, `extra_info`."""

    name = "verl"
    title = "verl: PPO, GRPO and the like with a rule as reward"
    accepts = (VerifiablePromptRow, PromptCompletionRow)
    choices = Scoring

    def gold(self, part: Part, choices: Scoring) -> str | None:
        del choices
        return "reward_model.ground_truth" if part.row_class == PromptCompletionRow.__name__ else None

    def reads(self, part: Part, choices: Scoring) -> Sequence[str]:
        del choices
        return part.named("row_id", *COLUMNS, "completion")

    def table(self, batch: pa.RecordBatch, part: Part, choices: Scoring) -> Made:
        if part.row_class == PromptCompletionRow.__name__:
            truth = final_answers(text(batch["completion"]))
            return Made(_table(batch, part, (choices.answers, "math"), truth), all_of(batch))
        found = tests(batch)
        taken = where(~found.unclear)
        given = pc.if_else(flags(found.started), _input_and_output(batch), _statements(found.statements))
        whole = batch.take(integers(taken))
        unclear = int(found.unclear.sum())
        return Made(
            _table(whole, part, (choices.tests, "code"), given.take(integers(taken))),
            taken,
            {UNCLEAR: unclear} if unclear else {},
        )


def _input_and_output(batch: pa.RecordBatch) -> pa.Array:
    """Cases of a program that reads and prints, as two lists."""
    cases = batch["tests"]
    sides = (pc.fill_null(side, "null") for side in cases.flatten().flatten())
    given, wanted = (lists_of(side, lengths(cases)) for side in sides)
    parts = ('{"inputs":', json_list(given), ',"outputs":', json_list(wanted), "}", "")
    return pc.binary_join_element_wise(*parts)


def _statements(statements: pa.Array) -> pa.Array:
    return pc.binary_join_element_wise('{"assert_case":', json_text(statements), "}", "")


def _table(batch: pa.RecordBatch, part: Part, of: tuple[str, str], truth: pa.Array) -> pa.Table:
    count = batch.num_rows
    reward = pa.StructArray.from_arrays([constant("rule", count), truth], ["style", "ground_truth"])
    extra = pa.StructArray.from_arrays(
        [integers(np.arange(part.made, part.made + count)), constant(part.split, count), batch["row_id"]],
        ["index", "split", "row_id"],
    )
    data_source, ability = of
    return pa.table(
        {
            "data_source": constant(data_source, count),
            "prompt": messages(batch["prompt"], "user"),
            "ability": constant(ability, count),
            "reward_model": reward,
            "extra_info": extra,
        }
    )


export_format = Verl()
