"""What a report says of policies, adjudicators, pauses, findings, and of tasks that stand no more."""

import io
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from rich.console import Console

from pipeline.report import html
from pipeline.report.progress import Progress, measure
from pipeline.report.terminal import show
from schemas.facts import RecordTaskFact
from schemas.project import Project
from schemas.steering import (
    AdjudicationFact,
    CellPauseFact,
    DecisionFact,
    FindingFact,
    PersonPauseFact,
    RedoFact,
    WithdrawalFact,
)

START = datetime(2026, 12, 1, 9, 0, tzinfo=UTC)
NOW = datetime(2026, 12, 5, 14, 3, tzinfo=UTC)
CELL = "en/preference_pair"
LABEL = '{{"preference":{},"reason":""}}'


def effort_of(overlap: dict[str, Any] | int = 2) -> Project:
    return Project.model_validate(
        {"name": "demo", "tasks": [{"type": "preference_pair", "overlap": overlap}]}
    )


def measured(made: Any, overlap: dict[str, Any] | int = 2) -> Progress:
    return measure(made.store, effort_of(overlap), NOW)


def sections(progress: Progress) -> list[str]:
    return [panel.name for panel in html.PANELS if panel.is_shown(progress)]


def settled(made: Any, *preferences: int, audit: bool = False, hours: float = 1.0) -> str:
    """A settled task with these votes, so many hours apart."""
    task_id = made.task(CELL, "open", audit=audit)
    for number, preference in enumerate(preferences):
        at = START + timedelta(hours=number * hours)
        made.vote(task_id, f"ann-{number}", payload=LABEL.format(preference), created_at=at)
    made.resolve(task_id, LABEL.format(preferences[0]), votes=len(preferences))
    return str(task_id)


def adjudicate(made: Any, task_id: str, *, sent_back: bool = False, after: float = 2.0) -> None:
    """A decision on a task, so many hours after the question."""
    case = f"j-{task_id}"
    made.put([AdjudicationFact(adjudication_id=case, task_id=task_id, revisions=(), asked_at=START)])
    at = START + timedelta(hours=after)
    revision = made.vote(case, "ann-9d", label=False, created_at=at)
    made.put(
        [
            DecisionFact(
                revision_id=revision, annotation_id=revision, adjudication_id=case, task_id=task_id,
                adjudicator="ann-9d", payload=None if sent_back else "1", reason="why" if sent_back else "",
                simulated=False, checked_at=at,
            )
        ]
    )  # fmt: skip


def find(made: Any, kind: str, revision: str | None = None, *, void: bool = False, hours: float = 0) -> None:
    made.put(
        [
            FindingFact(
                finding_id=f"{kind}/{revision}/{hours}", kind=kind, subject="s", cell=CELL, task_id=None,
                annotator=None, revision_id=revision, void=void, detail=f"{kind} at {hours}", evidence="null",
                found_at=START + timedelta(hours=hours),
            )
        ]
    )  # fmt: skip


def shown(progress: Progress) -> str:
    out = io.StringIO()
    show(progress, Console(file=out, width=80))
    return out.getvalue()


def test_only_tasks_that_stand_are_counted_and_the_others_are_told_apart(made: Any) -> None:
    made.record(2)
    old, gone = made.task(CELL, "accepted"), made.task(CELL, "in_labeling")
    made.task(CELL, "open")
    made.put([RedoFact(task_id=old, reason="r", condition="true", redone_at=START)])
    made.put([RecordTaskFact(record_id="rec0", task_id=gone)])
    made.put([WithdrawalFact(record_id="rec0", reason="r", condition="true", withdrawn_at=START)])
    progress = measured(made)
    totals = progress.totals
    assert (totals.tasks, totals.superseded, totals.withdrawn) == (1, 1, 1)
    assert (totals.records, totals.withdrawn_records, totals.resolutions) == (1, 1, 0)
    (cell,) = progress.cells
    assert (cell.tasks, cell.superseded, cell.withdrawn, sum(cell.states.values())) == (1, 1, 1, 1)
    assert (cell.votes_given, cell.votes_wanted, cell.compared) == (0, 2, 0)
    assert progress.headline == "demo: 0 of 1 task settled (0 %), 1 still to label"
    assert "withdrawn" in shown(progress)
    assert "Asked anew: the next attempt stands in its place." in html.render(progress)


def test_a_cell_where_all_is_withdrawn_is_no_cell(made: Any) -> None:
    made.record()
    gone = made.task(CELL, "accepted")
    made.put([RecordTaskFact(record_id="rec0", task_id=gone)])
    made.put([WithdrawalFact(record_id="rec0", reason="r", condition="true", withdrawn_at=START)])
    progress = measured(made)
    assert progress.cells == ()
    assert progress.headline == "demo: all 1 record withdrawn"
    assert progress.totals.withdrawn == 1
    assert "all 1 record withdrawn" in html.render(progress)


def test_a_project_without_any_of_it_shows_no_panel_of_it(made: Any) -> None:
    made.record()
    made.task(CELL, "accepted", payload=LABEL.format(1))
    found = set(sections(measured(made)))
    assert not found & {"savings", "adjudication", "paused", "queues", "findings"}


def test_votes_saved_are_counted_and_the_audit_says_how_many_labels_are_off(made: Any) -> None:
    made.record()
    for _ in range(6):
        settled(made, 2, 2)
    settled(made, 2, -2, 2, hours=3.0)
    settled(made, 2, 2, 2, audit=True)
    progress = measured(made, {"policy": "third_on_disagreement", "audit_share": 0.1})
    (saved,) = progress.savings
    assert (saved.cell, saved.policy) == (CELL, "2, a third on disagreement")
    assert (saved.tasks, saved.votes, saved.full) == (8, 6 * 2 + 3 + 3, 24)
    assert saved.saved_share == pytest.approx(6 / 24)
    assert (saved.audited, saved.flipped, saved.error) == (1, 0, 0.0)
    assert saved.low == 0.0
    assert saved.high == pytest.approx(0.975)
    assert saved.median_wait_seconds == 3600.0
    assert saved.p85_wait_seconds == pytest.approx(7020.0)
    assert "18 of 24" in html.render(progress)
    assert "2, a third on disagreement" in shown(progress)


