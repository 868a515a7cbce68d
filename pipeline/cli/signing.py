"""The command with which somebody puts their name under a release, before it is one."""

from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.cli.app import RELEASES, AsJson, Wait, app

if TYPE_CHECKING:
    from pipeline.context import Context
    from schemas.manifest import Manifest


@app.command(rich_help_panel=RELEASES)
def sign(
    version: Annotated[
        str, typer.Argument(metavar="VERSION", help="The one that follows, as release --preview names it.")
    ],
    name: Annotated[
        str, typer.Option("--as", metavar="NAME", help="Who signs: a name, an address or a pseudonym.")
    ],
    exception: Annotated[
        str | None,
        typer.Option("--exception", metavar="WHY", help="Why it may go out though it falls short of a gate."),
    ] = None,
    additions_only: Annotated[
        bool, typer.Option("--additions-only", help="Sign what release --additions-only would make.")
    ] = False,
    wait: Wait = 60.0,
    as_json: AsJson = False,
) -> None:
    """Sign what a version holds now: the rows, for as long as not one of them is another."""
    from pipeline.cli.output import show, tell
    from pipeline.cli.session import writing
    from pipeline.releasing.gates import falls_short
    from pipeline.releasing.signing import sign as put
    from pipeline.releasing.signing import signatures_of, with_signatures

    with writing("sign", wait) as ctx:
        candidate = _candidate(ctx, version, additions_only=additions_only)
        fact, new = put(ctx, candidate, name, exception)
        signed = signatures_of(ctx.store, fact.version, fact.digest)
        candidate = with_signatures(candidate, signed, ctx.project.release.requires.sign_off, ctx)
    short = falls_short(candidate)

    def people() -> None:
        what = "signed" if new else "had been signed before"
        tell(f"{fact.version}: {candidate.counts.rows:,} rows {what} as {fact.role}, content {fact.digest}")
        for gate in candidate.policies.gates:
            mark = "met" if gate.met else "exception" if gate.exception else "NOT MET"
            tell(f"  {mark:<9} {gate.name}: {gate.said}")
        if not short:
            tell("nothing is missing now: headrace release")

    content = {
        "version": fact.version,
        "content": fact.digest,
        "new": new,
        **fact.model_dump(mode="json", include={"role", "exception", "waived", "signed_at"}),
        "rows": candidate.counts.rows,
        "gates": [gate.model_dump(mode="json") for gate in candidate.policies.gates],
        "short": [gate.name for gate in short],
    }
    show(as_json, content, people)


def _candidate(ctx: "Context", version: str, *, additions_only: bool) -> "Manifest":
    """What is signed: a release as it was frozen, or what would be one now."""
    from pipeline.releasing.preparing import prepared
    from schemas.facts import ReleaseFact
    from schemas.manifest import Manifest

    for fact in ctx.store.facts(ReleaseFact, "version = ? AND manifest IS NOT NULL", [version]):
        return Manifest.model_validate_json(fact.manifest or "")
    candidate = prepared(ctx, version, additions_only=additions_only).manifest
    _must_be_as_seen(ctx, candidate)
    return candidate


def _must_be_as_seen(ctx: "Context", candidate: "Manifest") -> None:
    """Whoever looked at a preview signs what they saw, or nothing."""
    from pydantic import ValidationError

    from pipeline.stages.release import PREVIEW
    from schemas.errors import UsageError
    from schemas.manifest import FILE, Manifest

    place = ctx.folder / "releases" / f"{candidate.version}{PREVIEW}"
    try:
        seen = Manifest.model_validate_json((place / FILE).read_text(encoding="utf-8"))
    except (OSError, ValidationError):
        return
    if seen.content != candidate.content:
        raise UsageError(
            f"sign {candidate.version}: the rows of its preview were expected ({seen.counts.rows:,}, {seen.content}), "
            f"they are others by now ({candidate.counts.rows:,}, {candidate.content}); look again: "
            "headrace release --preview"
        )
