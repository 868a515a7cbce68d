"""What any model of annotators tells the pipeline: how probable a label is, and what each vote weighs."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias

from pipeline.quality.consensus import Settled, one_judgement, settle
from schemas.base import Label, Vote
from tasks import AnyTaskType

Votes: TypeAlias = Sequence[Vote[Any]]
CLEAR = 0.75
"""How probable a label must be to overrule the one that more people gave: three to one."""


@dataclass(frozen=True)
class Leading:
    """The label that is most probably right, and how probably."""

    label: Label
    probability: float
    """0..1, of the label as a judgement: together with all that the type takes for the same one.

    Of a type that is agreed part by part: of the part that is least sure, for this is what another vote would be for.
    """


class Posterior(Protocol):
    """A model of annotators, learned from the votes on many items, and asked about one item at a time.

    It takes no notice of `Vote.weight`: what a vote weighs is for the model to say.
    """

    def posterior(self, task_type: AnyTaskType, votes: Votes) -> Leading:
        """The leading label of one item's votes, whatever their order; votes are not empty."""

    def weight(self, annotator: str) -> float:
        """What a vote of this annotator weighs in `settle`, 0 or more; that of a newcomer where unknown."""

    def better(self, task_type: AnyTaskType, votes: Votes) -> Label | None:
        """The label, where gold has shown that the model knows it better than heads; None where it does not say."""


def weighed(model: Posterior, votes: Votes) -> list[Vote[Any]]:
    """The votes with the weights that a model gives to their annotators, for `settle`."""
    return [vote.model_copy(update={"weight": model.weight(vote.annotator)}) for vote in votes]


def settle_weighed(task_type: AnyTaskType, votes: Votes, model: Posterior) -> Settled:
    """Settle one item's votes by what the model makes each weigh.

    Where the heads counted say otherwise they are believed, unless the model is clear that they are wrong: a model
    that is a little surer of one person than of two others knows too little of them, or nothing of errors in common.
    """
    by_weight, by_heads = settle(task_type, weighed(model, votes)), settle(task_type, votes)
    if by_weight.label is None or by_heads.label is None:
        return by_weight
    if one_judgement(task_type, by_weight.label, by_heads.label):
        return by_weight
    return by_weight if model.posterior(task_type, votes).probability >= CLEAR else by_heads
