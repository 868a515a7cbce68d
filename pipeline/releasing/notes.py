"""RELEASES.md: what each version is, and why it has the number that it has."""

from collections.abc import Iterator
from pathlib import Path

from pipeline.releasing.versions import parts
from pipeline.store import Store
from schemas.facts import ReleaseFact
from schemas.manifest import Manifest

NOTES = "RELEASES.md"
_KINDS = {
    "first": "the first",
    "patch": "patch",
    "minor": "minor",
    "major": "major",
}
_LISTED = 20
"""Errata of a version; all of them stand in its manifest."""


def notes(store: Store) -> str:
    """A section a version, the newest first."""
    found = sorted(store.facts(ReleaseFact), key=lambda one: parts(one.version), reverse=True)
    name = next((Manifest.model_validate_json(one.manifest).name for one in found if one.manifest), "")
    sections = ["\n".join(_section(one)) for one in found]
    return "\n\n".join([f"# Releases of {name}" if name else "# Releases", *sections]) + "\n"


def write_notes(store: Store, folder: Path) -> None:
    """Write it beside the releases, whole or not at all."""
    part = folder / f".{NOTES}.part"
    part.write_text(notes(store), encoding="utf-8", newline="\n")
    part.replace(folder / NOTES)


def _section(fact: ReleaseFact) -> Iterator[str]:
    yield f"## {fact.version} ({fact.made_at:%Y-%m-%d})"
    yield ""
    if fact.manifest is None:
        yield f"{fact.row_count:,} rows."
        return
    manifest = Manifest.model_validate_json(fact.manifest)
    bump = manifest.bump
    if bump is not None:
        yield f"{_KINDS.get(bump.kind, bump.kind).capitalize()}: {bump.reason}."
        yield ""
    counts = manifest.counts
    simulated = ", simulated labels among them" if manifest.simulated else ""
    yield f"- {counts.rows:,} rows from {counts.labels:,} labels on {counts.tasks:,} tasks{simulated}"
    if manifest.withdrawn:
        yield f"- {len(manifest.withdrawn):,} records of earlier releases were withdrawn (`withdrawn` in its manifest)"
    if manifest.forgotten:
        yield f"- {len(manifest.forgotten):,} people were forgotten (`forgotten` in its manifest)"
    yield from (
        f"- released all the same: {gate.name}: {gate.said} ({gate.exception})"
        for gate in manifest.policies.gates
        if not gate.met and gate.exception
    )
    yield from _errata(manifest)


def _errata(manifest: Manifest) -> Iterator[str]:
    held = manifest.held_back
    if not held:
        return
    yield f"- {len(held):,} rows were held back:"
    yield from (f"  - `{one.row_id}`: {one.reason}: {one.detail}" for one in held[:_LISTED])
    if len(held) > _LISTED:
        yield f"  - {len(held) - _LISTED:,} more (`held_back` in its manifest)"
