"""The choice of a database: read, checked, remembered, never printed with its password, and never a silent new start.

Those marked live run on a real PostgreSQL, without a Label Studio.
"""

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from pipeline.cli import app, everyday
from pipeline.cli.faults import exit_code_of
from pipeline.label_studio import environment, server
from pipeline.label_studio.database import Database, look, parse, people_in, projects_in, shows_password
from pipeline.label_studio.state import Home
from pipeline.label_studio.surroundings import public, surroundings
from schemas.errors import LabelStudioError

ADDRESS = "postgresql://ann:se%2Fcret@db.example:5433/labels"


def one_line(what: Callable[[], object], *words: str) -> str:
    with pytest.raises(LabelStudioError) as caught:
        what()
    said = str(caught.value)
    assert "\n" not in said
    assert [word for word in words if word not in said] == []
    return said


def sqlite(file: Path, *statements: str) -> Path:
    with closing(sqlite3.connect(file)) as connection:
        for statement in statements:
            connection.execute(statement)
        connection.commit()
    return file


def test_an_address_is_read_and_shown_without_its_password() -> None:
    database = parse(ADDRESS)
    assert database == Database(user="ann", host="db.example", port=5433, name="labels", password="se/cret")
    assert str(database) == "postgresql://ann@db.example:5433/labels"
    assert "cret" not in f"{database} {database!r}"
    assert parse(str(database)) == database.replace(password=None)


@pytest.mark.parametrize(
    ("address", "host", "port"),
    [
        ("postgresql://ann@db/labels", "db", 5432),
        ("postgres://ann@[::1]:1/labels", "::1", 1),
        ("postgresql://ann@%2Fvar%2Frun%2Fpostgresql/labels", "/var/run/postgresql", 5432),
    ],
)
def test_a_host_is_a_name_an_address_or_a_folder(address: str, host: str, port: int) -> None:
    database = parse(address)
    assert (database.host, database.port) == (host, port)
    assert parse(str(database)) == database


def test_the_password_may_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PGPASSWORD", "kept")
    assert parse("postgresql://ann@db/labels").password == "kept"
    assert parse(ADDRESS).password == "se/cret"
    assert [shows_password(one) for one in (ADDRESS, "postgresql://ann@db/labels")] == [True, False]


@pytest.mark.parametrize(
    ("address", "found"),
    [
        ("mysql://ann:secret@db/labels", "begins with 'mysql'"),
        ("labels", "something else"),
        ("postgresql://db/labels", "without user"),
        ("postgresql://ann:secret@/labels", "without host"),
        ("postgresql://ann:secret@db", "without database name"),
        ("postgresql://ann:secret@db/a/b", "with a path"),
        ("postgresql://ann:sec/ret@db/labels", "host or port is none"),
        ("postgresql://ann:secret@db:99999/labels", "host or port is none"),
        ("postgresql://ann:secret@db/labels?options=x", "more than ?sslmode="),
    ],
)
def test_what_is_no_address_is_refused_without_being_quoted(address: str, found: str) -> None:
    said = one_line(lambda: parse(address), "postgresql://user@host:port/name was expected", found)
    assert "sec" not in said


def test_a_database_is_told_to_label_studio_in_place_of_sqlite(tmp_path: Path) -> None:
    told = surroundings(tmp_path, parse(f"{ADDRESS}?sslmode=verify-full"))
    assert told["LABEL_STUDIO_DJANGO_DB"] == "default"
    assert told["LABEL_STUDIO_POSTGRE_PASSWORD"] == "se/cret"
    assert told["PGSSLMODE"] == "verify-full"
    assert told["LABEL_STUDIO_COLLECT_ANALYTICS"] == "false"
    assert surroundings(tmp_path)["LABEL_STUDIO_DJANGO_DB"] == "sqlite"


def test_people_are_counted_besides_our_administrators(tmp_path: Path) -> None:
    file = tmp_path / "label_studio.sqlite3"
    assert (people_in(file), projects_in(file)) == (0, 0)
    ours = "('admin@headrace.localhost'), ('admin-1@headrace.localhost')"
    people = "('ann@people.example'), ('bo@people.example')"
    sqlite(file, "CREATE TABLE htx_user (email TEXT)")
    sqlite(file, f"INSERT INTO htx_user VALUES {ours}, {people}")  # noqa: S608 - the test's own
    assert (people_in(file), projects_in(file)) == (2, 0)
    file.write_text("not a database, and rather long for one" * 20)
    one_line(lambda: people_in(file), "should be Label Studio's database")


def test_two_people_on_sqlite_are_worth_a_warning() -> None:
    assert [len(everyday._warnings(people)) for people in (0, 1, 2, 9)] == [0, 0, 1, 1]
    assert "--database" in everyday._warnings(2)[0]


