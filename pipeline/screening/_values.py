"""What screens have in common that look for values nobody should see: what they find is told without telling it."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from typing import Any, ClassVar

from pydantic import field_validator

from pipeline.screening._forms import Family, Hit, hits, passing, possible
from pipeline.screening._leaves import leaves, rewritten
from pipeline.screening._masks import Masks
from pipeline.screening.base import Found, Options, Screen
from pipeline.screening.subject import Subject
from schemas.base import Json
from schemas.nearest import nearest
from schemas.screening import Verdict

_PASSAGES = 5
"""So many passages are evidence enough."""
_AROUND = 40
"""Characters of a passage on either side of a mask."""


@dataclass(frozen=True, slots=True)
class Part:
    """A text of a record, and the values that stand in it."""

    where: str
    text: str
    hits: Sequence[Hit] = ()


class ValueOptions(Options):
    """Which forms do not count, and which values."""

    families: ClassVar[tuple[Family, ...]] = ()

    ignore: tuple[str, ...] = ()
    """Forms that are not looked for, such as `ip_address`."""
    allow: tuple[str, ...] = ()
    """Values that may stand: `*@example.com`; `*` stands for anything, capitals do not matter."""

    @field_validator("ignore")
    @classmethod
    def _known(cls, ignore: tuple[str, ...]) -> tuple[str, ...]:
        known = {form.name for family in cls.families for form in family.forms}
        for name in ignore:
            if name not in known:
                raise ValueError(f"no form is called {name!r}; {nearest(name, sorted(known))}")
        return ignore


class ValueScreen(Screen):
    """Looks for values of its forms in every text of a record; can put masks in their place."""

    families: ClassVar[tuple[Family, ...]]
    others: ClassVar[tuple[Family, ...]]
    """Of other screens: a passage that is shown as evidence holds no value of theirs either."""
    can: ClassVar[frozenset[Verdict]] = frozenset({"pass", "mask", "reject"})

    def look(self, subject: Subject, options: Any, prepared: Any) -> Found | None:  # noqa: ANN401 - as for Screen
        return self.look_at([subject], options, prepared)[0]

    def look_at(self, subjects: Sequence[Subject], options: Any, prepared: Any) -> list[Found | None]:  # noqa: ANN401 - as for Screen
        del prepared
        places = passing([subject.payload for subject in subjects], self.families)
        parts = [(place, Part(*part)) for place in places for part in leaves(subjects[place].fields)]
        may_hold = possible([part.text for _, part in parts], self.families)
        held: dict[int, list[Part]] = defaultdict(list)
        for (place, part), families in zip(parts, may_hold, strict=True):
            if families and (seen := _counting(part.text, families, options)):
                held[place].append(replace(part, hits=seen))
        found: list[Found | None] = [None] * len(subjects)
        for place, holding in held.items():
            found[place] = self._found(subjects[place], holding, options)
        return found

    def _found(self, subject: Subject, held: Sequence[Part], options: ValueOptions) -> Found:
        counts = Counter(hit.form.name for part in held for hit in part.hits)
        told = ", ".join(f"{name.replace('_', ' ')} ({count})" for name, count in sorted(counts.items()))
        evidence: dict[str, Json] = {
            "found": dict(sorted(counts.items())),
            "where": [part.where for part in held],
            "passages": [self._passage(part) for part in held[:_PASSAGES]],
        }
        if options.verdict != "mask":
            return Found(f"it holds {told}", evidence)
        masks, hits_of = Masks(), {part.text: part.hits for part in held}
        masked = rewritten(subject.fields, lambda text: masks.put(text, hits_of.get(text, ())))
        return Found(f"it holds {told}", evidence, masked)

    def _passage(self, part: Part) -> str:
        """Where the first value stands, masked, and so masked whatever else nobody should see."""
        others = hits(part.text, possible([part.text], self.others)[0])
        apart = [
            one for one in others if all(one.end <= hit.start or hit.end <= one.start for hit in part.hits)
        ]
        shown = Masks().put(part.text, sorted([*part.hits, *apart], key=lambda hit: hit.start))
        at = shown.find(f"[{part.hits[0].form.mask}")
        return shown[max(0, at - _AROUND) : at + _AROUND]


def _counting(text: str, families: Sequence[Family], options: ValueOptions) -> list[Hit]:
    """The values of a text that are not allowed for."""
    found = hits(text, families, options.ignore)
    return [hit for hit in found if not _allowed(text[hit.start : hit.end], options.allow)]


def _allowed(value: str, allow: Sequence[str]) -> bool:
    return any(fnmatchcase(value.casefold(), pattern.casefold()) for pattern in allow)
