"""What machines found out of candidates, and how often they were wrong where people looked all the same."""

from pipeline.context import Context
from pipeline.verifying.auditing import Audited, audits
from schemas.base import Frozen

FOUND = """
SELECT name, outcome, count(*) AS candidates FROM (
    SELECT *, CASE "check" WHEN 'judges' THEN split_part("by", ' ', 1) ELSE "check" END AS name FROM evidence
    QUALIFY row_number() OVER (PARTITION BY record_id, name, candidate ORDER BY checked_at DESC, "by") = 1)
WHERE outcome <> 'nothing_to_check' AND candidate >= 0
GROUP BY ALL ORDER BY name, candidates DESC, outcome
"""


class Checked(Frozen):
    """What one check found."""

    check: str
    candidates: int
    outcomes: dict[str, int]
    """Candidates by outcome, the most frequent first."""
    audits: tuple[Audited, ...]
    """How often it was wrong where it decides, by the kind of work."""


def checked(ctx: Context) -> tuple[Checked, ...]:
    """Every check that has found anything out, by its newest evidence of each candidate; a judge by its own name."""
    found: dict[str, dict[str, int]] = {}
    for row in ctx.store.rows(FOUND):
        found.setdefault(row["name"], {})[row["outcome"]] = row["candidates"]
    if not found:
        return ()
    audited = audits(ctx)
    return tuple(
        Checked(
            check=name,
            candidates=sum(outcomes.values()),
            outcomes=outcomes,
            audits=tuple(one for one in audited if one.check == name),
        )
        for name, outcomes in found.items()
    )
