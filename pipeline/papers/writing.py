"""What explains a release to people and machines: its card, its pictures and its Croissant file."""

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
from pyarrow import parquet

from pipeline.papers.card import card
from pipeline.papers.croissant import croissant
from pipeline.papers.estimates import ALPHA, by_name, figures_of
from pipeline.papers.pictures import Bar, Range, bars, ranges
from pipeline.papers.words import percent
from schemas.manifest import AGREEMENT, CARD, CROISSANT, OVERLAP, Manifest


def papers(manifest: Manifest, folder: Path) -> dict[str, str]:
    """The text of README.md, croissant.json and each pictures/….svg, by path.

    All of it follows from the judged manifest with the entries of its data files and of votes.parquet, and from the
    columns of those files. The papers' own entries are added to `files` afterwards.
    """
    columns: dict[str, pa.Schema] = {}
    sizes: dict[tuple[str, str], int] = {}
    for file in manifest.files:
        if not file.path.endswith(".parquet"):
            continue
        footer = parquet.read_metadata(folder / file.path)
        columns[file.set or file.path] = footer.schema.to_arrow_schema()
        if file.set and file.split:
            groups = (footer.row_group(number) for number in range(footer.num_row_groups))
            key = file.set, file.split
            sizes[key] = sizes.get(key, 0) + sum(group.total_byte_size for group in groups)
    drawn = dict(_pictures(manifest))
    text = card(manifest, columns, sizes, drawn)
    return {CARD: text, CROISSANT: croissant(manifest, columns), **drawn}


def _pictures(manifest: Manifest) -> Iterator[tuple[str, str]]:
    rows = manifest.counts.rows
    if len(manifest.counts.votes) > 1:
        spread = [
            Bar(f"{votes} votes" if votes != "1" else "1 vote", count, f"{count:,} ({percent(count / rows)})")
            for votes, count in sorted(manifest.counts.votes.items(), key=lambda one: int(one[0]))
        ]
        yield OVERLAP, bars(spread, "How many votes stand behind the rows")
    asked = {gate.name: gate.asked for gate in manifest.policies.gates}
    found = [
        Range(
            one.of, one.value, one.low, one.high, f"{one.value:.2f}", _number(asked.get(f"{ALPHA}.{one.of}"))
        )
        for one in figures_of(ALPHA, by_name(manifest.estimates))
        if one.value is not None and one.low is not None and one.high is not None
    ]
    if found:
        yield (
            AGREEMENT,
            ranges(found, "Agreement beyond chance, with intervals that hold the truth 95 times in 100"),
        )


def _number(asked: object) -> float | None:
    return asked if isinstance(asked, float) else None
