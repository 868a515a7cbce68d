"""The answers that agreement is told from: those given to the same task before anybody knew what the others say."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from functools import cache
from itertools import groupby
from typing import Any

from pipeline.store import Store
from schemas.base import Label
from tasks import AnyTaskType, is_current, task_types

MOST, MOST_OF_CELL, MOST_OF_WEEK = 5000, 2000, 500
"""Tasks that are looked at of each task type, of each of its cells, and of each week: a sample by hash is enough."""
WEEKS = 26
"""The newest weeks that are told apart."""
COMPARED = """
CREATE OR REPLACE TEMP TABLE compared AS
WITH asked AS (
    SELECT task_id, arg_max(votes, asked_at) AS votes FROM asks WHERE reason = 'overlap changed' GROUP BY task_id),
said AS (
    SELECT task_id, revision_id, submitted_at FROM votes
    QUALIFY guideline = last_value(guideline) OVER (PARTITION BY task_id ORDER BY submitted_at, revision_id
        ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)),
first_ones AS (
    SELECT s.*, t.task_type, t.version, t.cell
    FROM said s JOIN tasks t USING (task_id) LEFT JOIN asked a USING (task_id)
    QUALIFY row_number() OVER (PARTITION BY s.task_id ORDER BY s.submitted_at, s.revision_id)
        <= coalesce(a.votes, t.overlap))
SELECT f.task_id, f.task_type, f.version, f.cell, date_trunc('week', max(f.submitted_at))::DATE AS week,
    list(f.revision_id) AS revisions,
    any_value(r.payload) IS NOT NULL AND any_value(u.task_id) IS NULL AND any_value(w.task_id) IS NULL AS accepted
FROM first_ones f LEFT JOIN current_resolutions r USING (task_id) LEFT JOIN superseded u USING (task_id)
LEFT JOIN withdrawn w USING (task_id)
GROUP BY f.task_id, f.task_type, f.version, f.cell HAVING count(*) > 1
"""
"""Tasks with two answers or more that everybody was asked for. A third that is asked for because two differ is left
out: with it, tasks on which people differ would count otherwise than those on which they agree. Answers under
different guidelines are not compared."""
COUNTED = "SELECT task_type, version, cell, week, accepted, count(*) AS tasks FROM compared GROUP BY ALL"
DRAWN = """
WITH drawn AS (
    SELECT *, row_number() OVER (PARTITION BY task_type, version ORDER BY task_id) <= ? AS in_all,
        row_number() OVER (PARTITION BY task_type, version, cell ORDER BY task_id) <= ? AS in_cell,
        row_number() OVER (PARTITION BY task_type, version, week ORDER BY task_id) <= ?
            AND dense_rank() OVER (PARTITION BY task_type, version ORDER BY week DESC) <= ? AS in_week
    FROM compared),
asked_for AS (
    SELECT * EXCLUDE (revisions), unnest(revisions) AS revision_id FROM drawn WHERE in_all OR in_cell OR in_week)
SELECT a.*, l.annotator, l.payload FROM asked_for a JOIN labels l USING (revision_id)
ORDER BY a.task_type, a.task_id, l.revision_id
"""


@dataclass(frozen=True)
class Compared:
    """A task, and what the first people whom it was shown said of it."""

    task_id: str
    cell: str
    week: date
    """The Monday of the week of the last of these answers."""
    accepted: bool
    in_all: bool
    """Whether it is in the sample of its task type; so of its cell and its week."""
    in_cell: bool
    in_week: bool
    annotators: tuple[str, ...]
    labels: tuple[Label, ...]


@dataclass(frozen=True)
class OfType:
    """The tasks of one task type."""

    task_type: AnyTaskType
    tasks: list[Compared]
    in_all: Counter[tuple[str | None, date | None, bool]]
    """How many there are in all, by cell and week (None: all) and whether only those accepted are meant."""


def compared(store: Store) -> Iterator[OfType]:
    """Each task type with tasks on which answers can be compared; of today's versions."""
    with _held(store):
        totals: dict[str, Counter[tuple[str | None, date | None, bool]]] = defaultdict(Counter)
        for row in store.rows(COUNTED):
            if is_current(row["task_type"], row["version"]):
                _count(totals[row["task_type"]], row)
        rows = store.rows(DRAWN, [MOST, MOST_OF_CELL, MOST_OF_WEEK, WEEKS])
    for name, of_type in groupby(rows, lambda row: str(row["task_type"])):
        mine = [row for row in of_type if is_current(name, row["version"])]
        tasks = list(_tasks(task_types()[name], mine)) if mine else []
        if tasks:
            yield OfType(task_types()[name], tasks, totals[name])


@contextmanager
def _held(store: Store) -> Iterator[None]:
    store.temporary(COMPARED)
    try:
        yield
    finally:
        store.temporary("DROP TABLE compared")


def _count(total: Counter[tuple[str | None, date | None, bool]], row: dict[str, Any]) -> None:
    for cell, week in ((None, None), (row["cell"], None), (None, row["week"])):
        total[cell, week, False] += row["tasks"]
        total[cell, week, True] += row["tasks"] * row["accepted"]


def _tasks(task_type: AnyTaskType, rows: list[dict[str, Any]]) -> Iterator[Compared]:
    @cache
    def read(payload: str) -> Label | None:
        try:
            label: Label = task_type.label.model_validate_json(payload)
        except ValueError:  # of an older build; it stops nothing
            return None
        return label

    kept = ("task_id", "cell", "week", "accepted", "in_all", "in_cell", "in_week")
    for _, group in groupby(rows, lambda row: row["task_id"]):
        of_task = [row for row in group if read(row["payload"]) is not None]
        if len(of_task) > 1:
            yield Compared(
                **{name: of_task[0][name] for name in kept},
                annotators=tuple(row["annotator"] for row in of_task),
                labels=tuple(label for row in of_task if (label := read(row["payload"])) is not None),
            )
