"""Changes to a team, as the command line writes them: more people, fewer, other hours, another overlap or plan."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from statistics import median
from typing import Any, TypeAlias

from pipeline.progress.forecast.arrivals import cells_of
from schemas.errors import UsageError
from schemas.nearest import nearest
from schemas.team import Member, Team, task_type_of


@dataclass(frozen=True)
class Known:
    """What a change may name."""

    cells: tuple[str, ...]
    people: tuple[str, ...] = ()
    """Of the log; those of the team may be named anyhow."""


Change: TypeAlias = Callable[[Team, Known], Team]

FORMS = {
    "add": "CELL:PEOPLE[@DAY][:HOURS A WEEK], such as zh/code_review:1@2026-12-07:20",
    "remove": "PERSON[@DAY], such as li@2026-12-07",
    "overlap": "VOTES or TASK TYPE:VOTES, such as code_review:2",
    "plan": "CELL=TASKS A WEEK, such as zh/code_review=600",
    "hours": "PERSON=HOURS A WEEK, such as li=30",
    "adjudicators": "PEOPLE[@DAY][:HOURS A WEEK], such as 1",
}
"""What can be changed, and how it is written."""
MOST_PEOPLE, MOST_VOTES = 1_000, 50
NEWCOMERS = "new person"


def change(kind: str, text: str) -> Change:
    """One change of FORMS; UsageError in one line where it cannot be read."""
    return _READERS[kind](text.strip())


def apply(team: Team, changes: Iterable[Change], known: Known) -> Team:
    """The team after the changes, one after another; UsageError where one names what is not there."""
    for one in changes:
        team = one(team, known)
    return team


def _add(text: str) -> Change:
    found = re.fullmatch(
        r"(?P<cell>[^:@=\s]+):(?P<people>\d+)(?:@(?P<day>[\d-]+))?(?::(?P<hours>\d+(\.\d+)?))?", text
    )
    if found is None:
        raise _unreadable("add", text)
    return _joining("add", text, found, cells=(found["cell"],))


def _adjudicators(text: str) -> Change:
    found = re.fullmatch(r"(?P<people>\d+)(?:@(?P<day>[\d-]+))?(?::(?P<hours>\d+(\.\d+)?))?", text)
    if found is None:
        raise _unreadable("adjudicators", text)
    return _joining("adjudicators", text, found, cells=())


def _joining(kind: str, text: str, found: "re.Match[str]", cells: tuple[str, ...]) -> Change:
    people, hours, day = int(found["people"]), found["hours"], _day(kind, text, found["day"])
    if not 0 < people <= MOST_PEOPLE:
        raise _unreadable(kind, text)

    def join(team: Team, known: Known) -> Team:
        own = tuple(_pattern(cell, known) for cell in cells)
        taken = {person.id for person in team.people}
        names = [
            name
            for name in (f"{NEWCOMERS} {number}" for number in range(1, 2 * MOST_PEOPLE))
            if name not in taken
        ]
        new = [
            Member(
                id=name,
                role="annotator" if cells else "adjudicator",
                cells=own,
                weekly_hours=float(hours) if hours else _usual_hours(team),
                from_=day,
            )
            for name in names[:people]
        ]
        return team.model_copy(update={"people": (*team.people, *new)})

    return join


def _remove(text: str) -> Change:
    name, _, day = text.rpartition("@") if re.search(r"@\d{4}-\d\d-\d\d$", text) else (text, "", "")
    until = _day("remove", text, day) if day else date.min.isoformat()
    return lambda team, known: _with(team, known, name, {"until": until})


def _hours(text: str) -> Change:
    name, _, hours = text.rpartition("=")
    if not name or not re.fullmatch(r"\d+(\.\d+)?", hours):
        raise _unreadable("hours", text)
    return lambda team, known: _with(team, known, name, {"weekly_hours": float(hours), "hours": {}})


def _with(team: Team, known: Known, name: str, update: dict[str, Any]) -> Team:
    there = {person.id: person for person in team.people}
    if name not in there and name not in known.people:
        names = ", ".join(sorted({*there, *known.people})) or "nobody"
        raise UsageError(
            f"{name!r}: should be somebody who works here ({names:.200}), is not; name one of them"
        )
    changed = there.get(name, Member(id=name)).model_copy(update=update)
    return team.model_copy(update={"people": tuple({**there, name: changed}.values())})


def _usual_hours(team: Team) -> float | None:
    """A newcomer's: as many as people here declare, in the middle."""
    declared = [person.weekly_hours for person in team.people if person.weekly_hours]
    return median(declared) if declared else None


def _pattern(cell: str, known: Known) -> str:
    """A cell as people's are written: one that has none of its own stands for those below it."""
    if cell in known.cells:
        return cell
    if not cells_of(cell, known.cells):
        raise UsageError(f"{cell!r}: should be a cell; {nearest(cell, known.cells)}")
    return f"{cell.removesuffix('/*')}/*"


def _overlap(text: str) -> Change:
    kind, _, votes = text.rpartition(":")
    if not re.fullmatch(r"\d+(\.\d+)?", votes) or not 1 <= float(votes) <= MOST_VOTES:
        raise _unreadable("overlap", text)

    def vote(team: Team, known: Known) -> Team:
        if not kind:
            return team.model_copy(update={"overlap": float(votes)})
        kinds = {task_type_of(cell) for cell in known.cells}
        if kind not in {*kinds, *known.cells}:
            raise UsageError(f"{kind!r}: should be a task type or a cell; {nearest(kind, sorted(kinds))}")
        before = {each: team.votes(each) for each in (*kinds, *known.cells)}
        below = {cell: float(votes) for cell in known.cells if kind in {cell, task_type_of(cell)}}
        return team.model_copy(update={"overlap": {**before, kind: float(votes), **below}})

    return vote


def _plan(text: str) -> Change:
    cell, _, tasks = text.rpartition("=")
    if not cell or not re.fullmatch(r"\d+(\.\d+)?", tasks):
        raise _unreadable("plan", text)

    def plan(team: Team, known: Known) -> Team:
        _pattern(cell, known)
        return team.model_copy(update={"plan": {**team.plan, cell: float(tasks)}})

    return plan


def _day(kind: str, text: str, day: str | None) -> str | None:
    if day is None:
        return None
    try:
        return date.fromisoformat(day).isoformat()
    except ValueError:
        raise _unreadable(kind, text) from None


def _unreadable(kind: str, text: str) -> UsageError:
    return UsageError(f"--{kind}: should be {FORMS[kind]}; found {text!r:.60}; write it so")


_READERS: dict[str, Callable[[str], Change]] = {
    "add": _add,
    "remove": _remove,
    "overlap": _overlap,
    "plan": _plan,
    "hours": _hours,
    "adjudicators": _adjudicators,
}
