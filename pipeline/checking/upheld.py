"""Disputes that a lead upheld, as findings that say what is to be done."""

from collections.abc import Iterator

from pipeline.context import Context
from pipeline.findings import finding
from pipeline.planning.disputes import Dispute, disputes
from schemas.steering import FindingFact


def upheld(ctx: Context) -> Iterator[FindingFact]:
    """A finding for each that nothing has come of yet; told once."""
    for one in disputes(ctx.store):
        about = {"cell": one.cell, "task_id": one.task_id, "annotator": one.annotator}
        if one.next_step is None:
            continue
        if one.about == "gold":
            yield finding(ctx, "gold disputed", one.dispute_id, _detail(one), **about)
        else:
            yield finding(ctx, "label disputed", one.dispute_id, _detail(one), **about)


def _detail(one: Dispute) -> str:
    return (
        f"task {one.task_id}: {one.annotator} disagreed ({one.remark}) and was right ({one.answer}); "
        f"next: {one.next_step}"
    )
