"""The counts that `headrace status` prints."""

from pipeline.store import Store

STATES = ("ready", "open", "in_labeling", "labeled", "disputed", "accepted", "released")
"""The states of a task, in the order it passes through them."""

COUNTS = {
    "records": "SELECT count(*) FROM records",
    "rejects": "SELECT count(*) FROM rejects",
    "tasks": "SELECT count(*) FROM tasks",
    "pushed": "SELECT count(*) FROM pushes",
    "annotations": "SELECT count(*) FROM current_annotations",
    "labels": "SELECT count(*) FROM labels JOIN current_annotations USING (revision_id)",
    "resolutions": "SELECT count(*) FROM current_resolutions",
    "released": "SELECT count(*) FROM task_states WHERE state = 'released'",
}


def counts(store: Store) -> dict[str, int]:
    """How much of each there is: what is current, not every revision."""
    return {name: int(store.value(sql)) for name, sql in COUNTS.items()}


def states(store: Store) -> dict[str, int]:
    """How many tasks are in each state; states without tasks are left out."""
    found = {
        row["state"]: row["n"]
        for row in store.rows("SELECT state, count(*) AS n FROM task_states GROUP BY state")
    }
    return {state: found[state] for state in STATES if state in found}
