"""Made-up projects: the planted load is true, nothing else is short, and the log is one."""

from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from pipeline.progress.columns import NOBODY, Columns, Mask
from pipeline.progress.reading import columns_of
from pipeline.simulation.worlds import Shape, Unsuitable, World, run, world
from pipeline.simulation.worlds.files import write_log, write_team
from pipeline.simulation.worlds.loads import (
    adjudication_load,
    adjudications,
    labeling_load,
    screening_load,
    short_of_hours,
)
from pipeline.simulation.worlds.planting_people import RELIEVED
from pipeline.simulation.worlds.project import Kind, Person, Project
from pipeline.store.log import EventLog
from schemas.events import COLUMNS, EventName
from schemas.flow import ADJUDICATION, CAUSES, SCREENING, Cause
from schemas.team import read_team, task_type_of

SEED = 7
AMPLE = 0.81
OVERLOADS: tuple[Cause, ...] = CAUSES[:6]
KIND = Kind("en/code_review", 6.0, 1.0, 2, 2, 0.0, 0.1, 0.2, 0.0, 100.0)
PERSON = Person("p1", ("en/*",), "UTC", (0, 1, 2, 3, 4), 9.0, 5.0, 1.0)


@pytest.fixture(scope="module")
def worlds() -> dict[Cause, World]:
    return {cause: world(cause, SEED) for cause in CAUSES}


@pytest.fixture(scope="module")
def logs(worlds: dict[Cause, World]) -> dict[Cause, pa.Table]:
    return {cause: run(made) for cause, made in worlds.items()}


def columns(table: pa.Table) -> Columns:
    return columns_of(EventLog.of_arrow(table))


@pytest.mark.parametrize("cause", CAUSES)
def test_the_planted_load_is_in_its_range_and_no_other_is_high(
    cause: Cause, worlds: dict[Cause, World]
) -> None:
    project, truth = worlds[cause].project, worlds[cause].truth
    loads = {
        "labeling": labeling_load(project).load,
        ADJUDICATION: adjudication_load(project),
        SCREENING: screening_load(project),
    }
    short = {name if name in loads else "labeling" for name in truth.resources}
    assert truth.cause == cause
    assert bool(short) == (cause in OVERLOADS)
    for name, load in loads.items():
        assert load == pytest.approx(truth.load, rel=0.01) if name in short else load <= AMPLE, name
    assert truth.load is not None
    assert 1.1 <= truth.load <= 1.71 if short else truth.load <= 0.9


@pytest.mark.parametrize("cause", OVERLOADS)
def test_what_is_short_has_a_queue_that_grows(cause: Cause) -> None:
    made = world(cause, SEED, Shape(load=1.6 if cause != "absent_person" else None, decoys=False))
    table = columns(run(made))
    begin = made.project.intake_end - 5 * 86_400
    for resource in made.truth.resources & {ADJUDICATION, SCREENING, made.truth.where}:
        before, after = (waiting(table, resource, moment) for moment in (begin, made.project.intake_end))
        assert after > before, resource


def waiting(table: Columns, resource: str | None, moment: float) -> int:
    """Tasks between two events, by the log alone."""
    if resource == SCREENING:
        return int(first(table, moment, "ingested").sum() - first(table, moment, "screened").sum())
    if resource == ADJUDICATION:
        sent = table.are("sent_to_adjudication") & (table.ts <= moment)
        back = table.are("accepted", "rejected") & (table.ts <= moment) & (table.actor != NOBODY)
        return int(sent.sum() - back.sum())
    own = table.cell == table.cells.index(str(resource))
    opened = table.are("ready") & own & (table.ts <= moment)
    closed = table.are("sent_to_adjudication", "accepted") & own & (table.ts <= moment)
    judged = table.are("accepted") & (table.actor != NOBODY) & own & (table.ts <= moment)
    return int(opened.sum() - closed.sum() + judged.sum())


def first(table: Columns, moment: float, event: EventName) -> Mask:
    had = np.zeros(len(table.tasks), dtype=bool)
    had[table.task[table.are(event) & (table.ts <= moment)]] = True
    return had


def test_a_seed_gives_one_world_and_one_log(logs: dict[Cause, pa.Table], worlds: dict[Cause, World]) -> None:
    again = world("overlap_shortage", SEED)
    assert again == worlds["overlap_shortage"]
    assert run(again).equals(logs["overlap_shortage"])
    assert world("overlap_shortage", SEED + 1) != again


@pytest.mark.parametrize("cause", CAUSES)
def test_every_task_that_came_in_is_dropped_open_held_or_accepted(
    cause: Cause, logs: dict[Cause, pa.Table], worlds: dict[Cause, World]
) -> None:
    table = logs[cause]
    assert tuple(table.column_names) == COLUMNS
    events = Counter(zip(table["task"].to_pylist(), table["event"].to_pylist(), strict=True))
    tasks = {task for task, _ in events if task is not None}
    ended = [sum(events[task, end] for end in ("accepted", "dropped", "held")) for task in tasks]
    assert set(ended) <= {0, 1}
    assert all(events[task, "ingested"] == 1 for task in tasks)
    assert sum(events[task, "held"] for task in tasks) == worlds[cause].project.held
    moments = table["ts"].to_pylist()
    assert moments == sorted(moments)
    people = {person.id for person in worlds[cause].team.people}
    actors = {actor for actor in table["actor"].to_pylist() if actor and not actor.startswith("screening-")}
    assert actors <= people


