"""The roster: whose votes count, where, and when."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from pipeline.context import Context
from pipeline.label_studio.fake import FakeLabelStudio
from pipeline.people.roster import KINDS, Roster
from pipeline.store import Store
from schemas.facts import PersonFact
from schemas.people import covers
from schemas.project import parse_project
from schemas.steering import PersonPauseFact

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
CELL = "zh/step_review"
LI = {"name": "li", "email": "Li@vendor.example"}


def account(annotator: str, email: str, person_id: int = 1, **more: Any) -> PersonFact:
    return PersonFact(
        annotator=annotator, server="fake", person_id=person_id, email=email, name="", simulated=False, seen_at=NOW,
        **more,
    )  # fmt: skip


def pause(at: datetime, *, paused: bool = True, redo_since: datetime | None = None) -> PersonPauseFact:
    return PersonPauseFact(annotator="ann-1", paused=paused, redo_since=redo_since, reason="", set_at=at)


Make = Callable[..., Roster]


@pytest.fixture
def roster(tmp_path: Path) -> Make:
    def make(
        *people: dict[str, Any],
        pauses: tuple[PersonPauseFact, ...] = (),
        forgotten_at: datetime | None = None,
    ) -> Roster:
        store = Store(":memory:")
        store.put([account("ann-1", "" if forgotten_at else "li@vendor.example", forgotten_at=forgotten_at)])
        store.put([account("ann-2", "stranger@vendor.example", 2), account("ann-3", "", 3)])
        store.put(pauses)
        project = parse_project({"name": "p", "people": list(people)})
        return Roster(Context(tmp_path, project, store, FakeLabelStudio, server="fake"))

    return make


def kind(
    roster: Roster, annotator: str = "ann-1", cell: str = CELL, at: datetime = NOW, purpose: Any = "label"
) -> str:
    found = roster.why_not(annotator, cell, at, purpose)
    if found is None:
        return ""
    assert found[0] in KINDS
    assert found[1].startswith(annotator)
    assert "\n" not in found[1]
    assert "vendor" not in found[1]
    return found[0]


@pytest.mark.parametrize("annotator", ["ann-1", "ann-2", "ann-3", "unknown-12345678"])
@pytest.mark.parametrize("purpose", ["label", "adjudicate"])
def test_where_nobody_is_named_everybody_may_do_everything(
    roster: Make, annotator: str, purpose: str
) -> None:
    assert kind(roster(), annotator, purpose=purpose) == ""


@pytest.mark.parametrize("annotator", ["ann-2", "ann-3", "unknown-12345678"])
def test_where_people_are_named_others_are_not_on_the_project(roster: Make, annotator: str) -> None:
    assert kind(roster(LI), annotator) == "not on the project"


def test_an_account_is_known_by_its_address_in_any_case(roster: Make) -> None:
    assert kind(roster(LI)) == ""


def test_a_person_without_an_address_owns_no_account(roster: Make) -> None:
    assert kind(roster(LI, {"name": "an"}), "ann-3") == "not on the project"


@pytest.mark.parametrize(
    ("pattern", "cell", "is_meant"),
    [
        ("zh/code_review", "zh/code_review", True),
        ("zh/code_review", "zh/code_review/python", False),
        ("zh/code_review/*", "zh/code_review", True),
        ("zh/code_review/*", "zh/code_review/python", True),
        ("zh/code_review/*", "zh/code_review_2", False),
        ("zh/*", "zh/code_review/python", True),
        ("zh/*", "zh-Hant/code_review", False),
        ("zh/code_review/c", "zh/code_review/c++", False),
    ],
)
def test_a_cell_is_meant_by_its_name_or_with_those_below(pattern: str, cell: str, *, is_meant: bool) -> None:
    assert covers(pattern, cell) == is_meant


def test_people_label_in_their_cells_and_without_any_in_all(roster: Make) -> None:
    held = roster({**LI, "cells": ["zh/step_review", "en/code_review/*"]})
    assert [kind(held, cell=cell) for cell in (CELL, "en/code_review/go", "en/step_review")] == [
        "", "", "outside their cells",
    ]  # fmt: skip
    assert kind(roster(LI), cell="en/step_review") == ""


@pytest.mark.parametrize(
    ("role", "said"), [("annotator", "not an adjudicator"), ("adjudicator", ""), ("lead", "")]
)
def test_only_adjudicators_and_leads_adjudicate(roster: Make, role: str, said: str) -> None:
    held = roster({**LI, "role": role})
    assert kind(held, purpose="adjudicate") == said
    assert kind(held) == ""


def test_first_and_last_day_are_those_where_the_person_is(roster: Make) -> None:
    held = roster({**LI, "from": "2026-03-02", "until": "2026-03-03", "zone": "Asia/Shanghai"})
    midnight = datetime(2026, 3, 1, 16, tzinfo=UTC)  # of 2 March in Shanghai
    second = timedelta(seconds=1)
    days = timedelta(days=2)
    moments = (midnight - second, midnight, midnight + days - second, midnight + days)
    outside = "before or after their time"
    assert [kind(held, at=at) for at in moments] == [outside, "", "", outside]


def test_what_is_submitted_in_a_pause_does_not_count_and_what_comes_after_it_does(roster: Make) -> None:
    held = roster(pauses=(pause(NOW), pause(NOW + 2 * HOUR, paused=False)))
    moments = (NOW - HOUR, NOW, NOW + HOUR, NOW + 2 * HOUR)
    assert [kind(held, at=at) for at in moments] == ["", "paused", "paused", ""]
    assert kind(held, "ann-2", at=NOW) == ""


def test_a_pause_holds_until_it_ends(roster: Make) -> None:
    assert kind(roster(LI, pauses=(pause(NOW),)), at=NOW + 1000 * HOUR) == "paused"


@pytest.mark.parametrize("is_over", [False, True])
def test_what_is_to_be_redone_stays_so_after_the_pause(roster: Make, *, is_over: bool) -> None:
    end = (pause(NOW + HOUR, paused=False),) if is_over else ()
    held = roster(LI, pauses=(pause(NOW, redo_since=NOW - 2 * HOUR), *end))
    assert [kind(held, at=NOW + hours * HOUR) for hours in (-3, -2, -1)] == ["", "redo since", "redo since"]
    assert kind(held, at=NOW + HOUR) == ("" if is_over else "paused")


def test_a_day_that_is_said_later_holds_too(roster: Make) -> None:
    later = pause(NOW + HOUR, redo_since=NOW - HOUR)
    held = roster(pauses=(pause(NOW), later, pause(NOW + 2 * HOUR, paused=False)))
    assert [kind(held, at=NOW + hours * HOUR) for hours in (-2, -1, 0, 1, 2)] == [
        "", "redo since", "paused", "paused", "",
    ]  # fmt: skip


@pytest.mark.parametrize("people", [(), (LI,)], ids=["nobody named", "somebody named"])
def test_what_was_said_before_somebody_was_forgotten_counts(roster: Make, people: tuple[Any, ...]) -> None:
    held = roster(*people, forgotten_at=NOW)
    assert kind(held, at=NOW - HOUR) == ""
    assert kind(held, at=NOW + HOUR) == "not on the project"
