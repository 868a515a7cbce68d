"""How far a project is, measured once from the facts: the same facts and moment give the same progress."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

from pipeline.assessing.agreement import Agreed, agreements
from pipeline.assessing.ambiguity import Ambiguities, ambiguities
from pipeline.assessing.errors import AcceptedErrors, accepted_errors
from pipeline.assessing.truth import Certainty, ChosenMethod, certainties, methods
from pipeline.context import Context
from pipeline.label_studio.base import LabelStudio
from pipeline.report.adjudication import CellAdjudication, adjudication
from pipeline.report.annotators import AnnotatorProgress, by_annotator
from pipeline.report.cells import CellProgress, all_states, by_cell, settled
from pipeline.report.evidence import Checked, checked
from pipeline.report.findings import FindingCount, by_kind
from pipeline.report.gates import Gates, gates
from pipeline.report.pauses import Paused, paused
from pipeline.report.queues import CellQueue, queues
from pipeline.report.savings import Saved, saved
from pipeline.report.sides import Leaning, sides
from pipeline.report.signs import PersonSign, signs
from pipeline.report.status import counts
from pipeline.report.words import TO_LABEL, count, percent, plain
from pipeline.store import Store
from pipeline.store.log_past import recent
from schemas.base import Frozen
from schemas.errors import UsageError
from schemas.project import Project

REJECTS = """
SELECT stage, reason, count(*) AS rejects, max(rejected_at) AS last_at FROM rejects
GROUP BY stage, reason ORDER BY stage, rejects DESC, reason
"""

RUNS = """
SELECT stage, count(*) AS runs, count(error) AS failures, sum(done)::BIGINT AS done,
    max(started_at) AS last_at, arg_max(ended_at, (started_at, run_id)) AS last_ended_at,
    arg_max(struct_pack(said := error), (started_at, run_id)).said AS last_error
FROM runs GROUP BY stage ORDER BY min(started_at), stage
"""


class Totals(Frozen):
    """How many there are of everything."""

    records: int
    """Those that were not withdrawn."""
    withdrawn_records: int
    rejects: int
    tasks: int
    """Those that stand; gold, superseded and withdrawn ones are counted beside them."""
    gold: int
    superseded: int
    withdrawn: int
    pushed: int
    annotations: int
    """Current and not skipped."""
    skips: int
    labels: int
    resolutions: int
    releases: int


class Simulated(Frozen):
    """How much of what stands here no person ever said."""

    annotations: int
    annotations_share: float
    resolutions: int


class RejectCount(Frozen):
    """How often a stage refused something for one reason."""

    stage: str
    reason: str
    rejects: int
    last_at: datetime


class StageRuns(Frozen):
    """The runs of one stage."""

    stage: str
    runs: int
    failures: int
    done: int
    last_at: datetime
    last_seconds: float
    last_error: str | None
    """What the last run failed with; None where it went well."""


class Progress(Frozen):
    """Where a project stands at one moment."""

    project: str
    as_of: datetime
    headline: str
    totals: Totals
    states: dict[str, int]
    gates: Gates
    checks: tuple[Checked, ...]
    """Of what machines found out before people were asked, each check by itself."""
    cells: tuple[CellProgress, ...]
    queues: tuple[CellQueue, ...]
    """Of the cells in which something waits for people, or would, were they not paused."""
    paused: tuple[Paused, ...]
    savings: tuple[Saved, ...]
    adjudication: tuple[CellAdjudication, ...]
    annotators: tuple[AnnotatorProgress, ...]
    annotators_since: datetime | None
    """Their work, sides and paces without tasks that were settled before; null: all that was ever done."""
    agreement: tuple[Agreed, ...]
    """How far people agree, beyond what chance gives: of the same tasks as annotators' work."""
    unclear: Ambiguities
    """Where guidelines are unclear; of the same tasks."""
    errors: tuple[AcceptedErrors, ...]
    """How many of the accepted labels are wrong, as far as anybody can tell."""
    certainty: tuple[Certainty, ...]
    """How sure the settled labels are."""
    methods: tuple[ChosenMethod, ...]
    """By which method, in each task type, and why."""
    signs: tuple[PersonSign, ...]
    """What stands out about people."""
    sides: tuple[Leaning, ...]
    findings: tuple[FindingCount, ...]
    rejects: tuple[RejectCount, ...]
    runs: tuple[StageRuns, ...]
    simulated: Simulated

    def to_json(self) -> dict[str, Any]:
        """As `headrace report --json` prints it."""
        dumped: dict[str, Any] = json.loads(self.model_dump_json())
        return dumped


