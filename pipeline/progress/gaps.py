"""Stretches in which nobody listened to Label Studio while people worked: a `watch` that had died, most often."""

from datetime import datetime, timedelta

from pipeline.store import Store

LONG = timedelta(hours=6)
"""What people say does not wait longer than this to be fetched, where somebody watches."""
TIMES = 4
"""Nor longer than so many of the project's own usual pauses: one `run` a day is a pace of its own."""

GAPS = """
WITH asked AS (SELECT ?::TIMESTAMPTZ AS moment),
heard AS (
    SELECT ended_at AS until, lag(ended_at) OVER (ORDER BY ended_at, run_id) AS since
    FROM runs, asked WHERE stage = 'sync' AND error IS NULL AND ended_at <= moment),
usual AS (SELECT greatest(?, ? * coalesce(median(epoch(until) - epoch(since)), 0)) AS seconds FROM heard),
last AS (SELECT max(until) AS since FROM heard)
SELECT since, until FROM heard, usual
WHERE epoch(until) - epoch(since) > seconds AND EXISTS (  -- of what was said meanwhile, some waited for long
    SELECT 1 FROM annotations a WHERE a.created_at > since AND epoch(a.created_at) < epoch(until) - seconds)
UNION ALL  -- from the last one on: what people say now is not known, but that work is open is
SELECT since, moment FROM last, usual, asked
WHERE epoch(moment) - epoch(since) > seconds
    AND EXISTS (SELECT 1 FROM pushes ANTI JOIN resolutions USING (task_id))
ORDER BY since
"""


def gaps(store: Store, moment: datetime | None = None) -> list[tuple[datetime, datetime]]:
    """From when until when nothing was fetched although people worked, the oldest first.

    With a moment (now, or the day of which one asks), runs after it do not count, and the time since the last one is
    a gap too where work is open. Without it there is only what lies between runs.
    """
    asked = moment or store.value("SELECT max(ended_at) FROM runs")
    if asked is None:
        return []
    found = store.rows(GAPS, [asked, LONG.total_seconds(), TIMES])
    return [(row["since"], row["until"]) for row in found]


def told(found: list[tuple[datetime, datetime]]) -> tuple[str, ...]:
    """Notes on the data: the longest gap, and how many there are."""
    if not found:
        return ()
    since, until = max(found, key=lambda one: one[1] - one[0])
    hours = sum((one[1] - one[0]).total_seconds() for one in found) / 3600
    gap = "gap" if len(found) == 1 else "gaps"
    note = (
        f"Nothing was fetched from Label Studio for {hours:,.0f} h in {len(found)} {gap} while people worked "
        f"(the longest {since:%Y-%m-%d %H:%M} to {until:%Y-%m-%d %H:%M} UTC; had `headrace watch` died?): what was "
        "settled meanwhile is dated late."
    )
    return (note,)
