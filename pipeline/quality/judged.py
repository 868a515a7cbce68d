"""How votes are settled whose labels are more than classes: said part by part, more or less near, or ranked.

What the votes weigh is what the methods differ in: heads, one coin, nearness to what others say, or reliability in
ranking. The label is always settled the way its task type declares.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import log
from typing import Any, Self

from pipeline.quality.choosing import part_of, too_few
from pipeline.quality.consensus import WAYS, leading, one_judgement, settle
from pipeline.quality.judges import Judges, pairs
from pipeline.quality.learned import Blind, Lesson, Said, lesson, support
from pipeline.quality.medoid_weights import medoids
from pipeline.quality.one_coin import OneCoin, Tabulated
from pipeline.quality.parts import by_parts
from pipeline.quality.posterior import Leading, Votes
from schemas.base import Label, Vote
from tasks import AnyTaskType
from tasks._escape import escape_of

MAJORITY, COIN, MEDOID, RANKED, SEVERE = "majority", "one_coin", "medoid", "bradley_terry", "most_severe"
DEFAULTS = {"rank": RANKED, "max": SEVERE}
"""By the way a type is agreed; elsewhere one coin."""
METHODS = {
    "vote": (COIN, MAJORITY),
    "ordinal": (COIN, MAJORITY),
    "parts": (COIN, MAJORITY),
    "medoid": (COIN, MEDOID, MAJORITY),
    "rank": (RANKED, COIN, MAJORITY),
    "max": (SEVERE, MAJORITY),
}
EVEN = 0.5
TOLD = 6
"""Digits of each weight that is kept."""


@dataclass(frozen=True)
class Judged:
    """A model of annotators by the chosen method: a `Learned`."""

    lesson: Lesson
    coin: OneCoin
    near: Mapping[str, float]
    """What each person's votes weigh by how near they are to what others say, 1 on average; for medoids alone."""
    judges: Judges
    """For rankings alone."""

    @classmethod
    def fit(
        cls, task_type: AnyTaskType, items: Mapping[str, Votes], gold: Mapping[str, Label] | None = None
    ) -> Self:
        """Learn from the votes on many items of one type, and from the known labels of some of them."""
        known = {name: label for name, label in sorted((gold or {}).items()) if items.get(name)}
        tabulated = Tabulated.of(task_type, items, known)
        near = _near(task_type, items) if task_type.agreed == "medoid" else {}
        default = DEFAULTS.get(task_type.agreed, COIN)
        taught = cls(
            Lesson(method=default, why=too_few(len(known)), gold=len(known)),
            OneCoin.of(tabulated),
            near,
            _judges(task_type, items, known),
        )
        if (
            task_type.agreed == "max" or not known
        ):  # who sees a fault is enough: that is a rule, nothing to choose
            why = "one who sees a fault is enough" if task_type.agreed == "max" else taught.lesson.why
            return cls(taught.lesson.replace(why=why), taught.coin, taught.near, taught.judges)
        blind = {}
        for part in {part_of(name) for name in known}:
            other = {name: label for name, label in known.items() if part_of(name) != part}
            coin, judges = OneCoin.of(tabulated, blind_to=part), _judges(task_type, items, other)
            blind[part] = cls(taught.lesson, coin, near, judges)
        tried = _tried(task_type, {name: (items[name], label) for name, label in known.items()}, blind)
        return cls(lesson(tried, default), taught.coin, near, taught.judges)

    def posterior(self, task_type: AnyTaskType, votes: Votes) -> Leading:
        """The leading label of one item's votes, by one coin: of all these it alone knows how probable it is."""
        return self.coin.posterior(task_type, votes)

    def weight(self, annotator: str) -> float:
        """What a vote of theirs weighs by the chosen method."""
        return self._weight(self.lesson.method, annotator)

    def better(self, task_type: AnyTaskType, votes: Votes) -> Label | None:
        """What votes come to by a method that there was enough gold to choose by."""
        method = self.lesson.method
        ways_out = any(escape_of(vote.label) is not None for vote in votes)
        if not self.lesson.is_tested or method in (MAJORITY, SEVERE) or ways_out:
            return None
        if method == COIN:
            leads = self.coin.posterior(task_type, votes)
            return leads.label if leads.probability > EVEN else None
        return settle(task_type, self._weighed(method, votes)).label

    def sure(self, task_type: AnyTaskType, votes: Votes, label: Label) -> float | None:
        """How probable a label is by these votes; None where one vote is enough, whatever others say."""
        return self._sure(self.lesson.method, task_type, votes, label)

    def says(self, task_type: AnyTaskType, votes: Votes) -> dict[str, Said]:
        """What each method makes of these votes, the chosen one first."""
        methods = sorted(METHODS[task_type.agreed], key=lambda name: name != self.lesson.method)
        said = {name: self.label(name, task_type, votes) for name in methods}
        return {
            name: (label, None if label is None else self._sure(name, task_type, votes, label))
            for name, label in said.items()
        }

    def label(self, method: str, task_type: AnyTaskType, votes: Votes) -> Label | None:
        """What votes come to by a method, a majority or not; None where several labels lead."""
        if method == COIN:
            return self.coin.posterior(task_type, votes).label
        judging = [vote for vote in self._weighed(method, votes) if escape_of(vote.label) is None]
        way = WAYS.get("max") if method == SEVERE else _FIRST.get(task_type.agreed)
        label = way(task_type, judging) if way and len(judging) == len(votes) else None
        return label or leading(task_type, self._weighed(method, votes))

    def to_json(self) -> dict[str, Any]:
        """All of it, as JSON."""
        return {
            "lesson": self.lesson.model_dump(mode="json"),
            "coin": self.coin.to_json(),
            "near": {name: round(one, TOLD) for name, one in self.near.items()},
            "judges": {
                "expected": self.judges.expected,
                "reliability": {name: round(one, TOLD) for name, one in self.judges.reliability.items()},
            },
        }

    @classmethod
    def of_json(cls, said: Mapping[str, Any]) -> Self:
        """What `to_json` made."""
        judges = Judges(float(said["judges"]["expected"]), dict(said["judges"]["reliability"]))
        lesson = Lesson.model_validate(said["lesson"])
        return cls(lesson, OneCoin.of_json(said["coin"]), dict(said["near"]), judges)

    def _weight(self, method: str, annotator: str) -> float:
        if method == COIN:
            return self.coin.weight(annotator)
        if method == MEDOID:
            return self.near.get(annotator, 1.0)
        if method == RANKED:
            reliability = self.judges.of(annotator)
            return log((1 + reliability) / (1 - reliability))
        return 1.0

    def _weighed(self, method: str, votes: Votes) -> list[Vote[Any]]:
        weights = [self._weight(method, vote.annotator) for vote in votes]
        # where nobody is known to be better than chance, heads count
        weights = weights if any(weights) else [1.0] * len(votes)
        return [
            vote.model_copy(update={"weight": weight}) for vote, weight in zip(votes, weights, strict=True)
        ]

    def _sure(self, method: str, task_type: AnyTaskType, votes: Votes, label: Label) -> float | None:
        if method == COIN:
            return self.coin.sure(task_type, votes, label)
        if method == SEVERE:
            return None
        if method == RANKED and (sure := self._ordered(task_type, votes, label)) is not None:
            return sure
        return support(task_type, self._weighed(method, votes), label)

    def _ordered(self, task_type: AnyTaskType, votes: Votes, label: Label) -> float | None:
        """How probable a ranking is: as its least sure pair of neighbours; None where it orders nothing."""
        judged = [
            (vote.annotator, task_type.places(vote.label)) for vote in votes if escape_of(vote.label) is None
        ]
        places = task_type.places(label) if escape_of(label) is None else ()
        ranked = [(judge, one) for judge, one in judged if len(one) == len(places)]
        neighbours = [pair for pair in pairs(places) if _next(places, pair)]
        if not ranked or not neighbours:
            return None
        scores = self.judges.scores(ranked)
        return float(min(scores[better] / (scores[better] + scores[worse]) for better, worse in neighbours))


