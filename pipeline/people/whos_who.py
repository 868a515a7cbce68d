"""Who is who: the people that the project names, and the accounts that were seen, put together by their addresses."""

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.context import Context
from pipeline.people.pseudonyms import Pseudonyms
from pipeline.store import Store
from schemas.errors import UsageError
from schemas.facts import PersonFact
from schemas.nearest import nearest
from schemas.people import Person


@dataclass(frozen=True)
class Somebody:
    """A person as the project names them, with the accounts that bear their address; one of the two may be missing."""

    person: Person | None
    accounts: tuple[PersonFact, ...]

    @property
    def annotators(self) -> list[str]:
        """The pseudonyms."""
        return [account.annotator for account in self.accounts]

    def is_called(self, name: str) -> bool:
        """Whether a name that the project gives, an address or a pseudonym is theirs."""
        given = [self.person.name, self.person.email or ""] if self.person else []
        known = [*given, *self.annotators, *(account.email for account in self.accounts)]
        return name.casefold() in {one.casefold() for one in known if one}


def everybody(people: Sequence[Person], store: Store) -> list[Somebody]:
    """The project's people in their order, then the accounts that are none of theirs.

    How an account calls itself says nothing: everybody may call themselves anything there.
    """
    accounts = store.facts(PersonFact)
    known = [Somebody(person, tuple(one for one in accounts if _is_of(one, person))) for person in people]
    theirs = {account.annotator for one in known for account in one.accounts}
    return [*known, *(Somebody(None, (one,)) for one in accounts if one.annotator not in theirs)]


def find(name: str, people: Sequence[Person], store: Store) -> Somebody:
    """The one who is called so, by name, address or pseudonym; raises UsageError where that is not exactly one."""
    found = [one for one in everybody(people, store) if one.is_called(name)]
    if len(found) == 1:
        return found[0]
    if found:
        raise UsageError(
            f"people: one was expected to be called {name!r}, {len(found)} are; give the address or the pseudonym"
        )
    hint = nearest(name, [person.name for person in people], "see: headrace people list")
    raise UsageError(
        f"people: a name, an address or a pseudonym was expected, nobody is called {name!r}; {hint}"
    )


def met(ctx: Context, name: str) -> Somebody:
    """The one who is called so, Label Studio asked for their account where none was seen yet; raises as `find`."""
    somebody = find(name, ctx.project.people, ctx.store)
    if somebody.accounts:
        return somebody
    Pseudonyms(ctx).meet()
    return find(name, ctx.project.people, ctx.store)


def _is_of(account: PersonFact, person: Person) -> bool:
    return bool(person.email) and account.email.casefold() == str(person.email).casefold()
