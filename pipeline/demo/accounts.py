"""How the simulated people come in, and the visitor: by personal links, as everybody who is invited does."""

from collections.abc import Callable
from pathlib import Path

from pydantic import Field, TypeAdapter, ValidationError

from pipeline.context import Context
from pipeline.demo.annotators import Seat
from pipeline.demo.people import EVERYBODY, VISITOR
from pipeline.demo.seats import DoorSeat
from pipeline.ledger import LedgerPlace, leases
from pipeline.ledger.keys import Keys
from pipeline.ledger.leases import Lease
from pipeline.ledger.state import Door
from pipeline.people.inviting import Wanted, invite
from pipeline.store.place import FOLDER
from schemas.base import Frozen
from schemas.errors import ProjectError

FILE = "demo-people.json"
"""Where demos without a door kept their people's accounts."""


class Account(Frozen):
    """How one of them signed in to Label Studio in such a demo."""

    email: str
    password: str = Field(repr=False)
    token: str | None = Field(default=None, repr=False)
    """None while the account was not known to have been made."""


ACCOUNTS = TypeAdapter(list[Account])


def seats(ctx: Context, door: Door) -> list[Seat]:
    """A place at the door for each of EVERYBODY, in their order; accounts that are missing are made."""
    passwords = older_passwords(ctx.folder)
    place = LedgerPlace(ctx.folder)
    keys, address = Keys(place), door.addresses()[0]
    found: list[Seat] = []
    for person in EVERYBODY:
        link = invite(ctx, door, person.name, Wanted(password=passwords.get(person.email))).link
        account = keys.account_of(person.email)
        found.append(DoorSeat(address, link, _in_hand(place, account.annotator if account else "")))
    return found


def visitors_link(ctx: Context, door: Door) -> str:
    """A link for whoever tries the demo."""
    return invite(ctx, door, VISITOR.name).link


def older_passwords(folder: Path) -> dict[str, str]:
    """The passwords of accounts that a demo without a door made; by mail address, none where there are none."""
    path = folder / FOLDER / FILE
    try:
        accounts = ACCOUNTS.validate_json(path.read_bytes())
    except FileNotFoundError:
        return {}
    except ValidationError:
        raise ProjectError(
            f"{path}: the accounts of the demo's people were expected, found something else; "
            "remove the demo's folder and run the demo again"
        ) from None
    return {one.email: one.password for one in accounts if one.token is not None}


def _in_hand(place: LedgerPlace, annotator: str) -> Callable[[], Lease | None]:
    def look() -> Lease | None:
        with place.reading() as ledger:
            return leases.open_of(ledger, annotator)

    return look
