"""Near duplicates: nearly the same words in the same order, or the same program with other names."""

import os
from array import array
from collections.abc import Sequence
from typing import Annotated, Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from pydantic import Field

from pipeline.screening._likeness import likeness
from pipeline.screening._shingles import Shingles, shingles
from pipeline.screening.base import Across, Found, Options
from pipeline.screening.subject import Subject

BANDS, ROWS, SEED = 32, 4, 1
"""Two records with a Jaccard index of 0.7 share none of 32 buckets once in 6,000 times."""
_DIGESTS = 200
"""How many are numbers of Python's at a time: few enough to stay near the processor."""
_MIX = np.uint64(0x9E3779B97F4A7C15)
_Share = Annotated[float, Field(gt=0, le=1)]


class NearOptions(Options):
    """How alike is too alike."""

    jaccard: Annotated[float, Field(ge=0.5, le=1)] = 0.7
    """Of the shingles of two records, the share that both have."""
    programs: _Share = 0.9
    """The same of their programs alone, in which names are put aside."""
    same_numbers: bool = False
    """True lets those pass whose prompts hold other numbers: problems made from one template."""


class NearDuplicates(Across):
    """Of records that are alike, the earliest is kept."""

    name = "near_duplicates"
    title = "near duplicate"
    options = NearOptions
    buckets = BANDS
    compared = ("figures", "shingles")

    def sketch(self, subjects: Sequence[Subject], options: Any) -> pa.Table:  # noqa: ANN401 - see Across
        del options
        made = shingles(subjects)
        short = (made.values >> np.uint64(32) << np.uint64(2) | made.values & np.uint64(3)).astype(np.uint32)
        columns: dict[str, Any] = {f"key_{band}": keys for band, keys in enumerate(_keys(made))}
        columns["figures"] = made.figures
        columns["shingles"] = pa.ListArray.from_arrays(made.starts.astype(np.int32), short)
        return pa.table(columns)

    def alike(self, earlier: pa.Table, later: pa.Table, options: Any) -> npt.NDArray[np.float64]:  # noqa: ANN401 - see Across
        asked: NearOptions = options
        of = likeness(earlier["shingles"], later["shingles"])
        alike = (of.whole >= asked.jaccard) & (of.programs >= asked.programs)
        alike &= (of.prompt >= asked.jaccard / 2) & (of.answers >= asked.jaccard / 2)
        if asked.same_numbers:
            alike &= earlier["figures"].to_numpy() == later["figures"].to_numpy()
        return np.where(alike, of.whole, -1.0)

    def found(self, kept: str, likeness: float) -> Found:
        return Found(
            f"is {likeness:.0%} the same as record {kept}",
            {"kept": kept, "jaccard": round(likeness, 4)},
        )


def _keys(made: Shingles) -> list[pa.Array]:
    """A column of keys a band: two records share one where their four smallest shingles of that band are the same."""
    os.environ.setdefault("RAYON_NUM_THREADS", "1")  # each process has its own part of the work already
    from rensa import RMinHash

    starts = made.starts.astype(np.uint64)
    digests: list[bytes] = []
    for first in range(0, len(starts) - 1, _DIGESTS):
        here = starts[first : first + _DIGESTS + 1]
        matrix = RMinHash.digest_matrix_from_flat_token_hashes(
            made.values[int(here[0]) : int(here[-1])], here - here[0], BANDS * ROWS, SEED
        )
        digests += [array("I", digest).tobytes() for digest in matrix.to_rows()]
    halves = np.frombuffer(b"".join(digests), np.uint64).reshape(-1, BANDS, 2)
    keys = halves[:, :, 0] * _MIX
    keys ^= keys >> np.uint64(32)
    keys = (keys + halves[:, :, 1]) * _MIX
    empty = made.starts[1:] == made.starts[:-1]
    return [pa.array(keys[:, band], mask=empty) for band in range(BANDS)]


screen = NearDuplicates()
