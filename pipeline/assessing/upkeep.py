"""Gold that wants a lead's eye: worn, probably wrong, or about to run out."""

from collections import defaultdict
from collections.abc import Iterator, Sequence

from pipeline.quality.coarse import coarse
from pipeline.quality.coded import Coded
from pipeline.quality.gold import GoldVote
from pipeline.quality.gold_faults import GoldFault, gold_faults
from pipeline.quality.gold_wear import Worn, worn
from pipeline.store import Store
from schemas.base import Frozen
from tasks import is_current, task_types

SAID = """
SELECT annotator, task_id, task_type, version, payload, known FROM gold_said
SEMI JOIN (SELECT task_id FROM gold GROUP BY task_id HAVING count(DISTINCT said_by) = 1) g USING (task_id)
ORDER BY task_type, task_id, annotator
"""
"""Of gold as its file has it: what somebody mended or confirmed since was looked at."""
STREWN = """
SELECT t.cell, list(g.task_id ORDER BY g.task_id) AS tasks FROM gold_tasks g JOIN tasks t USING (task_id)
WHERE g.in_force AND g.purpose = 'gold' GROUP BY t.cell ORDER BY t.cell
"""
LOW = 0.25
"""Where no more than this share of a cell's gold is still good, it runs out."""


class Shortage(Frozen):
    """A cell whose gold runs out."""

    cell: str
    left: int
    of: int


def worn_gold(votes: Sequence[GoldVote]) -> dict[str, Worn]:
    """The gold tasks that nobody should be given any more, from what was said of gold in its order."""
    answers: dict[str, list[bool]] = defaultdict(list)
    for vote in votes:
        if vote.right is not None and vote.purpose == "gold":  # a test is for every newcomer
            answers[vote.task_id].append(vote.right)
    found = ((task_id, worn(right)) for task_id, right in answers.items())
    return {task_id: one for task_id, one in found if one is not None}


def doubtful_gold(store: Store) -> list[GoldFault]:
    """Gold that is probably wrong, of every kind of work the most doubtful first; labels are told in one line."""
    if not store.count("gold"):
        return []
    rows: dict[tuple[str, int], list[dict[str, str]]] = defaultdict(list)
    for row in store.rows(SAID):
        rows[row["task_type"], row["version"]].append(row)
    return [
        fault
        for (name, version), of_type in rows.items()
        if is_current(name, version)
        for fault in _faults(name, of_type)
    ]


def shortages(store: Store, votes: Sequence[GoldVote]) -> Iterator[Shortage]:
    """Cells in which little gold is left that is not worn."""
    gone = worn_gold(votes)
    for row in store.rows(STREWN):
        left = sum(task not in gone for task in row["tasks"])
        if left <= LOW * len(row["tasks"]):
            yield Shortage(cell=row["cell"], left=left, of=len(row["tasks"]))


def _faults(name: str, rows: Sequence[dict[str, str]]) -> list[GoldFault]:
    known = {row["task_id"]: row["known"] for row in rows}
    classes = coarse(task_types()[name], (*(row["payload"] for row in rows), *known.values()))
    if classes is None:
        return []
    place = {payload: str(at) for payload, at in classes.place.items()}
    said = [
        (row["task_id"], row["annotator"], place[row["payload"]]) for row in rows if row["payload"] in place
    ]
    votes = Coded.of(said, labels=map(str, range(len(classes.names))))
    gold = votes.known((task, place[payload]) for task, payload in known.items() if payload in place)
    named = Coded(votes.items, votes.annotators, classes.names, votes.item, votes.annotator, votes.label)
    return gold_faults(named, gold)
