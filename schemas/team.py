"""The team that an event log is read with: who may do what and when, what is planned, what must be reached by when."""

import json
import tomllib
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Annotated, Any, TypeAlias

from pydantic import AliasChoices, ConfigDict, Field, ValidationError, field_validator, model_validator

from schemas.base import Frozen
from schemas.errors import UsageError
from schemas.faults import lines_of
from schemas.people import Pay, Role, covers
from schemas.project import Target

NotNegative: TypeAlias = Annotated[float, Field(ge=0, allow_inf_nan=False)]
Votes: TypeAlias = Annotated[float, Field(ge=1, le=50)]

PER_TASK = 2.0
"""Votes a task gets where nobody says otherwise, as in project.toml."""


class _Given(Frozen):
    """What somebody else's file holds: keys beyond ours are passed over, and null is what was not given."""

    model_config = ConfigDict(extra="ignore", populate_by_name=True, coerce_numbers_to_str=True)

    @model_validator(mode="before")
    @classmethod
    def _without_nulls(cls, given: Any) -> Any:  # noqa: ANN401 - whatever stood there
        return (
            {key: one for key, one in given.items() if one is not None} if isinstance(given, dict) else given
        )


class Member(_Given):
    """A person of the team, under the name that the log knows them by."""

    id: str
    role: Role = "annotator"
    cells: tuple[str, ...] = ()
    """What they may do; none at all = everything; 'zh/code_review/*' takes those below too."""
    weekly_hours: NotNegative | None = None
    hours: dict[str, str] = {}
    """Weekday (mon … sun) = '9-13' or '9-12 13-17:30', in their own zone."""
    zone: str = "UTC"
    from_: Annotated[str | None, Field(alias="from")] = None
    until: str | None = None
    away: tuple[str, ...] = ()
    """Days, 'YYYY-MM-DD' or 'first/last'."""
    team: str | None = None
    pay: Pay | None = None

    @field_validator("from_", "until", mode="before")
    @classmethod
    def _a_day(cls, given: Any) -> Any:  # noqa: ANN401 - TOML gives dates, JSON texts
        return given.isoformat() if isinstance(given, date) else given

    @field_validator("away", mode="before")
    @classmethod
    def _days(cls, given: Any) -> Any:  # noqa: ANN401 - TOML gives dates, JSON texts
        return [cls._a_day(one) for one in given] if isinstance(given, list) else given


class Team(_Given):
    """Who there is, how many votes a task gets, what is planned and what is wanted."""

    overlap: Votes | dict[str, Votes] = PER_TASK
    """Votes a task gets: one number, or one a task type."""
    people: tuple[Member, ...] = ()
    plan: dict[str, NotNegative] = {}
    """Cell = tasks a week."""
    targets: Annotated[dict[str, Target], Field(validation_alias=AliasChoices("targets", "target"))] = {}
    minutes: dict[str, NotNegative] = {}
    """Task type or cell = minutes a vote takes, until it has been measured."""

    @field_validator("people")
    @classmethod
    def _each_once(cls, people: tuple[Member, ...]) -> tuple[Member, ...]:
        twice = [name for name, count in Counter(person.id for person in people).items() if count > 1]
        if twice:
            raise ValueError(f"each id was expected once, {twice[0]!r} stands twice; remove one")
        return people

    def votes(self, cell: str) -> float:
        """How many votes a task of a cell is to get, as declared."""
        if not isinstance(self.overlap, dict):
            return self.overlap
        kind = task_type_of(cell)
        return self.overlap.get(cell, self.overlap.get(kind, PER_TASK))

    def minutes_of(self, cell: str) -> float | None:
        """How long a vote in a cell takes, as declared for it or for its task type; None where neither is."""
        return self.minutes.get(cell, self.minutes.get(task_type_of(cell)))

    def with_role(self, *roles: Role) -> tuple[Member, ...]:
        """The people of one of these roles."""
        return tuple(person for person in self.people if person.role in roles)


def task_type_of(cell: str) -> str:
    """The task type of a cell `<language>/<task type>[/<facet>]`; the cell itself where it is none."""
    parts = cell.split("/")
    return parts[1] if len(parts) > 1 else cell


def may_do(cells: tuple[str, ...], cell: str) -> bool:
    """Whether somebody with these cells may do this one, as in project.toml: everything where none is named."""
    return not cells or any(covers(pattern, cell) for pattern in cells)


def read_team(path: Path) -> Team:
    """A team from TOML or JSON; UsageError with one line a fault. Keys it does not know are passed over."""
    try:
        text = path.read_text(encoding="utf-8-sig")
        given = json.loads(text) if path.suffix.lower() == ".json" else tomllib.loads(text)
        return Team.model_validate(given)
    except ValidationError as error:
        raise UsageError("\n".join(f"{path}: {line}" for line in lines_of(error, Team))) from None
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(
            f"{path}: a team in TOML or JSON was expected, cannot be read ({error}); check it"
        ) from None
    except (ValueError, RecursionError) as error:  # json's and tomllib's own
        raise UsageError(f"{path}: should be TOML (or JSON in a .json), {error}; mend it") from None
