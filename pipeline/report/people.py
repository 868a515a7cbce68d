"""The people of a project and the accounts that labeled, with their names: for those who may know them."""

from datetime import datetime
from typing import Any

from pipeline.people.whos_who import Somebody, everybody
from pipeline.store import Store
from schemas.base import Frozen
from schemas.facts import PersonFact
from schemas.project import Project

SAID = "SELECT annotator, max(created_at) AS last_seen FROM annotations WHERE NOT skipped GROUP BY annotator"
VOTES = "SELECT annotator, count(*) AS votes FROM votes GROUP BY annotator"


class Listed(Frozen):
    """A person with an account of theirs, or without one, or an account that is nobody's."""

    name: str | None
    """As the project says, or else the account; None for who was forgotten."""
    email: str | None
    role: str | None
    """None for an account that is not on the project, where the project names people."""
    team: str | None
    cells: tuple[str, ...]
    """Empty for all."""
    pseudonym: str | None
    """None where no account of theirs has been seen."""
    simulated: bool
    votes: int
    """Those that count now."""
    last_seen: datetime | None
    """When they last submitted something."""
    paused: bool
    forgotten: bool


def listed(project: Project, store: Store) -> list[Listed]:
    """Everybody whom the project names, and every other account that ever labeled."""
    of = _Seen(store)
    return [
        _listed(somebody, account, of, everybody_may=not project.people)
        for somebody in everybody(project.people, store)
        for account in somebody.accounts or (None,)
        if somebody.person or (account and account.annotator in of.last)
    ]


class _Seen:
    """What was seen of each annotator."""

    def __init__(self, store: Store) -> None:
        self.last: dict[str, datetime] = {row["annotator"]: row["last_seen"] for row in store.rows(SAID)}
        self.votes: dict[str, int] = {row["annotator"]: row["votes"] for row in store.rows(VOTES)}
        self.paused = {row["annotator"] for row in store.rows("SELECT annotator FROM paused_people")}


def _listed(somebody: Somebody, account: PersonFact | None, of: _Seen, *, everybody_may: bool) -> Listed:
    seen: dict[str, Any] = {"pseudonym": None, "simulated": False, "votes": 0, "last_seen": None}
    if account is not None:
        seen = {
            "pseudonym": account.annotator,
            "simulated": account.simulated,
            "votes": of.votes.get(account.annotator, 0),
            "last_seen": of.last.get(account.annotator),
        }
    person = somebody.person
    return Listed(
        name=person.name if person else (account and account.name) or None,
        email=person.email if person else (account and account.email) or None,
        role=person.role if person else "annotator" if everybody_may else None,
        team=person.team if person else None,
        cells=person.cells if person else (),
        paused=seen["pseudonym"] in of.paused,
        forgotten=account is not None and account.forgotten_at is not None,
        **seen,
    )
