"""Tasks whose answer is known are given to everybody, and are no work."""

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from pipeline.planning.gold import gold_votes, listed, mend, retire
from pipeline.planning.pausing import set_cells
from pipeline.progress.bills import bills_of
from pipeline.quality.gold import by_person
from pipeline.report import html
from pipeline.report.progress import measure
from pipeline.report.terminal import show
from pipeline.stages.release import release
from schemas.errors import UsageError
from schemas.people import Person
from schemas.steering import WithdrawalFact
from tests.pipeline.stages.golden import entry, gold, knowing, line, wanted, write
from tests.pipeline.stages.test_reconcile import one_state_a_record_and_stage, reconciled

Make = Callable[..., Any]
Say = Callable[[int], Any]


def test_gold_is_made_and_pushed_among_the_others_and_nothing_in_label_studio_tells_it(known: Any) -> None:
    known.run()
    assert known.states() == {"open": 6, "gold": 1}
    rows = known.ctx.store.rows("SELECT p.*, w.gold FROM pushes p JOIN wanted w ON w.uid = p.task_id")
    (one,) = [row for row in rows if row["gold"]]
    others = [row for row in rows if not row["gold"] and row["project_id"] == one["project_id"]]
    assert len(others) == 4
    keys = {frozenset(known.studio.data(row["remote_task_id"])) for row in [one, *others]}
    assert len(keys) == 1
    tasks = [known.studio.task(row["remote_task_id"]) for row in [one, *others]]
    assert all(not task.annotations for task in tasks)
    assert len({len(task.uid) for task in tasks}) == 1


def test_running_again_changes_nothing(known: Any, say: Say) -> None:
    known.run()
    known.vote("ana@people.example", say(-2))
    known.run()
    before = known.count("gold"), known.count("tasks"), known.count("asks"), known.states()
    again = known.run()
    assert (known.count("gold"), known.count("tasks"), known.count("asks"), known.states()) == before
    assert not any(tally.done for tally in again.values())


def test_a_gold_item_has_the_id_that_it_would_have_as_work(known: Any) -> None:
    known.run("ingest", "screen", "generate")
    row = known.ctx.store.rows("SELECT * FROM tasks JOIN gold_tasks USING (task_id)")[0]
    write(known.folder)
    problem = line(1)
    del problem["label"]
    known.write([problem])
    known.run("ingest", "screen", "generate")
    found = known.ctx.store.rows(
        "SELECT task_id, item_id, payload FROM tasks WHERE item_id = ?", [row["item_id"]]
    )
    assert [one["task_id"] for one in found] == [row["task_id"]]


def test_everybody_is_given_it_and_it_is_settled_by_nobody(known: Any, say: Say) -> None:
    known.run()
    for name in ("ana", "ben", "cem", "dan"):
        known.vote(f"{name}@people.example", say(3 if name == "dan" else -3))
        known.run()
    assert known.states()["gold"] == 1
    (task,) = wanted(known)
    assert known.ctx.store.value("SELECT count(DISTINCT annotator) FROM gold_said") == 4
    for table in ("resolutions", "adjudications"):
        assert known.ctx.store.value(f"SELECT count(*) FROM {table} WHERE task_id = ?", [task]) == 0  # noqa: S608 - ours
    assert known.ctx.store.value("SELECT count(*) FROM votes WHERE task_id = ?", [task]) == 0
    kinds = {row["kind"] for row in known.ctx.store.rows("SELECT kind FROM findings")}
    assert "past the overlap" not in kinds


