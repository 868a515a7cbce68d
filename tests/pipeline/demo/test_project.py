"""The demo's folder is an ordinary one."""

import tomllib
from pathlib import Path

import duckdb

from pipeline.demo.arriving import BENCHMARK, FILE
from pipeline.demo.people import EVERYBODY, PEOPLE, VISITOR
from pipeline.demo.project import CELLS, project_toml, records, write, write_crew
from schemas.people import Person
from schemas.people_file import write_people
from schemas.project import parse_project, read_project
from schemas.records import Record
from tasks import names


def test_the_folder_is_the_same_bytes_each_time(tmp_path: Path) -> None:
    one, other = write(tmp_path / "one"), write(tmp_path / "other")
    records_of_it = ["reasoning.jsonl", "programs.jsonl", "pairs.jsonl", "answers.jsonl", FILE, BENCHMARK]
    gold = ["gold/step_review.jsonl", "gold/code_review.jsonl", "gold/preference_pair.jsonl"]
    said = [str(path.relative_to(tmp_path / "one")) for path in one]
    assert said == ["project.toml", *records_of_it, *gold]
    assert [path.read_bytes() for path in one] == [path.read_bytes() for path in other]


def test_a_project_file_that_is_there_already_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "project.toml").write_text('name = "mine"\n')
    write(tmp_path)
    assert read_project(tmp_path).name == "mine"


def test_the_files_hold_the_records(tmp_path: Path) -> None:
    write(tmp_path)
    for name, said in records().items():
        lines = (tmp_path / name).read_text(encoding="utf-8").splitlines()
        assert [Record.model_validate_json(line).id for line in lines] == [record.id for record in said]


def test_the_project_names_the_files_and_known_task_types() -> None:
    project = parse_project(tomllib.loads(project_toml()))
    assert project.name == "demo"
    assert [source.path for source in project.sources] == list(records())
    assert {task.type for task in project.tasks} <= set(names())
    assert {(task.overlap.policy, task.overlap.audit_share) for task in project.tasks} == {
        ("third_on_disagreement", 0.1)
    }
    assert project.release.simulated
    assert project.release.splits == {"train": 0.8, "validation": 0.1, "test": 0.1}


def test_each_record_is_selected_by_the_condition_of_its_own_file_and_no_other() -> None:
    project = parse_project(tomllib.loads(project_toml()))
    wanted = [said for name, said in records().items() if name != FILE]
    for said, own in zip(wanted, project.tasks, strict=True):
        with duckdb.connect() as database:
            database.execute("CREATE TABLE records (domain TEXT, topic TEXT)")
            for record in said:
                database.execute("INSERT INTO records VALUES (?, ?)", [record.domain, record.topic])
            for task in project.tasks:
                selected = database.table("records").filter(task.where or "").fetchall()
                assert len(selected) == (len(said) if task is own else 0)


def test_nothing_in_the_records_comes_from_a_path_of_this_machine(tmp_path: Path) -> None:
    written = "".join(path.read_text(encoding="utf-8") for path in write(tmp_path))
    assert str(tmp_path) not in written


def test_those_on_the_project_are_the_simulated_ones_the_visitor_and_the_administrator(
    tmp_path: Path,
) -> None:
    write(tmp_path)
    write_crew(tmp_path, "admin@headrace.localhost")
    people = read_project(tmp_path).people
    simulated = [one.email for one in people if (one.email or "").endswith("@simulated.invalid")]
    assert simulated == [one.email for one in EVERYBODY]
    assert [one.email for one in people[len(simulated) :]] == [VISITOR.email, "admin@headrace.localhost"]
    assert [one.role for one in people] == ["annotator"] * len(PEOPLE) + [
        "adjudicator",
        "adjudicator",
        "lead",
    ]
    assert all(one.cells and set(one.cells) <= set(CELLS) for one in people)


def test_whoever_is_on_the_project_already_stays_as_they_are(tmp_path: Path) -> None:
    write(tmp_path)
    mine = Person(name="Ada the Second", email=EVERYBODY[0].email, cells=("en/code_review",))
    write_people(tmp_path, [mine])
    for _ in range(2):
        write_crew(tmp_path, "admin@headrace.localhost")
        people = read_project(tmp_path).people
        assert people[0] == mine
        assert len(people) == len(EVERYBODY) + 2
