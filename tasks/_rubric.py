"""A rubric: the criteria that an answer is held against, each on a scale of its own."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Annotated, Literal, TypeAlias

from pydantic import Field, ValidationError

from schemas.base import Frozen
from schemas.records import Record, Said
from tasks.base import NoItem

TOTAL = "total"
"""The score of a row that no criterion has."""
MOST = 50
"""Criteria of one rubric: each stands in the config by itself, so that the page can name the one without a grade."""
KEYS = ("12345", "qwert", "asdfg", "zxcv", "67890", "hjkl", "yio")
"""The keys, row by row: the levels of one criterion lie side by side in one of them."""
SCALES: Mapping[str, tuple[str, ...]] = {
    "met": ("Not met", "Met"),
    "0-4": ("0", "1", "2", "3", "4"),
    "1-5": ("1", "2", "3", "4", "5"),
}
"""The scales that have a name of their own, each from the worst level to the best."""

Points: TypeAlias = Annotated[float, Field(ge=-1e6, le=1e6)]


class Asked(Frozen):
    """One criterion, with the levels that an answer may reach."""

    criterion: str
    levels: Annotated[tuple[str, ...], Field(min_length=2)]
    """Their names, from the worst to the best."""
    points: Points = 1.0
    """What the best level adds to the total; below 0 for what an answer should not do."""

    @property
    def top(self) -> int:
        """The best level; the worst is 0."""
        return len(self.levels) - 1

    def score(self, level: int) -> float:
        """The number that stands for a level: the one it is called by, or else its place, counted from 0."""
        name = self.levels[level]
        return float(name) if name.isascii() and name.isdigit() else float(level)


Scale: TypeAlias = (
    Literal["met", "0-4", "1-5"]
    | Annotated[tuple[Annotated[Said, Field(max_length=60)], ...], Field(min_length=2, max_length=10)]
)
"""One that has a name, or the names of its levels, from the worst to the best."""


class Line(Frozen):
    """A criterion as project.toml says it."""

    criterion: Said
    scale: Scale = "met"
    points: Points = 1.0

    def asked(self) -> Asked:
        """The criterion with its levels."""
        levels = SCALES[self.scale] if isinstance(self.scale, str) else self.scale
        return Asked(criterion=self.criterion, levels=levels, points=self.points)


def rubric_of(record: Record, criteria: Sequence[Line], scale: Scale) -> tuple[Asked, ...]:
    """The record's own criteria where it has some, or else the project's; raises NoItem where there is no telling."""
    own = [{"criterion": one.criterion, "scale": scale, "points": one.points} for one in record.rubric]
    try:
        lines = [Line.model_validate(one) for one in own] if own else criteria
    except ValidationError as error:
        fault = error.errors()[0]
        where = ".".join(map(str, ("rubric", *fault["loc"])))
        raise NoItem(f"{where!r}: {fault['msg'].lower()}, is {fault['input']!r:.80}") from None
    rubric = tuple(line.asked() for line in lines)
    _refuse_unfit([one.criterion for one in rubric])
    return rubric


def _refuse_unfit(names: list[str]) -> None:
    if not 1 <= len(names) <= MOST:
        raise NoItem(f"'rubric': grading needs 1 to {MOST} criteria, there are {len(names)}")
    twice = next((name for name in names if names.count(name) > 1 or name == TOTAL), None)
    if twice is not None:
        raise NoItem(
            f"'rubric': should hold each criterion once and none called {TOTAL!r}, holds {twice!r:.80}"
        )


def keys_of(rubric: Iterable[Asked]) -> Iterator[str]:
    """The keys of each criterion's levels, side by side in the first row with room for them; none where none has."""
    left = list(KEYS)
    for one in rubric:
        wanted = len(one.levels)
        row = next((row for row, keys in enumerate(left) if len(keys) >= wanted), None)
        if row is None:
            yield ""
        else:
            yield left[row][:wanted]
            left[row] = left[row][wanted:]
