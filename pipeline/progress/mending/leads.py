"""Lead times that cannot be: none, below none, or longer than there was time for."""

from dataclasses import replace

import numpy as np

from pipeline.progress.attempts import NEVER, Places, attempts_of, before_by
from pipeline.progress.beginnings import begun
from pipeline.progress.columns import NOBODY, Columns, Floats
from schemas.events import EventName

_OWN: tuple[EventName, ...] = ("submitted", "skipped", "accepted", "rejected", "signed_on")
"""What a person cannot have done while they had the next task before them."""
_BOTH_ENDS: tuple[tuple[EventName, tuple[EventName, ...]], ...] = (
    ("served", ("submitted", "skipped")),
    ("adjudication_started", ("accepted", "rejected")),
)
ROUNDED = 1.0
"""Seconds by which a lead may be too long without it being a fault."""


def plausible_leads(columns: Columns) -> tuple[Columns, dict[str, int]]:
    """Leads of zero or less made unknown, longer ones cut to the time since the person's act before.

    One may reach back to where its task was taken up, by the log: somebody signed on again in between, or several
    verdicts were put on record at one moment.
    """
    lead = columns.lead.copy()
    known = ~np.isnan(lead)
    zero, negative = known & (lead == 0), known & ~(lead >= 0)
    lead[zero | negative | np.isinf(lead)] = np.nan
    rows = np.flatnonzero(columns.are(*_OWN) & (columns.actor != NOBODY))
    since = columns.ts[rows] - np.minimum(
        before_by(columns.actor[rows], columns.ts[rows]), _began(columns, rows)
    )
    with np.errstate(invalid="ignore"):  # an unknown lead is not too long
        long = lead[rows] > since + ROUNDED
    lead[rows[long]] = np.where(since[long] > 0, since[long], np.nan)
    counts = {
        "zero_leads": int(zero.sum()),
        "negative_leads": int(negative.sum()),
        "cut_leads": int(long.sum()),
    }
    return replace(columns, lead=lead), counts


def _began(columns: Columns, rows: Places) -> Floats:
    """When what ends with these rows began; NEVER where the log does not say, and of rows that end nothing."""
    attempts = attempts_of(columns)
    found = np.full(len(columns), NEVER)
    for begin, end in _BOTH_ENDS:
        ends = attempts.rows(*end)
        ends = ends[columns.actor[ends] != NOBODY]
        found[ends] = np.nan_to_num(begun(attempts, ends, begin)[0], nan=NEVER)
    return found[rows]
