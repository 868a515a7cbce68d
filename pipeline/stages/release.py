"""Freeze what is settled as a new version of the dataset."""

from datetime import datetime
from pathlib import Path

from pipeline.context import Context, Tally
from pipeline.papers.writing import papers
from pipeline.releasing.files import entry_of, write, write_texts
from pipeline.releasing.frozen import freeze, rebuild, text_of
from pipeline.releasing.gates import refuse
from pipeline.releasing.notes import write_notes
from pipeline.releasing.placing import draft_of, put
from pipeline.releasing.preparing import Prepared, prepared
from pipeline.releasing.versions import parts
from schemas.errors import GateRefused
from schemas.facts import ReleaseFact
from schemas.manifest import FILE, Manifest

PREVIEW = "-preview"
"""What the folder of a preview is called, after its version."""


def release(
    ctx: Context,
    version: str | None = None,
    out: Path | None = None,
    *,
    preview: bool = False,
    additions_only: bool = False,
) -> tuple[Tally, str, Path]:
    """Release the accepted labels; without news since the last release, that one again.

    Args:
        ctx: The project.
        version: The version, or None for the one that follows; one that there is is written again, as it was.
        out: The folder that holds releases; None for the project's own.
        preview: Write what would be released, held against no gate and frozen nowhere.
        additions_only: Keep the rows of the last release as they are, and list what is held back.

    Returns:
        The tally, the version and its folder.

    Raises:
        GateRefused: Where a gate says no.
        UsageError: For a version that is taken or is none.
        StoreError: Where it cannot be written.
    """
    if version is not None:
        parts(version)
    home = out or ctx.folder / "releases"
    if version is not None and _is_to_be_written_again(ctx, version, home) and not preview:
        return _again(ctx, version, home)
    found = prepared(ctx, version, additions_only=additions_only)
    if preview:
        return _preview(ctx, found, home)
    _refuse_simulated(ctx, found.manifest)
    if not found.is_news:  # it is out already: a gate that would say no today stops what is new alone
        return _again(ctx, found.manifest.version, home)
    refuse(found.manifest, found.looked.leaks if found.looked else ())
    return _new(ctx, found.manifest, home)


def _new(ctx: Context, manifest: Manifest, home: Path) -> tuple[Tally, str, Path]:
    place = home / manifest.version
    with draft_of(place, manifest.name) as draft:
        moment = ctx.clock()
        whole, texts = _write(ctx, manifest, draft, moment)
        # once it is on record it is a release: should the folder not get to its place, it is written again from there
        freeze(ctx.store, whole, texts, moment)
        put(draft, place)
        write_notes(ctx.store, home)
    return Tally(done=manifest.counts.tasks), manifest.version, place


def _preview(ctx: Context, found: Prepared, home: Path) -> tuple[Tally, str, Path]:
    manifest = found.manifest.model_copy(update={"preview": True})
    place = home / f"{manifest.version}{PREVIEW}"
    with draft_of(place, manifest.name) as draft:
        _write(ctx, manifest, draft, ctx.clock())
        put(draft, place)
    return Tally(skipped=manifest.counts.tasks), manifest.version, place


def _again(ctx: Context, version: str, home: Path) -> tuple[Tally, str, Path]:
    """A release that there is: its folder is made again where it is missing."""
    place = home / version
    if not (place / FILE).exists():
        with draft_of(place, ctx.project.name) as draft:
            rebuild(ctx.store, version, draft)
            put(draft, place)
    write_notes(ctx.store, home)
    members = ctx.store.value("SELECT count(*) FROM release_members WHERE version = ?", [version])
    return Tally(skipped=members), version, place


def _is_to_be_written_again(ctx: Context, version: str, home: Path) -> bool:
    known = ctx.store.facts(ReleaseFact, "version = ? AND manifest IS NOT NULL", [version])
    return bool(known) and not (home / version / FILE).exists()


def _write(
    ctx: Context, manifest: Manifest, draft: Path, moment: datetime
) -> tuple[Manifest, dict[str, str]]:
    """All files of a release; its manifest with their hashes, and its papers."""
    data = write(ctx.store, manifest.sets, draft, moment)
    texts = papers(manifest.model_copy(update={"files": tuple(data)}), draft)
    write_texts(texts, draft)
    files = [*data, *(entry_of(draft, path) for path in texts)]
    whole = manifest.model_copy(update={"files": tuple(sorted(files, key=lambda file: file.path))})
    write_texts({FILE: text_of(whole)}, draft)
    return whole, texts


def _refuse_simulated(ctx: Context, manifest: Manifest) -> None:
    counts = manifest.counts
    if manifest.simulated and not ctx.project.release.simulated:
        simulated = counts.simulated_labels + counts.simulated_decisions
        raise GateRefused(
            f"release: labels of people were expected, {simulated:,} of {counts.labels + counts.decisions:,} labels "
            "and decisions are simulated annotators'; set simulated = true under [release], and the release says so"
        )
