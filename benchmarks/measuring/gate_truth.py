"""What the gates said of each planted row, held against what it is."""

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from benchmarks.measuring.gate_project import planted
from benchmarks.measuring.planted import Kind
from pipeline.corpus import corpus_of
from pipeline.store import StorePlace
from schemas.project import read_project

ROWS = "SELECT record_id, verdict, screen FROM screened"
SUMS = """
SELECT sum(row_count + known + rejected)::BIGINT AS read, sum(row_count)::BIGINT AS records,
    sum(known)::BIGINT AS known, sum(rejected)::BIGINT AS malformed, (SELECT count(*) FROM records) AS in_store,
    (SELECT count(*) FROM rejects WHERE stage = 'screen') AS rejects
FROM shards
"""


@dataclass(frozen=True)
class Verdicts:
    """Counts over all rows."""

    read: int
    records: int
    known: int
    malformed: int
    screened: int
    twice: int
    """Records that stand in several shards, or were screened more than once."""
    admitted: int
    rejected: int
    masked: int
    in_store: int
    rejects: int
    by_kind: Counter[Kind]
    """Rejected ones by what they are; of a pair that is alike, whichever came later."""


def verdicts(folder: Path, count: int) -> Verdicts:
    """All counts, from the store, the shards and the plan."""
    project = read_project(folder)
    corpus = corpus_of(project.engine, folder)
    with StorePlace(folder).reading() as store:
        sums = store.rows(SUMS)[0]
        said = [(row["record_id"], row["verdict"]) for row in store.rows(ROWS)]
        shards = [
            row["shard"]
            for row in store.rows("SELECT shard FROM shards WHERE row_count > 0 ORDER BY position")
        ]
    places: dict[str, list[int]] = {}
    for shard in shards:
        for batch in corpus.read(shard, ["record_id", "row"]):
            for record_id, row in zip(*(column.to_pylist() for column in batch.columns), strict=True):
                places.setdefault(record_id, []).append(row)
    kinds = [row.kind for row in planted(count)]
    found: Counter[Kind] = Counter(
        kinds[places[record_id][0] - 1] for record_id, verdict in said if verdict == "reject"
    )
    by_verdict = Counter(verdict for _, verdict in said)
    return Verdicts(
        **sums,
        screened=len(said),
        twice=sum(len(rows) > 1 for rows in places.values()) + len(said) - len({one for one, _ in said}),
        admitted=by_verdict["pass"] + by_verdict["mask"],
        rejected=by_verdict["reject"],
        masked=by_verdict["mask"],
        by_kind=found,
    )
