"""The simulated people's accounts in Label Studio: made once, by the invite link, as people make theirs."""

import os
import secrets
from collections.abc import Sequence
from pathlib import Path

from pydantic import Field, TypeAdapter, ValidationError

from pipeline.demo.people import EVERYBODY, SimulatedPerson
from pipeline.label_studio.accounts import invite_link, log_in, sign_up
from pipeline.label_studio.server import Server
from pipeline.store.place import FOLDER
from schemas.base import Frozen
from schemas.errors import LabelStudioRefused, ProjectError

FILE = "demo-people.json"


class Account(Frozen):
    """How one of them signs in."""

    email: str
    password: str = Field(repr=False)
    token: str | None = Field(default=None, repr=False)
    """None while the account is not known to have been made."""


ACCOUNTS = TypeAdapter(list[Account])


def tokens(folder: Path, server: Server) -> list[str]:
    """The API tokens in the order of EVERYBODY; accounts that are missing are made first.

    A password is on file before its account is made: an interruption locks nobody out.
    """
    path = folder / FOLDER / FILE
    known = {account.email: account for account in _read(path)}
    accounts = [known.get(person.email) or _new(person) for person in EVERYBODY]
    found = []
    for at, (person, account) in enumerate(zip(EVERYBODY, accounts, strict=True)):
        token = account.token
        if token is None:
            _write(path, accounts)
            token = _token(server, person, account.password)
            accounts[at] = account.replace(token=token)
            _write(path, accounts)
        found.append(token)
    return found


def _new(person: SimulatedPerson) -> Account:
    return Account(email=person.email, password=secrets.token_urlsafe(18))


def _token(server: Server, person: SimulatedPerson, password: str) -> str:
    first, _, last = person.name.partition(" ")
    try:
        invite = invite_link(server.url, server.token)
        return sign_up(server.url, invite, person.email, password, first, f"{last} (simulated)")
    except LabelStudioRefused as refusal:
        try:
            return log_in(server.url, person.email, password)  # made already, by a run that was interrupted
        except LabelStudioRefused:
            raise refusal from None


def _read(path: Path) -> list[Account]:
    """The accounts on file: those of the first few of EVERYBODY, since an older demo knew fewer people."""
    try:
        accounts = ACCOUNTS.validate_json(path.read_bytes())
    except FileNotFoundError:
        return []
    except ValidationError:
        accounts = []
    expected = [person.email for person in EVERYBODY[: len(accounts)]]
    if not accounts or [account.email for account in accounts] != expected:
        raise ProjectError(
            f"{path}: the accounts of the demo's people were expected, found something else; "
            "remove the demo's folder and run the demo again"
        )
    return accounts


def _write(path: Path, accounts: Sequence[Account]) -> None:
    """Put the file in place whole, readable by its owner alone from its first byte on."""
    path.parent.mkdir(mode=0o700, exist_ok=True)
    part = path.with_suffix(".part")
    part.unlink(missing_ok=True)
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(ACCOUNTS.dump_json(list(accounts), indent=2))
    part.replace(path)
