"""The counts reconcile, whatever people do: one state a record and stage, and nothing is lost on the way."""

import random
from collections.abc import Callable
from typing import Any

import pytest

from pipeline.stages import STAGES
from schemas.records import Record

Say = Callable[[int], Any]


@pytest.mark.parametrize("seed", range(2))
def test_counts_reconcile_after_random_deeds(effort: Any, say: Say, seed: int) -> None:
    reconciled(effort, say, seed, deeds=25)


@pytest.mark.proof
@pytest.mark.parametrize("seed", range(100, 163))
def test_counts_reconcile_after_many_random_deeds(effort: Any, say: Say, seed: int) -> None:
    reconciled(effort, say, seed, deeds=80)


def reconciled(effort: Any, say: Say, seed: int, deeds: int) -> None:
    """Let people do what they like, run stages in between, and see that everything is accounted for."""
    dice = random.Random(seed)
    people = [effort.studio.person(f"{name}@people.example").id for name in ("ana", "ben", "cem")]
    alive: list[int] = []
    for _ in range(deeds):
        deed(effort, say, dice, people, alive)
        if dice.random() < 0.3:
            effort.run(*dice.sample(STAGES, dice.randint(1, 3)))
        one_state_a_record_and_stage(effort)
    effort.run()
    nothing_is_lost(effort)


def deed(effort: Any, say: Say, dice: random.Random, people: list[int], alive: list[int]) -> None:
    """Something that people do in Label Studio, or that a source brings."""
    pushed = [row["remote_task_id"] for row in effort.ctx.store.rows("SELECT remote_task_id FROM pushes")]
    tasks = [task for task in pushed if effort.studio.task(task)]
    what = dice.random()
    if what < 0.15 or not tasks:
        number = dice.randint(100, 110)
        candidates = [{"text": f"{number}"}, {"text": f"{number + dice.randint(0, 1)}"}]
        effort.write([{"prompt": f"Problem {number}?", "candidates": candidates}], mode="a")
    elif what < 0.55:
        result = say(dice.randint(-3, 3))({}) if dice.random() < 0.8 else [{"from_name": "nonsense"}]
        alive.append(
            effort.studio.annotate(dice.choice(tasks), dice.choice(people), result, dice.uniform(0, 60))
        )
    elif what < 0.7:
        effort.studio.skip(dice.choice(tasks), dice.choice(people))
    elif what < 0.73:
        effort.studio.copy_task(dice.choice(tasks))
    elif what < 0.76:
        forget(effort, dice.choice(tasks), alive)
    elif alive and what < 0.88:
        effort.studio.edit(dice.choice(alive), say(dice.randint(-3, 3))({}))
    elif alive:
        effort.studio.delete_annotation(alive.pop(dice.randrange(len(alive))))


def forget(effort: Any, task: int, alive: list[int]) -> None:
    """Somebody deletes a task, if nobody has yet."""
    if (found := effort.studio.task(task)) is not None:
        gone = {annotation.id for annotation in found.annotations}
        alive[:] = [annotation for annotation in alive if annotation not in gone]
        effort.studio.delete_task(task)


def one_state_a_record_and_stage(effort: Any) -> None:
    states = effort.ctx.store.rows(
        "SELECT record_id, stage, count(*) AS n, min(state) AS state FROM record_states GROUP BY ALL"
    )
    assert all(row["n"] == 1 and row["state"] for row in states)
    assert len(states) == effort.count("records") * (len(STAGES) + 1)
    assert effort.count("task_states") == effort.count("tasks")


def nothing_is_lost(effort: Any) -> None:
    store = effort.ctx.store
    sql = "SELECT task_id, remote_task_id FROM pushes UNION SELECT task_id, remote_task_id FROM doubles"
    ours = {(row["task_id"], row["remote_task_id"]) for row in store.rows(sql)}
    remote = [
        annotation
        for project in store.rows("SELECT project_id FROM remote_projects WHERE purpose = 'label'")
        for task in effort.studio.changes(project["project_id"], None)
        if (task.uid, task.id) in ours
        for annotation in task.annotations
        if not annotation.skipped
    ]
    standing = "current_annotations WHERE NOT lost"  # what went with a deleted task stands here alone
    assert store.value(f"SELECT count(*) FROM {standing}") == len(remote)  # noqa: S608 - ours
    labels = store.value("SELECT count(*) FROM labels JOIN current_annotations USING (revision_id)")
    rejects = store.value(
        "SELECT count(*) FROM rejects JOIN current_annotations ON subject = revision_id WHERE stage = 'check'"
    )
    assert labels + rejects == effort.count("current_annotations")
    rows = (effort.folder / "problems.jsonl").read_text().splitlines()
    assert effort.count("records") == len({Record.model_validate_json(_with_domain(row)).id for row in rows})


def _with_domain(row: str) -> str:
    return row.replace('{"prompt"', '{"domain": "reasoning", "prompt"')
