"""The commands about people, as somebody types them; Label Studio is one in memory."""

import json
import stat
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from pipeline import opening
from pipeline.cli import people  # noqa: F401 - the commands
from pipeline.context import Quiet
from pipeline.label_studio.fake import FakeLabelStudio
from pipeline.people.pseudonyms import Pseudonyms
from pipeline.stages import STAGES
from pipeline.store import StorePlace
from schemas.facts import AnnotationFact
from schemas.project import read_project

EMAIL = "li.secret@vendor.example"


@pytest.fixture
def studio(monkeypatch: pytest.MonkeyPatch) -> FakeLabelStudio:
    """The Label Studio that commands connect to."""
    made = FakeLabelStudio()
    monkeypatch.setattr(opening, "usual", lambda _: opening.Studio("fake", lambda: made))
    return made


def add(folder: Any, name: str = "li", email: str = EMAIL, *more: str) -> Any:
    return folder.run("people", "add", name, "--email", email, *more)


def meet(folder: Any, studio: FakeLabelStudio, email: str = EMAIL, *, labeled: bool = False) -> str:
    """Let somebody have an account that was seen, and an annotation where they labeled; the pseudonym."""
    account = studio.person(email, "Li Secret")
    with opening.writing(
        folder.path, people_of(folder), opening.usual(folder.path), "test", progress=Quiet()
    ) as ctx:
        pseudonyms = Pseudonyms(ctx)
        person = pseudonyms.of(account.id)
        assert person is not None
        if labeled:
            ctx.store.put([_annotation(person.annotator)])
    return person.annotator


def people_of(folder: Any) -> Any:
    return read_project(folder.path)


def _annotation(annotator: str) -> Any:
    now = datetime(2026, 3, 2, tzinfo=UTC)
    return AnnotationFact(
        revision_id="r", annotation_id="a", task_id="t", annotator=annotator, server="fake", remote_id=1, result="[]",
        lead_seconds=None, skipped=False, deleted=False, simulated=False, created_at=now, updated_at=now, synced_at=now,
    )  # fmt: skip


def test_somebody_is_added_to_a_file_of_ones_own_that_git_does_not_keep(folder: Any) -> None:
    ended = add(folder, "li", EMAIL, "--cells", "zh/step_review", "--cells", "zh/code_review/*", "--role", "lead",
                "--team", "vendor-a", "--weekly-hours", "20", "--zone", "Asia/Shanghai", "--json")  # fmt: skip
    assert ended.json == {"name": "li", "file": str(folder.path / "people.csv"), "people": 1}
    assert stat.S_IMODE((folder.path / "people.csv").stat().st_mode) == 0o600
    assert "people.csv" in (folder.path / ".gitignore").read_text().splitlines()
    (person,) = people_of(folder).people
    assert (person.email, person.cells, person.role) == (
        EMAIL,
        ("zh/step_review", "zh/code_review/*"),
        "lead",
    )
    assert (person.team, person.weekly_hours, person.zone) == ("vendor-a", 20.0, "Asia/Shanghai")


@pytest.mark.parametrize(
    ("name", "email", "more"),
    [
        ("LI", "lu@vendor.example", ()),
        ("lu", EMAIL.upper(), ()),
        ("=cmd|x", "lu@vendor.example", ()),
        ("lu", "@sum(1)", ()),
        ("lu", "lu@vendor.example", ("--cells", "=1")),
        ("lu", "lu@vendor.example", ("--weekly-hours", "-1")),
        ("lu", "lu@vendor.example", ("--zone", "Mars")),
    ],
)
def test_who_cannot_be_added_is_refused_in_one_line(
    folder: Any, name: str, email: str, more: tuple[str, ...]
) -> None:
    add(folder)
    before = (folder.path / "people.csv").read_bytes()
    ended = add(folder, name, email, *more)
    assert ended.code == 2
    assert ended.is_one_line()
    assert (folder.path / "people.csv").read_bytes() == before


def test_everybody_gets_the_link_and_one_gets_a_letter(folder: Any, studio: FakeLabelStudio) -> None:
    add(folder)
    link = studio.invite_link()
    assert folder.run("people", "invite").out == f"{link}\n"
    assert folder.run("people", "invite", "--json").json == {"invite_link": link, "text": None}
    text = folder.run("people", "invite", "li", "--json").json["text"]
    assert all(part in text for part in ("Hello li", EMAIL, link, studio.address, "tried"))
    assert text == folder.run("people", "invite", EMAIL).out


@pytest.mark.usefixtures("studio")
def test_nobody_is_written_to_who_has_no_address(folder: Any) -> None:
    with (folder.path / "project.toml").open("a") as file:
        file.write('[[people]]\nname = "an"\n')
    for name in ("an", "lu"):
        ended = folder.run("people", "invite", name)
        assert ended.code == 2
        assert ended.is_one_line()


