"""`headrace why`: what the door's ledger says of a task."""

import re
from pathlib import Path
from typing import Any

import pytest

from pipeline.door import choosing
from pipeline.door.rules import RULES
from pipeline.ledger import asking
from pipeline.store import StorePlace
from schemas.facts import PersonFact
from tests.pipeline.documented import examples
from tests.pipeline.door.dealing import MORNING, World, pool, task

PAGE = Path(__file__).parents[3] / "docs" / "reference" / "door.md"
documented = pytest.mark.skipif(
    not PAGE.exists(), reason="an installed wheel comes without the documentation"
)


def at_the_door(folder: Any) -> World:
    """Somebody was handed a task in a project's folder."""
    world = World(folder.path, pool(task(1), task(2)))
    world.does("ann-1")
    return world


def test_it_tells_to_whom_a_task_went_and_why(folder: Any) -> None:
    at_the_door(folder)
    ended = folder.run("why", "1001")
    assert ended.code == 0
    assert ended.out.splitlines() == [
        "task t0001  en/preference_pair",
        "2026-12-01 09:00:00  served     ann-1  the first made: 1 of 2",
        "2026-12-01 09:01:00  submitted  ann-1  open 1:00",
    ]


def test_with_names_it_tells_them(folder: Any) -> None:
    at_the_door(folder)
    project = folder.path / "project.toml"
    project.write_text(project.read_text() + '[[people]]\nname = "li"\nemail = "li@vendor.example"\n')
    person = PersonFact(
        annotator="ann-1",
        server="embedded",
        person_id=1,
        email="li@vendor.example",
        name="",
        simulated=False,
        seen_at=MORNING,
    )
    with StorePlace(folder.path).writing("test") as store:
        store.put([person])
    assert "  li  " in folder.run("why", "t0001", "--names").out
    assert "ann-1" in folder.run("why", "t0001").out


def test_as_json_it_is_the_events_with_the_rules(folder: Any) -> None:
    at_the_door(folder)
    found = folder.run("why", "t0001", "--json").json
    assert found["task"] == "t0001"
    assert [event["event"] for event in found["events"]] == ["served", "submitted"]
    assert found["events"][0]["why"] == {
        "rules": [{"rule": "first made", "among": 2, "left": 1}],
        "waiting": 2,
    }


def test_a_task_that_nobody_was_handed_is_told_in_one_line(folder: Any) -> None:
    ended = folder.run("why", "t0002")
    assert (ended.code, ended.is_one_line()) == (2, True)
    at_the_door(folder)
    ended = folder.run("why", "t0002")
    assert (ended.code, ended.is_one_line()) == (2, True)


@documented
def test_the_documentation_shows_what_is_printed(folder: Any) -> None:
    at_the_door(folder)
    found = folder.run("why", "t0001", "--json").json
    shown = examples(PAGE.with_name("json.md"))["why TASK"]
    (event,) = shown["events"]
    assert shown.keys() == found.keys()
    assert {**found["events"][0], "event_id": event["event_id"]} == event


@documented
def test_every_rule_and_every_reason_is_documented_and_has_words() -> None:
    recorded = set(re.findall(r"`([a-z ]+)`", PAGE.read_text(encoding="utf-8")))
    named = {name for name, _ in RULES} | {"their cells", "first made"}
    assert named == set(asking.RULES)
    assert (named | set(asking.ALONE)) - {"their cells"} <= recorded
    reasons = {
        choosing.NOTHING_THERE,
        choosing.NOT_THEIRS,
        choosing.DONE_ALL,
        choosing.FAILED,
        choosing.WAITS,
    }
    assert reasons <= recorded
