"""Gold that is worn, that is probably wrong, or that runs out, as findings that say what is to be done."""

from collections.abc import Iterator, Sequence
from typing import Any

from pipeline.assessing.people import newest
from pipeline.assessing.upkeep import shortages, worn_gold
from pipeline.context import Context
from pipeline.findings import finding
from pipeline.quality.gold import GoldVote
from schemas.steering import FindingFact

WORN, DOUBTFUL, SHORT = "worn gold", "doubtful gold", "gold runs out"


def find(ctx: Context, votes: Sequence[GoldVote]) -> Iterator[FindingFact]:
    """A finding for each gold task that somebody should look at, and each cell that wants more; told once."""
    if votes:
        cells = {vote.task_id: vote.cell for vote in votes}
        yield from _worn(ctx, votes, cells)
        yield from _doubtful(ctx, cells)
        yield from _short(ctx, votes)


def _worn(ctx: Context, votes: Sequence[GoldVote], cells: dict[str, str]) -> Iterator[FindingFact]:
    for task_id, one in worn_gold(votes).items():
        seen = f"answered {one.shown} times"
        if one.reason == "known suddenly":
            seen += f", {one.before:.0%} right at first and {one.after:.0%} since"
        detail = (
            f"gold task {task_id}: {seen}; its answer may be told around, the door gives it to nobody any more; next: "
            f"headrace gold retire {task_id} --reason 'worn'"
        )
        evidence = {"reason": one.reason, "shown": one.shown, "before": one.before, "after": one.after}
        yield _about(ctx, WORN, task_id, detail, evidence, cells[task_id])


def _doubtful(ctx: Context, cells: dict[str, str]) -> Iterator[FindingFact]:
    for fault in newest(ctx.store)[0].doubtful:
        aside = "; nobody is tested by it meanwhile" if fault.set_aside else ""
        detail = (
            f"gold task {fault.item}: known as {fault.gold!r:.60}, {fault.agreed} of {fault.of} say so, and those who "
            f"are good elsewhere say {fault.says!r:.60}{aside}; look at it with: headrace gold list --suspect"
        )
        evidence = {
            "probability": fault.probability,
            "says": fault.says,
            "agreed": fault.agreed,
            "of": fault.of,
        }
        yield _about(ctx, DOUBTFUL, fault.item, detail, evidence, cells.get(fault.item))


def _short(ctx: Context, votes: Sequence[GoldVote]) -> Iterator[FindingFact]:
    for one in shortages(ctx.store, votes):
        detail = (
            f"{one.cell}: {one.left} of {one.of} gold tasks are not worn, soon nobody is measured there; "
            "add some to its gold file"
        )
        subject = f"{one.cell}/{one.of}"  # told again when there was more and that is worn too
        evidence = {"left": one.left, "of": one.of}
        yield finding(ctx, SHORT, subject, detail, evidence, cell=one.cell)


def _about(
    ctx: Context, kind: str, task_id: str, detail: str, evidence: dict[str, Any], cell: str | None
) -> FindingFact:
    return finding(ctx, kind, task_id, detail, evidence, cell=cell, task_id=task_id)