_FIRST: Mapping[str, Callable[[AnyTaskType, Votes], Label | None]] = {"parts": by_parts, "rank": WAYS["rank"]}
"""Ways that make labels which nobody may have said; what leads stands in where they come to none."""


def _next(places: tuple[float, ...], pair: tuple[int, int]) -> bool:
    better, worse = (places[at] for at in pair)
    return not any(better < place < worse for place in places)


def _near(task_type: AnyTaskType, items: Mapping[str, Votes]) -> dict[str, float]:
    said = {name: [(vote.annotator, vote.label) for vote in votes] for name, votes in items.items() if votes}
    return dict(medoids(said, task_type.distance).weights)


def _judges(task_type: AnyTaskType, items: Mapping[str, Votes], known: Mapping[str, Label]) -> Judges:
    if task_type.agreed != "rank":
        return Judges()
    ranked = {
        name: [(vote.annotator, task_type.places(vote.label)) for vote in votes]
        for name, votes in items.items()
    }
    return Judges.fit(ranked, {name: task_type.places(label) for name, label in known.items()})


def _tried(
    task_type: AnyTaskType, gold: Mapping[str, tuple[Votes, Label]], by_part: Mapping[int, Judged]
) -> Blind:
    right: dict[str, list[bool]] = {name: [] for name in METHODS[task_type.agreed]}
    for item, (votes, known) in gold.items():
        model = by_part[part_of(item)]
        for name, hits in right.items():
            label = model.label(name, task_type, votes)
            hits.append(label is not None and one_judgement(task_type, label, known))
    return Blind(right, [part_of(item) for item in gold])
