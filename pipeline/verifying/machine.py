"""What becomes of an item that machines decide: a label of theirs that says so, or an end with the reason."""

from pipeline.context import Context
from pipeline.verifying.routing import REASON, Decision
from schemas.base import content_id
from schemas.facts import RejectFact, ResolutionFact, TaskFact

METHOD = "machine"


def resolution(ctx: Context, task: TaskFact, decision: Decision) -> ResolutionFact:
    """The machines' label as the one that settles a task: no vote stands behind it."""
    by = [one.by for one in decision.by]
    return ResolutionFact(
        resolution_id=content_id([task.task_id, METHOD, *by]),
        task_id=task.task_id,
        payload=decision.label.model_dump_json(),
        method=METHOD,
        agreement=None,
        votes=0,
        revisions=(),
        simulated=False,
        resolved_at=ctx.clock(),
    )


def drop(ctx: Context, record_id: str, task: TaskFact, decision: Decision, said: str) -> RejectFact:
    """That an item ends here: it needs nobody."""
    by = ", ".join(one.by for one in decision.by)
    return ctx.rejection(
        "verify",
        f"{record_id}/{task.task_type}@{task.version}/{task.item_id}",
        REASON,
        f"record {record_id}: {task.task_type} needs no person, {by} found: {said}",
        {
            "record_id": record_id,
            "item_id": task.item_id,
            "by": by,
            "label": decision.label.model_dump(mode="json"),
        },
    )
