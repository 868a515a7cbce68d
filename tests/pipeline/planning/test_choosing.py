"""Choosing what to redo and what to withdraw, and what each would cost or take away."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from pipeline.context import Context
from pipeline.label_studio.base import LabelStudio
from pipeline.planning.choosing import Redoing, Wish, cells_like, redoing, redos, withdrawals, withdrawing
from pipeline.planning.effort import longest, total
from pipeline.store import Store
from schemas.errors import UsageError
from schemas.project import parse_project
from schemas.steering import GuidelineFact
from tests.pipeline.filled import START, TYPE, Filled, said

NOW = START + timedelta(days=2)
CELL = f"en/{TYPE}"
OTHER = f"zh/{TYPE}"


def nobody() -> LabelStudio:
    raise AssertionError


@pytest.fixture
def filled() -> Iterator[Filled]:
    with Store(":memory:") as store:
        yield Filled(store)


@pytest.fixture
def redo(filled: Filled, tmp_path: Path) -> Callable[..., Redoing]:
    """What a wish means, under a project of one task type whose keys may be given."""

    def plan(
        where: str,
        people: list[dict[str, Any]] | None = None,
        wish: dict[str, str] | None = None,
        **keys: Any,
    ) -> Redoing:
        given = {"name": "p", "tasks": [{"type": TYPE, **keys}], "people": people or []}
        ctx = Context(tmp_path, parse_project(given), filled.store, nobody, clock=lambda: NOW)
        return redoing(ctx, Wish(where, **(wish or {})))

    return plan


def guideline(version: str, since: datetime) -> GuidelineFact:
    return GuidelineFact(task_type=TYPE, version=version, text=version, since=since)


# Redo: which tasks


def test_only_tasks_with_votes_that_count_are_redone(filled: Filled, redo: Callable[..., Redoing]) -> None:
    settled, open_ = filled.settle(filled.task()), filled.task()
    filled.vote(filled.task(), skipped=True)
    begun = filled.task()
    filled.vote(begun)
    plan = redo("true")
    assert plan.task_ids == (settled, begun)
    assert open_ not in plan.task_ids
    assert plan.without_votes == 2


@pytest.mark.parametrize(
    ("where", "chosen"),
    [
        ("domain = 'coding'", ("t1",)),
        ("language = 'zh' AND difficulty = 'hard'", ("t1",)),
        ("state = 'accepted'", ("t0",)),
        ("agreement = 1 AND method = 'unanimous'", ("t0",)),
        ("votes = 1", ("t1",)),
        ("resolved_at > '2026-03-02'", ("t0",)),
        ("generated_at < '2026-01-01'", ()),
        ("attempt = 1 AND version > 0", ("t0", "t1")),
        ("cell LIKE 'en/%' -- those only", ("t0",)),
    ],
)
def test_tasks_are_chosen_by_what_they_and_their_records_are(
    filled: Filled, redo: Callable[..., Redoing], where: str, chosen: tuple[str, ...]
) -> None:
    filled.settle(filled.task())
    coding = filled.record(domain="coding", language="zh", difficulty="hard")
    filled.vote(filled.task(coding, cell=OTHER))
    assert redo(where).task_ids == chosen


def test_a_task_of_two_records_is_chosen_once(filled: Filled, redo: Callable[..., Redoing]) -> None:
    task = filled.settle(filled.task(filled.record(), filled.record(topic="algebra")))
    assert redo("true").task_ids == (task,)
    assert redo("topic = 'algebra'").task_ids == (task,)


def test_what_was_redone_is_not_redone_again(filled: Filled, redo: Callable[..., Redoing]) -> None:
    filled.settle(filled.task())
    plan = redo("true")
    assert filled.store.put(redos(plan, Wish("true", cell="en/*"), "unclear", NOW)) == 1
    assert redo("true").tasks == 0
    (fact,) = filled.store.rows("SELECT * FROM redos")
    assert fact == {"task_id": "t0", "reason": "unclear", "condition": "true --cell en/*", "redone_at": NOW}
    second = filled.task("r0", item_id="i0", attempt=2)
    filled.vote(second)
    assert redo("true").task_ids == (second,)


def test_withdrawn_records_are_not_redone(filled: Filled, redo: Callable[..., Redoing]) -> None:
    filled.settle(filled.task())
    kept = filled.settle(filled.task())
    filled.store.put(withdrawals(withdrawing(filled.store, "record_id = 'r0'"), "…", "broken", NOW))
    assert redo("true").task_ids == (kept,)


def test_tasks_of_an_older_version_are_left_as_they_are(filled: Filled, redo: Callable[..., Redoing]) -> None:
    filled.settle(filled.task(version=0))
    plan = redo("true")
    assert (plan.tasks, plan.older_versions) == (0, 1)


def test_a_guideline_version_chooses_what_was_settled_under_it(
    filled: Filled, redo: Callable[..., Redoing]
) -> None:
    filled.put(guideline("v-one", START), guideline("v-two", START + timedelta(days=1)))
    before, old, new = (filled.settle(filled.task(), guideline=one) for one in (None, "v-one", "v-two"))
    filled.vote(filled.task())
    assert redo("true", wish={"guideline": "v-one"}).task_ids == (before, old)
    assert redo("true", wish={"guideline": "v-two"}).task_ids == (new,)
    assert redo("true", wish={"guideline": "old"}).task_ids == (before, old)
    assert redo("guideline = 'v-two'").task_ids == (new,)
    with pytest.raises(UsageError, match="old or one of v-one, v-two, is 'v-thre'"):
        redo("true", wish={"guideline": "v-thre"})


def test_a_guideline_that_came_back_is_todays(filled: Filled, redo: Callable[..., Redoing]) -> None:
    days = [guideline(one, START + timedelta(days=n)) for n, one in enumerate(("one", "two", "one"))]
    filled.put(*days)
    filled.settle(filled.task(), guideline="one")
    two = filled.settle(filled.task(), guideline="two")
    assert redo("true", wish={"guideline": "old"}).task_ids == (two,)


def test_a_cell_and_a_type_narrow_the_choice(filled: Filled, redo: Callable[..., Redoing]) -> None:
    filled.settle(filled.task())
    chinese = filled.settle(filled.task(cell=OTHER))
    assert redo("true", wish={"cell": "zh/*"}).task_ids == (chinese,)
    assert redo("true", wish={"task_type": TYPE}).tasks == 2
    with pytest.raises(UsageError, match=r"no cell is called 'fr/\*'"):
        redo("true", wish={"cell": "fr/*"})
    with pytest.raises(UsageError, match="no task is of the type 'step_review'"):
        redo("true", wish={"task_type": "step_review"})


@pytest.mark.parametrize(
    "where",
    [
        "",
        "-- all of them",
        "votes",
        "domain",
        "?",
        "domain =",
        "nope = 1",
        "true) OR (true; DROP TABLE redos",
        "task_id IN (SELECT email FROM people)",
    ],
)
def test_a_condition_that_is_none_is_refused_with_the_columns(
    filled: Filled, redo: Callable[..., Redoing], where: str
) -> None:
    with pytest.raises(UsageError) as of_tasks:
        redo(where)
    with pytest.raises(UsageError) as of_records:
        withdrawing(filled.store, where)
    for fault, column in ((of_tasks, "resolved_at"), (of_records, "source_row")):
        assert "\n" not in str(fault.value)
        assert str(fault.value).startswith("--where: should be a condition on")
        assert column in str(fault.value)


# Redo: what it costs


def test_the_cost_is_the_votes_at_the_median_of_the_cell(
    filled: Filled, redo: Callable[..., Redoing]
) -> None:
    for _ in range(3):
        filled.settle(filled.task())
    (cell,) = redo("true", overlap=4, minutes=99).cells
    assert (cell.cell, cell.tasks, cell.votes, cell.votes_at_most) == (CELL, 3, 12, 12)
    assert cell.hours == pytest.approx(12 * 60 / 3600)
    assert cell.days is None


def test_a_policy_asks_a_few_votes_first_and_more_at_most(
    filled: Filled, redo: Callable[..., Redoing]
) -> None:
    filled.settle(filled.task())
    (cell,) = redo("true", overlap={"policy": "third_on_disagreement"}).cells
    assert (cell.votes, cell.votes_at_most) == (2, 3)


def test_where_nothing_was_measured_the_project_says_how_long(
    filled: Filled, redo: Callable[..., Redoing]
) -> None:
    filled.vote(filled.task(), lead_seconds=None)
    assert redo("true").cells[0].hours is None
    (cell,) = redo("true", overlap=2, minutes=4).cells
    assert cell.hours == pytest.approx(2 * 4 / 60)


def test_days_follow_from_the_present_pace(filled: Filled, redo: Callable[..., Redoing]) -> None:
    task = filled.task()
    filled.put_all(said(1000 + n, task, f"ann-{n}", START + timedelta(minutes=n)) for n in range(40))
    people = [{"name": "li", "weekly_hours": 1}]
    (cell,) = redo("true", people, overlap=10).cells
    assert cell.days == pytest.approx(10 / (40 / 2))


def test_without_a_pace_days_follow_from_the_hours_of_those_who_may(
    filled: Filled, redo: Callable[..., Redoing]
) -> None:
    filled.settle(filled.task())
    people = [
        {"name": "li", "weekly_hours": 5, "cells": ["en/*"]},
        {"name": "ana", "weekly_hours": 2},
        {"name": "kim", "weekly_hours": 40, "cells": ["zh/*"]},
        {"name": "jo", "weekly_hours": 40, "role": "adjudicator"},
        {"name": "mo"},
    ]
    (cell,) = redo("true", people, minutes=1, overlap=21).cells
    assert cell.days == pytest.approx(21 / 60 / 7 * 7)


def test_a_total_is_known_where_every_part_is() -> None:
    assert (total([1.0, 2.0]), total([1.0, None]), total([])) == (3.0, None, 0.0)
    assert (longest([1.0, 2.0]), longest([1.0, None]), longest([])) == (2.0, None, 0.0)


# Withdraw


def test_a_withdrawal_says_what_it_takes_away(filled: Filled) -> None:
    accepted, open_ = filled.settle(filled.task()), filled.task("r0")
    disputed = filled.settle(filled.task("r0"), payload=None)
    filled.settle(filled.task())
    for task, gone in ((accepted, False), (open_, False), (disputed, True)):
        filled.push(task, gone=gone)
    filled.release("1.0.0", accepted, "t3")
    filled.release("1.1.0", "t3")
    plan = withdrawing(filled.store, "source_row = '0' AND dataset = 'problems.jsonl'")
    assert plan.record_ids == ("r0",)
    assert (plan.tasks, plan.in_label_studio, plan.labels, plan.votes) == (3, 2, 1, 4)
    assert plan.releases == ("1.0.0",)
    assert plan.shared == 0


def test_a_task_stays_with_the_other_record_that_has_it(filled: Filled) -> None:
    one, two = filled.record(), filled.record()
    shared = filled.settle(filled.task(one, two))
    plan = withdrawing(filled.store, f"record_id = '{one}'")
    assert (plan.records, plan.tasks, plan.shared, plan.labels, plan.votes) == (1, 0, 1, 0, 0)
    filled.store.put(withdrawals(plan, "…", "broken", NOW))
    states = "SELECT state FROM task_states WHERE task_id = ?"
    assert filled.store.value(states, [shared]) == "accepted"
    last = withdrawing(filled.store, "true")
    assert (last.record_ids, last.tasks, last.shared, last.labels, last.votes) == ((two,), 1, 0, 1, 2)
    filled.store.put(withdrawals(last, "…", "broken", NOW))
    assert filled.store.value(states, [shared]) == "withdrawn"


def test_an_attempt_that_was_followed_takes_its_votes_but_no_label(
    filled: Filled, redo: Callable[..., Redoing]
) -> None:
    filled.settle(filled.task())
    filled.store.put(redos(redo("true"), Wish("true"), "unclear", NOW))
    filled.settle(filled.task("r0", item_id="i0", attempt=2))
    plan = withdrawing(filled.store, "true")
    assert (plan.tasks, plan.labels, plan.votes) == (1, 1, 4)


def test_nothing_is_withdrawn_twice(filled: Filled) -> None:
    filled.task()
    plan = withdrawing(filled.store, "domain = 'reasoning'")
    assert filled.store.put(withdrawals(plan, "domain = 'reasoning'", "broken", NOW)) == 1
    assert withdrawing(filled.store, "true").records == 0
    assert filled.store.put(withdrawals(plan, "true", "again", NOW)) == 0
    (fact,) = filled.store.rows("SELECT * FROM withdrawals")
    assert (fact["condition"], fact["reason"]) == ("domain = 'reasoning'", "broken")


def test_cells_are_found_by_name_and_by_pattern(filled: Filled) -> None:
    for cell in (CELL, OTHER, f"{OTHER}/rust"):
        filled.task(cell=cell)
    assert cells_like(filled.store, CELL) == [CELL]
    assert cells_like(filled.store, "zh/*") == [OTHER, f"{OTHER}/rust"]
    with pytest.raises(UsageError, match=f"did you mean '{OTHER}'"):
        cells_like(filled.store, "zh/preference")
