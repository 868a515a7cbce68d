"""Forgetting a person: the name and the address go, wherever headrace reaches; the votes stay under the pseudonym."""

from collections.abc import Iterator
from pathlib import Path

from pipeline.context import Context, Quiet
from pipeline.opening import Studio, writing
from pipeline.people.inviting import forget_at_door
from pipeline.people.whos_who import Somebody, find, met
from pipeline.store import StorePlace
from schemas.base import Frozen
from schemas.errors import LabelStudioError, LabelStudioGone, LabelStudioRefused
from schemas.facts import PersonFact
from schemas.people import Person
from schemas.people_file import PEOPLE_FILE, read_people, write_people
from schemas.project import FILE, Project

COMMAND = "people forget"
NOBODY = "forgotten.invalid"
"""Where the addresses of forgotten accounts are: a domain that nobody can have."""


class Forgotten(Frozen):
    """Who was forgotten, by pseudonym, and what is left to a person to do."""

    annotators: tuple[str, ...]
    left: tuple[str, ...]
    """A line for each place that still holds the name, or may."""


def forget(folder: Path, project: Project, studio: Studio, name: str, wait: float) -> Forgotten:
    """Erase a person's name and address in Label Studio, in the store and its snapshot, and in people.csv.

    Broken off, it is to be run again: people.csv comes last, and a pseudonym is a name too. Raises UsageError where
    nobody is called so.
    """
    with writing(folder, project, studio, COMMAND, wait=wait, progress=Quiet()) as ctx:
        somebody, left = _met(ctx, name)
        left += [line for account in somebody.accounts for line in _anonymise(ctx, account)]
        ctx.store.put((_erased(ctx, account) for account in somebody.accounts), replace=True)
        forget_at_door(folder, somebody)
    place = StorePlace(folder)
    place.rewrite(f"headrace {COMMAND}", wait)
    left += _leave(folder, project, somebody.person) if somebody.person else []
    left += [f"{path}: a copy from before an upgrade, still holds it; remove it" for path in place.kept()]
    left.append("backups of this folder, of Label Studio and of its database still hold it")
    return Forgotten(annotators=tuple(somebody.annotators), left=tuple(left))


def _met(ctx: Context, name: str) -> tuple[Somebody, list[str]]:
    """Who is called so; an account that nobody has seen yet would be met later, name and all."""
    try:
        return met(ctx, name), []
    except LabelStudioError as error:
        left = f"Label Studio: could not be asked for an account of theirs ({error}); delete one by hand"
        return find(name, ctx.project.people, ctx.store), [left]


def _anonymise(ctx: Context, account: PersonFact) -> Iterator[str]:
    """Take the name out of Label Studio; what went otherwise is a line."""
    if account.server != ctx.server:
        yield f"Label Studio {account.server}: not in use now, still holds it; see to account {account.person_id}"
        return
    try:
        ctx.label_studio.anonymise(account.person_id, f"{account.annotator}@{NOBODY}", account.annotator)
    except LabelStudioGone:
        return
    except LabelStudioRefused as error:
        yield f"{error} (docs/reference/people.md)"
    except LabelStudioError as error:
        yield f"{error}; then: headrace people forget {account.annotator}, for Label Studio still holds it"


def _erased(ctx: Context, account: PersonFact) -> PersonFact:
    since = account.forgotten_at or ctx.clock()
    return account.replace(email="", name="", forgotten_at=since)


def _leave(folder: Path, project: Project, person: Person) -> list[str]:
    """Take a person out of people.csv; in project.toml nobody writes but its owner."""
    listed = read_people(folder)
    stays = [one for one in listed if one.name != person.name]
    if len(stays) == len(listed):
        return [f"{FILE}: still holds it; take the [[people]] entry out, and mind git's history"]
    write_people(folder, stays)
    if len(project.people) > 1:
        return []
    return [
        f"{PEOPLE_FILE}: names nobody any more, so that everybody with an account may do everything; name somebody"
    ]
