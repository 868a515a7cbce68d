"""The tests of newcomers as the store knows them: what is in them, and how each answer did.

A newcomer to a cell is who has no vote there that counts: who worked there before it had a test goes on.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from pipeline.quality.gold import GoldVote
from pipeline.store import Store
from schemas.base import Frozen
from schemas.project import Project
from tasks import is_current

ITEMS = """
SELECT g.task_id, t.cell, t.task_type, t.version FROM gold_tasks g JOIN tasks t USING (task_id)
JOIN remote_states s USING (task_id) WHERE g.in_force AND g.purpose = 'entry' AND NOT s.gone
ORDER BY t.cell, t.generated_at, t.task_id
"""
LOOKED_AT = """
SELECT DISTINCT a.annotator, a.task_id FROM gold_tasks g JOIN annotations a USING (task_id)
LEFT JOIN labels l USING (revision_id)
LEFT JOIN rejects j ON j.stage = 'check' AND j.subject = a.revision_id
WHERE g.in_force AND g.purpose = 'entry' AND (a.skipped OR l.revision_id IS NOT NULL OR j.subject IS NOT NULL)
"""
VOTES = "SELECT v.annotator, t.cell, count(*) AS n FROM votes v JOIN tasks t USING (task_id) GROUP BY ALL"


class Entry(Frozen):
    """The test of a cell: its items, and the share of them that must be right."""

    cell: str
    task_ids: tuple[str, ...]
    share: float


def entries(store: Store, project: Project) -> dict[str, Entry]:
    """The tests there are in Label Studio, by cell: of each the first items, as many as project.toml says."""
    golds = {config.type: config.gold for config in reversed(project.tasks) if config.gold is not None}
    items: dict[tuple[str, str], list[str]] = defaultdict(list)
    for row in store.rows(ITEMS):
        if is_current(row["task_type"], row["version"]):
            items[row["cell"], row["task_type"]].append(row["task_id"])
    return {
        cell: Entry(cell=cell, task_ids=tuple(task_ids[: gold.entry]), share=gold.entry_share)
        for (cell, task_type), task_ids in items.items()
        if (gold := golds.get(task_type)) is not None and gold.entry != 0
    }


def results(store: Store, votes: Sequence[GoldVote]) -> dict[tuple[str, str], bool]:
    """Whether an answer to an item was right, by annotator and task; a pass, and what nobody could read, is not.

    An answer that `check` has not looked at yet is not there.
    """
    found = {(row["annotator"], row["task_id"]): False for row in store.rows(LOOKED_AT)}
    return found | {
        (vote.annotator, vote.task_id): vote.right is True for vote in votes if vote.purpose == "entry"
    }


def counted(store: Store) -> dict[tuple[str, str], int]:
    """Votes that count, by annotator and cell: who has any is no newcomer there."""
    return {(row["annotator"], row["cell"]): row["n"] for row in store.rows(VOTES)}


def looked_at(
    task_ids: Sequence[str], annotator: str, results: Mapping[tuple[str, str], bool]
) -> list[bool] | None:
    """Whether each answer to a test was right; None as long as not all were looked at."""
    found = [results[annotator, task_id] for task_id in task_ids if (annotator, task_id) in results]
    return found if len(found) == len(task_ids) else None