def test_its_overlap_is_as_many_as_may_do_the_cell(tmp_path: Path, make_effort: Make, say: Say) -> None:
    write(tmp_path, line(1))
    people = [
        {"name": name, "email": f"{name}@people.example", "cells": cells}
        for name, cells in [("ana", []), ("ben", ["en/preference_pair"]), ("cem", ["zh/preference_pair"])]
    ]
    effort = make_effort(tasks=[entry()], people=people)
    effort.run()
    assert list(wanted(effort).values()) == [2]
    effort.vote("ana@people.example", say(-3))
    effort.run()
    assert list(wanted(effort).values()) == [1]
    joined = (*effort.ctx.project.people, Person(name="dan", email="dan@people.example"))
    object.__setattr__(effort.ctx, "project", effort.ctx.project.model_copy(update={"people": joined}))
    effort.run()
    assert list(wanted(effort).values()) == [2]
    state = effort.ctx.store.rows("SELECT s.* FROM remote_states s JOIN gold_tasks USING (task_id)")[0]
    assert (state["overlap"], state["closed"]) == (3, False)


@pytest.mark.proof
def test_it_counts_as_no_progress_no_queue_and_no_backlog(
    known: Any, tmp_path: Path, make_effort: Make, say: Say
) -> None:
    write(tmp_path)
    plain = make_effort(tasks=[entry()])
    write(tmp_path, line(1))
    figures = []
    for effort in (plain, known):
        write(tmp_path, *([line(1)] if effort is known else []))
        effort.run()
        effort.vote("ana@people.example", say(-3))
        effort.run()
        measured = measure(effort.ctx.store, effort.ctx.project, effort.ctx.clock())
        opened = effort.ctx.store.rows("SELECT cell, tasks, votes FROM open_tasks ORDER BY cell")
        told = [
            (one.cell, one.tasks, one.votes_given, one.votes_wanted, one.states) for one in measured.cells
        ]
        queues = [(one.cell, one.ready, one.open, one.votes_wanted) for one in measured.queues]
        totals = measured.totals
        figures.append((opened, told, queues, totals.tasks, totals.pushed, totals.resolutions))
        assert totals.gold == (effort is known)
    assert figures[0] == figures[1]


def test_scores_follow_what_people_said_and_what_is_known_to_be_right(known: Any, say: Say) -> None:
    known.run()
    known.vote("ana@people.example", knowing)
    known.vote("ben@people.example", lambda data: say(-int(knowing(data)[0]["value"]["choices"][0]))(data))
    known.run()
    before = {vote.annotator: vote.right for vote in gold_votes(known.ctx.store)}
    right = sorted((one.right, one.of) for one in by_person(gold_votes(known.ctx.store)).values())
    assert right == [(0, 1), (1, 1)]
    (one,) = listed(known.ctx.store)
    assert (one.score.right, one.score.of, one.passed) == (1, 2, 0)
    mended = mend(
        known.ctx, one.task_id, {"preference": -(one.payload or {})["preference"]}, "sides mixed up", "lead"
    )
    assert (mended.said_by, mended.purpose) == ("lead", "gold")
    turned = {vote.annotator: vote.right for vote in gold_votes(known.ctx.store)}
    assert turned == {annotator: not was_right for annotator, was_right in before.items()}
    retire(known.ctx, one.task_id, "ambiguous", "lead")
    assert gold_votes(known.ctx.store) == ()


def test_a_mended_label_must_be_one_of_the_item(known: Any) -> None:
    known.run()
    (one,) = listed(known.ctx.store)
    wrong: list[Any] = [{"preference": 9}, {"aspects": ["a"]}, {"preference": 1, "aspects": ["a"]}, "A", None]
    for said in wrong:
        with pytest.raises(UsageError, match="--label: a label of preference_pair"):
            mend(known.ctx, one.task_id, said, "because", "lead")
    with pytest.raises(UsageError, match="is none"):
        retire(known.ctx, "nobody", "because", "lead")
    assert len(gold(known)) == 1


