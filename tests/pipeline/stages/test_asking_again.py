"""Votes are asked for where they are needed: by policy, by guideline, by what project.toml says now."""

from collections.abc import Callable
from typing import Any

import pytest

from schemas.project import parse_project

Say = Callable[[int], Any]
THIRD = [{"type": "preference_pair", "overlap": {"policy": "third_on_disagreement"}}]


def there(effort: Any) -> set[tuple[int, bool]]:
    """The overlap of each task in Label Studio, and whether it is closed."""
    return {(task.overlap, task.closed) for task in map(effort.studio.task, effort.remote()) if task}


def change(effort: Any, **given: Any) -> None:
    """Another project.toml, as if somebody had edited it."""
    found = effort.ctx.project.model_dump(mode="json", by_alias=True, exclude_unset=True)
    object.__setattr__(effort.ctx, "project", parse_project({**found, **given}))


def test_two_who_agree_close_a_task_and_two_who_do_not_ask_a_third(
    make_effort: Callable[..., Any], say: Say
) -> None:
    effort = make_effort(tasks=THIRD)
    effort.run()
    effort.vote("ana@people.example", say(-2))
    flip = {effort.remote()[0]: 2}
    for task in effort.remote():
        effort.answer("ben", task, flip.get(task, -2))
    effort.run()
    effort.run("push")
    assert effort.states() == {"accepted": 5, "in_labeling": 1}
    assert there(effort) == {(2, True), (3, False)}
    effort.vote("cem@people.example", say(-2))
    effort.run()
    assert effort.states() == {"accepted": 6}
    assert effort.count("votes") == 13
    assert effort.run("push")["push"].done == 0
    assert {task.closed for task in map(effort.studio.task, effort.remote())} == {True}


@pytest.mark.proof
def test_an_audited_task_gets_the_most_whatever_its_votes_say(
    make_effort: Callable[..., Any], say: Say
) -> None:
    overlap = {"policy": "third_on_disagreement", "audit_share": 1.0}
    effort = make_effort(tasks=[{"type": "preference_pair", "overlap": overlap}])
    effort.run()
    effort.run("push")
    assert there(effort) == {(3, False)}
    for name in ("ana", "ben", "cem", "dee"):
        effort.vote(f"{name}@people.example", say(1))
    effort.run()
    assert effort.count("votes") == 18
    assert effort.states() == {"accepted": 6}


def test_people_who_are_known_to_be_right_close_a_task_sooner(
    make_effort: Callable[..., Any], say: Say
) -> None:
    effort = make_effort(tasks=[{"type": "preference_pair", "overlap": {"policy": "posterior", "n": 4}}])
    for _ in range(6):
        effort.run()
        for name in ("ana", "ben", "cem", "dee"):
            effort.vote(f"{name}@people.example", say(-2))
    effort.run()
    assert set(effort.states()) == {"accepted"}
    assert effort.count("votes") < 6 * 4
    posteriors = effort.ctx.store.rows("SELECT posterior FROM current_resolutions")
    assert len(posteriors) == 6
    assert all(0.5 < row["posterior"] <= 1 for row in posteriors)


@pytest.mark.proof
def test_another_overlap_holds_for_open_tasks_and_leaves_settled_ones(effort: Any) -> None:
    effort.run()
    first, second = effort.remote()[:2]
    for name in ("ana", "ben"):
        effort.answer(name, first, 1)
    effort.answer("ana", second, 1)
    effort.run()
    change(effort, tasks=[{"type": "preference_pair", "overlap": 3}])
    effort.run()
    effort.run("push")
    assert effort.states() == {"accepted": 1, "in_labeling": 1, "open": 4}
    assert there(effort) == {(2, True), (3, False)}
    change(effort, tasks=[{"type": "preference_pair", "overlap": 1}])
    effort.run()
    effort.run("push")
    assert effort.states() == {"accepted": 2, "open": 4}
    assert there(effort) == {(2, True), (1, True), (1, False)}


@pytest.mark.proof
@pytest.mark.parametrize("pool", [False, True])
def test_votes_under_two_guidelines_are_pooled_only_if_that_is_asked_for(
    make_effort: Callable[..., Any], say: Say, *, pool: bool
) -> None:
    tasks = [{"type": "preference_pair", "guideline": "guide.md", "overlap": 2, "pool_guidelines": pool}]
    effort = make_effort(tasks=tasks)
    (effort.folder / "guide.md").write_text("Prefer the shorter one.")
    effort.run()
    effort.vote("ana@people.example", say(1))
    effort.run()
    (effort.folder / "guide.md").write_text("Prefer the longer one.")
    effort.run()
    project = effort.ctx.store.value("SELECT project_id FROM remote_projects LIMIT 1")
    assert "longer" in effort.studio._memory.project(project).instruction
    effort.vote("ben@people.example", say(1))
    effort.run()
    assert effort.states() == ({"accepted": 6} if pool else {"in_labeling": 6})
    effort.run("push")
    effort.vote("cem@people.example", say(1))
    effort.run()
    assert effort.states() == {"accepted": 6}
    assert effort.count("votes") == (12 if pool else 18)
    versions = {
        row["guideline"] for row in effort.ctx.store.rows("SELECT guideline FROM current_resolutions")
    }
    assert len(versions) == 1
    assert versions == {effort.ctx.store.value("SELECT version FROM guidelines ORDER BY since DESC LIMIT 1")}


def test_a_vote_that_does_not_count_is_asked_for_again(make_effort: Callable[..., Any], say: Say) -> None:
    people = [
        {
            "name": name,
            "email": f"{name}@people.example",
            "cells": ["en/preference_pair", "zh/preference_pair"],
        }
        for name in ("ana", "ben")
    ] + [{"name": "cem", "email": "cem@people.example", "cells": ["de/code_review"]}]
    effort = make_effort(people=people)
    effort.run()
    effort.vote("ana@people.example", say(1))
    effort.vote("cem@people.example", say(-3))
    effort.run()
    effort.run("push")
    assert effort.states() == {"in_labeling": 6}
    assert there(effort) == {(3, False)}  # two answers there, one of which counts
    kinds = effort.ctx.store.rows("SELECT DISTINCT kind, void FROM findings")
    assert kinds == [{"kind": "outside their cells", "void": True}]
    effort.vote("ben@people.example", say(1))
    effort.run()
    assert effort.states() == {"accepted": 6}


@pytest.mark.proof
def test_what_somebody_else_saved_does_not_count_and_what_the_annotator_said_does(
    effort: Any, say: Say
) -> None:
    effort.run()
    task = effort.remote()[0]
    annotation = effort.answer("ana", task, -2)
    ana, eve = (effort.studio.person(f"{name}@people.example").id for name in ("ana", "eve"))
    effort.run()
    effort.studio.edit(annotation, say(3)({}), by=eve)
    effort.run()
    (vote,) = effort.ctx.store.rows("SELECT payload FROM votes")
    assert '"preference":-2' in vote["payload"]
    kinds = effort.ctx.store.rows("SELECT kind, void FROM findings")
    assert kinds == [{"kind": "edited by another", "void": True}]
    effort.studio.edit(annotation, say(-1)({}), by=ana)
    effort.run()
    (vote,) = effort.ctx.store.rows("SELECT payload FROM votes")
    assert '"preference":-1' in vote["payload"]