def measure(store: Store, project: Project, now: datetime) -> Progress:
    """Measure a project's progress as of a moment; only reads, so a snapshot will do."""
    with (
        recent(store, now) as (lately, since),
        store.held("task_answers"),
        store.held("task_facts"),  # nearly every figure stands on it
        lately.held("vote_times"),
    ):
        return _measured(store, project, now, lately, since)


def _measured(
    store: Store, project: Project, now: datetime, lately: Store, since: datetime | None
) -> Progress:
    ctx = Context(folder=Path(), project=project, store=store, connect=_nowhere, clock=lambda: now)
    totals = Totals(**counts(store, Totals.model_fields))
    cells = by_cell(store, lately)
    checks = checked(ctx)
    return Progress(
        project=project.name,
        as_of=now,
        headline=f"{plain(project.name)}: {headline(totals, cells)}",
        totals=totals,
        states=all_states(cells),
        gates=gates(store),
        checks=checks,
        cells=cells,
        queues=tuple(one for one in queues(ctx) if one.votes_wanted),
        paused=paused(store),
        savings=saved(ctx),
        adjudication=adjudication(store),
        annotators=by_annotator(lately),
        annotators_since=since,
        agreement=tuple(agreements(lately)),
        unclear=ambiguities(lately),
        errors=tuple(accepted_errors(ctx, [audit for check in checks for audit in check.audits])),
        certainty=certainties(store),
        methods=methods(store),
        signs=signs(store),
        sides=sides(lately),
        findings=by_kind(store),
        rejects=tuple(RejectCount(**row) for row in store.rows(REJECTS)),
        runs=tuple(_runs(row) for row in store.rows(RUNS)),
        simulated=_simulated(store, totals),
    )


def _nowhere() -> LabelStudio:
    raise UsageError(
        "report: a look at the facts alone was expected, Label Studio was asked for; use a stage"
    )


def headline(totals: Totals, cells: tuple[CellProgress, ...]) -> str:
    """The whole report in one line: how much is settled, what is not, and which cell is behind."""
    if totals.records == 0 and totals.withdrawn_records:
        return f"all {_many(totals.withdrawn_records, 'record')} withdrawn"
    if totals.records == 0:
        return "no records yet; next: headrace ingest"
    if totals.tasks == 0:
        return f"{_many(totals.records, 'record')}, no tasks yet; next: headrace generate"
    states = all_states(cells)
    done = settled(states)
    if done == totals.tasks:
        return f"all {_many(done, 'task')} settled"
    left = {
        "disputed": states["disputed"],
        "still to label": sum(states[name] for name in TO_LABEL),
        "to be compared": states["labeled"],
    }
    parts = [
        f"{count(done)} of {_many(totals.tasks, 'task')} settled ({percent(done, totals.tasks)})",
        *(f"{count(tasks)} {what}" for what, tasks in left.items() if tasks),
    ]
    return ", ".join(parts) + _slowest(cells)


def simulated(progress: Progress) -> str:
    """What no person ever said, in one sentence; empty where people said everything."""
    made_up, total = progress.simulated.annotations, progress.totals.annotations
    if not made_up and not progress.simulated.resolutions:
        return ""
    if made_up == total:
        return f"All {count(total)} answers come from simulated annotators, none from a person."
    return f"{count(made_up)} of {count(total)} answers come from simulated annotators, not from people."


def _slowest(cells: tuple[CellProgress, ...]) -> str:
    """The least settled cell, where one is behind the others."""
    slowest = cells[0]
    if all(cell.settled_share == slowest.settled_share for cell in cells):
        return ""
    return f"; slowest cell {plain(slowest.cell)} {percent(slowest.settled, slowest.tasks)}"


def _many(number: int, noun: str) -> str:
    return f"{count(number)} {noun}" if number == 1 else f"{count(number)} {noun}s"


def _runs(row: dict[str, Any]) -> StageRuns:
    ended_at = row.pop("last_ended_at")
    return StageRuns(**row, last_seconds=(ended_at - row["last_at"]).total_seconds())


def _simulated(store: Store, totals: Totals) -> Simulated:
    found = counts(store, ("simulated_annotations", "simulated_resolutions"))
    made_up = found["simulated_annotations"]
    return Simulated(
        annotations=made_up,
        annotations_share=made_up / totals.annotations if totals.annotations else 0.0,
        resolutions=found["simulated_resolutions"],
    )
