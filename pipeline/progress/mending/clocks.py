"""The clocks of people: how far each is off, seen where the log's own clock follows on what they did."""

from dataclasses import replace

import numpy as np

from pipeline.progress.attempts import attempts_of
from pipeline.progress.columns import NOBODY, Columns, Floats, Ints

SEEN = 8
"""Times that a person must have been the last before the log's own entry."""
SPREAD = 30.0
"""Seconds between the quartiles of what was seen, beyond which nothing is clear."""
LEAST, MOST = 20.0, 900.0
"""Seconds that a clock must be off to be set right, and beyond which it is no clock."""


def set_right(columns: Columns) -> tuple[Columns, dict[str, float]]:
    """The log by one clock, and the seconds by which each person's was ahead; only what is clear is changed."""
    actor, delay = _delays(columns)
    middle = np.full(len(columns.actors), np.nan)
    for person in np.flatnonzero(np.bincount(actor, minlength=len(middle)) >= SEEN):
        low, median, high = np.percentile(delay[actor == person], (25, 50, 75))
        if high - low <= SPREAD:
            middle[person] = median
    if np.isnan(middle).all():
        return columns, {}
    ahead = np.nan_to_num(np.nanmedian(middle) - middle)
    ahead[(np.abs(ahead) < LEAST) | (np.abs(ahead) > MOST)] = 0.0
    if not ahead.any():
        return columns, {}
    shift = np.append(ahead, 0.0)[columns.actor]
    by_one_clock = replace(columns, ts=columns.ts - shift)
    found = {columns.actors[person]: float(ahead[person]) for person in np.flatnonzero(ahead)}
    return by_one_clock.at(np.argsort(by_one_clock.ts, kind="stable")), found


def _delays(columns: Columns) -> tuple[Ints, Floats]:
    """Of each attempt that nobody settled by hand: who voted last, and the seconds until it was settled."""
    attempts = attempts_of(columns)
    outcomes = attempts.rows("accepted", "sent_to_adjudication")
    outcomes = outcomes[columns.actor[outcomes] == NOBODY][::-1]
    settled = np.full(attempts.count, np.nan)
    settled[attempts.of_row[outcomes]] = columns.ts[outcomes]
    votes = attempts.rows("submitted")
    who = np.full(attempts.count, NOBODY, dtype=np.int32)
    when = np.full(attempts.count, np.nan)
    who[attempts.of_row[votes]] = columns.actor[votes]
    when[attempts.of_row[votes]] = columns.ts[votes]
    delay = settled - when
    seen = (who != NOBODY) & (np.abs(delay) <= 2 * MOST)
    return who[seen], delay[seen]
