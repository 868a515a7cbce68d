"""Pairs of answers that are hard to compare, written by hand: reference, answer, and whether they are equal."""

from pathlib import Path


def _read(text: str, *, equal: bool) -> list[tuple[str, str, bool]]:
    pairs = (line.split(";;") for line in text.strip().splitlines())
    return [(reference.strip(), answer.strip(), equal) for reference, answer in pairs]


_EQUAL, _OTHER = Path(__file__).with_suffix(".txt").read_text(encoding="utf-8").split("\n\n")
PAIRS = _read(_EQUAL, equal=True) + _read(_OTHER, equal=False)
"""The file's first block are those that say the same, the second those that do not."""
