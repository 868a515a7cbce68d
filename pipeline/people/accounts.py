"""The account in Label Studio of somebody who comes in by the door: the guard signs in to it, they never do."""

import secrets

from pipeline.context import Context
from pipeline.label_studio import accounts, outside
from pipeline.label_studio.environment import Report
from pipeline.label_studio.passwords import set_password
from pipeline.ledger.keys import Account, Keys
from pipeline.people.pseudonyms import Pseudonyms
from schemas.errors import LabelStudioRefused, UsageError
from schemas.facts import PersonFact

PASSWORD_BYTES = 32


def have_account(
    ctx: Context, keys: Keys, email: str, password: str | None = None, *, report: Report = lambda _: None
) -> Account:
    """Somebody's account, with which the guard can sign in, and their pseudonym; made where there is none.

    An account with that address that is there already is given a new password, where that can be done, and `report` is
    told so. `password` is one that it has, told by whoever runs that server. What was broken off is gone on with.
    """
    known, person = keys.account_of(email), _person(ctx, email)
    tried = password or (known.password if known else secrets.token_urlsafe(PASSWORD_BYTES))
    if person is None or not accounts.opens(ctx.label_studio.address, person.email, tried):
        if password is not None:
            raise LabelStudioRefused(
                f"account {email!r} in Label Studio: expected the password given to open it, it does not; "
                "name a file with the right one"
            )
        pending = Account(
            annotator=f"pending {email.casefold()}", email=email, password=tried, person_id=None
        )
        _make(ctx, keys, pending, person, report)
        person = _person(ctx, email)
    if person is None:
        raise LabelStudioRefused(
            f"account {email!r}: Label Studio should list it, does not; see there whether the address is another"
        )
    account = Account(
        annotator=person.annotator, email=person.email, password=tried, person_id=person.person_id
    )
    if account != known:
        keys.keep(account)
    return account


def _make(ctx: Context, keys: Keys, pending: Account, person: PersonFact | None, report: Report) -> None:
    """Have an account with this password; on record before it takes it, or nobody would know it after a crash."""
    if person is None:
        keys.keep(pending)
        accounts.sign_up(
            ctx.label_studio.address, ctx.label_studio.invite_link(), pending.email, pending.password
        )
        return
    if outside.address() is not None:
        raise LabelStudioRefused(
            f"account {person.email!r} in Label Studio: expected one made by headrace, found one whose password is not "
            "known here; on that server run: label-studio reset_password, then invite again with --password-file FILE"
        )
    report(
        f"account {person.email!r} was in Label Studio already: giving it a password that the door alone knows"
    )
    keys.keep(pending)
    set_password(ctx.folder, person.email, pending.password)


def _person(ctx: Context, email: str) -> PersonFact | None:
    """Who has an account with an address in Label Studio as it is now; UsageError where they were forgotten."""
    there = [one.id for one in ctx.label_studio.people() if one.email.casefold() == email.casefold()]
    if not there:
        return None
    person = Pseudonyms(ctx).of(there[0])
    if person is not None and person.forgotten_at is not None:
        raise UsageError(
            f"people: {email!r} should be somebody who is on record, was forgotten as {person.annotator}; "
            "invite them with another address"
        )
    return person
