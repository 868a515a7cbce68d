"""Newcomers who failed the test of a cell: nothing more of it goes to them, and a lead is told."""

from collections.abc import Iterator

from pipeline.context import Context
from pipeline.findings import finding
from pipeline.planning.gold import gold_votes
from pipeline.planning.newcomers import counted, entries, looked_at, results
from pipeline.quality.gold import passes
from schemas.steering import FindingFact


def failed(ctx: Context) -> Iterator[FindingFact]:
    """A finding for each newcomer who did a whole test and did not pass; told once."""
    tests = entries(ctx.store, ctx.project)
    if not tests:
        return
    known, votes = results(ctx.store, gold_votes(ctx.store)), counted(ctx.store)
    for annotator in sorted({annotator for annotator, _ in known}):
        for cell, test in tests.items():
            right, of = looked_at(test.task_ids, annotator, known), len(test.task_ids)
            if right is None or passes(right, test.share) or votes.get((annotator, cell)):
                continue
            detail = (
                f"{annotator}: expected {test.share:.0%} of the {of} items of the test of {cell} right, "
                f"found {sum(right)}; the door gives them nothing more there, unless a lead mends or retires an item"
            )
            evidence = {"right": sum(right), "of": of}
            yield finding(
                ctx, "failed test", f"{annotator}/{cell}", detail, evidence, cell=cell, annotator=annotator
            )
