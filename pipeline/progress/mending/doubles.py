"""Rows that stand in the log twice, and answers that one person gave twice."""

import numpy as np

from pipeline.progress.attempts import Places, attempts_of
from pipeline.progress.columns import NOBODY, Columns

NEAR = 5.0
"""Seconds within which the same event of the same people and task is the same row again."""
_SLOTS = 64


def without_doubles(columns: Columns) -> tuple[Columns, int]:
    """Without rows that say again what one just before them says, and how many those were."""
    named = np.flatnonzero((columns.task != NOBODY) | (columns.actor != NOBODY))
    keys = _keys(columns.at(named))
    order = np.argsort(keys, kind="stable")
    ts = columns.ts[named][order]
    again = (np.diff(keys[order]) == 0) & (np.diff(ts) <= NEAR)
    return _less(columns, named[order[1:][again]])


def _keys(columns: Columns) -> Places:
    """One number for event, task, actor, attempt and slot; two rows with the same are about the same."""
    attempts = int(columns.attempt.max(initial=1)) + 1
    key = (columns.task.astype(np.int64) + 1) * (len(columns.actors) + 1) + columns.actor + 1
    key = key * attempts + np.clip(columns.attempt, 0, None)
    key = key * _SLOTS + np.clip(columns.slot, 0, _SLOTS - 1)
    return key * _SLOTS + columns.event


def first_answers(columns: Columns) -> tuple[Columns, int]:
    """Without what a person submitted a second time in one attempt, and how many those were."""
    rows = np.flatnonzero(columns.are("submitted") & (columns.task != NOBODY) & (columns.actor != NOBODY))
    attempt = attempts_of(columns).of_row[rows].astype(np.int64)
    keys = attempt * len(columns.actors) + columns.actor[rows]
    order = np.argsort(keys, kind="stable")
    return _less(columns, rows[order[1:][np.diff(keys[order]) == 0]])


def _less(columns: Columns, rows: Places) -> tuple[Columns, int]:
    """Without these rows, and how many they are."""
    if not len(rows):
        return columns, 0
    keep = np.ones(len(columns), dtype=bool)
    keep[rows] = False
    return columns.at(keep), len(rows)
