"""What a screen is: one file in this folder with one declaration, `screen`.

A screen says of a record what speaks against showing it to people, with its evidence. What follows from that is
the project's choice (`verdict`): the record stops here (`reject`), goes on with the passage masked (`mask`), or
goes on as it is, and the finding is noted (`pass`).
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from pipeline.screening.subject import Subject
from schemas.base import Frozen, Json
from schemas.records import Record
from schemas.screening import Verdict


class Options(Frozen):
    """What `[screens] name = {…}` may say, each screen in its own subclass; `name = "reject"` is the verdict alone."""

    verdict: Verdict = "reject"


@dataclass(frozen=True, slots=True)
class Found:
    """What speaks against a record."""

    reason: str
    """One line for people, such as "the prompt holds 2 e-mail addresses"; never what is to be kept from them."""
    evidence: Mapping[str, Json]
    """Enough to see why, and to find the thing again."""
    masked: Record | None = None
    """The record that may go on instead; only a screen that can `mask` gives one."""


class Screen(ABC):
    """A way to look at one record alone. Stateless: what it needs is made once by `prepare`."""

    name: ClassVar[str]
    """As in project.toml, and its file's."""
    title: ClassVar[str]
    """What it finds, in a word or two for people: "near duplicate", "leaked benchmark"; a reject's reason."""
    version: ClassVar[int] = 1
    """Higher once it judges otherwise than it did."""
    options: ClassVar[type[Options]] = Options
    can: ClassVar[frozenset[Verdict]] = frozenset({"pass", "reject"})
    """The verdicts that it may be given."""

    def prepare(self, options: Any, folder: Path) -> Any:  # noqa: ANN401 - each screen has its own
        """What `look` needs besides the record, made once a run: benchmarks read, patterns compiled; can be pickled.

        Paths in the options start from `folder`. Raises ProjectError where the options cannot be followed.
        """
        del options, folder

    @abstractmethod
    def look(self, subject: Subject, options: Any, prepared: Any) -> Found | None:  # noqa: ANN401 - as above
        """What speaks against this record, None where nothing does. Called millions of times; pure."""

    def look_at(
        self,
        subjects: Sequence[Subject],
        options: Any,  # noqa: ANN401 - as above
        prepared: Any,  # noqa: ANN401 - as above
    ) -> list[Found | None]:
        """`look` for many at once; override it where many at once are faster."""
        return [self.look(subject, options, prepared) for subject in subjects]


class Across(ABC):
    """A way to hold records against each other: of those that are alike, the earliest is kept.

    Records meet in buckets: `sketch` says in which ones each falls, and gives what `alike` compares. Records that
    share a bucket are compared, no others. A record is found where one that was kept before it is alike.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    version: ClassVar[int] = 1
    options: ClassVar[type[Options]] = Options
    can: ClassVar[frozenset[Verdict]] = frozenset({"pass", "reject"})
    buckets: ClassVar[int]
    """In how many buckets each record falls."""
    compared: ClassVar[tuple[str, ...]]
    """The columns of a sketch that `alike` looks at."""

    def prepare(self, options: Any, folder: Path) -> Any:  # noqa: ANN401 - as for Screen
        """As for `Screen`."""
        del options, folder

    @abstractmethod
    def sketch(self, subjects: Sequence[Subject], options: Any) -> pa.Table:  # noqa: ANN401 - as for Screen
        """A row a subject: `key_0` … `key_{buckets - 1}` (uint64; null where there is nothing to compare), and more."""

    @abstractmethod
    def alike(self, earlier: pa.Table, later: pa.Table, options: Any) -> npt.NDArray[np.float64]:  # noqa: ANN401 - as for Screen
        """How alike the sketches are, row by row, 0 to 1; below 0 where they do not count as alike."""

    @abstractmethod
    def found(self, kept: str, likeness: float) -> Found:
        """What is found of a record that is like the one kept (its record id)."""
