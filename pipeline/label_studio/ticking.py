"""A clock for what is not real: every look at it is a second later."""

from datetime import UTC, datetime, timedelta


class Ticking:
    """A clock that goes one second on each time it is read."""

    def __init__(self, start: datetime = datetime(2026, 1, 5, 9, tzinfo=UTC)) -> None:
        self._now = start

    def __call__(self) -> datetime:
        self._now += timedelta(seconds=1)
        return self._now
