"""A log small enough to work its figures out by hand, and others written in the same way."""

from collections.abc import Iterable
from datetime import UTC, datetime

from pipeline.progress.metrics.window import Window
from pipeline.store.log import EventLog
from schemas.team import Team

CELL = "zh/code_review"
TEAM = Team.model_validate(
    {
        "people": [
            {"id": "li", "team": "north", "pay": {"per": "hour", "amount": 30}},
            {"id": "wu", "team": "south", "pay": {"per": "annotation", "amount": 1, "currency": "EUR"}},
            {"id": "ann", "role": "adjudicator", "team": "south"},
        ]
    }
)
TWO_DAYS = """
05 08:00 ingested t1 | 05 08:00 ingested t2 | 05 08:00 ingested t3 | 05 08:00 ingested t5 | 05 08:30 dropped t5
05 09:00 ready t1 | 05 09:00 ready t2 | 05 09:00 held t3
05 10:00 signed_on - li | 05 10:00 served t1 li | 05 10:30 submitted t1 li 1800
05 10:30 served t2 li | 05 11:00 submitted t2 li 1800 | 05 11:00 starved - li
05 12:00 signed_on - wu | 05 12:00 served t1 wu | 05 12:30 submitted t1 wu 1800
05 12:30 served t2 wu | 05 13:00 submitted t2 wu 1800 | 05 13:00 starved - wu
05 13:00 accepted t1 | 05 13:00 sent_to_adjudication t2
05 15:00 signed_on - ann | 05 15:00 adjudication_started t2 ann | 05 15:30 rejected t2 ann | 05 15:30 ready t2/2
05 16:00 signed_off - ann | 05 16:00 served t2/2 li | 05 16:30 submitted t2/2 li 1800
05 16:30 served t2/2 wu | 05 17:00 submitted t2/2 wu 1800 | 05 17:00 signed_off - li | 05 17:00 signed_off - wu
05 17:00 accepted t2/2
06 08:00 ingested t4 | 06 08:00 ready t4 | 06 09:00 signed_on - li | 06 09:00 served t4 li | 06 10:00 signed_off - li
06 13:00 released t1
"""
"""A Monday and a Tuesday: t1 goes through, t2 is sent back once, t3 is parked, t4 is begun, t5 is screened out."""


def at(day: int, hour: int = 0) -> datetime:
    """A moment of January 2026."""
    return datetime(2026, 1, day, hour, tzinfo=UTC)


BOTH_DAYS = Window(at(5), at(7))


def log_of(text: str, cell: str = CELL) -> EventLog:
    """A log from `day hour:minute event task[/attempt] [actor] [lead]`, parted by lines or bars; '-' is nothing."""
    lines = [part.split() for line in text.splitlines() for part in line.split("|") if part.strip()]
    return EventLog.of_arrow(_columns(lines, cell))


def _columns(lines: Iterable[list[str]], cell: str) -> dict[str, list[object]]:
    columns: dict[str, list[object]] = {
        name: [] for name in ("ts", "event", "task", "actor", "cell", "attempt", "lead_seconds")
    }
    for day, clock, event, task, *more in lines:
        name, _, attempt = task.partition("/")
        columns["ts"].append(datetime.fromisoformat(f"2026-01-{day} {clock}"))
        columns["event"].append(event)
        columns["task"].append(None if name == "-" else name)
        columns["actor"].append(more[0] if more else None)
        columns["cell"].append(None if name == "-" else cell)
        columns["attempt"].append(int(attempt or 1))
        columns["lead_seconds"].append(float(more[1]) if len(more) > 1 else None)
    return columns
