"""The one abstraction of this package: a way to write a release's rows down for those who train on them."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import ClassVar, Generic, Literal, TypeAlias, TypeVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from schemas.base import Frozen
from schemas.rows import Row

Suffix: TypeAlias = Literal[".parquet", ".jsonl", ".csv"]
Places: TypeAlias = npt.NDArray[np.int64]


class Choices(Frozen):
    """What a format leaves to those who export: every field has a default, and what was chosen is recorded."""


ChoicesT = TypeVar("ChoicesT", bound=Choices)


@dataclass(frozen=True, slots=True)
class Part:
    """One split of a file set: where a batch comes from."""

    file_set: str
    row_class: str
    """The name of its class in schemas/rows.py."""
    split: str
    schema: pa.Schema
    """The columns of its files."""
    made: int = 0
    """The rows that came of it before this batch."""

    @property
    def conversational(self) -> bool:
        """Whether its prompts are lists of messages, instead of texts."""
        return "prompt" in self.schema.names and pa.types.is_list(self.schema.field("prompt").type)

    def named(self, *wanted: str) -> tuple[str, ...]:
        """Those of these columns that it has, in the order asked for."""
        return tuple(name for name in wanted if name in self.schema.names)


@dataclass(frozen=True, slots=True)
class Made:
    """What came of a batch."""

    table: pa.Table
    taken: Places
    """Of each of its rows, the row of the batch that it was made of, counted from 0."""
    left_out: Mapping[str, int] = field(default_factory=dict)
    """How many rows of the batch it says nothing of, by the reason."""


class ExportFormat(ABC, Generic[ChoicesT]):
    """A pure function from a batch of a release's rows to a table of the format's columns."""

    name: ClassVar[str]
    title: ClassVar[str]
    """Who reads it, in a few words."""
    suffix: ClassVar[Suffix] = ".parquet"
    accepts: ClassVar[tuple[type[Row], ...]] = ()
    """The row classes that it can be made of; none means rows of every class."""
    choices: type[ChoicesT]
    gold_as: ClassVar[Literal["text", "mathematics"]] = "text"
    """How reward functions read right answers: mathematics is what Math-Verify makes of them."""

    def fits(self, row_class: str) -> bool:
        """Whether it can be made of rows of a class, by the class's name."""
        return not self.accepts or row_class in {kind.__name__ for kind in self.accepts}

    def refuses(self, part: Part, choices: ChoicesT) -> str | None:
        """Why it cannot be made of this split as chosen, though its rows are of a fitting class; None where it can."""
        del part, choices
        return None

    def gold(self, part: Part, choices: ChoicesT) -> str | None:
        """The column with right answers that a reward function compares; dotted inside a struct."""
        del part, choices
        return None

    def once(self, choices: ChoicesT) -> str | None:
        """The column of which each value is taken once, at its first row; None where all rows are."""
        del choices
        return None

    def reads(self, part: Part, choices: ChoicesT) -> Sequence[str]:
        """The columns that it is made of."""
        del choices
        names: list[str] = part.schema.names
        return names

    @abstractmethod
    def table(self, batch: pa.RecordBatch, part: Part, choices: ChoicesT) -> Made:
        """What a batch becomes: the same columns with the same types each time, also of a batch without rows."""


def all_of(batch: pa.RecordBatch) -> Places:
    """Every row of a batch, once."""
    return np.arange(batch.num_rows, dtype=np.int64)
