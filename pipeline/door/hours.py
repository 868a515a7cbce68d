"""Whether somebody works outside the hours that they declared: they may; it is noted."""

from datetime import datetime

from pipeline.calendars import shifts
from schemas.errors import UsageError
from schemas.people import Person
from schemas.team import Member

MINUTE = 60.0


def outside_hours(person: Person, at: datetime) -> bool:
    """Whether a moment is outside the hours that they declared, or on days when they are away."""
    if not person.hours and not person.away:
        return False
    member = Member(
        id=person.name,
        hours=person.hours or dict.fromkeys(("mon", "tue", "wed", "thu", "fri", "sat", "sun"), "0-24"),
        zone=person.zone,
        away=person.away,
    )
    try:
        return not shifts(member, at.timestamp(), at.timestamp() + MINUTE)
    except UsageError:  # hours that nobody can read are told by what forecasts
        return False
