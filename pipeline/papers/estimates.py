"""How right a release is, as far as anybody can tell: its error, its agreement, how people do on gold."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby

from pipeline.assessing.agreement import Agreed, agreements
from pipeline.assessing.dimensions import WHOLE
from pipeline.assessing.errors import ENOUGH, AcceptedErrors, accepted_errors
from pipeline.context import Context
from pipeline.papers.words import percent, plural
from pipeline.planning.gold import gold_votes
from pipeline.quality.gold import GoldVote, score
from pipeline.verifying.auditing import audits
from schemas.manifest import Estimate, Manifest

ALL = "all"
ERROR = "error"
DOUBT = "doubt"
"""What the votes themselves leave open."""
ALPHA = "alpha"
ACCEPTED_ALPHA = "alpha_of_accepted"
AC1 = "ac1"
RAW = "raw"
TOP_SHARE = "top_share"
GOLD = "gold_accuracy"
NOBODY_LOOKED = "no label was looked at again"


def estimated(ctx: Context, candidate: Manifest) -> tuple[Estimate, ...]:
    """Every figure there is on the task types of a candidate, in a fixed order."""
    inside = {one.name for one in candidate.task_types}
    machines = audits(ctx) if candidate.counts.by.get("machine") else ()
    found = [
        *errors(accepted_errors(ctx, machines), inside),
        *agreement(agreements(ctx.store), inside),
        *gold(gold_votes(ctx.store) if ctx.store.count("gold") else (), inside),
    ]
    return tuple(
        one.model_copy(update={"low": _short(one.low), "high": _short(one.high), "value": _short(one.value)})
        for one in found
    )


def errors(found: Iterable[AcceptedErrors], inside: set[str]) -> Iterator[Estimate]:
    """The share of accepted labels that is wrong: of all together, then by task type."""
    for one in found:
        if one.cell is not None or one.task_type not in {None, *inside}:
            continue
        known = one.by != "nothing"
        seen = one.estimate
        yield Estimate(
            name=ERROR,
            of=one.task_type or ALL,
            value=seen.share if known else None,
            low=seen.low if known else None,
            high=seen.high if known else None,
            n=seen.looked_at,
            said=_error_said(one) if known else _not_known(seen.looked_at),
        )
        if one.doubt is not None:
            yield Estimate(name=DOUBT, of=one.task_type or ALL, value=one.doubt, n=one.accepted)


def _error_said(one: AcceptedErrors) -> str:
    how = {"gold": "tasks whose answer is known", "audit": "labels looked at again"}.get(
        one.by, "labels looked at again and tasks whose answer is known"
    )
    unseen = f"; nothing tells of {one.unseen:,} others" if one.unseen else ""
    return f"{one.estimate.wrong:,} of {one.estimate.looked_at:,} {how} came out wrong{unseen}"


def _not_known(looked_at: int) -> str:
    if not looked_at:
        return NOBODY_LOOKED
    were = plural(looked_at, "label was", "labels were")
    return f"{were} looked at again, too few to tell ({ENOUGH} are needed)"


def agreement(found: Iterable[Agreed], inside: set[str]) -> Iterator[Estimate]:
    """How far people agreed: in all cells and weeks together, by dimension, before and after sorting out."""
    of_types = [one for one in found if one.task_type in inside and one.cell is None and one.week is None]
    for _, ones in groupby(of_types, lambda one: (one.task_type, one.dimension)):
        by_of = {one.of: one for one in ones}
        if "compared" in by_of:
            yield from _agreed(by_of["compared"], by_of.get("accepted"))


def _agreed(compared: Agreed, accepted: Agreed | None) -> Iterator[Estimate]:
    whole = compared.dimension == WHOLE
    of = compared.task_type if whole else f"{compared.task_type}/{compared.dimension}"
    said = compared.verdict if compared.measure == ALPHA else f"{compared.verdict} (Kendall's W)"
    if compared.tasks < compared.tasks_in_all:
        said += f", on a sample of {compared.tasks_in_all:,}"
    yield Estimate(
        name=ALPHA,
        of=of,
        value=compared.value,
        low=compared.low,
        high=compared.high,
        n=compared.tasks,
        said=said,
    )
    if compared.ac1 is not None:
        yield Estimate(
            name=AC1,
            of=of,
            value=compared.ac1,
            low=compared.ac1_low,
            high=compared.ac1_high,
            n=compared.tasks,
        )
    for name, value in ((RAW, compared.raw), (TOP_SHARE, compared.top_share)):
        if value is not None:
            yield Estimate(name=name, of=of, value=value, n=compared.tasks)
    if accepted is not None and accepted.value is not None:
        yield Estimate(
            name=ACCEPTED_ALPHA,
            of=of,
            value=accepted.value,
            low=accepted.low,
            high=accepted.high,
            n=accepted.tasks,
        )


def gold(votes: Iterable[GoldVote], inside: set[str]) -> Iterator[Estimate]:
    """Which share of the answers on gold was right, by task type."""
    kept = sorted((vote for vote in votes if vote.task_type in inside), key=lambda vote: vote.task_type)
    for task_type, of_type in groupby(kept, lambda vote: vote.task_type):
        found = score(of_type)
        if found.of:
            said = f"{found.right:,} of {found.of:,} answers right"
            yield Estimate(
                name=GOLD,
                of=task_type,
                value=found.mean,
                low=found.low,
                high=found.high,
                n=found.of,
                said=said,
            )


def by_name(estimates: Iterable[Estimate]) -> dict[tuple[str, str], Estimate]:
    """Estimates by what they are and what they are of."""
    return {(one.name, one.of): one for one in estimates}


def told(one: Estimate, *, share: bool) -> str:
    """A figure with its interval and what it rests on, in one line."""
    if one.value is None:
        return "not known"
    write = percent if share else "{:.2f}".format
    inside = "" if one.low is None or one.high is None else f"{write(one.low)} to {write(one.high)}; "
    return f"{write(one.value)} ({inside}{one.n:,})"


def figures_of(name: str, found: Mapping[tuple[str, str], Estimate]) -> list[Estimate]:
    """All estimates of one kind, in their order."""
    return [one for (kind, _), one in found.items() if kind == name]


def _short(value: float | None) -> float | None:
    """Six digits: the last bits of a sum differ between machines, and a manifest must not."""
    return None if value is None else float(f"{value:.6g}")
