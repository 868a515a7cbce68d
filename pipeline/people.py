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
        new = [
            PersonFact(
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
        self._ctx.store.put(new)
        self._known |= {person.person_id: person for person in new}

    def meet_again(self) -> None:
        """After the server went back: an account whose address is another one now is somebody else's."""
        accounts = {account.id: account.email for account in self._ctx.label_studio.people()}
        self._known = {
            person_id: person
            for person_id, person in self._known.items()
            if person.forgotten_at is not None or accounts.get(person_id, person.email) == person.email
        }
        self.meet()


def is_unknown(annotator: str) -> bool:
    """Whether nobody can say whose annotation it is."""
    return annotator.startswith(UNKNOWN)
