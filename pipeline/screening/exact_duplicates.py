"""Exact duplicates: the same prompt with the same candidates, but for case, spaces and the order of candidates."""

from collections.abc import Sequence
from hashlib import blake2b
from typing import Any
from unicodedata import normalize

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.screening.base import Across, Found
from pipeline.screening.subject import Subject


class ExactDuplicates(Across):
    """Of records with one content, the earliest is kept."""

    name = "exact_duplicates"
    title = "exact duplicate"
    buckets = 1
    compared = ("key_0", "rest")

    def sketch(self, subjects: Sequence[Subject], options: Any) -> pa.Table:  # noqa: ANN401 - see Across
        del options
        digests = [blake2b(content(subject), digest_size=16).digest() for subject in subjects]
        halves = np.frombuffer(b"".join(digests), dtype="<u8").reshape(-1, 2)
        return pa.table({"key_0": halves[:, 0].copy(), "rest": halves[:, 1].copy()})

    def alike(self, earlier: pa.Table, later: pa.Table, options: Any) -> npt.NDArray[np.float64]:  # noqa: ANN401 - see Across
        del options
        same = pc.and_(pc.equal(earlier["key_0"], later["key_0"]), pc.equal(earlier["rest"], later["rest"]))
        return np.where(same.to_numpy(), 1.0, -1.0)

    def found(self, kept: str, likeness: float) -> Found:
        del likeness
        return Found(f"has the prompt and the candidates of record {kept}", {"kept": kept})


def content(subject: Subject) -> bytes:
    """What two records have in common that are one; lines and case count in programs."""
    prompt = " ".join(normalize("NFC", subject.prompt).casefold().split())
    settled = _program if subject.is_code else _words
    return "\0".join((prompt, *sorted(map(settled, subject.answers)))).encode("utf-8", "surrogatepass")


def _words(text: str) -> str:
    return " ".join(normalize("NFC", text).casefold().split())


def _program(text: str) -> str:
    return "\n".join(line.rstrip() for line in normalize("NFC", text).split("\n") if line.strip())


screen = ExactDuplicates()
