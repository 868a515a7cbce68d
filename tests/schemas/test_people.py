"""People: what an entry may say, and people.csv, which takes what a spreadsheet makes of it and nothing else."""

import stat
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.errors import ProjectError, UsageError
from schemas.people import Person
from schemas.people_file import COLUMNS, PEOPLE_FILE, read_people, with_person, write_people
from schemas.project import parse_project, read_project

LI = {"name": "li", "email": "li@vendor.example"}
PLAIN = st.text(st.characters(categories=["L", "N", "P", "S", "Zs"]), min_size=1, max_size=20).map(str.strip)


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        ("name", "=HYPERLINK(1)", "begins with none of"),
        ("name", "@sum", "begins with none of"),
        ("name", "two\nlines", "one line"),
        ("name", "", "one line"),
        ("name", "\u202eil", "one line"),
        ("team", "+1", "begins with none of"),
        ("email", "li", "mail address"),
        ("email", "li @vendor.example", "mail address"),
        ("zone", "Mars/Olympus", "time zone"),
        ("zone", "../etc/passwd", "time zone"),
        ("cells", ["*"], "cells such as"),
        ("cells", ["zh/*/python"], "cells such as"),
        ("cells", ["zh/"], "cells such as"),
        ("cells", ["=1"], "cells such as"),
    ],
)
def test_what_a_person_cannot_be_is_said_in_one_line(key: str, value: object, said: str) -> None:
    with pytest.raises(ProjectError, match=said) as raised:
        parse_project({"name": "p", "people": [{**LI, key: value}]})
    assert str(raised.value).startswith(f"project.toml: people.0.{key}: ")
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize(
    "second", [{"name": "Li"}, {"name": "lu", "email": "LI@vendor.example"}], ids=["name", "address"]
)
def test_two_people_share_neither_name_nor_address(second: dict[str, str]) -> None:
    with pytest.raises(ProjectError, match="stands twice"):
        parse_project({"name": "p", "people": [LI, second]})


def test_people_of_both_files_are_the_projects(tmp_path: Path) -> None:
    (tmp_path / "project.toml").write_text(
        'name = "p"\n[[people]]\nname = "an"\nemail = "an@vendor.example"\n'
    )
    write_people(tmp_path, [Person.model_validate(LI)])
    assert [person.name for person in read_project(tmp_path).people] == ["an", "li"]


def test_a_name_in_both_files_is_an_error_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "project.toml").write_text('name = "p"\n[[people]]\nname = "li"\n')
    write_people(tmp_path, [Person.model_validate(LI)])
    with pytest.raises(ProjectError, match=r"'li' was expected once, stands twice \(people.csv") as raised:
        read_project(tmp_path)
    assert "\n" not in str(raised.value)


def test_what_is_no_list_in_toml_is_told_as_that(tmp_path: Path) -> None:
    (tmp_path / "project.toml").write_text('name = "p"\npeople = 3\n')
    write_people(tmp_path, [Person.model_validate(LI)])
    with pytest.raises(ProjectError, match="people: "):
        read_project(tmp_path)


@settings(deadline=None, max_examples=20)
@given(data=st.data())
def test_people_come_out_of_the_file_as_they_went_in(
    data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    def valid(name: str) -> bool:
        return 0 < len(name.strip()) == len(name) and name.isprintable() and name[0] not in "=+-@"

    person = st.builds(
        Person,
        name=PLAIN.filter(valid),
        email=st.none() | st.just("li+1@vendor.example"),
        team=st.none() | PLAIN.filter(valid),
        role=st.sampled_from(["annotator", "adjudicator", "lead"]),
        cells=st.lists(st.sampled_from(["zh/step_review", "en/code_review/*", "pt-BR/x/c++"])).map(tuple),
        weekly_hours=st.none() | st.floats(0.5, 60),
        zone=st.sampled_from(["UTC", "Asia/Shanghai"]),
        until=st.none() | st.dates(),
        away=st.just(()) | st.just(("2027-02-05/2027-02-12",)),
        **{"from": st.none() | st.dates()},
    )
    people = data.draw(st.lists(person, max_size=3))
    folder = tmp_path_factory.mktemp("people")
    write_people(folder, people)
    assert read_people(folder) == people


def test_only_the_owner_may_read_the_file(tmp_path: Path) -> None:
    (tmp_path / PEOPLE_FILE).write_text("name\n")
    path = write_people(tmp_path, [Person.model_validate(LI)])
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [one.name for one in tmp_path.iterdir()] == [PEOPLE_FILE]


def test_a_file_from_a_spreadsheet_is_read(tmp_path: Path) -> None:
    text = "name,cells,from,email\r\n 李 ,zh/step_review  zh/code_review/*,2027-01-31,li@vendor.example\r\n,,,\r\n"
    (tmp_path / PEOPLE_FILE).write_bytes(text.encode("utf-8-sig"))
    (person,) = read_people(tmp_path)
    assert person.name == "李"
    assert person.cells == ("zh/step_review", "zh/code_review/*")
    assert person.from_ == date(2027, 1, 31)


def test_no_file_and_an_empty_one_name_nobody(tmp_path: Path) -> None:
    assert read_people(tmp_path) == []
    (tmp_path / PEOPLE_FILE).touch()
    assert read_people(tmp_path) == []


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"name,mail\nli,x\n", "no column is called 'mail' here; did you mean 'email'"),
        (b"name,email\nli,li@vendor.example,too\n", "people.csv:2: expected as many cells"),
        (b"name,role\nli,boss\n", "people.csv:2: role: should be"),
        (b"name,weekly_hours\nli,-3\n", "people.csv:2: weekly_hours: "),
        (b"email\nli@vendor.example\n", "people.csv:2: name: must be given"),
        (b'name\n"li\n', "cannot be read"),
        (b"name\n\xff\xfe\n", "cannot be read"),
        (b"name\n=1+1\n", "people.csv:2: name: should be one line"),
    ],
)
def test_a_row_that_cannot_be_is_named_by_its_line(content: bytes, said: str, tmp_path: Path) -> None:
    (tmp_path / PEOPLE_FILE).write_bytes(content)
    with pytest.raises(ProjectError, match=said) as raised:
        read_people(tmp_path)
    assert "\n" not in str(raised.value)


def test_one_more_person_is_held_to_those_who_are_there(tmp_path: Path) -> None:
    write_people(tmp_path, with_person(tmp_path, (), LI))
    people = tuple(read_people(tmp_path))
    forbidden: list[dict[str, Any]] = [LI, {"name": "lu", "email": "Li@vendor.example"}, {"name": "=lu"}]
    for values in forbidden:
        with pytest.raises(UsageError):
            with_person(tmp_path, people, values)
    more = with_person(tmp_path, people, {"name": "lu", "cells": ["zh/step_review"]})
    assert [person.name for person in more] == ["li", "lu"]
    assert set(COLUMNS) <= {field.alias or name for name, field in Person.model_fields.items()}
