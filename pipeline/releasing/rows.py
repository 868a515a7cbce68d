"""The rows a release would hold: from the accepted resolutions alone, the same for the same facts."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pipeline.releasing.parts import made_of
from pipeline.releasing.sets import set_of
from pipeline.store import Store
from schemas.base import content_id
from schemas.facts import ReleaseMemberFact, ReleaseRowFact
from schemas.rows import PassedRow, Row
from tasks import is_current, task_types

ACCEPTED = """
WITH seen AS (
    SELECT d.revision_id AS decision, unnest(j.revisions) AS revision_id
    FROM decisions d JOIN adjudications j USING (adjudication_id)),
shown AS (  -- the votes that an adjudicator saw are voices too
    SELECT decision, bool_or(simulated) AS simulated FROM seen JOIN annotations USING (revision_id) GROUP BY decision)
SELECT r.resolution_id, r.payload AS label, bool_or(r.simulated OR coalesce(s.simulated, false)) AS simulated,
    r.resolved_at, r.agreement, r.votes, t.task_id, t.task_type, t.version, t.cell, t.payload AS item,
    first(rec.prompt_id ORDER BY rec.ingested_at, rec.record_id) AS prompt_id
FROM current_resolutions r JOIN tasks t USING (task_id)
JOIN record_tasks rt USING (task_id) JOIN records rec USING (record_id)
ANTI JOIN withdrawals w ON w.record_id = rec.record_id
ANTI JOIN superseded o ON o.task_id = t.task_id
ANTI JOIN tasks n ON n.item_id = t.item_id AND n.task_type = t.task_type AND n.version = t.version
    AND n.attempt > t.attempt
LEFT JOIN shown s ON s.decision = r.revisions[1]
WHERE r.payload IS NOT NULL
GROUP BY ALL ORDER BY t.task_type, t.task_id
"""
"""Of each item the newest attempt alone, and of a task's records those alone that were not withdrawn."""


@dataclass(frozen=True)
class Member:
    """One accepted task with the rows it makes."""

    task_id: str
    task_type: str
    version: int
    resolution_id: str
    resolved_at: datetime
    simulated: bool
    split: str
    rows: tuple[Row, ...]

    @property
    def data(self) -> tuple[Row, ...]:
        """The rows that are data: not those that say that the question was not answered."""
        return tuple(row for row in self.rows if not isinstance(row, PassedRow))


@dataclass(frozen=True)
class Content:
    """All that a release holds."""

    members: tuple[Member, ...]

    @property
    def row_count(self) -> int:
        """How many rows of data it has, of whatever class."""
        return sum(len(member.data) for member in self.members)

    @property
    def passed(self) -> int:
        """How many questions people agreed not to answer: each has a row too, and makes none of data."""
        return sum(len(member.rows) - len(member.data) for member in self.members)

    @property
    def simulated_rows(self) -> int:
        """How many rows a simulated annotator had a voice in."""
        return sum(row.simulated for member in self.members for row in member.rows)

    @property
    def facts_until(self) -> datetime | None:
        """The newest resolution in it."""
        return max((member.resolved_at for member in self.members), default=None)

    def digest(self) -> str:
        """128 bits of what it holds: equal for equal content, whenever it was made."""
        rows = [
            [m.task_id, m.version, m.resolution_id, m.split, [_said(m.task_type, row) for row in m.rows]]
            for m in self.members
        ]
        return content_id(rows)

    def facts(self, version: str) -> tuple[list[ReleaseMemberFact], list[ReleaseRowFact]]:
        """The facts that freeze it under a version."""
        members = [
            ReleaseMemberFact(
                version=version, task_id=m.task_id, resolution_id=m.resolution_id, row_count=len(m.data)
            )
            for m in self.members
        ]
        return members, list(self._row_facts(version))

    def _row_facts(self, version: str) -> Iterator[ReleaseRowFact]:
        for member in self.members:
            for row in member.rows:
                yield ReleaseRowFact(
                    version=version,
                    row_id=row.id,
                    task_id=member.task_id,
                    task_type=member.task_type,
                    split=member.split,
                    payload=row.model_dump_json(),
                )


def assemble(store: Store, splits: dict[str, float]) -> Content:
    """The content of a release made now."""
    # a question that has changed since has labels of its own; those of the old one stay in the releases they are in
    found = [row for row in store.rows(ACCEPTED) if is_current(row["task_type"], row["version"])]
    return Content(tuple(_member(row, splits) for row in _conversational(found)))


def split_of(prompt_id: str, splits: dict[str, float]) -> str:
    """The split of a prompt: by its hash, so that it never moves while the shares stand."""
    point = int(prompt_id[:13], 16) / 16**13 * sum(splits.values())
    reached = 0.0
    for name, share in splits.items():
        reached += share
        if point < reached:
            return name
    return name


def _conversational(found: list[dict[str, Any]]) -> Iterator[tuple[dict[str, Any], list[Row]]]:
    """Each task with its rows; where some prompts of a task type are conversations, all its rows are."""
    rows = list(made_of(found))
    talking = {
        row["task_type"]
        for row, made in rows
        for one in made
        if not isinstance(getattr(one, "prompt", ""), str)
    }
    for row, made in rows:
        yield row, [one.conversational() for one in made] if row["task_type"] in talking else made


def _said(task_type: str, row: Row) -> dict[str, Any]:
    """What a row says, with its file set where that is not the task type's main one."""
    name = set_of(task_types()[task_type], type(row))
    said = row.model_dump(mode="json")
    return said if name == task_type else {"set": name, **said}


def _member(found: tuple[dict[str, Any], list[Row]], splits: dict[str, float]) -> Member:
    row, rows = found
    return Member(
        task_id=row["task_id"],
        task_type=row["task_type"],
        version=row["version"],
        resolution_id=row["resolution_id"],
        resolved_at=row["resolved_at"],
        simulated=row["simulated"],
        split=split_of(row["prompt_id"], splits),
        rows=tuple(_identified(row, rows)),
    )


def _identified(row: dict[str, Any], rows: list[Row]) -> Iterator[Row]:
    """The rows with their ids: counted in each file set apart, so that another set moves no id."""
    counts: Counter[str] = Counter()
    for one in rows:
        name = set_of(task_types()[row["task_type"]], type(one))
        mine = [row["task_id"], counts[name]]
        row_id = content_id(mine if name == row["task_type"] else [*mine, name])
        counts[name] += 1
        yield one.replace(id=row_id, simulated=row["simulated"])
