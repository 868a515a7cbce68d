"""The invitation to label: the link, and what to mail to somebody."""

from collections.abc import Collection, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

from pydantic import Field

from pipeline.context import Context
from pipeline.label_studio import outside
from pipeline.label_studio.base import LabelStudio
from pipeline.label_studio.environment import Report
from pipeline.label_studio.state import Home
from pipeline.ledger import leases
from pipeline.ledger.keys import LINK_LIFE, Keys, Revoked
from pipeline.ledger.place import LedgerPlace
from pipeline.ledger.state import Door
from pipeline.people.accounts import have_account
from pipeline.people.whos_who import Somebody, find
from schemas.base import Frozen
from schemas.errors import UsageError

LETTER = """\
Hello {name},

you are invited to label for {project}.

1. Make an account, with this mail address ({email}) and a password of your own:
   {link}
   Your work is counted by this address: with another one it is not.
2. Sign in at {address}, open a project and press "Label All Tasks".
3. Read the instructions there before the first task. Where you cannot tell, skip.
"""

LETTER_BY_DOOR = """\
Hello {name},

you are invited to label for {project}.

1. Open this link and press "Start":
   {link}
   It is yours alone: it works once, in one browser, until {until}. You need no password.
2. Press "Next task". Read the instructions there before the first one. Where you cannot tell, skip.
3. From then on open {address}/desk/ in that browser. When it asks for a link, reply to this mail for a new one.
"""


class Invited(Frozen):
    """A personal link that was made."""

    link: str
    until: datetime
    """When it is no longer good, unless it was used."""
    text: str
    """What to mail."""
    ended: Revoked
    """What they had before, and have no more."""


def invitation(folder: Path, studio: LabelStudio) -> tuple[str, str]:
    """The link at which somebody makes an account, and the address to sign in at, both as people reach them."""
    link = studio.invite_link()
    server = None if outside.address() else Home(folder).read()
    if server is None:
        return link, studio.address
    return link.replace(server.url, server.address, 1), server.address


def letter(somebody: Somebody, project: str, link: str, address: str) -> str:
    """What to mail to a person of the project; UsageError where their address is not known."""
    name, email = _named(somebody)
    return LETTER.format(name=name, project=project, email=email, link=link, address=address)


class Wanted(Frozen):
    """How somebody is to be invited."""

    new: bool = False
    """Whether the links and sessions they had before end."""
    password: str | None = Field(default=None, repr=False)
    """Of an account that they have in a Label Studio that runs elsewhere."""


AS_USUAL = Wanted()


def invite(
    ctx: Context,
    door: Door,
    name: str,
    wanted: Wanted = AS_USUAL,
    *,
    report: Report = lambda _: None,
) -> Invited:
    """Make somebody's account where they have none, and a personal link to the door.

    What they had before goes on, so that they may have several browsers, unless it is wanted otherwise.
    Raises UsageError where nobody is called so, who is not on the project, or paused.
    """
    somebody = find(name, ctx.project.people, ctx.store)
    _may_come(ctx, somebody, name)
    said_name, email = _called(somebody)
    with closing(LedgerPlace(ctx.folder)) as place:
        keys = Keys(place, ctx.clock)
        account = have_account(ctx, keys, email, wanted.password, report=report)
        theirs = {account.annotator, *somebody.annotators}
        ended = keys.revoke(theirs) if wanted.new else Revoked(links=0, sessions=0)
        token, until = keys.link(account.annotator), ctx.clock() + LINK_LIFE
    address = door.addresses()[0]
    link = f"{address}/in/{token}"
    text = LETTER_BY_DOOR.format(
        name=said_name, project=ctx.project.name, link=link, until=f"{until:%d %B %Y}", address=address
    )
    return Invited(link=link, until=until, text=text, ended=ended)


def shut_out(folder: Path, somebody: Somebody) -> Revoked:
    """End all links and sessions that somebody has at the door, at once; what is in their hands goes to others."""
    with _ledger(folder) as place:
        if place is None:
            return Revoked(links=0, sessions=0)
        keys = Keys(place)
        theirs = pseudonyms(keys, somebody)
        ended = keys.revoke(theirs)
        _take_back(place, theirs)
        return ended


def forget_at_door(folder: Path, somebody: Somebody) -> None:
    """The same, and leave nothing in the ledger that leads to a name."""
    shut_out(folder, somebody)
    with _ledger(folder) as place:
        if place is not None:
            keys = Keys(place)
            keys.forget(pseudonyms(keys, somebody))


@contextmanager
def _ledger(folder: Path) -> Iterator[LedgerPlace | None]:
    """The door's ledger; None where there never was a door."""
    if not LedgerPlace.is_there(folder):
        yield None
        return
    with closing(LedgerPlace(folder)) as place:
        yield place


def _take_back(place: LedgerPlace, annotators: Collection[str]) -> None:
    with place.writing() as con:
        for held in (leases.open_of(con, one) for one in annotators):
            if held:
                leases.end(con, held, "returned", datetime.now(UTC), reason="shut out")


def pseudonyms(keys: Keys, somebody: Somebody) -> set[str]:
    """All that the ledger may know somebody by, also where the store has not met their account yet."""
    emails = {account.email for account in somebody.accounts} | {
        (somebody.person and somebody.person.email) or ""
    }
    known = (keys.account_of(email) for email in emails if email)
    return {*somebody.annotators, *(account.annotator for account in known if account)}


def _called(somebody: Somebody) -> tuple[str, str]:
    """The name and the address, those of the account where the project names nobody."""
    account = next(iter(somebody.accounts), None)
    if somebody.person is None and account and account.email:
        return account.name or account.email, account.email
    return _named(somebody)


def _named(somebody: Somebody) -> tuple[str, str]:
    person = somebody.person
    if person is None or not person.email:
        who = person.name if person else ", ".join(somebody.annotators)
        raise UsageError(
            f"people: a mail address was expected for {who!r}, none is known; add it to the entry"
        )
    return person.name, person.email


def _may_come(ctx: Context, somebody: Somebody, name: str) -> None:
    if somebody.person is None and ctx.project.people:
        raise UsageError(
            f"people: somebody of the project was expected, {name!r} is not; add them with: headrace people add"
        )
    paused = {row["annotator"] for row in ctx.store.rows("SELECT annotator FROM paused_people")}
    if paused & set(somebody.annotators):
        raise UsageError(
            f"people: somebody at work was expected, {name!r} is paused; headrace people resume first"
        )