def test_the_wait_for_a_vote_that_was_not_asked_for_is_no_wait(made: Any) -> None:
    made.record()
    settled(made, 2, 2, 2, hours=9.0)
    (saved,) = measured(made, {"policy": "third_on_disagreement"}).savings
    assert (saved.votes, saved.median_wait_seconds, saved.error) == (2, 9 * 3600.0, None)


def test_a_fixed_overlap_saves_nothing_and_unreadable_labels_stop_no_report(made: Any) -> None:
    made.record()
    settled(made, 2, 2)
    assert measured(made, 2).savings == ()
    (saved,) = measured(made, {"policy": "posterior", "n": 4, "p": 0.9}).savings
    assert (saved.tasks, saved.policy) == (1, "2 to 4, until 90 % sure")
    made.task(CELL, "accepted", payload='{"old": 1}')
    assert [one.tasks for one in measured(made, {"policy": "third_on_disagreement"}).savings] == [1]


def test_adjudication_tells_what_waits_what_was_decided_and_how_long_it_took(made: Any) -> None:
    made.record()
    made.task(CELL, "disputed")
    for hours in (1.0, 2.0, 6.0):
        adjudicate(made, made.task(CELL, "accepted"), after=hours)
    adjudicate(made, made.task(CELL, "open"), sent_back=True, after=2.0)
    (cell,) = measured(made).adjudication
    assert (cell.waiting, cell.decided, cell.sent_back) == (1, 3, 1)
    assert cell.oldest_at == START + timedelta(hours=3)
    assert cell.median_wait_seconds == 2 * 3600.0


def test_what_an_adjudicator_says_is_no_label_and_no_answer(made: Any) -> None:
    made.record()
    adjudicate(made, made.task(CELL, "accepted"))
    progress = measured(made)
    (adjudicator,) = [one for one in progress.annotators if one.annotator == "ann-9d"]
    assert (adjudicator.labels, adjudicator.decisions, adjudicator.void) == (0, 1, 0)
    assert (progress.totals.annotations, progress.totals.labels) == (2, 2)


def test_void_answers_are_told_and_edits_by_others_take_no_vote_away(made: Any) -> None:
    made.record()
    task = made.task(CELL, "open")
    find(made, "paused", made.vote(task, "ann-0a"), void=True)
    kept = made.vote(task, "ann-1b")
    made.vote(task, "ann-1b", revision_id="edited", annotation_id=kept, edited_by="ann-0a", synced_at=NOW)
    find(made, "edited by another", "edited", void=True)
    void = {one.annotator: (one.labels, one.void) for one in measured(made).annotators}
    assert void == {"ann-0a": (1, 1), "ann-1b": (1, 0)}


def test_findings_and_what_check_and_sync_refused_are_counted_by_kind(made: Any) -> None:
    made.record()
    made.reject("check", "x", "says no label")
    made.reject("ingest", "y", "malformed row")
    for hours in (1.0, 3.0, 2.0):
        find(made, "double submission", hours=hours)
    found = measured(made).findings
    assert [(one.kind, one.findings, one.void) for one in found] == [
        ("double submission", 3, 0),
        ("says no label", 1, 1),
    ]
    assert (found[0].newest, found[0].last_at) == ("double submission at 3.0", START + timedelta(hours=3))


def test_paused_cells_and_people_are_said_with_the_reason(made: Any) -> None:
    made.record()
    made.people()
    made.task(CELL, "in_labeling")
    made.put([CellPauseFact(cell=CELL, paused=True, reason="new guideline", set_at=START)])
    for annotator, paused in (("ann-0a", True), ("ann-1b", True), ("ann-1b", False)):
        at = START + timedelta(hours=1 if paused else 2)
        made.put(
            [PersonPauseFact(annotator=annotator, paused=paused, redo_since=None, reason="ill", set_at=at)]
        )
    progress = measured(made)
    assert [(one.kind, one.name, one.reason) for one in progress.paused] == [
        ("cell", CELL, "new guideline"),
        ("person", "ann-0a", "ill"),
    ]
    assert progress.queues[0].paused_since == START
    assert [one.paused for one in progress.annotators] == [True]
    page, said = html.render(progress), shown(progress)
    assert all(word in text for word in ("new guideline", "ann-0a", "ill") for text in (page, said))
    assert "Li Wei" not in page + said


def test_the_buffer_is_told_by_cell(made: Any) -> None:
    made.record()
    for state in ("ready", "ready", "open", "accepted"):
        made.task(CELL, state)
    (queue,) = measured(made).queues
    assert (queue.open, queue.ready, queue.votes_wanted, queue.buffer) == (1, 2, 6, 200)
    assert "1 of 200" in html.render(measured(made))


def test_eighty_columns_are_enough_for_every_new_table(made: Any) -> None:
    made.record()
    adjudicate(made, settled(made, 2, 2, audit=True))
    made.task(CELL, "open")
    find(made, "outside the cells of the annotator", hours=1.0)
    made.put([CellPauseFact(cell=CELL, paused=True, reason="r" * 90, set_at=START)])
    progress = measured(made, {"policy": "posterior"})
    assert max(map(len, shown(progress).splitlines())) <= 80
    assert not any("…" in line for line in shown(progress).splitlines())
