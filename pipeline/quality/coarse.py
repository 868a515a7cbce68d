"""Labels of any kind as a few classes: those that lie close together are one."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from pipeline.quality.parts import SLACK
from schemas.base import Label
from tasks import AnyTaskType

MOST = 16
"""So many classes at most: of more, few would be said often enough to tell anything of."""
RADII = (0.0, 0.35, 0.5, 0.75)
"""How far a label may lie from what stands for its class; the type's own tolerance is tried, too."""


@dataclass(frozen=True)
class Coarse:
    """The classes of some labels."""

    names: tuple[str, ...]
    """What stands for each class, in one line for people, the most frequent first."""
    place: Mapping[str, int]
    """The class of each label, by the label's JSON; one that cannot be read has none."""


def coarse(task_type: AnyTaskType, said: Iterable[str]) -> Coarse | None:
    """The classes of labels given as JSON; None for labels as different as texts are, which have none.

    As fine as MOST classes allow. The most frequent labels stand for classes, and each other one is of the nearest.
    """
    counts = Counter(said)
    read = {payload: label for payload in counts if (label := _read(task_type, payload)) is not None}
    shown = {payload: task_type.summary(label) for payload, label in read.items()}
    often: Counter[str] = Counter()
    for payload, name in shown.items():
        often[name] += counts[payload]
    ranked = sorted(often, key=lambda name: (-often[name], name))
    first: dict[str, Label] = {}
    for payload in sorted(shown):
        first.setdefault(shown[payload], read[payload])
    labels = [first[name] for name in ranked]
    for radius in sorted({task_type.tolerance, *RADII}):
        leaders = _leaders(task_type, labels, radius)
        if leaders is not None:
            nearest = {name: _nearest(task_type, labels, leaders, first[name]) for name in ranked}
            return Coarse(
                tuple(ranked[at] for at in leaders),
                {payload: nearest[name] for payload, name in shown.items()},
            )
    return None


def _leaders(task_type: AnyTaskType, labels: Sequence[Label], radius: float) -> list[int] | None:
    """The places of labels none of which lies within a radius of another, and each other one of some; None if many."""
    leaders: list[int] = []
    for at, label in enumerate(labels):
        if all(task_type.distance(labels[one], label) > radius + SLACK for one in leaders):
            leaders.append(at)
            if len(leaders) > MOST:
                return None
    return leaders


def _nearest(task_type: AnyTaskType, labels: Sequence[Label], leaders: Sequence[int], label: Label) -> int:
    return min(range(len(leaders)), key=lambda at: (task_type.distance(labels[leaders[at]], label), at))


def _read(task_type: AnyTaskType, payload: str) -> Label | None:
    try:
        label: Label = task_type.label.model_validate_json(payload)
    except ValueError:
        return None
    return label
