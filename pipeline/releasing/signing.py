"""Signatures: dated facts by somebody of the project over the content of one version.

A signature is for the rows that were looked at. Once a row is another one, or there is one more, it is for nothing.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import get_args

from pipeline.context import Context
from pipeline.papers.words import plural
from pipeline.people.whos_who import Somebody, find
from pipeline.store import Store
from schemas.base import content_id
from schemas.errors import GateRefused, UsageError
from schemas.facts import PersonFact
from schemas.manifest import Gate, Manifest, Signed
from schemas.people import Person, Role
from schemas.releases import SignatureFact

SIGN_OFF = "sign_off"
LONGEST = 400
"""Characters of an exception: it stands on the card."""
_ROLES: tuple[str, ...] = get_args(Role)
_A_NAME = 4
"""Letters from which on a name is looked for in what is published: shorter ones are words as well."""
SIGNED = "SELECT * FROM signatures WHERE version = ? AND digest = ? ORDER BY signed_at, signer"


@dataclass(frozen=True)
class Signer:
    """Who signs."""

    called: str
    """Their pseudonym as a signer: leads often have no account."""
    role: str


def pseudonym(store: Store, name: str) -> str:
    """What somebody is called under a signature: made of the name, which nobody can read out of it."""
    return f"signer-{content_id([store.id, name.casefold()])[:8]}"


def signatures_of(
    store: Store, version: str, content: str, until: datetime | None = None
) -> tuple[SignatureFact, ...]:
    """What was signed of a version with this very content, by a moment or ever; the oldest first."""
    found = [SignatureFact.model_validate(row) for row in store.rows(SIGNED, [version, content])]
    return tuple(one for one in found if until is None or one.signed_at <= until)


def with_signatures(
    candidate: Manifest, signed: Sequence[SignatureFact], sign_off: Sequence[str], ctx: Context
) -> Manifest:
    """A candidate with its signatures: its gates with the exceptions for them, and the gate that they are."""
    excepted = {name: fact.exception for fact in signed for name in fact.waived if fact.exception}
    gates = [
        gate if gate.met else gate.model_copy(update={"exception": excepted.get(gate.name)})
        for gate in candidate.policies.gates
        if gate.name != SIGN_OFF
    ]
    if sign_off:
        gates.append(_sign_off(ctx, sign_off, signed))
    told = tuple(
        Signed(role=fact.role, digest=fact.digest, exception=fact.exception, signed_at=fact.signed_at)
        for fact in signed
    )
    policies = candidate.policies.model_copy(update={"gates": tuple(gates)})
    return candidate.model_copy(update={"policies": policies, "signatures": told})


def sign(
    ctx: Context, candidate: Manifest, name: str, exception: str | None = None
) -> tuple[SignatureFact, bool]:
    """Sign a judged candidate; the fact, and whether it is new.

    Raises GateRefused with the figures where it falls short and no exception is given, UsageError where somebody may
    not sign, an exception is for nothing or names somebody.
    """
    signer = _signer(ctx, name)
    _may_sign(ctx, signer, exception)
    short = [gate for gate in candidate.policies.gates if not gate.met and gate.name != SIGN_OFF]
    _must_fit(ctx, candidate, short, exception)
    fact = SignatureFact(
        version=candidate.version,
        digest=candidate.content,
        signer=signer.called,
        role=signer.role,
        exception=exception,
        waived=tuple(gate.name for gate in short) if exception else (),
        signed_at=ctx.clock(),
    )
    for one in signatures_of(ctx.store, candidate.version, candidate.content):
        if one.model_copy(update={"signed_at": fact.signed_at}) == fact:
            return one, False
    ctx.store.put([fact])
    return fact, True


def _must_fit(ctx: Context, candidate: Manifest, short: Sequence[Gate], exception: str | None) -> None:
    open_ones = [gate for gate in short if gate.exception is None]
    if exception is None:
        if open_ones:
            figures = "\n".join(f"release.requires.{gate.name}: {gate.said}" for gate in open_ones)
            raise GateRefused(
                f"{figures}\nsign {candidate.version}: a release that meets its gates was expected, "
                f"{plural(len(open_ones), 'is', 'are')} not met; mend it, or say why it may go out all the same: "
                "--exception WHY"
            )
        return
    if not short:
        raise UsageError(
            f"--exception: a gate that {candidate.version} falls short of was expected, it meets all; leave it out"
        )
    _may_be_read(ctx, exception)


def _may_be_read(ctx: Context, exception: str) -> None:
    """It stands on the card, for anybody."""
    plain = exception.strip() == exception and exception.isprintable() and 0 < len(exception) <= LONGEST
    if not plain:
        raise UsageError(
            f"--exception: one line of 1 to {LONGEST} characters was expected, is {exception!r:.60}; write it otherwise"
        )
    if any(re.search(rf"(?<!\w)({one})(?!\w)", exception) for one in _names(ctx)):
        raise UsageError(
            "--exception: it stands on the card for anybody to read, and names somebody of the project; say it by roles"
        )


def _names(ctx: Context) -> Iterator[str]:
    """Patterns of the names and addresses that the project knows."""
    known: list[Person | PersonFact] = [*ctx.project.people, *ctx.store.facts(PersonFact)]
    for one in known:
        if len(one.name) >= _A_NAME:
            yield re.escape(one.name)
        if one.email:
            yield f"(?i:{re.escape(one.email)})"


def _signer(ctx: Context, name: str) -> Signer:
    if not ctx.project.people:  # then everybody may do everything
        if not (name.isprintable() and name.strip()):
            raise UsageError(f"--as: a name was expected, is {name!r:.60}; give one")
        return Signer(pseudonym(ctx.store, name.strip()), "lead")
    found = find(name, ctx.project.people, ctx.store)
    if found.person is None:
        raise UsageError(
            f"--as: somebody of the project was expected, {name!r} is none; see: headrace people list"
        )
    return Signer(pseudonym(ctx.store, found.person.name), found.person.role)


def _may_sign(ctx: Context, signer: Signer, exception: str | None) -> None:
    if signer.role == "lead":
        return
    asked = ctx.project.release.requires.sign_off
    if exception is None and any(_meets(one, signer.called, signer.role, ctx) for one in asked):
        return
    what = (
        "sign an exception"
        if exception
        else f"sign, unless {SIGN_OFF} under [release.requires] asks for them"
    )
    raise UsageError(f"--as: a lead was expected to {what}, is {signer.role}; name a lead")


def _sign_off(ctx: Context, asked: Sequence[str], signed: Iterable[SignatureFact]) -> Gate:
    """Each name and role that is asked for needs a signer of its own."""
    left = {fact.signer: fact.role for fact in signed}
    have = sorted(left.values())
    lacking = []
    for entry in sorted(asked, key=lambda one: one in _ROLES):  # names first: a role takes whoever is left
        fitting = next((one for one, role in left.items() if _meets(entry, one, role, ctx)), None)
        if fitting is None:
            lacking.append(_role_of(entry, ctx))
        else:
            del left[fitting]
    wanted = sorted(_role_of(entry, ctx) for entry in asked)
    said = f"signatures by {_listed(wanted)} were expected, found {_listed(have)}" + (
        f", without {_listed(sorted(lacking))}" if lacking and have else ""
    )
    return Gate(name=SIGN_OFF, asked=list(wanted), found=list(have), met=not lacking, said=said)


def _meets(entry: str, called: str, role: str, ctx: Context) -> bool:
    if entry in _ROLES:
        return role == entry
    found = _of_the_project(entry, ctx) if ctx.project.people else None
    return called == pseudonym(ctx.store, found.person.name if found and found.person else entry)


def _role_of(entry: str, ctx: Context) -> str:
    """What may be told of who is asked: never a name."""
    if entry in _ROLES:
        return entry
    found = _of_the_project(entry, ctx) if ctx.project.people else None
    return found.person.role if found and found.person else "lead"


def _of_the_project(entry: str, ctx: Context) -> Somebody:
    try:
        return find(entry, ctx.project.people, ctx.store)
    except UsageError as error:
        raise UsageError(f"release.requires.{SIGN_OFF}: {error}") from None


def _listed(roles: Sequence[str]) -> str:
    if not roles:
        return "none"
    return ", ".join(f"{roles.count(role)} {role}" for role in sorted(set(roles)))
