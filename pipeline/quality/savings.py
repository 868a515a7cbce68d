"""What asking fewer people saved, and how many labels it got wrong: from the tasks that got everything all the same."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from math import exp, fsum, lgamma, log, log1p

from pipeline.quality.consensus import one_judgement
from pipeline.quality.overlap import demand, settled
from pipeline.quality.posterior import Posterior, Votes
from schemas.base import Label
from schemas.project import Overlap
from tasks import AnyTaskType

HALVINGS = 60


@dataclass(frozen=True)
class Spent:
    """The votes that one settled task took."""

    asked: int
    full: int
    """How many it would have taken at full overlap."""
    flipped: bool | None = None
    """Of an audited task with all its votes: whether its label, had it stopped early, would have been another one."""


@dataclass(frozen=True)
class Savings:
    """The votes of many settled tasks, and what the audited ones of these say about all labels that stopped early."""

    asked: int
    full: int
    saved_share: float
    """0..1 of `full`; audited tasks, which save nothing, are counted too."""
    audited: int
    flipped: int
    error_interval: tuple[float, float]
    """95 % (Clopper-Pearson) for the share of labels that full overlap would have made another one."""

    @property
    def error(self) -> float | None:
        """The estimated share of labels that full overlap would have made another one; None without an audit.

        What stopping early changes, not what is wrong: only gold says that.
        """
        return self.flipped / self.audited if self.audited else None


def spent(
    task_type: AnyTaskType,
    overlap: Overlap,
    votes: Votes,
    *,
    audited: bool,
    model: Posterior,
    asked: int = 0,
) -> Spent:
    """What one settled task took; its votes in the order of their submission.

    What it was asked for then (`asked`) was spent, though the model might ask for less by now.
    """
    wanted = demand(task_type, overlap, votes, audited=audited, model=model, asked=asked).votes
    took = min(wanted, len(votes))
    if not audited or overlap.first == overlap.most or took < overlap.most:
        return Spent(took, overlap.most)
    early = votes[: demand(task_type, overlap, votes, audited=False, model=model).votes]
    both = (settled(task_type, overlap, some, model).label for some in (early, votes[: overlap.most]))
    return Spent(took, overlap.most, _is_other(task_type, *both))


def savings(tasks: Iterable[Spent]) -> Savings:
    """What all these tasks took, would have taken, and got wrong."""
    listed = list(tasks)
    asked, full = sum(task.asked for task in listed), sum(task.full for task in listed)
    looked_at = [task.flipped for task in listed if task.flipped is not None]
    flipped = sum(looked_at)
    interval = clopper_pearson(flipped, len(looked_at))
    return Savings(asked, full, 1 - asked / full if full else 0.0, len(looked_at), flipped, interval)


def clopper_pearson(hits: int, trials: int, level: float = 0.95) -> tuple[float, float]:
    """The exact interval of a share; (0, 1) where nothing was tried."""
    tail = (1 - level) / 2
    low = 0.0 if hits == 0 else _turn(lambda p: _at_most(hits - 1, trials, p) >= 1 - tail)
    high = 1.0 if hits == trials else _turn(lambda p: _at_most(hits, trials, p) >= tail)
    return low, high


def _is_other(task_type: AnyTaskType, early: Label | None, full: Label | None) -> bool:
    if early is None or full is None:
        return early is not full
    return not one_judgement(task_type, early, full)


def _at_most(hits: int, trials: int, p: float) -> float:
    """How probable it is that at most so many of the trials hit, each with a probability within 0..1."""
    ways = lgamma(trials + 1)
    return fsum(
        exp(ways - lgamma(k + 1) - lgamma(trials - k + 1) + k * log(p) + (trials - k) * log1p(-p))
        for k in range(hits + 1)
    )


def _turn(holds: Callable[[float], bool]) -> float:
    """Where what holds near 0 holds no more on the way to 1."""
    low, high = 0.0, 1.0
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if holds(middle) else (low, middle)
    return (low + high) / 2
