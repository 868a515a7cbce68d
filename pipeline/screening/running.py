"""Screens over shards: those that look at one record alone, shard by shard, and the sketches of what they left."""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import parquet

from pipeline.corpus import Corpus
from pipeline.corpus.rows import payload_of
from pipeline.engine.collecting import without_collector
from pipeline.screening.base import Across, Found, Screen
from pipeline.screening.choosing import Chosen
from pipeline.screening.subject import Subject
from schemas.screening import Verdict

FINDINGS = pa.schema(
    [
        ("position", pa.int64()),
        ("record_id", pa.string()),
        ("screen", pa.string()),
        ("title", pa.string()),
        ("verdict", pa.string()),
        ("reason", pa.string()),
        ("evidence", pa.string()),
        ("masked_id", pa.string()),
        ("masked_prompt_id", pa.string()),
        ("masked_payload", pa.string()),
    ]
)
"""A row a record and screen that found something; records of which nothing was found are in none."""


@dataclass(frozen=True, slots=True)
class Look:
    """A shard to be looked at: what the screens find goes to one file, a sketch a screen to others."""

    corpus: Corpus
    shard: str
    alone: tuple[Chosen[Screen], ...]
    across: tuple[Chosen[Across], ...]
    found: str | None
    """The file of what is found; None for a shard that was screened before, which is only sketched."""
    sketches: tuple[str, ...]
    """The file of each screen in `across`."""
    every: bool = False
    """True lets every screen look at every record, also at those that an earlier one rejected."""

    def __str__(self) -> str:
        return f"screen {self.shard}"


@dataclass(frozen=True, slots=True)
class Finding:
    """What a screen found of a record, and what follows from it."""

    subject: Subject
    """As it was before the screen looked."""
    screen: str
    title: str
    verdict: Verdict
    found: Found

    def row(self, record_id: str) -> dict[str, Any]:
        """As a row of FINDINGS, under the id by which the record was ingested."""
        masked = self.found.masked if self.verdict == "mask" else None
        return {
            "position": self.subject.position,
            "record_id": record_id,
            "screen": self.screen,
            "title": self.title,
            "verdict": self.verdict,
            "reason": self.found.reason,
            "evidence": json.dumps(self.found.evidence, ensure_ascii=True),
            "masked_id": masked.id if masked else None,
            "masked_prompt_id": masked.prompt_id if masked else None,
            "masked_payload": payload_of(masked) if masked else None,
        }


def examine(
    subjects: Sequence[Subject], alone: Iterable[Chosen[Screen]], *, every: bool = False
) -> tuple[list[Finding], list[Subject]]:
    """What the screens find, and the records that go on, masked where that was asked, in their order.

    A record goes no further than to the first screen that rejects it, unless `every` screen is to look.
    """
    findings: list[Finding] = []
    here = dict(enumerate(subjects))
    out: set[int] = set()
    for chosen in alone:
        places = list(here)
        looked = chosen.screen.look_at([here[place] for place in places], chosen.options, chosen.prepared)
        for place, found in zip(places, looked, strict=True):
            if found is None:
                continue
            finding = _finding(here[place], chosen, found)
            findings.append(finding)
            if finding.verdict == "mask" and found.masked is not None:
                here[place] = Subject(found.masked.id, here[place].position, payload_of(found.masked))
            elif finding.verdict == "reject":
                out.add(place)
                if not every:
                    del here[place]
    return findings, [subject for place, subject in here.items() if place not in out]


def look(job: Look) -> int:
    """Do a Look; returns how many records the shard has. What is found is written last: then all is there."""
    with without_collector():
        return _look(job)


def _look(job: Look) -> int:
    rows: list[dict[str, Any]] = []
    sketches = [[sketch(chosen, [])] for chosen in job.across]
    count = 0
    for subjects in subjects_of(job.corpus, job.shard):
        ids = {subject.position: subject.record_id for subject in subjects}
        findings, left = examine(subjects, job.alone, every=job.every)
        rows += [finding.row(ids[finding.subject.position]) for finding in findings]
        for chosen, made in zip(job.across, sketches, strict=True):
            made.append(sketch(chosen, left))
        count += len(subjects)
    for name, made in zip(job.sketches, sketches, strict=True):
        with job.corpus.files.writing(name) as stream:  # nothing makes hashes smaller, so nothing is tried
            parquet.write_table(
                pa.concat_tables(made),
                stream,
                compression="none",
                use_dictionary=False,
                write_statistics=False,
            )
    if job.found is not None:
        job.corpus.write(job.found, pa.Table.from_pylist(rows, FINDINGS))
    return count


def sketch(chosen: Chosen[Across], subjects: Sequence[Subject]) -> pa.Table:
    """Sketches with whose they are, and the weight of each: how many numbers there are to compare."""
    made = chosen.screen.sketch(subjects, chosen.options)
    weights = np.full(len(subjects), len(chosen.screen.compared), np.int64)
    for name in chosen.screen.compared:
        if pa.types.is_list(made.schema.field(name).type):
            weights += pc.list_value_length(made[name]).to_numpy()
    positions = pa.array([subject.position for subject in subjects], pa.int64())
    ids = pa.array([subject.record_id for subject in subjects], pa.string())
    return (
        made.append_column("position", positions)
        .append_column("record_id", ids)
        .append_column("weight", pa.array(weights))
    )


def subjects_of(corpus: Corpus, shard: str) -> Iterator[list[Subject]]:
    """A shard's records, some at a time."""
    for batch in corpus.read(shard, ("record_id", "position", "payload"), batch=_AT_ONCE):
        columns = (batch.column(name).to_pylist() for name in ("record_id", "position", "payload"))
        yield [Subject(*row) for row in zip(*columns, strict=True)]


_AT_ONCE = 2_000
"""Records in memory at a time."""


def _finding(subject: Subject, chosen: Chosen[Screen], found: Found) -> Finding:
    verdict = chosen.options.verdict
    if verdict == "mask" and found.masked is None:
        verdict = "reject"  # what cannot be masked never goes on as if it were
    return Finding(subject, chosen.screen.name, chosen.screen.title, verdict, found)
