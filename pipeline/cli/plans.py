"""What the steering commands say to people: what would be done, at what cost, and what waits."""

from collections.abc import Sequence

from pipeline.cli.output import tell
from pipeline.planning.choosing import Redoing, Withdrawing
from pipeline.planning.effort import CellEffort, longest, total
from pipeline.report.queues import CellQueue


def ending(dry_run: bool, done: int, things: str, how: str) -> str:
    """What came of it, or that nothing did."""
    return "dry run: nothing was changed" if dry_run else f"{done:,} {things} {how}"


def tell_redo(plan: Redoing) -> None:
    """What a redo asks of people, cell by cell and together."""
    for one in plan.cells:
        tell(f"{one.cell:<32} {_cost(one.tasks, [one])}, {_long(one.hours, one.days)}")
    hours, days = total([one.hours for one in plan.cells]), longest([one.days for one in plan.cells])
    tell(f"{'together':<32} {_cost(plan.tasks, plan.cells)}, {_long(hours, days)}")
    if plan.without_votes:
        tell(f"{plan.without_votes:,} tasks have no vote that counts: nothing to redo, left as they are")
    if plan.older_versions:
        tell(
            f"{plan.older_versions:,} tasks are of an older version of their type: asked no more, left as they are"
        )


def _cost(tasks: int, of: Sequence[CellEffort]) -> str:
    votes, most = sum(one.votes for one in of), sum(one.votes_at_most for one in of)
    return f"{tasks:,} tasks, {votes:,} votes" + (f" (at most {most:,})" if most > votes else "")


def _long(hours: float | None, days: float | None) -> str:
    work = (
        "hours of people unknown (give the task type `minutes`)"
        if hours is None
        else f"{hours:,.1f} hours of people"
    )
    return work + (", days unknown" if days is None else f", {days:,.1f} days")


def tell_withdrawal(plan: Withdrawing) -> None:
    """What a withdrawal takes away."""
    tell(
        f"{plan.records:,} records with {plan.tasks:,} tasks, {plan.in_label_studio:,} of them in Label Studio"
    )
    tell(f"{plan.labels:,} settled labels leave all releases to come, {plan.votes:,} votes were given")
    if plan.shared:
        tell(f"{plan.shared:,} tasks stay: a record that stays has them too")
    if plan.releases:
        tell(f"releases {', '.join(plan.releases)} hold some of them, and stay as they are")


def tell_pauses(cells: Sequence[str], changed: Sequence[str], named: str) -> None:
    """Which cells were paused or resumed, and which were so already."""
    for cell in cells:
        tell(f"{cell:<32} {named if cell in changed else f'was {named} already'}")
    if changed:
        tell("the next run carries it to Label Studio")


def tell_queues(found: Sequence[CellQueue]) -> None:
    """What waits in each cell, and behind which pause."""
    for one in found:
        pace = "pace unknown" if one.votes_per_hour is None else f"{one.votes_per_hour:,.1f} votes an hour"
        tell(
            f"{one.cell:<32} {one.ready:>7,} ready {one.open:>6,} of {one.buffer:,} open "
            f"{one.votes_wanted:>7,} votes wanted, {pace}, {_priority(one)}"
        )
        if one.paused_since is not None:
            why = f": {one.paused_why}" if one.paused_why else ""
            tell(f"{'':<32} paused since {one.paused_since:%Y-%m-%d %H:%M} UTC{why}")
    if not found:
        tell("no tasks yet; make some with: headrace run")


def _priority(one: CellQueue) -> str:
    if one.lowest_priority is None:
        return "nothing waits"
    same = one.lowest_priority == one.highest_priority
    return f"priority {one.lowest_priority:g}" + ("" if same else f" to {one.highest_priority:g}")
