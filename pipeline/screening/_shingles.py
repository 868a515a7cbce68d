"""Texts as sets of shingles: every five words in a row, as numbers, with the part of the record they stand in."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from pipeline.screening._code import looks_like_code, quotes, split, tokens
from pipeline.screening._hashing import Counts, Numbers, hashed
from pipeline.screening._words import words
from pipeline.screening.subject import Subject

WIDTH = 5
PROMPT, ANSWERS, PROGRAMS, BETWEEN = range(4)
"""The parts of a record, in the two lowest bits of a shingle; BETWEEN reaches from one passage into the next."""
PARTS = 4

_FACTOR, _SPREAD = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xFF51AFD7ED558CCD)


@dataclass(frozen=True, slots=True)
class Shingles:
    """The shingles of some subjects, one after the other; a subject's may hold one twice."""

    values: Numbers
    """64 bits each, the two lowest being the part."""
    starts: Counts
    """Where each subject's begin, and where the last one's end."""
    figures: Numbers
    """Equal where two prompts hold the same numbers, in whatever order."""


@dataclass(frozen=True, slots=True)
class _Read:
    """The words of some subjects as numbers, passage after passage."""

    numbers: Numbers
    lengths: Counts
    """Of each passage."""
    parts: Numbers
    of_subject: Counts
    """Where each subject's passages begin, and where the last one's end."""


def shingles(subjects: Sequence[Subject]) -> Shingles:
    """The shingles of some subjects; a passage of fewer words than a shingle is one."""
    found = [passages(subject) for subject in subjects]
    numbers, lengths = hashed([said for some in found for _, said in some])
    parts = np.array([part for some in found for part, _ in some], np.uint64)
    filled = np.where(lengths > 0, np.maximum(lengths, WIDTH), 0)
    if (filled > lengths).any():
        padded = np.zeros(filled.sum(), np.uint64)
        padded[np.arange(len(numbers)) + np.repeat(_starts(filled - lengths)[:-1], lengths)] = numbers
        numbers = padded
    return _made(_Read(numbers, filled, parts, _starts([len(some) for some in found])))


def passages(subject: Subject) -> list[tuple[int, bytes]]:
    """The passages of a record that say something, each with its part and its words in order."""
    found = [(PROMPT, words(subject.prompt))] if not subject.is_code else _prompt_of_code(subject)
    for answer in subject.answers:
        found += [(ANSWERS, words(answer))] if not subject.is_code else _answer_of_code(subject, answer)
    return found


def _prompt_of_code(subject: Subject) -> list[tuple[int, bytes]]:
    """A prompt's words, with the program in it as a program; what is in quotes there is part of the question."""
    if not looks_like_code(subject.prompt):
        return [(PROMPT, words(subject.prompt))]
    program = tokens(subject.prompt, subject.programming_language)
    return [(PROMPT, words(quotes(subject.prompt))), (PROMPT, program)]


def _answer_of_code(subject: Subject, answer: str) -> list[tuple[int, bytes]]:
    said, program = split(answer)
    return [(ANSWERS, words(said)), (PROGRAMS, tokens(program, subject.programming_language))]


def _made(read: _Read) -> Shingles:
    """Every `WIDTH` numbers in a row as one, those that reach from one subject into the next left out."""
    begins = _starts(read.lengths)[read.of_subject]
    figures, held = _figures(read, begins), np.maximum(np.diff(begins) - (WIDTH - 1), 0)
    numbers, last = read.numbers, max(len(read.numbers) - (WIDTH - 1), 0)
    rolled = numbers[:last].copy()
    for ahead in range(1, WIDTH):
        rolled *= _FACTOR
        rolled += numbers[ahead : ahead + last]
    rolled ^= rolled >> np.uint64(32)
    rolled *= _SPREAD
    rolled ^= rolled >> np.uint64(29)
    rolled &= ~np.uint64(3)
    parts = np.repeat(read.parts, read.lengths)[:last]
    _before(parts, np.cumsum(read.lengths), np.uint64(BETWEEN))
    rolled |= parts
    whole = np.ones(last, dtype=bool)
    _before(whole, begins[1:][np.diff(begins) > 0], np.False_)
    return Shingles(rolled[whole], _starts(held), figures)


def _before(array: npt.NDArray[Any], ends: npt.NDArray[np.int64], value: object) -> None:
    """Write a value where shingles begin that reach over one of the ends."""
    for back in range(1, WIDTH):
        at = ends - back
        array[at[(at >= 0) & (at < len(array))]] = value


def _figures(read: _Read, begins: npt.NDArray[np.int64]) -> Numbers:
    """The sum of all figures of each prompt."""
    asked = np.repeat(read.parts == PROMPT, read.lengths) & (read.numbers & np.uint64(1)).astype(bool)
    sums = np.concatenate([np.zeros(1, np.uint64), np.cumsum(np.where(asked, read.numbers, np.uint64(0)))])
    found: Numbers = np.diff(sums[begins])
    return found


def _starts(counts: Sequence[int] | npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    return np.concatenate([np.zeros(1, np.int64), np.cumsum(np.asarray(counts, np.int64))])
