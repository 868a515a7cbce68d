"""Which attempt at its task a row belongs to, where the log does not say."""

from dataclasses import replace

import numpy as np

from pipeline.progress.columns import NOBODY, Columns


def with_attempts(columns: Columns) -> Columns:
    """With rows that name no attempt in the one that their task had come to by then; the log in the order of time.

    So `released` and `accepted` without a number belong to the second attempt, where there is one, not to the first.
    """
    about = columns.task != NOBODY
    known = np.where(about, np.maximum(columns.attempt, 1), columns.attempt).astype(np.int32)
    again = np.zeros(len(columns.tasks) + 1, dtype=bool)  # one more, for rows that are about no task
    again[columns.task[about & (columns.attempt > 1)]] = True
    rows = np.flatnonzero(again[columns.task] & about)
    if len(rows):
        rows = rows[np.argsort(columns.task[rows], kind="stable")]
        most = int(known[rows].max()) + 1
        begins = columns.task[rows].astype(np.int64) * most
        come_to = np.maximum.accumulate(begins + known[rows]) - begins
        known[rows] = np.where(columns.attempt[rows] < 1, come_to, known[rows])
    return replace(columns, attempt=known)


def numbered(columns: Columns) -> tuple[Columns, int]:
    """With attempts counted by rejections where the log numbers none, and how many rows that changed."""
    if columns.attempt.max(initial=1) > 1 or not columns.are("rejected").any():
        return columns, 0
    order = np.argsort(columns.task, kind="stable")
    rejected = (columns.are("rejected") & (columns.task != NOBODY))[order].astype(np.int32)
    before = np.cumsum(rejected) - rejected
    first = np.flatnonzero(np.diff(columns.task[order], prepend=NOBODY - 1))
    of_task = np.repeat(before[first], np.diff(np.append(first, len(order))))
    attempt = np.ones(len(columns), dtype=np.int32)
    attempt[order] = 1 + before - of_task
    attempt[columns.task == NOBODY] = 1
    return replace(columns, attempt=attempt), int((attempt > 1).sum())
