"""When a task needs another vote: a pure function of its policy, its votes and a model of annotators."""

import hashlib
from dataclasses import dataclass
from itertools import combinations
from typing import Literal, TypeAlias

from pipeline.quality.consensus import Settled, one_judgement, settle
from pipeline.quality.posterior import Posterior, Votes, settle_weighed
from schemas.project import Overlap
from tasks import AnyTaskType

Reason: TypeAlias = Literal["policy", "audit", "disagreement", "doubt"]
BITS = 53
"""As many as a float holds exactly, so that a share of 1 leaves nobody out."""


@dataclass(frozen=True)
class Demand:
    """How many votes a task wants now, in all, and why that many."""

    votes: int
    """From the policy's first to its most; what was voted beyond it is a surplus."""
    reason: Reason
    """`policy` for what every task gets; else what asks for more than that."""
    posterior: float | None = None
    """How sure the leading label of the votes that count is, where the policy asks for it and there are any."""


def demand(
    task_type: AnyTaskType,
    overlap: Overlap,
    votes: Votes,
    *,
    audited: bool,
    model: Posterior,
    asked: int = 0,
) -> Demand:
    """What a task wants, given its votes in the order of their submission, one a person.

    The votes are looked at as if they came one by one: a surplus vote is never looked at. Under one model, a further
    vote therefore never lowers the demand. Votes that were asked for before and are given count, up to the most,
    though the model has learned since that fewer would have done.
    """
    given = min(asked, len(votes), overlap.most)
    wanted, reason = _wanted(task_type, overlap, votes, model, given)
    if audited and overlap.first < overlap.most:
        wanted, reason = overlap.most, "audit"
    counted = votes[:wanted]
    if overlap.policy != "posterior" or not counted:
        return Demand(wanted, reason)
    return Demand(wanted, reason, model.posterior(task_type, counted).probability)


def settled(task_type: AnyTaskType, overlap: Overlap, votes: Votes, model: Posterior) -> Settled:
    """What votes come to under a policy: `posterior` weighs them, the other ones count heads.

    A model that gold has shown to know better says which label it is, but not where nobody agrees: that is a dispute.
    """
    weighs = overlap.policy == "posterior"
    found = settle_weighed(task_type, votes, model) if weighs else settle(task_type, votes)
    if found.label is None or len(votes) == 1:
        return found
    better = model.better(task_type, votes)
    if better is None or one_judgement(task_type, better, found.label):
        return found
    return Settled(better, task_type.agreed, found.agreement)


def is_audited(task_id: str, share: float) -> bool:
    """Whether a task belongs to the share that gets the most; who is in stays in when the share grows."""
    digest = hashlib.blake2b(b"audit:" + task_id.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    place = int.from_bytes(digest) >> (64 - BITS)
    return place < share * float(1 << BITS)


def _wanted(
    task_type: AnyTaskType, overlap: Overlap, votes: Votes, model: Posterior, given: int
) -> tuple[int, Reason]:
    if overlap.policy == "posterior":
        return _until_sure(task_type, overlap, votes, model, given)
    if overlap.policy == "third_on_disagreement":
        return _third_on_disagreement(task_type, overlap, votes)
    return overlap.most, "policy"


def _third_on_disagreement(task_type: AnyTaskType, overlap: Overlap, votes: Votes) -> tuple[int, Reason]:
    if len(votes) < overlap.first or _agree(task_type, votes[: overlap.first]):
        return overlap.first, "policy"
    return overlap.most, "disagreement"


def _until_sure(
    task_type: AnyTaskType, overlap: Overlap, votes: Votes, model: Posterior, given: int
) -> tuple[int, Reason]:
    wanted = max(overlap.first, given)
    while wanted < overlap.most and wanted <= len(votes):
        heard = votes[:wanted]
        # where heads settle nothing, the label would be that of the one whom the model knows best
        if _agree(task_type, heard) and model.posterior(task_type, heard).probability >= overlap.sure:
            break
        wanted += 1
    return wanted, "policy" if wanted == overlap.first else "doubt"


def _agree(task_type: AnyTaskType, votes: Votes) -> bool:
    """Whether the heads counted settle the votes; where one is enough to be believed, whether all say the same."""
    if task_type.agreed == "max":
        return all(one_judgement(task_type, a.label, b.label) for a, b in combinations(votes, 2))
    return settle(task_type, [vote.model_copy(update={"weight": 1.0}) for vote in votes]).label is not None
