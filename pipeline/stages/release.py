"""Freeze what is settled as a new version of the dataset."""

from pathlib import Path

from pipeline.context import Context, Tally
from pipeline.releasing.files import write
from pipeline.releasing.leaks import Looked, look
from pipeline.releasing.manifest import describe
from pipeline.releasing.rows import Content, assemble
from pipeline.releasing.versions import following, newest, parts
from schemas.errors import GateRefused, UsageError
from schemas.facts import ReleaseFact


def release(ctx: Context, version: str | None = None, out: Path | None = None) -> tuple[Tally, str, Path]:
    """Release the accepted labels; without news since the last release, that one again.

    Returns the tally, the version and the folder. Raises GateRefused where a gate says no, UsageError for a
    version that is taken or is none.
    """
    last = newest(ctx.store)
    if version is not None:
        parts(version)
    content = assemble(ctx.store, ctx.project.release.splits)
    _gates(ctx, content)
    looked = look(ctx.project, ctx.folder, content)
    _leak_gate(ctx, looked)
    if last is not None and last.digest == content.digest() and version in (None, last.version):
        place = _place(ctx, last.version, out)
        if not (place / "manifest.json").exists():
            write(content, describe(ctx.store, ctx.project, last.version, content, looked), place)
        return Tally(skipped=len(content.members)), last.version, place
    name = _free(version, last) if version is not None else following(ctx.store, content, last)
    place = _place(ctx, name, out)
    write(content, describe(ctx.store, ctx.project, name, content, looked), place)
    _freeze(ctx, content, name)
    return Tally(done=len(content.members)), name, place


def _place(ctx: Context, version: str, out: Path | None) -> Path:
    return (out or ctx.folder / "releases") / version


def _free(version: str, last: ReleaseFact | None) -> str:
    if last is not None and parts(version) <= parts(last.version):
        raise UsageError(
            f"release: a version above {last.version} was expected, is {version}; releases are frozen, leave the "
            "version out and the next one is chosen"
        )
    return version


def _freeze(ctx: Context, content: Content, version: str) -> None:
    members, rows = content.facts(version)
    fact = ReleaseFact(
        version=version,
        digest=content.digest(),
        row_count=content.row_count,
        simulated=any(member.simulated for member in content.members),
        facts_until=content.facts_until,
        made_at=ctx.clock(),
    )
    with ctx.store.transaction():
        ctx.store.put(members)
        ctx.store.put(rows)
        ctx.store.put([fact])


def _gates(ctx: Context, content: Content) -> None:
    if not content.members:
        raise GateRefused("release: accepted labels were expected, there are none yet; see: headrace status")
    requires = ctx.project.release.requires
    asked = [name for name, value in requires.model_dump().items() if value not in (None, ())]
    asked = [name for name in asked if name != "contamination"]  # which is measured
    if asked:
        raise GateRefused(
            f"release.requires: {', '.join(asked)} cannot be measured by this version of headrace, so nothing is "
            "released; remove the gate to release without it"
        )
    simulated = sum(member.simulated for member in content.members)
    if simulated and not ctx.project.release.simulated:
        raise GateRefused(
            f"release: labels of people were expected, {simulated} of {len(content.members)} tasks rest on simulated "
            "annotators; set simulated = true under [release], and the release says so"
        )


def _leak_gate(ctx: Context, looked: Looked | None) -> None:
    most = ctx.project.release.requires.contamination
    if most is None:
        return
    if looked is None:
        raise GateRefused(
            "release.requires.contamination: benchmarks to hold the rows against were expected, there are none; "
            'name them under [screens]: contamination = { verdict = "reject", against = [...] }'
        )
    if len(looked.leaks) > most:
        row_id, leak = looked.leaks[0]
        raise GateRefused(
            f"release.requires.contamination: at most {most} rows that leak a benchmark were expected, found "
            f"{len(looked.leaks)} of {looked.rows}, such as {row_id} ({leak}); see: headrace lineage {row_id}, "
            "then headrace withdraw its record"
        )
