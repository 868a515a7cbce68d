"""What the report says of what never reached a person, on the page and on the terminal."""

import io
from datetime import timedelta
from typing import Any

import pytest
from rich.console import Console

from pipeline.report import html, terminal
from pipeline.report.gates import gates
from pipeline.report.progress import measure
from schemas.facts import ResolutionFact
from schemas.project import Project
from schemas.screening import EvidenceFact, NotedFact, ScreenedFact, ShardFact
from tests.pipeline.report.conftest import START
from tests.pipeline.report.page import Page

DEMO = Project(name="demo")
SCREENS = ("near_duplicates", "near_duplicates", "contamination")


@pytest.fixture
def screened(made: Any) -> Any:
    """Twelve rows: one malformed, one known, ten records, of which three were stopped, one masked and two wait."""
    made.record(5)
    made.task("en/step_review", "open")
    made.put(
        [
            ShardFact(
                shard="s", source_id="s", position=0, row_count=10, known=1, rejected=1, read_at=START,
            )
        ]
    )  # fmt: skip
    for number, screen in enumerate([*SCREENS, *[None] * 5]):
        masked = number == 7
        made.put(
            [
                ScreenedFact(
                    record_id=f"n{number}", admitted_as=None if screen else f"r{number}", shard="s", position=number,
                    ingested_at=START, started_at=START, screened_at=START, screened_by="screen",
                    verdict="reject" if screen else "mask" if masked else "pass", screen=screen,
                )
            ]
        )  # fmt: skip
    noted = NotedFact(
        record_id="n7", screen="personal_data", verdict="mask", reason="", evidence="{}", noted_at=START
    )
    made.put([noted])
    for number, outcome in enumerate(("equal", "equal", "not_equal", "unknown", "nothing_to_check")):
        for at, said in ((START - timedelta(days=1), "unknown"), (START, outcome)):
            made.put(
                [
                    EvidenceFact(
                        record_id=f"r{number}", check="answers", candidate=-1 if number == 4 else 0, outcome=said,
                        detail="{}", by=f"answers {at:%d}", seconds=0.1, checked_at=at,
                    )
                ]
            )  # fmt: skip
    return made


def told(made: Any) -> str:
    out = io.StringIO()
    terminal.show(measure(made.store, DEMO, START), Console(file=out, width=80, color_system=None))
    return out.getvalue()


def test_what_came_and_what_stopped_it_adds_up(screened: Any) -> None:
    found = gates(screened.store)
    assert (found.read, found.records, found.known, found.malformed) == (12, 10, 1, 1)
    assert (found.admitted, found.masked, found.waiting) == (5, 1, 2)
    assert [(gate.name, gate.stopped) for gate in found.gates] == [
        ("near duplicates", 2),
        ("contamination", 1),
        ("personal data", 0),
    ]
    assert (found.gates[-1].masked, found.gates[-1].noted) == (1, 0)
    assert found.admitted + sum(gate.stopped for gate in found.gates) + found.waiting == found.records


def test_the_page_shows_the_gates_and_the_checks(screened: Any) -> None:
    page = Page(html.render(measure(screened.store, DEMO, START)))
    assert {"gates", "checks"} <= {section["id"] for section in page.all("section")}
    words = " ".join(page.text.split())
    assert (
        "Of 12 rows that were read, 5 may reach people, 1 of them with something masked; 1 had come before"
        in words
    )
    assert "Near duplicates" in words
    assert "2 equal, 1 not equal, 1 unknown" in words


def test_the_terminal_shows_them_in_80_columns(screened: Any) -> None:
    text = told(screened)
    assert "near duplicates" in text
    assert "20 %" in text
    assert "2 equal, 1 not equal, 1 unknown" in text
    assert max(map(len, text.splitlines())) <= 80


def test_a_label_that_a_machine_gave_is_counted(made: Any) -> None:
    made.record()
    task = made.task("en/step_review", "ready")
    made.put(
        [
            ResolutionFact(
                resolution_id="m", task_id=task, payload='"a"', method="machine", agreement=None, votes=0,
                revisions=(), simulated=False, resolved_at=START,
            )
        ]
    )  # fmt: skip
    assert gates(made.store).labeled == 1
    assert "a machine's label: 1" in " ".join(told(made).split())


def test_a_project_from_before_there_were_gates_has_no_such_panel(made: Any) -> None:
    made.record()
    made.task("en/step_review", "open")
    page = Page(html.render(measure(made.store, DEMO, START)))
    assert not {"gates", "checks"} & {section["id"] for section in page.all("section")}
    assert "Before people are asked" not in told(made)
