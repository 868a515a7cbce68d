"""A form: how a kind of value is written, such as a card's number, and where such values stand in a text."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, reduce
from typing import NamedTuple, TypeAlias

Span: TypeAlias = tuple[int, int]
Spans: TypeAlias = Callable[[str, int, int], Iterable[Span]]
"""Where values stand between two places of a text; what is before the first is seen, what is behind the second not."""


@dataclass(frozen=True, slots=True)
class Form:
    """One kind of value: what it is called, what is put in its place, and where it stands in a text."""

    name: str
    mask: str
    spans: Spans


@dataclass(frozen=True, slots=True)
class Family:
    """Forms behind a gate: a text in which it fits nowhere holds none of them.

    The gate is a pattern as RE2 knows them (nothing that looks ahead or behind), of which capitals do not matter: so
    thousands of texts are asked at once, at a microsecond each. It must fit in a text's JSON too.
    """

    gate: str
    forms: tuple[Form, ...]
    around: re.Pattern[str] | None = None
    """Where it fits, and nowhere else, values stand: a long text is looked at there only."""


_A_PATTERN = re.compile(r"(?<!\\)[\[(*+?{]|\\[bdsw]")
_BEFORE, _BEHIND = 70, 30
"""So far around a place the words stand that tell what it is."""


class Hit(NamedTuple):
    """A value that was found in a text."""

    start: int
    end: int
    form: Form


def holding(*needles: str) -> str:
    """The gate of values in which one of these stands."""
    return "|".join(re.sub(r"[.^$*+?{}\[\]\\|()]", r"\\\g<0>", needle) for needle in needles)


def shaped(pattern: str, holds: Callable[[str], bool] | None = None, flags: int = re.ASCII) -> Spans:
    """Where a pattern fits, and what else must be true of the value holds; its group `value`, if it has one.

    Letters are those of ASCII unless flags say otherwise: a number ends where Chinese goes on without a space.
    """
    compiled = re.compile(pattern, flags)
    group: str | int = "value" if "value" in compiled.groupindex else 0

    def spans(text: str, start: int, end: int) -> Iterator[Span]:
        for match in compiled.finditer(text, start, end):
            if holds is None or holds(match[group]):
                yield match.span(group)

    return spans


def either(*ways: Spans) -> Spans:
    """Where one of several ways to write a value fits."""

    def spans(text: str, start: int, end: int) -> Iterator[Span]:
        for way in ways:
            yield from way(text, start, end)

    return spans


def passing(texts: Sequence[str], families: tuple[Family, ...]) -> list[int]:
    """The places of the texts that pass any gate."""
    import pyarrow as pa
    import pyarrow.compute as pc

    given = pa.array(texts, pa.large_string())
    found = reduce(pc.or_, (pc.match_substring_regex(given, gate) for gate in _gates(families)))
    places: list[int] = pc.indices_nonzero(found).to_pylist()
    return places


def possible(texts: Sequence[str], families: tuple[Family, ...]) -> list[list[Family]]:
    """The families of which values may stand in each text."""
    import pyarrow as pa
    import pyarrow.compute as pc

    places = passing(texts, families)
    found: list[list[Family]] = [[] for _ in texts]
    given = pa.array([texts[place] for place in places], pa.large_string())
    for family in families if places else ():
        for number in pc.indices_nonzero(pc.match_substring_regex(given, f"(?i){family.gate}")).to_pylist():
            found[places[number]].append(family)
    return found


@cache
def _gates(families: tuple[Family, ...]) -> tuple[str, ...]:
    """All gates in few patterns: in one alone, RE2 has more states to keep than it has room for."""
    words = [family.gate for family in families if not _A_PATTERN.search(family.gate)]
    others = [family.gate for family in families if _A_PATTERN.search(family.gate)]
    return tuple(f"(?i){'|'.join(part)}" for part in (words, others[::2], others[1::2]) if part)


def hits(text: str, families: Sequence[Family], but: Sequence[str] = ()) -> list[Hit]:
    """The values that stand in a text, in its order; where two overlap, that of the earlier form; `but` names forms."""
    found: list[Hit] = []
    for family in families:
        forms = [form for form in family.forms if form.name not in but]
        for start, end in _stretches(text, family):
            for form in forms:
                for span in form.spans(text, start, end):
                    if all(span[1] <= other.start or other.end <= span[0] for other in found):
                        found.append(Hit(*span, form))
    return sorted(found, key=lambda hit: hit.start)


def _stretches(text: str, family: Family) -> Iterator[Span]:
    """The parts of a text that are worth a look."""
    if family.around is None:
        yield 0, len(text)
        return
    for match in family.around.finditer(text):
        end = match.end() + _BEHIND
        while text[end : end + 1].isalnum():  # what is cut in two would look like another value
            end += 1
        yield max(0, match.start() - _BEFORE), end