def test_a_record_that_makes_a_gold_item_too_is_gold_at_each_stage(known: Any, say: Say) -> None:
    problem = line(1)
    del problem["label"]
    known.write([problem], mode="a")
    known.run()
    known.vote("ana@people.example", say(-3))
    known.vote("ben@people.example", say(-3))
    known.run()
    of_record = (
        "SELECT stage, state FROM record_states JOIN records USING (record_id) WHERE payload LIKE '%Known 1%'"
    )
    states = {row["stage"]: row["state"] for row in known.ctx.store.rows(of_record)}
    assert [states.pop(stage) for stage in ("ingest", "screen", "verify")] == ["done", "done", "none"]
    assert set(states.values()) == {"gold"}
    assert len(states) == 6
    object.__setattr__(known.ctx, "project", known.ctx.project.replace(release={"simulated": True}))
    _, version, folder = release(known.ctx)
    assert version
    rows = "".join(path.read_text() for path in folder.rglob("*.jsonl"))
    assert "Known 1" not in rows
    (task,) = wanted(known)
    retire(known.ctx, task, "to be labeled after all", "lead")
    known.run()
    assert known.states() == {"accepted": 1, "released": 6}
    assert {row["state"] for row in known.ctx.store.rows(of_record)} == {"done", "none", "waiting"}


def test_a_withdrawn_record_takes_its_gold_with_it(known: Any) -> None:
    problem = line(1)
    del problem["label"]
    known.write([problem], mode="a")
    known.run()
    record = known.ctx.store.value("SELECT record_id FROM records WHERE payload LIKE '%Known 1%'")
    gone = WithdrawalFact(record_id=record, reason="licence", condition="", withdrawn_at=known.ctx.clock())
    known.ctx.store.put([gone])
    known.run()
    assert list(wanted(known).values()) == [0]
    assert known.states()["withdrawn"] == 1


def test_a_paused_cell_pauses_its_gold(known: Any) -> None:
    known.run()
    set_cells(known.ctx, ["en/preference_pair"], paused=True, reason="wait")
    known.run("push")
    state = known.ctx.store.rows("SELECT s.closed FROM remote_states s JOIN gold_tasks USING (task_id)")
    assert state == [{"closed": True}]


def test_hours_and_votes_on_gold_are_billed(known: Any, say: Say) -> None:
    known.run()
    known.vote("ana@people.example", say(-3))
    known.run()
    (bill,) = bills_of(known.ctx.store, known.ctx.project, known.ctx.clock(), "person")
    assert (bill.submitted, bill.gold) == (7, 1)


@pytest.mark.parametrize("seed", [0, pytest.param(1, marks=pytest.mark.proof)])
def test_counts_reconcile_with_gold_that_records_make_too(
    tmp_path: Path, make_effort: Make, say: Say, seed: int
) -> None:
    lines = [
        {"prompt": f"Problem {n}?", "candidates": [{"text": f"{n}"}, {"text": f"{n + 1}"}]}
        for n in range(100, 111, 2)
    ]
    write(tmp_path, *({**one, "domain": "reasoning", "label": {"preference": 2}} for one in lines))
    effort = make_effort(tasks=[entry()])
    reconciled(effort, say, seed, deeds=20)
    both = "SELECT count(*) FROM record_tasks JOIN gold_tasks USING (task_id)"
    assert effort.ctx.store.value(both) > 0
    task = effort.ctx.store.value("SELECT min(task_id) FROM gold_tasks JOIN record_tasks USING (task_id)")
    retire(effort.ctx, task, "to be labeled", "lead")
    one_state_a_record_and_stage(effort)
    reconciled(effort, say, seed + 10, deeds=10)


def test_the_report_tells_how_people_did(known: Any) -> None:
    known.run()
    known.vote("ana@people.example", knowing)
    known.run()
    measured = measure(known.ctx.store, known.ctx.project, known.ctx.clock())
    said = io.StringIO()
    show(measured, Console(file=said, width=80))
    told = said.getvalue()
    assert "1/1" in told
    assert all(len(line) <= 80 for line in told.splitlines())
    page = html.render(measured)
    assert "Known answers" in page
    assert "1 of 1" in page
    assert "21\u2013100" in page
    assert measured.totals.gold == 1
