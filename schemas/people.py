"""The people of a project: who they are, what they may do, and when."""

import re
from datetime import date
from typing import Annotated, Literal, TypeAlias
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, StringConstraints, field_validator

from schemas.base import Frozen

Positive: TypeAlias = Annotated[float, Field(gt=0)]
Role: TypeAlias = Literal["annotator", "adjudicator", "lead"]

LONGEST = 100
"""Characters of a person's name."""


class Pay(Frozen):
    """What a person is paid; never in a release."""

    per: Literal["hour", "annotation"]
    amount: Positive
    currency: Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")] = "USD"


class Person(Frozen):
    """Somebody who labels, with skills and hours."""

    name: str
    email: str | None = None
    team: str | None = None
    role: Role = "annotator"
    cells: tuple[str, ...] = ()
    weekly_hours: Positive | None = None
    hours: dict[str, str] = {}
    zone: str = "UTC"
    from_: Annotated[date | None, Field(alias="from")] = None
    until: date | None = None
    away: tuple[str, ...] = ()
    pay: Pay | None = None

    @field_validator("name", "team")
    @classmethod
    def _one_plain_line(cls, text: str | None) -> str | None:
        if text is not None and not _is_plain(text):
            raise ValueError(
                f"should be one line of at most {LONGEST} characters that begins with none of = + - @, "
                f"is {text!r:.60}; write it otherwise"
            )
        return text

    @field_validator("email")
    @classmethod
    def _an_address(cls, email: str | None) -> str | None:
        if email is not None and not (_is_plain(email) and re.fullmatch(r"[^\s@]+@[^\s@]+", email)):
            raise ValueError(
                f"should be a mail address such as 'li@vendor.example', is {email!r:.60}; mend it"
            )
        return email

    @field_validator("cells")
    @classmethod
    def _cells_or_those_below(cls, cells: tuple[str, ...]) -> tuple[str, ...]:
        for cell in cells:
            if not re.fullmatch(r"[^\s/*=@-][^\s/*]*(/[^\s/*]+)*(/\*)?", cell):
                raise ValueError(
                    f"should be cells such as 'zh/step_review', or 'zh/code_review/*' with those below, "
                    f"found {cell!r:.60}; mend it"
                )
        return cells

    @field_validator("zone")
    @classmethod
    def _known_zone(cls, zone: str) -> str:
        try:
            ZoneInfo(zone)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise ValueError(
                f"should be a time zone such as 'Asia/Shanghai', is {zone!r:.60}; mend it"
            ) from None
        return zone


def covers(pattern: str, cell: str) -> bool:
    """Whether one of a person's `cells` means a cell: that very one, or with `/*` also all below it."""
    return cell == pattern or (pattern.endswith("/*") and f"{cell}/".startswith(pattern[:-1]))


def _is_plain(text: str) -> bool:
    """Whether a terminal, a mail and a spreadsheet take it for a text and nothing else."""
    return 0 < len(text.strip()) == len(text) <= LONGEST and text.isprintable() and text[0] not in "=+-@"


def twice(people: tuple[Person, ...]) -> str | None:
    """What is wrong where two people share a name or an address; None where nothing is."""
    names = ("name", [person.name for person in people])
    addresses = ("address", [person.email for person in people if person.email])
    for what, said in (names, addresses):
        seen: set[str] = set()
        for one in said:
            if one.casefold() in seen:
                return f"people: the {what} {one!r} was expected once, stands twice (people.csv counts too); change one"
            seen.add(one.casefold())
    return None