def test_a_running_server_is_not_moved_to_another_database(project: Path) -> None:
    made = server.up(project)
    said = one_line(
        lambda: server.up(project, database=parse(ADDRESS)), "runs otherwise", "(on SQLite)", "headrace down"
    )
    assert "cret" not in said
    assert server.status(project).pid == made.pid


def test_the_address_that_people_use_is_remembered_and_told_to_the_server(project: Path) -> None:
    made = server.up(project, public_url=public("https://labels.example.org/"))
    assert (made.address, made.url) == ("https://labels.example.org", f"http://127.0.0.1:{made.port}")
    server.down(project)
    assert server.up(project).address == "https://labels.example.org"
    told = surroundings(project, public_url=made.public_url)
    assert told["LABEL_STUDIO_ALLOWED_HOSTS"] == "127.0.0.1,localhost,labels.example.org"
    assert told["LABEL_STUDIO_CSRF_TRUSTED_ORIGINS"] == told["LABEL_STUDIO_HOST"] == made.address


def test_status_names_the_address_that_people_use(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "project.toml").write_text('name = "tried"\n')
    made = server.up(project, public_url="https://labels.example.org")
    assert exit_code_of(app, ["-C", str(project), "status"]) == 0
    assert "Label Studio runs at https://labels.example.org\n" in capsys.readouterr().out
    assert exit_code_of(app, ["-C", str(project), "status", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)["label_studio"]
    assert (told["url"], told["public_url"]) == (made.url, made.public_url)


@pytest.mark.parametrize(
    "url",
    [
        "labels.example.org",
        "ftp://labels.example.org",
        "https://a:b@labels.example.org",
        "https://x/y",
        "http://[",
    ],
)
def test_an_address_that_people_cannot_use_is_refused(url: str) -> None:
    assert "a:b" not in one_line(lambda: public(url), "--public-url: an address like")


@pytest.fixture(scope="session")
def python() -> Path:
    return environment.interpreter(environment.ready(print))


@pytest.mark.live
def test_an_empty_database_may_be_used(postgres: Any, python: Path) -> None:
    found = look(python, parse(postgres.make()))
    assert (found.accounts, found.projects, found.strangers) == ((), 0, 0)


@pytest.mark.live
@pytest.mark.parametrize(
    ("changed", "found"),
    [
        ({"password": "wrong"}, "password authentication failed"),
        ({"port": 1}, "refused"),
        ({"name": "nothing"}, 'database "nothing" does not exist'),
        ({"sslmode": "require"}, "SSL"),
    ],
)
def test_a_database_that_does_not_let_us_in_is_said_in_one_line(
    postgres: Any, python: Path, changed: dict[str, Any], found: str
) -> None:
    database = parse(postgres.make()).replace(**changed)
    said = one_line(lambda: look(python, database), "should let us in, does not", found)
    assert postgres.password not in said


@pytest.mark.live
def test_a_database_that_cannot_serve_is_refused(postgres: Any, python: Path) -> None:
    latin = parse(postgres.make("--encoding=LATIN1"))
    one_line(lambda: look(python, latin), "holds it as LATIN1", "createdb")
    taken = parse(postgres.make())
    postgres.run("psql", "--dbname", taken.name, "-c", "CREATE TABLE payroll ()")
    one_line(lambda: look(python, taken), "holds 1 other tables")
    shut = parse(postgres.make())
    postgres.run("psql", "--dbname", shut.name, "-c", "CREATE ROLE guest LOGIN PASSWORD 'guest'")
    guest = shut.replace(user="guest", password="guest")
    one_line(lambda: look(python, guest), "should let 'guest' make tables")


@pytest.mark.live
def test_projects_on_sqlite_are_not_left_behind(postgres: Any, tmp_path: Path) -> None:
    home = Home(tmp_path)
    home.make()
    home.write(home.new_server(8080))
    sqlite(home.database, "CREATE TABLE project (id INTEGER)", "INSERT INTO project VALUES (1), (2)")
    before = home.file.read_text()
    database = parse(postgres.make())
    said = one_line(lambda: server.up(tmp_path, database=database), "SQLite holds 2 projects", "finish there")
    assert postgres.password not in said
    assert home.file.read_text() == before
    assert server.status(tmp_path).pid is None


@pytest.mark.live
def test_projects_in_another_postgresql_database_are_not_left_behind(
    postgres: Any, python: Path, tmp_path: Path
) -> None:
    former, new, copy = (parse(postgres.make()) for _ in range(3))
    home = Home(tmp_path)
    home.make()
    known = home.new_server(8080, former)
    users = f"CREATE TABLE htx_user AS SELECT '{known.username}' AS email;"
    for database in (former, copy):
        tables = f"{users} CREATE TABLE project AS SELECT 1 AS id"
        postgres.run("psql", "--dbname", database.name, "-c", tables)
    one_line(lambda: server._may_use(home, new, known, python), f"{former} holds 1 projects")
    server._may_use(home, copy, known, python)
    server._may_use(home, former.replace(password=postgres.password), known, python)