@pytest.mark.parametrize("cause", CAUSES)
def test_the_place_is_one_that_the_cause_can_have(cause: Cause, worlds: dict[Cause, World]) -> None:
    made = worlds[cause]
    cells = {kind.name for kind in made.project.kinds}
    names = {
        "skill_shortage": cells,
        "overlap_shortage": cells,
        "absent_person": {person.id for person in made.team.people},
        "ambiguous_guideline": {task_type_of(cell) for cell in cells},
    }
    where = made.truth.where
    assert where in names.get(cause, {None})
    assert made.truth.is_named_by(cause, where)
    assert not made.truth.is_named_by("none" if cause != "none" else "slow_screening", where)


def test_who_is_absent_was_there_and_holds_a_task(
    worlds: dict[Cause, World], logs: dict[Cause, pa.Table]
) -> None:
    made, table = worlds["absent_person"], logs["absent_person"]
    absent = next(person for person in made.project.people if person.id == made.truth.where)
    own = [row for row in table.to_pylist() if row["actor"] == absent.id]
    assert 5 * 86_400 <= made.project.intake_end - own[-1]["ts"].timestamp() <= 15 * 86_400
    begun = sum(row["event"] in {"served", "adjudication_started"} for row in own)
    assert begun == 1 + sum(row["event"] in {"submitted", "accepted", "rejected"} for row in own)
    declared = next(member for member in made.team.people if member.id == absent.id)
    assert declared.weekly_hours or declared.hours
    present = max(
        labeling_load(made.project, silent=False).load, adjudication_load(made.project, silent=False)
    )
    assert present <= RELIEVED + 0.01


def test_without_the_rule_of_distinct_people_an_overlap_shortage_is_none(
    worlds: dict[Cause, World],
) -> None:
    project = worlds["overlap_shortage"].project
    assert labeling_load(project, distinct=False).load <= AMPLE < 1.1 <= labeling_load(project).load


def test_a_shape_is_kept() -> None:
    made = world("none", 1, Shape(days=21, tail_days=7, languages=("en", "zh"), overlap=2, decoys=False))
    project = made.project
    assert {kind.name.split("/")[0] for kind in project.kinds} == {"en", "zh"}
    assert made.team.overlap == 2
    table = columns(run(made))
    assert table.ts[table.are("ingested")].max() <= project.intake_end
    assert table.ts[table.are("submitted")].max() > project.intake_end
    assert (project.held, project.releases, project.backlog) == (0, False, 0.0)


@pytest.mark.parametrize("seed", range(6))
def test_what_is_planted_is_more_than_chance_undoes(seed: int) -> None:
    made = [world(cause, seed) for cause in OVERLOADS]
    for one in made:
        weekly = {kind.name: kind.weekly for kind in one.project.kinds}
        cells = one.truth.resources - {ADJUDICATION, SCREENING}
        load = one.truth.load or 0.0
        if one.truth.cause != "slow_screening" and not cells:
            assert adjudications(one.project) >= 100
        if one.truth.cause == "overlap_shortage":
            assert load >= 1.197
            assert weekly[str(one.truth.where)] >= 70
        if one.truth.cause == "absent_person" and cells:
            absent = next(person for person in one.project.people if person.id == one.truth.where)
            assert sum(tasks for cell, tasks in weekly.items() if absent.may(cell)) >= 70
        if one.truth.cause == "ambiguous_guideline" and cells:
            assert load <= 1.223


def test_what_no_project_can_have_is_refused() -> None:
    with pytest.raises(Unsuitable, match="slow_adjudication"):
        world("slow_adjudication", 1, Shape(load=500.0))


def test_worlds_differ_in_size_and_hours() -> None:
    made = [world("none", seed) for seed in range(12)]
    people = [len(one.project.people) for one in made]
    assert 9 <= min(people) < max(people) <= 30
    cells = [len(one.project.kinds) for one in made]
    assert 4 <= min(cells) < max(cells) <= 8
    assert len(set(cells)) >= 3
    assert all(len({kind.type for kind in one.project.kinds}) > 1 for one in made)
    assert {one.project.every_day for one in made} == {one.project.overtime for one in made} == {False, True}
    assert all(21 <= one.project.days <= 35 for one in made)


def test_a_load_is_hours_of_work_for_each_hour() -> None:
    """Two people of 25 hours; 100 tasks a week, 2 % again, 2 votes of 6 minutes each: 20.4 hours for 50."""
    two = (PERSON, replace(PERSON, id="p2"))
    project = Project((KIND,), two, start=1_736_121_600.0, days=28)
    hours = 100 / 0.98 * 2 * 0.1
    assert labeling_load(project).load == pytest.approx(hours / 50, rel=0.15)
    half = replace(project, people=(PERSON, replace(PERSON, id="p2", hours=0.5)))
    assert labeling_load(half).load == pytest.approx(hours / 2 / 2.5, rel=0.15)
    assert labeling_load(half, distinct=False).load == pytest.approx(hours / 27.5, rel=0.15)
    assert short_of_hours(half) == {KIND.name}
    assert short_of_hours(project) == frozenset()


@pytest.mark.parametrize("name", ["log.parquet", "log.jsonl"])
def test_files_say_what_the_table_says(
    name: str, tmp_path: Path, logs: dict[Cause, pa.Table], worlds: dict[Cause, World]
) -> None:
    table = logs["none"].slice(0, 2000)
    write_log(table, tmp_path / name)
    read, given = columns_of(EventLog.of_file(tmp_path / name)), columns(table)
    assert np.array_equal(read.ts, given.ts)
    assert np.array_equal(read.event, given.event)
    assert (read.tasks, read.actors, read.cells) == (given.tasks, given.actors, given.cells)
    write_team(worlds["none"].team, tmp_path / "team.json")
    assert read_team(tmp_path / "team.json") == worlds["none"].team
