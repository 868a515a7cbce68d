"""What holds the labeling back: the fullest resource, and the cause that takes the overload away once it is undone."""

from collections.abc import Iterable

from pipeline.progress.causes.absent import absent_person
from pipeline.progress.causes.ambiguous import ambiguous_guideline
from pipeline.progress.causes.base import Case, Finding
from pipeline.progress.causes.intake import intake
from pipeline.progress.causes.overlap import overlap_shortage
from pipeline.progress.causes.shortage import shortage
from pipeline.progress.causes.thresholds import (
    CERTAINLY,
    CLEARLY,
    COMFORTABLE,
    GROWS,
    MOST,
    NEVER_EMPTY,
    OFTEN_EMPTY,
    OVERLOADED,
)
from pipeline.progress.confidence import confidence, doubts_of, doubts_of_none, doubts_of_the_log
from pipeline.progress.declaring import DECLARED
from pipeline.progress.measured import Measured, Span
from pipeline.progress.model import Model, Resource, emptiness, load_by_queue, resources
from pipeline.progress.remedies import remedies
from schemas.flow import Basis, Bottleneck
from schemas.team import Team

ROOTS = (absent_person, ambiguous_guideline, overlap_shortage)
"""In this order: who is missing explains most by one fact; too few people explain everything, and come last."""


def find(
    measured: Measured, team: Team, *, recent: Measured | None = None, gaps: Iterable[Span] = ()
) -> list[Bottleneck]:
    """The bottlenecks in the order in which they bind; one with the cause `none` where nothing does.

    `recent` is the same of the last week: what began within the two is told from it. `gaps` are stretches in which
    nobody wrote the log (seconds since 1970).
    """
    cases = _cases(measured)
    if recent is not None and (news := _cases(recent)) and _is_news(news[0], cases):
        measured, cases = recent, news
    doubts = [*doubts_of_the_log(measured, gaps), *measured.notes[:1] * (measured.hours_basis == DECLARED)]
    if not cases:
        return [_without_overload(Model(measured), doubts, team)]
    return [_told(case, finding, doubts) for case, finding in cases]


def _cases(measured: Measured) -> list[tuple[Case, Finding]]:
    """One overload after another with its cause, each in the world in which those before are undone."""
    found: list[tuple[Case, Finding]] = []
    model = Model(measured)
    while len(found) < MOST and (resource := overloaded(model, sure=bool(found))):
        case = Case(model, resource)
        found.append((case, cause_of(case)))
        model = Model(found[-1][1].undone)
    return found


def _is_news(late: tuple[Case, Finding], cases: list[tuple[Case, Finding]]) -> bool:
    """Whether what the last week says is another cause than that of both weeks, and clearly more."""
    case, finding = late
    before = cases[0][0].resource.load if cases else OVERLOADED
    if cases and (cases[0][1].cause, cases[0][1].where) == (finding.cause, finding.where):
        return False
    grows = load_by_queue(case.model, case.resource) >= 1 + CLEARLY / 2
    return (
        case.resource.load >= before + CLEARLY
        and grows
        and emptiness(case.model, case.resource) < NEVER_EMPTY
    )


def _told(case: Case, finding: Finding, doubts: list[str]) -> Bottleneck:
    every = doubts + doubts_of(case)
    declared = case.measured.hours_basis == DECLARED
    return Bottleneck(
        cause=finding.cause,
        where=finding.where,
        load=round(case.resource.load, 3),
        evidence=finding.evidence,
        remedies=remedies(case, finding),
        confidence=confidence(every, case.measured),
        doubts=tuple(every),
        basis="declared" if declared else "measured",
    )


def _without_overload(model: Model, doubts: list[str], team: Team) -> Bottleneck:
    measured = model.measured
    found = None if measured.hours_basis == DECLARED else intake(model)
    if found is None:
        every = doubts_of_none(model)
        if not (team.plan or team.targets):
            every.append(
                "Nothing is planned and there are no targets: whether enough comes in, nobody can say."
            )
        found = Bottleneck(cause="none", load=model.highest(), evidence=_easy(model), doubts=tuple(every))
    basis: Basis = "declared" if measured.hours_basis == DECLARED else "measured"
    sure = confidence([*found.doubts, *doubts], measured)
    return found.model_copy(update={"basis": basis, "doubts": (*doubts, *found.doubts), "confidence": sure})


def _easy(model: Model) -> tuple[str, ...]:
    told = model.told()
    if not told:
        return ()
    return (f"The fullest resource is {told[0].resource}: {told[0].load:.0%} of its hours are asked for.",)


def cause_of(case: Case) -> Finding:
    """The first root cause that explains an overload; the shortage itself where none does."""
    return next((finding for root in ROOTS if (finding := root(case))), None) or shortage(case)


def overloaded(model: Model, *, sure: bool = False) -> Resource | None:
    """The fullest resource that is asked for more than it has.

    `sure`: its queue grew in a world in which nothing was undone, and is no witness for less than a clear overload.
    """
    return next((one for one in resources(model) if is_overloaded(model, one, sure=sure)), None)


def is_overloaded(model: Model, resource: Resource, *, sure: bool = False) -> bool:
    """Whether a queue is never worked off: by what comes in for each hour there is, and by the queue itself."""
    if resource.load < COMFORTABLE:
        return False
    if model.measured.hours_basis == DECLARED:
        return resource.load >= OVERLOADED
    empty = emptiness(model, resource)
    if sure or resource.load >= CERTAINLY or empty >= OFTEN_EMPTY:
        return resource.load >= CERTAINLY and empty < OFTEN_EMPTY
    full = resource.load >= OVERLOADED or empty < NEVER_EMPTY
    return full and load_by_queue(model, resource) >= GROWS
