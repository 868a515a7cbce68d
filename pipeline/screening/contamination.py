"""What leaks a benchmark: a record that holds an item that models are later measured by."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Annotated, ClassVar

from pydantic import Field

from pipeline.screening._benchmarks import read
from pipeline.screening._leaks import Leak, Leaks
from pipeline.screening.base import Found, Options, Screen
from pipeline.screening.subject import Subject
from schemas.base import Json

PIECE, LAP = 2**20, 2**12
"""A longer text is looked at in pieces of so many characters, each beginning so far before the last one's end."""


class ContaminationOptions(Options):
    """`[screens] contamination = {…}`."""

    against: Annotated[tuple[str, ...], Field(min_length=1)]
    """Files of benchmarks, globs too, from the project's folder: tables, text, programs, hash files."""
    columns: tuple[str, ...] = ()
    """The columns of those files that are looked at; by default all that hold text."""
    shared: Annotated[int, Field(ge=1)] = 3
    """A phrase that more items of one file have is boilerplate, and tells nothing."""


class Contamination(Screen):
    """By grams of five words, or of eight signs of a program; see docs/reference/contamination.md."""

    name: ClassVar[str] = "contamination"
    title: ClassVar[str] = "leaked benchmark"
    version: ClassVar[int] = 1
    options: ClassVar[type[Options]] = ContaminationOptions

    def prepare(self, options: ContaminationOptions, folder: Path) -> Leaks:
        """The benchmarks' grams in order."""
        return Leaks(read(options.against, folder, options.columns), options.shared)

    def look(self, subject: Subject, options: ContaminationOptions, prepared: Leaks) -> Found | None:
        """One record: twenty times as dear as one of many."""
        return self.look_at([subject], options, prepared)[0]

    def look_at(
        self, subjects: Sequence[Subject], options: ContaminationOptions, prepared: Leaks
    ) -> list[Found | None]:
        """Of each record the text that has most in common with a benchmark's."""
        del options
        return found_in([_texts(subject) for subject in subjects], prepared)


def _texts(subject: Subject) -> Iterator[tuple[str, str]]:
    """What is looked at of a record; the steps of a candidate are its text, cut."""
    return ((where, text) for where, text in subject.parts() if ".steps." not in where)


def found_in(things: Sequence[Iterable[tuple[str, str]]], leaks: Leaks) -> list[Found | None]:
    """Of each thing that has texts (where, text) the one that has most in common with a benchmark's."""
    owners: list[tuple[int, str]] = []
    texts: list[str] = []
    for number, thing in enumerate(things):
        for where, text in thing:
            for piece in pieces(text):
                owners.append((number, where))
                texts.append(piece)
    found: list[Found | None] = [None] * len(things)
    largest = [0] * len(things)
    for (number, where), leak in zip(owners, leaks.search(texts), strict=True):
        if leak is not None and leak.tokens > largest[number]:
            found[number], largest[number] = told(where, leak, leaks), leak.tokens
    return found


def pieces(text: str) -> list[str]:
    """A text, or the pieces of one that is too long to be looked at at once."""
    if len(text) <= PIECE:
        return [text]
    return [text[start : start + PIECE] for start in range(0, len(text) - LAP, PIECE - LAP)]


def told(where: str, leak: Leak, leaks: Leaks) -> Found:
    """A leak as it is put on record."""
    unit = leaks.named(leak.unit)
    reason = f"{where}: {leak.rule} of {unit['file']}:{unit['item']} ({unit['field']})"
    evidence: dict[str, Json] = {
        "where": where,
        "benchmark": unit["file"],
        "item": unit["item"],
        "field": unit["field"],
        "rule": leak.rule,
        "tokens": leak.tokens,
        "share": round(leak.share, 3),
        "passage": leak.passage,
    }
    return Found(reason, evidence)


screen = Contamination()
