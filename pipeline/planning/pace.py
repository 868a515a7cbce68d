"""How fast the people of a cell label, and how many tasks that keeps before them."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

from pipeline.store import Store

WINDOW = timedelta(days=14)
"""How far back one looks: far enough for every weekday twice, near enough to see who came and went."""
ENOUGH = 20
"""Fewer votes than this tell no pace."""
FEWEST = 10
"""Tasks that a cell of known pace has before it at the least."""
A_PERSON = 2
"""Tasks a person finds at the least: the one in hand, and the next."""

PACES = """
WITH said AS (  -- each annotation once, by when it was first sent; what does not count as a vote sets no pace
    SELECT t.cell, a.annotator, epoch(min(a.created_at)) AS moment, min(a.lead_seconds) AS seconds
    FROM annotations a JOIN tasks t USING (task_id)
    ANTI JOIN (SELECT revision_id FROM findings WHERE void) f ON f.revision_id = a.revision_id
    ANTI JOIN paused_people p ON p.annotator = a.annotator
    WHERE a.created_at > ? AND NOT a.skipped AND NOT a.deleted
    GROUP BY a.annotation_id, t.cell, a.annotator),
hours AS (  -- the clock hours in which somebody of the cell was at work
    SELECT cell, floor(moment / 3600) AS hour, min(moment) AS first, max(moment) AS last FROM said GROUP BY ALL),
parts AS (  -- the first and the last of several in a row as far as they were used, and a quarter at least
    SELECT cell, greatest(0.25, (
        CASE WHEN lead(hour) OVER turns = hour + 1 THEN (hour + 1) * 3600 ELSE last END
        - CASE WHEN lag(hour) OVER turns = hour - 1 THEN hour * 3600 ELSE first END) / 3600) AS hours
    FROM hours WINDOW turns AS (PARTITION BY cell ORDER BY hour)),
worked AS (SELECT cell, sum(hours) AS hours FROM parts GROUP BY cell)
SELECT cell, count(*) AS votes, count(DISTINCT annotator) AS people, any_value(hours) AS hours,
    quantile_cont(seconds, 0.5) FILTER (seconds > 0) AS seconds, min(moment) AS since
FROM said JOIN worked USING (cell) GROUP BY cell
"""


@dataclass(frozen=True)
class Pace:
    """How a cell was labeled over the last two weeks."""

    votes_per_hour: float | None
    """In the hours in which anybody was at work in it; None where too few votes tell."""
    people: int
    median_seconds: float | None
    """Of work on one vote, as Label Studio measured it."""
    votes: int
    votes_per_day: float | None = None
    """By the calendar, nights and weekends in it; None where too few votes tell."""


def paces(store: Store, now: datetime) -> dict[str, Pace]:
    """The pace of each cell that anybody voted in over the last two weeks; people who are paused do not count."""
    found = store.rows(PACES, [now - WINDOW])
    return {row["cell"]: _pace(row, now) for row in found}


def _pace(row: dict[str, float], now: datetime) -> Pace:
    votes = int(row["votes"])
    days = max(1.0, (now.timestamp() - row["since"]) / 86_400)
    return Pace(
        votes_per_hour=votes / row["hours"] if votes >= ENOUGH else None,
        people=int(row["people"]),
        median_seconds=row["seconds"],
        votes=votes,
        votes_per_day=votes / days if votes >= ENOUGH else None,
    )


def buffer(pace: Pace | None, hours: float, votes_a_task: float, first: int) -> int:
    """How many open tasks a cell may have in Label Studio: as many as its people do in so many hours of work.

    `first` where its pace is not known.
    """
    if pace is None or pace.votes_per_hour is None:
        return first
    return max(FEWEST, A_PERSON * pace.people, ceil(pace.votes_per_hour * hours / max(votes_a_task, 1.0)))
