"""How much of everything there is, and in which states the tasks are: what every summary counts by."""

from collections.abc import Iterable

from pipeline.report.words import SETTLED, STATES
from pipeline.store import Store

_SETTLED = ", ".join(f"'{state}'" for state in SETTLED)
COUNTS = {
    "records": "FROM records ANTI JOIN withdrawals USING (record_id)",
    "withdrawn_records": "FROM withdrawals",
    "rejects": "FROM rejects",
    "tasks": "FROM standing_tasks",
    "gold": "FROM task_states WHERE state = 'gold'",
    "superseded": "FROM task_states WHERE state = 'superseded'",
    "withdrawn": "FROM task_states WHERE state = 'withdrawn'",
    "cells": "FROM (SELECT DISTINCT cell FROM standing_tasks)",
    "pushed": "FROM standing_tasks WHERE pushed",
    "resolutions": "FROM standing_tasks WHERE resolved",
    "simulated_resolutions": (
        "FROM current_resolutions JOIN standing_tasks USING (task_id) WHERE resolved AND simulated"
    ),
    "disputed": "FROM standing_tasks WHERE state = 'disputed'",
    "unfinished": f"FROM standing_tasks WHERE state NOT IN ('disputed', {_SETTLED})",
    "released": "FROM standing_tasks WHERE state = 'released'",
    "releases": "FROM releases",
}
"""What is current, not every revision, and tasks that stand; by name, what `SELECT count(*)` counts."""
SUMS = {
    "annotations": "submitted",
    "simulated_annotations": "simulated",
    "skips": "skips",
    "labels": "labels",
}
"""Of what was said of all tasks, by name the column of `task_answers` that it is the sum of."""

STATUS = ("records", "rejects", "tasks", "pushed", "annotations", "labels", "resolutions", "released")
"""What `headrace status` counts, in the order of its line."""


def counts(store: Store, names: Iterable[str]) -> dict[str, int]:
    """How much there is of each of these, in their order."""
    asked = ", ".join(f"({_asked(name)}) AS {name}" for name in names)
    return store.rows(f"SELECT {asked}")[0]


def _asked(name: str) -> str:
    if name in SUMS:
        said = "task_answers SEMI JOIN tasks USING (task_id)"
        return f"SELECT coalesce(sum({SUMS[name]}), 0)::BIGINT FROM {said}"  # noqa: S608 - names of ours
    return f"SELECT count(*) {COUNTS[name]}"


def states(store: Store) -> dict[str, int]:
    """How many tasks are in each state; states without tasks are left out."""
    found = {
        row["state"]: row["n"]
        for row in store.rows("SELECT state, count(*) AS n FROM task_states GROUP BY state")
    }
    return {state.name: found[state.name] for state in STATES if state.name in found}
