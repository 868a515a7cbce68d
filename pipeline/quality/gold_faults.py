"""Gold that is probably wrong itself: answers that good people do not give, though they agree with each other.

How good people are is estimated from all gold and from their votes, and an answer is doubted by how probably their
votes on it would come about if it were right. So no bad gold counts against those who find it.
"""

from dataclasses import dataclass
from math import ceil

import numpy as np

from pipeline.quality.coded import UNKNOWN, Coded, Floats, Places
from pipeline.quality.dawid_skene import pooled
from pipeline.quality.truth import posterior_of

LISTED, DOUBTED = 0.95, 0.5
"""Gold whose own label is less probable than the one, and is not what votes come to, is listed for a lead; below the
other it says nothing of people until somebody has looked."""
FAULTS = 0.05
"""The share of gold that is taken to be wrong beforehand."""
MOST_LISTED, MOST_DOUBTED = 3 * FAULTS, 2 * FAULTS
"""Of the gold at most these shares: where votes are against more of it, it is people who err alike."""
FEWEST_VOTES = 2


@dataclass(frozen=True)
class GoldFault:
    """A gold item to be looked at by a lead."""

    item: str
    gold: str
    says: str
    """What the votes come to."""
    probability: float
    """How probable the known label is, by all votes and a share of FAULTS among gold."""
    agreed: int
    """How many gave the known label."""
    of: int
    set_aside: bool
    """Whether nobody is judged by it until somebody has looked."""


def gold_faults(votes: Coded, known: Places) -> list[GoldFault]:
    """Gold that is probably wrong, the most doubtful first."""
    gold = np.flatnonzero((known != UNKNOWN) & (votes.votes_per_item() >= FEWEST_VOTES))
    if not gold.size:
        return []
    probability, says = _believed(votes, known)
    counts = votes.counts()
    doubtful = [int(at) for at in gold if probability[at] < LISTED and says[at] != known[at]]
    listed = sorted(doubtful, key=lambda at: (probability[at], at))[: ceil(MOST_LISTED * gold.size)]
    return [
        GoldFault(
            item=str(votes.items[at]),
            gold=votes.labels[known[at]],
            says=votes.labels[says[at]],
            probability=float(probability[at]),
            agreed=int(counts[at, known[at]]),
            of=int(counts[at].sum()),
            set_aside=bool(probability[at] < DOUBTED and rank < MOST_DOUBTED * gold.size),
        )
        for rank, at in enumerate(listed)
    ]


def trusted(votes: Coded, known: Places) -> Places:
    """The known labels without those that are set aside: what people are judged by."""
    aside = {fault.item for fault in gold_faults(votes, known) if fault.set_aside}
    doubted = np.array([str(item) in aside for item in votes.items], dtype=bool)
    found: Places = np.where(doubted, UNKNOWN, known)
    return found


def _believed(votes: Coded, known: Places) -> tuple[Floats, Places]:
    """How probable each known label is, and what the votes say; learned a second time without what is doubted."""
    first, says = _held_against(votes, known, known)
    second, says = _held_against(votes, np.where(first < DOUBTED, UNKNOWN, known), known)
    return second, says


def _held_against(votes: Coded, learned_from: Places, known: Places) -> tuple[Floats, Places]:
    people = pooled(votes, learned_from).models[0]
    posterior = posterior_of(votes, people)
    return _with_faults(posterior, known, people.shares), posterior.argmax(axis=1)


def _with_faults(posterior: Floats, known: Places, shares: Floats) -> Floats:
    """How probable the known labels are, where one in so many is wrong and then any other label is true."""
    at = np.arange(len(posterior))
    label = np.maximum(known, 0)
    likelihood = posterior / np.maximum(shares, 1e-10)
    held = likelihood[at, label] * (1 - FAULTS)
    others = shares.copy()[None, :].repeat(len(at), axis=0)
    others[at, label] = 0
    others /= np.maximum(others.sum(axis=1, keepdims=True), 1e-10)
    faulty = (likelihood * others).sum(axis=1) * FAULTS
    found: Floats = held / np.maximum(held + faulty, 1e-300)
    return np.where(known == UNKNOWN, 1.0, found)
