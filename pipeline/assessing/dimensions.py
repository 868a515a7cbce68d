"""In what people can agree: a label as a whole, each of its fields, its parts, the first wrong step, an order.

All of it follows from what a task type declares, so that a new one needs nothing here.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from types import UnionType
from typing import Annotated, Any, Literal, TypeAlias, Union, get_args, get_origin

from pipeline.quality.by_distance import FEW
from pipeline.quality.parts import SLACK
from schemas.base import Label
from tasks import AnyTaskType
from tasks._escape import escape_of

WHOLE = "label"
FIRST_ERROR = "first_error"
NO_ERROR = "none"
CHANCE_OF_RANKS = 0.5
"""How far two orders are apart that are made by lot, whatever is ordered."""
Value: TypeAlias = Any
"""What a label says in a dimension; hashable. None where it says nothing."""
Scale: TypeAlias = Literal["equal", "ordinal", "own"]


@dataclass(frozen=True)
class Dimension:
    """One thing to agree in."""

    name: str
    said: Callable[[Sequence[Label]], Sequence[Sequence[Value]]]
    """Of one task's labels: for each of its parts (one, mostly) what each label says of it."""
    apart: Callable[[Value, Value], float]
    """How far two values are apart, 0 where they are the same."""
    told: Callable[[Value], str] = str
    """A value in one line for people."""
    scale: Scale = "own"
    """`ordinal`: values are numbers, and how far they are apart depends on how many lie between."""
    chance: float | None = None
    """The distance to expect by chance, where it is known."""


def dimensions(task_type: AnyTaskType) -> Iterator[Dimension]:
    """All dimensions of a task type, the whole label first."""
    yield _whole(task_type)
    if task_type.agreed == "parts":
        yield _parts(task_type)
    if hasattr(task_type.label, FIRST_ERROR) or FIRST_ERROR in task_type.label.model_fields:
        yield from _first_error()
    for name, field in task_type.label.model_fields.items():
        kind = _kind(field.annotation)
        if name in ("escape", FIRST_ERROR) or kind is None or (kind == "set" and task_type.agreed == "rank"):
            continue
        yield _of_field(name, kind)


class Wholes:
    """Labels as a whole: those at no distance of each other are one, until there are too many to compare them all."""

    def __init__(self, task_type: AnyTaskType) -> None:
        self._task_type = task_type
        self._labels: list[Label] = []
        self._known: dict[str, int] = {}

    def place(self, label: Label) -> int:
        """The number of the label: the same one for those that are the same but for what was typed beside it."""
        picked = bare(label)
        name = picked.model_dump_json()
        if name not in self._known:
            self._known[name] = self._found(picked)
        return self._known[name]

    def apart(self, one: int, other: int) -> float:
        """How far two of them are apart."""
        return float(self._task_type.distance(self._labels[one], self._labels[other]))

    def told(self, place: int) -> str:
        """One of them in one line for people."""
        return self._task_type.summary(self._labels[place])

    def _found(self, label: Label) -> int:
        for at, one in enumerate(self._labels if len(self._labels) <= FEW else ()):
            if self._task_type.distance(one, label) <= SLACK:
                return at
        self._labels.append(label)
        return len(self._labels) - 1


def bare(label: Label) -> Label:
    """A label without what was typed beside its verdicts: texts differ in more than what is meant."""
    verdicts = getattr(label, "verdicts", ())
    fields = type(label).model_fields if verdicts else {}
    typed = {
        name: ""
        for name, field in fields.items()
        if name not in verdicts and isinstance(getattr(label, name), str) and _kind(field.annotation) is None
    }
    way = escape_of(label)
    without = {"escape": way.model_copy(update={"reason": ""})} if way else {}
    return label.model_copy(update={**typed, **without})


def _whole(task_type: AnyTaskType) -> Dimension:
    wholes = Wholes(task_type)
    return Dimension(
        name=WHOLE,
        said=lambda labels: [[wholes.place(label) for label in labels]],
        apart=wholes.apart,
        told=wholes.told,
        chance=CHANCE_OF_RANKS if task_type.agreed == "rank" else None,
    )


def _parts(task_type: AnyTaskType) -> Dimension:
    """Each part by itself: those on a scale, where there are such, else those that are names."""

    def said(labels: Sequence[Label]) -> list[list[Value]]:
        judging = [label for label in labels if escape_of(label) is None]
        rows = task_type.verdicts(judging) if len(judging) > 1 else ()
        parts = [
            [row[at] if at < len(row) else None for row in rows]
            for at in range(max(map(len, rows), default=0))
        ]
        on_scale = [part for part in parts if any(isinstance(one, int | float) for one in part)]
        return on_scale or parts

    return Dimension(name="parts", said=said, apart=_far, told=_said)


def _first_error() -> Iterator[Dimension]:
    def said(labels: Sequence[Label]) -> list[list[Value]]:
        return [[None if escape_of(one) else _index(one) for one in labels]]

    def near(one: Value, other: Value) -> float:
        return _equal(one, other) if NO_ERROR in (one, other) else float(abs(one - other) > 1)

    def told(at: Value) -> str:
        return "no step" if at == NO_ERROR else f"step {at + 1}"

    yield Dimension("first error", said, _equal, told, "equal")
    yield Dimension("first error, within a step", said, near, told)


def _index(label: Label) -> Value:
    found = getattr(label, FIRST_ERROR, None)
    return NO_ERROR if found is None else found


def _of_field(name: str, kind: str) -> Dimension:
    def said(labels: Sequence[Label]) -> list[list[Value]]:
        given = [None if escape_of(one) else getattr(one, name) for one in labels]
        return [[frozenset(one) or None if isinstance(one, tuple) else one for one in given]]

    words = name.replace("_", " ")
    if kind == "set":
        return Dimension(words, said, _jaccard, lambda one: ", ".join(map(str, sorted(one))))
    scale: Scale = "ordinal" if kind == "number" else "equal"
    return Dimension(words, said, _equal, _said, scale)


def _kind(annotation: Any) -> str | None:  # noqa: ANN401 - a type, as pydantic has it
    """How values of a field are compared: as names, numbers or sets of whole numbers; None: not at all."""
    origin = get_origin(annotation)
    if origin is Annotated:
        return _kind(get_args(annotation)[0])
    if origin in (Union, UnionType):
        kinds = {_kind(one) for one in get_args(annotation) if one is not type(None)}
        return kinds.pop() if len(kinds) == 1 else None
    if origin is Literal:
        numbers = all(isinstance(one, int) and not isinstance(one, bool) for one in get_args(annotation))
        return "number" if numbers else "name"
    if origin is tuple:
        of = get_args(annotation)
        return "set" if len(of) == 2 and of[1] is ... and _is_whole(of[0]) else None  # noqa: PLR2004 - tuple[X, ...]
    return {bool: "name", int: "number", float: "number"}.get(annotation)


def _is_whole(annotation: Any) -> bool:  # noqa: ANN401 - as above
    return (get_args(annotation)[0] if get_origin(annotation) is Annotated else annotation) is int


def _equal(one: Value, other: Value) -> float:
    return float(one != other)


def _far(one: Value, other: Value) -> float:
    numbers = isinstance(one, int | float) and isinstance(other, int | float)
    return abs(one - other) if numbers else _equal(one, other)


def _jaccard(one: frozenset[int], other: frozenset[int]) -> float:
    return 1 - len(one & other) / len(one | other)


def _said(value: Value) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:g}" if isinstance(value, float) else str(value).replace("_", " ")
