"""Gold to look at: what is probably wrong itself, and what is worn, each with what to do."""

from collections.abc import Collection
from typing import Literal

from pipeline.assessing.upkeep import doubtful_gold, worn_gold
from pipeline.planning.gold import gold_votes
from pipeline.quality.gold_faults import GoldFault
from pipeline.quality.gold_wear import Worn
from pipeline.store import Store
from schemas.base import Frozen


class GoldSuspect(Frozen):
    """One gold task that a lead should look at."""

    task_id: str
    why: Literal["doubtful", "shown often", "known suddenly"]
    said: str
    """What speaks against it, in one line."""
    probability: float | None
    """How probable its known label is, by all answers; None of what is worn."""
    known: str | None
    """The known label in one line."""
    says: str | None
    """What people say instead."""
    set_aside: bool
    """Whether nobody is tested by it until somebody has looked."""
    commands: tuple[str, ...]
    """What can be done."""

    def told(self) -> str:
        """As lines for people."""
        return "\n".join([f"{self.task_id}  {self.said}", *(f"    next: {one}" for one in self.commands)])


def suspects(store: Store, tasks: Collection[str]) -> list[GoldSuspect]:
    """Those among some gold tasks: the doubtful ones first, by how probably they are wrong."""
    among = set(tasks)
    doubted = [_doubtful(one) for one in doubtful_gold(store) if one.item in among]
    worn = worn_gold(gold_votes(store)).items()
    return [*doubted, *(_worn(task_id, one) for task_id, one in worn if task_id in among)]


def _doubtful(one: GoldFault) -> GoldSuspect:
    aside = ", nobody is tested by it meanwhile" if one.set_aside else ""
    said = (
        f"doubtful: known as {one.gold!r:.60}, {one.agreed} of {one.of} say so; others say {one.says!r:.60}; "
        f"right with {one.probability:.0%}{aside}"
    )
    mend = f"headrace gold mend {one.item} --label JSON --reason TEXT"
    return GoldSuspect(
        task_id=one.item,
        why="doubtful",
        said=said,
        probability=one.probability,
        known=one.gold,
        says=one.says,
        set_aside=one.set_aside,
        commands=(mend, f"headrace gold retire {one.item} --reason TEXT"),
    )


def _worn(task_id: str, one: Worn) -> GoldSuspect:
    said = f"worn: answered {one.shown} times"
    if one.reason == "known suddenly":
        said += f", {one.before:.0%} right at first and {one.after:.0%} since"
    return GoldSuspect(
        task_id=task_id,
        why=one.reason,
        said=said,
        probability=None,
        known=None,
        says=None,
        set_aside=False,
        commands=(f"headrace gold retire {task_id} --reason worn",),
    )
