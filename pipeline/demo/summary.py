"""What the demo made: how much, where, and how right it is, which only a demo can know."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pipeline.demo.people import PEOPLE
from pipeline.demo.truth import Known
from pipeline.report.status import counts
from pipeline.store import Store
from schemas.base import Frozen
from tasks import task_types

SINGLE = """
SELECT p.email, v.task_id, t.task_type, v.payload
FROM votes v JOIN people p USING (annotator) JOIN tasks t USING (task_id)
"""
AGREED = """
SELECT t.task_type, t.task_id, r.payload
FROM tasks t LEFT JOIN current_resolutions r USING (task_id) ORDER BY t.task_type
"""
DISPUTED = """
SELECT p.project_id, p.remote_task_id FROM task_states s JOIN pushes p USING (task_id)
WHERE s.state = 'disputed' ORDER BY p.project_id, p.remote_task_id LIMIT 1
"""


class AnnotatorAccuracy(Frozen):
    """How often one simulated person was right, beside how often they are by the way they were made."""

    name: str
    labels: int
    right: int
    stated: float


class TaskTypeAccuracy(Frozen):
    """How often the people agreed on the tasks of one type, and how often on the truth."""

    task_type: str
    tasks: int
    agreed: int
    right: int


class Counts(Frozen):
    """How many there are."""

    records: int
    tasks: int
    cells: int
    annotations: int
    simulated_annotations: int
    labels: int
    rejects: int
    disputed: int
    unfinished: int
    """Tasks that still want a vote."""


class Made(Frozen):
    """Where the demo put what it made."""

    project: Path
    release: Path
    version: str
    rows: int
    report: Path
    url: str
    """Label Studio's address."""
    username: str
    credentials: Path
    """The file with the password, for its owner alone."""


class Summary(Frozen):
    """The end of the demo."""

    counts: Counts
    annotators: tuple[AnnotatorAccuracy, ...]
    task_types: tuple[TaskTypeAccuracy, ...]
    a_dispute: str | None
    """The address of a task on which two annotators differ."""
    made: Made

    def to_json(self) -> dict[str, Any]:
        """As `--json` prints it; the password is not in it."""
        return {"simulated": self.counts.simulated_annotations > 0, **self.model_dump(mode="json")}


def summarize(store: Store, known: Mapping[str, Known], made: Made) -> Summary:
    """Compare what the store holds with the truth; `known` is by task id."""
    dispute = store.rows(DISPUTED)
    return Summary(
        counts=Counts(**counts(store, Counts.model_fields)),
        annotators=_annotators(store, known),
        task_types=_task_types(store, known),
        a_dispute=f"{made.url}/projects/{dispute[0]['project_id']}/data?task={dispute[0]['remote_task_id']}"
        if dispute
        else None,
        made=made,
    )


def _annotators(store: Store, known: Mapping[str, Known]) -> tuple[AnnotatorAccuracy, ...]:
    votes = store.rows(SINGLE)
    said = {person.email: [row for row in votes if row["email"] == person.email] for person in PEOPLE}
    return tuple(
        AnnotatorAccuracy(
            name=person.name,
            labels=len(said[person.email]),
            right=sum(_is_right(row, known) for row in said[person.email]),
            stated=person.accuracy,
        )
        for person in PEOPLE
    )


def _task_types(store: Store, known: Mapping[str, Known]) -> tuple[TaskTypeAccuracy, ...]:
    rows = store.rows(AGREED)
    found = []
    for name in sorted({row["task_type"] for row in rows}):
        of_type = [row for row in rows if row["task_type"] == name]
        agreed = [row for row in of_type if row["payload"] is not None]
        right = sum(_is_right(row, known) for row in agreed)
        found.append(TaskTypeAccuracy(task_type=name, tasks=len(of_type), agreed=len(agreed), right=right))
    return tuple(found)


def _is_right(row: Mapping[str, Any], known: Mapping[str, Known]) -> bool:
    label = task_types()[row["task_type"]].label.model_validate_json(row["payload"])
    return known[row["task_id"]].agrees(label)


def lines(summary: Summary, headrace: str, folder: str, password: str | None) -> list[str]:
    """The summary for people.

    Args:
        summary: What to tell.
        headrace: The command, as they would type it, with -C and the demo's folder.
        folder: The folder, as they would type it.
        password: To sign in with, where it may be shown.
    """
    counts, made = summary.counts, summary.made
    made_of = f"{counts.records:,} records, {counts.tasks:,} tasks in {counts.cells} cells"
    return [
        "",
        f"{made_of}, {counts.annotations:,} answers, {made.rows:,} rows in release {made.version}",
        f"SIMULATED: {counts.simulated_annotations:,} answers come from made-up people, who err as often as stated.",
        "",
        f"{'agreed label is the planted truth':<36}{'right':>13}{'not agreed':>14}",
        *(_agreed(one) for one in summary.task_types),
        f"{'one annotator alone':<36}{'right':>13}{'stated':>14}",
        *(_alone(one) for one in summary.annotators),
        "",
        f"dataset       {made.release}",
        f"report        {made.report}",
        f"Label Studio  {made.url}",
        f"sign in as    {made.username}",
        f"password      {password or f'in {made.credentials}'}",
        "",
        *_next(summary, headrace),
        f"{headrace} report  # each cell, each annotator",
        f"{headrace} down    # stops Label Studio; then rm -r {folder} removes the demo",
    ]


def _agreed(one: TaskTypeAccuracy) -> str:
    return f"  {one.task_type:<34}{_share(one.right, one.agreed)}{one.tasks - one.agreed:>14}"


def _alone(one: AnnotatorAccuracy) -> str:
    return f"  {one.name:<34}{_share(one.right, one.labels)}{one.stated:>14.0%}"


def _share(right: int, of: int) -> str:
    return f"{right:>3} of {of:>3}{right / of:>6.0%}" if of else f"{'none':>13}"


def _next(summary: Summary, headrace: str) -> list[str]:
    """What to do with the disputed tasks, and with those that nobody has finished."""
    counts = summary.counts
    told = []
    if counts.unfinished:
        told.append(f"{counts.unfinished} tasks still want a vote: run the demo again.")
    if summary.a_dispute is not None:
        told += [
            f"Two annotators differ on {counts.disputed} tasks. To settle one: open it, press +, answer, submit, type:",
            f"  {summary.a_dispute}",
            f"{headrace} run     # fetches your answer, settles the task by three",
        ]
    return told
