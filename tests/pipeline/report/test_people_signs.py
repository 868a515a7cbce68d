"""What stands out about people on the report: in everyday words, with figures, tasks, and what can be done."""

import io
from datetime import timedelta
from typing import Any

import pytest
from rich.console import Console

from benchmarks.measuring.planted_people import Shape
from pipeline.assessing.people import assess
from pipeline.quality.signs import MEANINGS
from pipeline.report import html
from pipeline.report.person import person, show
from pipeline.report.progress import measure
from pipeline.report.signs import TITLES, signs
from pipeline.report.terminal import show as shown
from pipeline.store import Store
from schemas.project import parse_project
from schemas.steering import PersonPauseFact
from tests.pipeline.assessing.crew import crew, known
from tests.pipeline.filled import START, TYPE, Filled

NOW = START + timedelta(days=30)
PLANTED = "ann-00"
PROJECT = {
    "name": "x",
    "sources": [{"reader": "jsonl", "path": "x.jsonl", "domain": "reasoning"}],
    "tasks": [{"type": TYPE}],
}


@pytest.fixture
def store() -> Store:
    filled = Filled(Store(":memory:"))
    made = crew(filled, "random", seed=3, shape=Shape(people=9, planted=1, labels=60))
    known(filled, made, 50)
    filled.store.put([assess(filled.store, NOW)])
    return filled.store


def printed(draw: Any) -> str:
    console = Console(file=io.StringIO(), width=80)
    draw(console)
    said: str = console.file.getvalue()  # type: ignore[attr-defined] # it is the StringIO above
    return said


def test_every_sign_has_a_title() -> None:
    assert MEANINGS.keys() < TITLES.keys()


def test_who_guesses_stands_out_with_known_answers_and_what_can_be_done(store: Store) -> None:
    mine = {one.kind: one for one in signs(store) if one.annotator == PLANTED}
    assert mine.keys() >= {"random", "fails_gold"}
    assert mine["fails_gold"].said.startswith("gold: ")
    assert mine["random"].command == f"headrace people pause ann-00 --redo-since {START:%Y-%m-%d}"
    assert all(one.tasks for one in mine.values())
    assert len({one.annotator for one in signs(store)}) <= 2


def test_who_is_paused_is_marked_so_and_needs_no_command(store: Store) -> None:
    store.put([PersonPauseFact(annotator=PLANTED, paused=True, redo_since=None, reason="", set_at=NOW)])
    mine = [one for one in signs(store) if one.annotator == PLANTED]
    assert mine
    assert all(one.paused and one.command == "" for one in mine)


def test_the_report_shows_it_on_the_page_in_the_terminal_and_as_json(store: Store) -> None:
    progress = measure(store, parse_project(PROJECT), NOW)
    page, said = html.render(progress), printed(lambda console: shown(progress, console))
    for text in (page, said):
        assert "What stands out about people" in text
        assert "Answers at random" in text
    assert "headrace people pause ann-00 --redo-since" in page
    assert "not good enough" in page
    assert progress.to_json()["signs"][0]["annotator"] == PLANTED
    tests = {one["annotator"]: one["test"] for one in progress.to_json()["annotators"]}
    assert tests[PLANTED] == "failed"
    assert "passed" in tests.values()


def test_all_that_is_known_of_one_person_stands_together_and_nobody_else_does(store: Store) -> None:
    found = person(store, [PLANTED])
    assert {one.annotator for one in found.work} == {PLANTED}
    assert {one.annotator for one in found.signs} == {PLANTED}
    assert found.missed
    assert all(one.said != one.known for one in found.missed)
    said = printed(lambda console: show(found, console))
    assert "Known answers missed" in said
    assert "headrace people pause ann-00" in said
    assert person(store, ["ann-nobody"]).signs == ()
