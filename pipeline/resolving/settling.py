"""Weighing one task's votes: they settle it, or it wants another one, or somebody has to decide."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, get_args

from pipeline.quality.consensus import Settled
from pipeline.quality.overlap import Demand, demand, settled
from pipeline.resolving.models import Models
from schemas.base import Vote, content_id
from schemas.facts import Fact, ResolutionFact
from schemas.project import Overlap, TaskConfig
from schemas.steering import AskFact
from tasks import task_types
from tasks.base import Agreed

BY_VOTES = frozenset({"single", "unanimous", "none", *get_args(Agreed)})
"""The ways in which votes settled a task, or did not, and adjudicators have no part."""


@dataclass(frozen=True)
class Case:
    """A task with its votes, in the order of their submission, and how it stands."""

    task_id: str
    task_type: str
    asked: int
    audit: bool
    method: str | None
    """Of the resolution in force; None where there is none."""
    revisions: tuple[str, ...]
    votes: list[dict[str, Any]]


def weigh(case: Case, config: TaskConfig | None, models: Models, moment: datetime) -> list[Fact]:
    """What follows from the votes: another number of votes asked for, a resolution, both, or nothing new."""
    overlap = config.overlap if config else Overlap(n=max(1, case.asked))
    together = _together(case, pool=bool(config and config.pool_guidelines))
    votes = [_vote(case, row) for row in together]
    model = models.weighing(case.task_type)
    older = len(case.votes) - len(together)
    wanted = demand(
        task_types()[case.task_type],
        overlap,
        votes,
        audited=case.audit,
        model=model,
        asked=case.asked - older,
    )
    if _stays_disputed(case, wanted):
        return []
    asked = older + wanted.votes
    facts: list[Fact] = [_ask(case, asked, wanted, moment)] if asked != case.asked else []
    if len(votes) < wanted.votes:
        return [*facts, *_reopened(case, moment)]
    counted = together[: wanted.votes]
    if case.method in BY_VOTES and _revisions(counted) == tuple(sorted(case.revisions)):
        return facts
    agreed = settled(task_types()[case.task_type], overlap, votes[: wanted.votes], model)
    return [*facts, _resolution(case, counted, agreed, wanted.posterior, moment)]


def _stays_disputed(case: Case, wanted: Demand) -> bool:
    """A dispute stays one while its votes stand and no more are asked: what people weigh by now ends none."""
    standing = {row["revision_id"] for row in case.votes}
    return case.method == "none" and wanted.votes <= len(case.revisions) and standing >= set(case.revisions)


def _resolution(
    case: Case,
    counted: list[dict[str, Any]],
    agreed: Settled,
    posterior: float | None,
    moment: datetime,
) -> ResolutionFact:
    revisions = _revisions(counted)
    return ResolutionFact(
        resolution_id=content_id([case.task_id, *revisions, moment.isoformat()]),
        task_id=case.task_id,
        payload=agreed.label.model_dump_json() if agreed.label else None,
        method=agreed.method,
        agreement=agreed.agreement,
        votes=len(counted),
        revisions=revisions,
        simulated=any(row["simulated"] for row in counted),
        resolved_at=moment,
        guideline=counted[-1]["guideline"],
        posterior=posterior,
    )


def _revisions(rows: list[dict[str, Any]]) -> tuple[str, ...]:
    return tuple(sorted(row["revision_id"] for row in rows))


def _together(case: Case, *, pool: bool) -> list[dict[str, Any]]:
    """The votes that may be counted together: those under the guideline of the last one, unless all are pooled."""
    if pool or not case.votes:
        return case.votes
    newest = case.votes[-1]["guideline"]
    return [row for row in case.votes if row["guideline"] == newest]


def _vote(case: Case, row: dict[str, Any]) -> Vote[Any]:
    label = task_types()[case.task_type].label.model_validate_json(row["payload"])
    return Vote[Any](annotator=row["annotator"], label=label)


def _ask(case: Case, votes: int, wanted: Demand, moment: datetime) -> AskFact:
    return AskFact(
        task_id=case.task_id, votes=votes, reason=wanted.reason, posterior=wanted.posterior, asked_at=moment
    )


def _reopened(case: Case, moment: datetime) -> list[Fact]:
    """That a settled task waits for votes again: what it was settled on is not said any more."""
    if case.method in (None, "reopened"):
        return []
    revisions = _revisions(case.votes)
    return [
        ResolutionFact(
            resolution_id=content_id([case.task_id, *revisions, moment.isoformat()]),
            task_id=case.task_id,
            payload=None,
            method="reopened",
            agreement=None,
            votes=len(revisions),
            revisions=revisions,
            simulated=any(row["simulated"] for row in case.votes),
            resolved_at=moment,
        )
    ]
