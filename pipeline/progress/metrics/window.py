"""The stretch of time that a metric looks at."""

from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

from pipeline.progress.measured import DAY
from pipeline.store.log import EventLog

SPAN = "SELECT min(ts) AS first, max(ts) AS last FROM log"


class Window(NamedTuple):
    """From a moment up to another, both aware; events after its end are not looked at."""

    start: datetime
    end: datetime

    @property
    def seconds(self) -> float:
        """How long it is."""
        return (self.end - self.start).total_seconds()

    @property
    def params(self) -> list[datetime]:
        """Its moments as the log tells time: in UTC, without a zone; for a query with `$1` and `$2`."""
        return [
            self.start.astimezone(UTC).replace(tzinfo=None),
            self.end.astimezone(UTC).replace(tzinfo=None),
        ]

    @property
    def days(self) -> list[tuple[date, float]]:
        """Its days in UTC, each with the share of it that lies inside."""
        start, end = self.params
        found, midnight = [], start.replace(hour=0, minute=0, second=0, microsecond=0)
        while midnight < end:
            following = midnight + timedelta(days=1)
            found.append(
                (midnight.date(), (min(end, following) - max(start, midnight)).total_seconds() / DAY)
            )
            midnight = following
        return found


def whole(log: EventLog) -> Window | None:
    """From a log's first event to its last; None of an empty one."""
    span = log.rows(SPAN)[0]
    return None if span["first"] is None else Window(span["first"], span["last"])
