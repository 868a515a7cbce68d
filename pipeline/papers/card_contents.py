"""The part of a card about what is in a release, where it comes from, and what was left out."""

from collections.abc import Iterator
from typing import TypeAlias

from pipeline.papers.markdown import table
from pipeline.papers.words import plural
from pipeline.released.columns import row_class
from schemas.manifest import Manifest
from tasks import task_types

Lines: TypeAlias = Iterator[str]

SHOWN = 20
"""So many errata stand on the card; all of them in the manifest."""
LOOKED = (
    "All {rows:,} rows were held against benchmarks that models are measured by; {leaks:,} of them hold a passage of "
    "one, or most of an item. Translations and deep paraphrases are not found this way."
)
CHECK = (
    "`manifest.json` lists every file with its sha256, every source with its revision, and the rules and gates that "
    "hold for it. `headrace releases verify FOLDER` checks the hashes; `headrace lineage ROW_ID --release FOLDER` "
    "leads from a row to its votes in `votes.parquet` and to its source. Annotators stand under pseudonyms."
)


def sections(manifest: Manifest) -> Lines:
    """Its paragraphs."""
    yield from _asked(manifest)
    yield from _sets(manifest)
    yield from _behind(manifest)
    yield from _left_out(manifest)
    yield "## How to check it"
    yield CHECK


def _asked(manifest: Manifest) -> Lines:
    known = task_types()
    yield "## What was asked"
    yield table(
        ("task type", "version", "rows", "released", "compared", "disputed", "adjudicated"),
        [
            (
                f"{known[one.name].title} (`{one.name}`)" if one.name in known else f"`{one.name}`",
                one.version,
                f"{one.rows:,}",
                f"{one.tasks:,}",
                f"{one.compared:,}",
                f"{one.disputed:,}",
                f"{one.adjudicated:,}",
            )
            for one in manifest.task_types
        ],
    )


def _sets(manifest: Manifest) -> Lines:
    yield "## Splits"
    yield table(("split", "rows"), [(name, f"{rows:,}") for name, rows in manifest.splits.items()])
    if manifest.sets:
        yield "## File sets"
        yield table(
            ("file set", "rows", "holds"),
            [
                (
                    f"`{one.name}`",
                    f"{sum(one.splits.values()):,}",
                    (row_class(one.row_class).__doc__ or "").splitlines()[0],
                )
                for one in manifest.sets
            ],
        )


def _behind(manifest: Manifest) -> Lines:
    if looked := manifest.contamination:
        yield "## Benchmarks"
        yield LOOKED.format(rows=looked.rows, leaks=looked.leaks)
    yield "## Sources"
    yield table(
        ("source", "revision", "licence", "records"),
        [
            (
                " ".join(part for part in (one.dataset or "unknown", one.config) if part),
                one.revision or "",
                one.license or "unknown",
                f"{one.records:,}",
            )
            for one in manifest.sources
        ],
    )
    yield "## Licences of the sources"
    yield table(
        ("licence", "records"), [(name, f"{records:,}") for name, records in manifest.licenses.items()]
    )
    yield "## Languages"
    yield table(
        ("language", "records"), [(name, f"{records:,}") for name, records in manifest.languages.items()]
    )


def _left_out(manifest: Manifest) -> Lines:
    if manifest.held_back:
        shown = manifest.held_back[:SHOWN]
        yield "## Errata, and what is held back"
        yield table(("row", "why", ""), [(f"`{one.row_id}`", one.reason, one.detail) for one in shown])
        if more := len(manifest.held_back) - len(shown):
            yield f"{more:,} more stand in `manifest.json`."
    gone = (
        [f"{plural(len(manifest.withdrawn), 'record was', 'records were')} withdrawn"]
        if manifest.withdrawn
        else []
    )
    gone += (
        [f"{plural(len(manifest.forgotten), 'person was', 'people were')} forgotten"]
        if manifest.forgotten
        else []
    )
    if gone:
        yield "## Taken out"
        yield f"{' and '.join(gone)}; `manifest.json` lists them. Let them go from earlier versions too."
