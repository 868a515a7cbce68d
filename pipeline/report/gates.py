"""What came, and what each gate stopped before a person saw it."""

from datetime import datetime

from pipeline.store import Store
from schemas.base import Frozen

ARRIVED = """
SELECT coalesce(sum(row_count + known + rejected), 0)::BIGINT AS read, coalesce(sum(known), 0)::BIGINT AS known,
    coalesce(sum(rejected), 0)::BIGINT AS malformed, coalesce(sum(row_count), 0)::BIGINT AS records
FROM shards
"""
SCREENED = """
SELECT count(*) AS screened, count(admitted_as) AS admitted, count(*) FILTER (verdict = 'mask') AS masked FROM screened
"""
GATES = """
SELECT 'screen' AS stage, replace(screen, '_', ' ') AS name, count(*) FILTER (did = 'reject') AS stopped,
    count(*) FILTER (did = 'mask') AS masked, count(*) FILTER (did = 'pass') AS noted, max(found_at) AS last_at
FROM (
    SELECT screen, 'reject' AS did, screened_at AS found_at FROM screened WHERE verdict = 'reject'
    UNION ALL SELECT screen, verdict, noted_at FROM noted)
GROUP BY screen
UNION ALL
SELECT stage, CASE stage WHEN 'generate' THEN 'nothing to ask' ELSE 'decided by machine' END, count(*), 0, 0,
    max(rejected_at)
FROM rejects WHERE stage IN ('generate', 'verify') GROUP BY stage
ORDER BY list_position(['screen', 'verify', 'generate'], stage), stopped DESC, masked DESC, name
"""
LABELED = """
SELECT count(*) AS stopped, max(resolved_at) AS last_at FROM current_resolutions WHERE method = 'machine'
"""


class Gate(Frozen):
    """One gate."""

    stage: str
    name: str
    """In everyday words, such as near duplicates."""
    stopped: int
    """Records, or items where the stage is `verify` or `generate`."""
    masked: int
    """Records that went on without the passage that was found."""
    noted: int
    """Records that went on as they are."""
    last_at: datetime


class Gates(Frozen):
    """The way of all rows that were ever read, up to where people are asked."""

    read: int
    """Rows, of which `known` had come before and `malformed` are no records; `records` are the others."""
    known: int
    malformed: int
    records: int
    waiting: int
    """Records that no gate has looked at yet."""
    admitted: int
    masked: int
    """Of these, those in which something was masked."""
    gates: tuple[Gate, ...]
    labeled: int
    """Items to which a machine gave the label, which says so."""

    @property
    def has_acted(self) -> bool:
        """Whether there is anything to tell: all may have gone through, or nothing was read by gates."""
        return bool(self.gates or self.masked or self.known or self.waiting or self.labeled)


def gates(store: Store) -> Gates:
    """What became of what was read, counted from the facts."""
    arrived, screened = store.rows(ARRIVED)[0], store.rows(SCREENED)[0]
    return Gates(
        **arrived,
        waiting=arrived["records"] - screened["screened"],
        admitted=screened["admitted"],
        masked=screened["masked"],
        gates=tuple(Gate(**row) for row in store.rows(GATES)),
        labeled=store.rows(LABELED)[0]["stopped"],
    )
