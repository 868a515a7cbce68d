"""What was asked and what was said, as messages for a chat template or as plain texts."""

from typing import Literal, TypeAlias

import pyarrow as pa
import pyarrow.compute as pc

from exports._lists import constant, flags, integers, joined, lengths, lists_of
from exports.base import Choices, Part

Role: TypeAlias = Literal["user", "assistant"]


class Form(Choices):
    """How prompts are written down."""

    form: Literal["conversational", "standard"] = "conversational"
    """conversational: lists of {role, content}, to which a trainer applies a chat template; standard: texts."""


class Answering(Form):
    """How prompts and the answers behind them are written down."""

    between: str = "\n\n"
    """What stands between prompt and answer where they are texts: a trainer puts nothing there."""


def refused(part: Part, form: Form) -> str | None:
    """Conversations are never made texts: that would be a chat template of our own."""
    if form.form == "standard" and part.conversational:
        return "its prompts are conversations, which are no texts; leave form at conversational"
    return None


def asked(column: pa.Array, form: Form) -> pa.Array:
    """A column of prompts."""
    return messages(column, "user") if form.form == "conversational" else column


def said(column: pa.Array, form: Answering) -> pa.Array:
    """A column of answers; texts begin with what stands between them and the prompt."""
    if form.form == "conversational":
        return messages(column, "assistant")
    return pc.binary_join_element_wise(form.between, column, "")


def together(*columns: pa.Array) -> pa.Array:
    """Prompts with their answers, as one conversation or one text."""
    return (
        pc.binary_join_element_wise(*columns, "") if pa.types.is_string(columns[0].type) else joined(*columns)
    )


def messages(column: pa.Array, role: Role) -> pa.Array:
    """Texts as the one message of a conversation; conversations as they are."""
    if pa.types.is_list(column.type):
        return column
    count = len(column)
    each = pa.StructArray.from_arrays([constant(role, count), column], ["role", "content"])
    return lists_of(each, constant(1, count).to_numpy(zero_copy_only=False))


def text(column: pa.Array) -> pa.Array:
    """Texts as they are; of conversations what was said last."""
    if not pa.types.is_list(column.type):
        return column
    held = lengths(column)
    last = pc.if_else(flags(held > 0), integers(held.cumsum() - 1), None)
    return pc.fill_null(column.flatten().field("content").take(last), "")
