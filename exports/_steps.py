"""What was said of each step of a solution, as whole columns."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from exports._lists import Whole, first_in, flags, lengths, rows_of
from exports.base import Choices
from schemas.errors import SourceError

Meaning: TypeAlias = Literal["right", "wrong", "cut", "leave_out"]
RIGHT, NEUTRAL, WRONG, UNRATED = 1, 0, -1, 9


class Meanings(Choices):
    """What a step counts as of which people said neither that it is good nor that it is bad."""

    neutral: Meaning = "right"
    """A step rated 0: right, wrong, cut (the row ends before it) or leave_out (the row is)."""
    unrated: Meaning = "cut"
    """A step that was left unrated: right, wrong, cut (the row ends before it) or leave_out (the row is)."""


@dataclass(frozen=True, slots=True)
class Steps:
    """Every step of a batch that somebody could judge, one after the other."""

    rows: Whole
    """The row of the batch that it belongs to."""
    places: Whole
    """Its place there, from 0."""
    wrong: npt.NDArray[np.bool_]
    keep: npt.NDArray[np.bool_]
    """Whether it stands before all that the meanings cut."""
    left_out: npt.NDArray[np.bool_]
    """Row by row: whether the meanings leave it out."""

    def first_wrong(self) -> Whole:
        """Row by row, the place of the first wrong step; a number above all places where there is none."""
        return first_in(self.rows, self.places, self.wrong, len(self.left_out))

    def first_cut(self) -> Whole:
        """Row by row, the place of the first step that is cut, as above."""
        return first_in(self.rows, self.places, ~self.keep, len(self.left_out))


def steps(batch: pa.RecordBatch, meanings: Meanings) -> Steps:
    """The steps of stepwise rows; SourceError where labels and steps of a row are not as many."""
    labels = batch["labels"]
    rows, places = rows_of(labels)
    if not np.array_equal(lengths(labels), lengths(batch["completions"])):
        raise SourceError("labels: one a step was expected, a row has more or fewer; make the release anew")
    said = _said(batch, rows)
    wrong, keep = said == WRONG, np.ones(len(said), dtype=bool)
    left_out = np.zeros(batch.num_rows, dtype=bool)
    for rating, meaning in ((NEUTRAL, meanings.neutral), (UNRATED, meanings.unrated)):
        meant = said == rating
        if meaning == "wrong":
            wrong |= meant
        elif meaning == "leave_out":
            left_out[rows[meant]] = True
        elif meaning == "cut":
            keep &= places < first_in(rows, places, meant, batch.num_rows)[rows]
    return Steps(rows, places, wrong, keep, left_out)


def _said(batch: pa.RecordBatch, rows: Whole) -> npt.NDArray[np.int64]:
    """The rating of each step; where there are no ratings, what its label says."""
    right = np.asarray(batch["labels"].flatten(), dtype=bool)
    said = np.where(right, RIGHT, WRONG)
    rated = lengths(batch["ratings"]) == lengths(batch["labels"])
    inside = rated[rows]
    only_rated = batch["ratings"].filter(flags(rated))
    said[inside] = np.asarray(pc.fill_null(only_rated.flatten(), UNRATED), dtype=np.int64)
    return said
