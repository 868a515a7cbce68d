"""Pseudonyms: an account in Label Studio gets one when it is first seen, and keeps it."""

import secrets

from pipeline.context import Context
from schemas.facts import PersonFact

SIMULATED = "@simulated.invalid"
"""The end of every simulated annotator's address: the account itself says so. Once said, it stays so."""
UNKNOWN = "unknown"
"""What the annotator is called, with the annotation's id, where the account was gone before it was first seen."""


class Pseudonyms:
    """The annotators behind a Label Studio's accounts."""

    def __init__(self, ctx: Context) -> None:
        self._ctx = ctx
        people = ctx.store.facts(PersonFact, "server = ?", [ctx.server])
        # an account's id can be given out again: the person met last has it now
        self._known = {person.person_id: person for person in sorted(people, key=lambda one: one.seen_at)}

    def of(self, person_id: int) -> PersonFact | None:
        """The person behind an account; None where there is no such account."""
        if person_id not in self._known:
            self.meet()
        return self._known.get(person_id)

    def meet(self) -> None:
        """Give each new account a pseudonym; one that was forgotten is none, and stays without a name."""
        gone = {person.email: person for person in self._known.values() if person.person_id < 0}
        new = [
            gone[account.email].replace(person_id=account.id)
            if account.email in gone
            else PersonFact(
                annotator=f"ann-{secrets.token_hex(4)}",
                server=self._ctx.server,
                person_id=account.id,
                email=account.email,
                name=account.name,
                simulated=account.email.endswith(SIMULATED),
                seen_at=self._ctx.clock(),
            )
            for account in self._ctx.label_studio.people()
            if account.id not in self._known
        ]
        self._ctx.store.put(new, replace=True)
        self._known |= {person.person_id: person for person in new}

    def meet_again(self) -> None:
        """After the server went back: the id of an account that it knows no more is somebody else's, now or later.

        Who makes an account with the same address again is the same person.
        """
        accounts = {account.id: account.email for account in self._ctx.label_studio.people()}
        lost = [
            person.replace(person_id=-person.person_id)
            for person in self._known.values()
            if person.person_id > 0
            and person.forgotten_at is None
            and accounts.get(person.person_id) != person.email
        ]
        self._ctx.store.put(lost, replace=True)
        for person in lost:
            del self._known[-person.person_id]
            self._known[person.person_id] = person
        self.meet()


def is_unknown(annotator: str) -> bool:
    """Whether nobody can say whose annotation it is."""
    return annotator.startswith(UNKNOWN)