def test_people_are_listed_with_accounts_and_accounts_without_people(
    folder: Any, studio: FakeLabelStudio
) -> None:
    add(folder)
    add(folder, "an", "an@vendor.example")
    mine = meet(folder, studio, EMAIL.upper())
    meet(folder, studio, "silent@vendor.example")
    other = meet(folder, studio, "other@vendor.example", labeled=True)
    rows = {row["email"]: row for row in folder.run("people", "list", "--json").json["people"]}
    assert set(rows) == {EMAIL, "an@vendor.example", "other@vendor.example"}
    assert (rows[EMAIL]["pseudonym"], rows[EMAIL]["role"], rows[EMAIL]["paused"]) == (
        mine,
        "annotator",
        False,
    )
    assert rows["an@vendor.example"]["pseudonym"] is None
    assert (rows["other@vendor.example"]["pseudonym"], rows["other@vendor.example"]["role"]) == (other, None)
    assert rows["other@vendor.example"]["last_seen"].startswith("2026-03-02")
    shown = folder.run("people", "list").out
    assert "NOT ON THE PROJECT" in shown
    assert "no account seen" in shown


def test_a_dry_run_says_the_price_and_pauses_nobody(folder: Any, studio: FakeLabelStudio) -> None:
    add(folder)
    meet(folder, studio)
    with folder.unchanged():
        ended = folder.run("people", "pause", "li", "--redo-since", "2026-01-01", "--dry-run", "--json")
    assert ended.json == {
        "paused": False, "dry_run": True, "redo_since": "2026-01-01T00:00:00+00:00", "votes": 0, "decisions": 0,
        "tasks": 0, "hours": 0.0,
    }  # fmt: skip


def test_somebody_is_paused_and_goes_on(folder: Any, studio: FakeLabelStudio) -> None:
    add(folder, "li", EMAIL, "--zone", "Asia/Shanghai")
    meet(folder, studio)
    ended = folder.run("people", "pause", "li", "--redo-since", "2026-01-01", "--reason", "away", "--json")
    assert ended.json["redo_since"] == "2025-12-31T16:00:00+00:00"  # when that day began where they are
    assert folder.run("people", "list", "--json").json["people"][0]["paused"]
    assert folder.run("people", "resume", "li", "--json").json == {"resumed": True}
    assert folder.run("people", "resume", "li", "--json").json == {"resumed": False}
    assert not folder.run("people", "list", "--json").json["people"][0]["paused"]


@pytest.mark.parametrize("day", ["soon", "2026-13-01", "2999-01-01", "9999-12-31T23:59-14:00", ""])
def test_a_day_that_is_none_or_yet_to_come_is_refused(folder: Any, studio: FakeLabelStudio, day: str) -> None:
    add(folder)
    meet(folder, studio)
    ended = folder.run("people", "pause", "li", "--redo-since", day)
    assert ended.code == 2
    assert ended.is_one_line()


def test_somebody_is_forgotten_only_where_it_is_meant(folder: Any, studio: FakeLabelStudio) -> None:
    add(folder)
    annotator = meet(folder, studio, labeled=True)
    refused = folder.run_apart("people", "forget", "li")
    assert refused.code == 2
    assert "--yes" in refused.err
    assert EMAIL in (folder.path / "people.csv").read_text()
    done = folder.run("people", "forget", "li", "--yes", "--json")
    assert done.json["forgotten"] == [annotator]
    assert EMAIL not in (folder.path / "people.csv").read_text()
    row = folder.run("people", "list", "--json").json["people"][0]
    assert (row["name"], row["email"], row["forgotten"], row["pseudonym"]) == (None, None, True, annotator)
    assert folder.run("people", "forget", "li", "--yes").is_one_line()


def test_names_are_in_the_people_commands_and_nowhere_else(folder: Any, studio: FakeLabelStudio) -> None:
    add(folder)
    meet(folder, studio, labeled=True)
    folder.run("people", "pause", "li")
    for command in (*STAGES, "status", "report", "rejects", "findings", "releases"):
        ended = folder.run(command, "--json")
        assert "secret" not in (ended.out + ended.err).lower(), command
    with StorePlace(folder.path).reading() as store:
        tables = [
            row["name"]
            for row in store.rows("SELECT table_name AS name FROM duckdb_tables() WHERE NOT temporary")
        ]
        named = {
            name for name in tables if "secret" in json.dumps(store.rows(f"FROM {name}"), default=str).lower()
        }
    assert named == {"people"}


def test_a_broken_people_csv_is_one_line_in_every_command(folder: Any) -> None:
    Path(folder.path / "people.csv").write_text("name,role\nli,boss\n")
    for command in (["status"], ["people", "list"], ["people", "add", "lu", "--email", "lu@vendor.example"]):
        ended = folder.run(*command)
        assert ended.code == 1
        assert ended.is_one_line()
        assert "people.csv:2: role: should be" in ended.err
