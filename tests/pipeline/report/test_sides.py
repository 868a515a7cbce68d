"""Which side people choose: by lot, so that a habit shows."""

from datetime import UTC, datetime
from io import StringIO
from typing import Any

import pytest
from rich.console import Console

from pipeline.report.html import render
from pipeline.report.progress import measure
from pipeline.report.sides import leanings
from pipeline.report.terminal import show
from schemas.project import Project
from tasks import task_types

NOW = datetime(2026, 12, 2, tzinfo=UTC)
DEMO = Project.model_validate({"name": "demo"})
TYPES = {name: one for name, one in task_types().items() if one.sided}
PAIR = task_types()["preference_pair"]


def chosen(preference: object, votes: int = 1, annotator: str = "ann-0a", **more: Any) -> dict[str, Any]:
    label = f'{{"preference":{preference}}}'
    row = {"task_type": PAIR.name, "version": PAIR.version, "annotator": annotator, "label": label}
    return {**row, "swapped": False, "votes": votes, **more}


def test_left_is_what_lies_below_the_middle_and_ties_count_nowhere() -> None:
    everybody, one = leanings([chosen(-3, 2), chosen(-1), chosen(2), chosen(0, 50)], TYPES)
    assert (one.annotator, one.left, one.choices, one.mean) == ("ann-0a", 3, 4, 0.75)
    assert one.low < one.mean < one.high
    assert (everybody.annotator, everybody.left, everybody.choices) == (None, 3, 4)


@pytest.mark.parametrize(
    ("left", "right", "leans"),
    [(50, 50, False), (7, 3, False), (70, 30, True), (30, 70, True), (3, 0, False)],
)
def test_a_side_is_favoured_where_chance_would_hardly_give_it(left: int, right: int, *, leans: bool) -> None:
    everybody, one = leanings([chosen(-1, left), chosen(1, right)], TYPES)
    assert everybody.leans == one.leans == leans


def test_all_together_stand_before_each() -> None:
    rows = [chosen(-1, 4, "ann-2c"), chosen(1, 2, "ann-1b"), chosen(-2, 2, "ann-1b")]
    assert [(one.annotator, one.left, one.choices) for one in leanings(rows, TYPES)] == [
        (None, 6, 8),
        ("ann-1b", 2, 4),
        ("ann-2c", 4, 4),
    ]


def test_where_left_and_right_changed_places_the_side_that_was_seen_counts() -> None:
    everybody, _ = leanings([chosen(-3, 2), chosen(-1, 5, swapped=True)], TYPES)
    assert (everybody.left, everybody.choices) == (2, 7)


def test_what_cannot_be_read_passes_or_is_of_another_version_counts_nowhere() -> None:
    passed: dict[str, Any] = {"label": '{"escape":{"kind":"pass","reason":"long"}}'}
    rows = [chosen(9), chosen(-1, version=PAIR.version - 1), chosen(-1, label="?"), chosen(-1, **passed)]
    assert leanings(rows, TYPES) == ()


def test_only_types_of_two_sides_are_looked_at() -> None:
    assert set(TYPES) == {"preference_pair"}
    assert all(one.agreed == "ordinal" for one in TYPES.values())


def test_the_page_and_the_terminal_name_who_favours_a_side(made: Any) -> None:
    made.record()
    for _ in range(12):
        made.vote(made.task("en/preference_pair", "open"), "ann-0a", payload='{"preference":-2}')
    progress = measure(made.store, DEMO, NOW)
    section = render(progress).partition('id="sides"')[2].partition("</section>")[0]
    assert "favours a side" in section
    assert "76\u2013100 %" in section
    console = Console(width=100, record=True, file=StringIO())
    show(progress, console)
    assert "favours a side" in console.export_text().partition("Which side is chosen")[2]


def test_the_report_counts_every_vote_in_dispute_or_not(made: Any) -> None:
    made.record()
    task = made.task("en/preference_pair", "open")
    made.vote(task, "ann-0a", payload='{"preference":-2}')
    made.vote(task, "ann-1b", payload='{"preference":3}')
    of_another_type = made.task("en/code_review", "open")
    made.vote(of_another_type, "ann-0a", payload='{"verdict":"correct"}')
    found = measure(made.store, DEMO, NOW).sides
    assert [(one.annotator, one.left, one.choices) for one in found] == [
        (None, 1, 2),
        ("ann-0a", 1, 1),
        ("ann-1b", 0, 1),
    ]
