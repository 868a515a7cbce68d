"""Releases that were made: kept in the store so that each can be made again, byte for byte."""

import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from pipeline.releasing import voices
from pipeline.releasing.files import write, write_texts
from pipeline.store import Store
from schemas.errors import StoreError, UsageError
from schemas.facts import ReleaseFact, ReleaseMemberFact
from schemas.manifest import FILE, Manifest
from schemas.releases import HeldBackFact, ReleaseRowFact

KEPT = """
CREATE OR REPLACE TEMP TABLE candidate AS
SELECT r.* EXCLUDE (payload) REPLACE (f.method AS method, f.posterior AS posterior), f.split, f.prompt_id, f.records
FROM (FROM release_rows WHERE version = ?) f JOIN made_rows r USING (made_id, row_id, row_hash);
CREATE OR REPLACE TEMP TABLE members AS SELECT * EXCLUDE (version) FROM release_members WHERE version = ?
"""
FROZEN = """
SELECT ?::VARCHAR AS version, row_id, task_id, task_type, split, row_hash, file_set, made_id, prompt_id, records,
    method, posterior
FROM candidate
"""


def freeze(store: Store, manifest: Manifest, papers: Mapping[str, str], moment: datetime) -> None:
    """Put what stands in `candidate`, `members` and `held` on record as a release, written as of a moment."""
    version = manifest.version
    fact = ReleaseFact(
        version=version,
        digest=manifest.digest,
        row_count=manifest.counts.rows,
        simulated=manifest.simulated,
        facts_until=manifest.facts_until,
        made_at=moment,
        content=manifest.content,
        manifest=text_of(manifest),
        papers=json.dumps(dict(papers), ensure_ascii=False, sort_keys=True),
    )
    with store.transaction():
        store.fill(ReleaseMemberFact, "SELECT ?::VARCHAR AS version, * FROM members", [version])
        store.fill(ReleaseRowFact, FROZEN, [version])
        store.fill(HeldBackFact, "SELECT ?::VARCHAR AS version, * FROM held", [version])
        store.put([fact])


def rebuild(store: Store, version: str, folder: Path) -> Manifest:
    """Write a release anew into an empty folder, from the store alone; returns its manifest as it was frozen.

    What it says of its files is what they were: whoever wants to know whether they are the same compares their hashes.

    Raises UsageError where there is no such release, StoreError for one that an older headrace made.
    """
    found = store.facts(ReleaseFact, "version = ?", [version])
    if not found:
        raise UsageError(f"release: {version!r} was expected to be one, is none; see: headrace releases")
    (fact,) = found
    if fact.manifest is None:
        raise StoreError(
            f"release {version}: it was made by an older headrace, and cannot be made again; its files are as they were"
        )
    manifest = Manifest.model_validate_json(fact.manifest)
    for statement in KEPT.split(";\n"):
        store.temporary(statement, [version])
    voices.know_voices(store)
    write(store, manifest.sets, folder, fact.made_at)
    write_texts({**json.loads(fact.papers or "{}"), FILE: fact.manifest}, folder)
    return manifest


def text_of(manifest: Manifest) -> str:
    """A manifest as it is written: only what is set, in the order of its model."""
    said = manifest.model_dump(mode="json")
    return json.dumps(said, indent=2, ensure_ascii=False) + "\n"
