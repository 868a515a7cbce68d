"""What a terminal or a pipe shows of the progress."""

import io
from datetime import UTC, datetime
from typing import Any

from rich.cells import cell_len
from rich.console import Console

from pipeline.report.progress import Progress, measure
from pipeline.report.tables import MOST_ROWS
from pipeline.report.terminal import show
from schemas.project import Project

NOW = datetime(2026, 12, 5, 14, 3, tzinfo=UTC)
DEMO = Project(name="demo")


def shown(progress: Progress, width: int = 80) -> str:
    """What a pipe receives: no colours, no terminal."""
    out = io.StringIO()
    show(progress, Console(file=out, width=width))
    return out.getvalue()


def table(said: str, title: str) -> list[str]:
    """The lines of one table."""
    return said[said.index(title) :].split("\n\n", maxsplit=1)[0].splitlines()


def test_the_headline_comes_first_and_every_table_follows(busy: Any) -> None:
    said = shown(measure(busy.store, DEMO, NOW))
    flow = ("Tasks by state", "Tasks by cell", "What waits for people", "Adjudication")
    titles = (*flow, "Annotators", "Findings", "Rejects", "Stages")
    assert said.startswith("demo: 5 of 16 tasks settled (31 %)")
    places = [said.index(title) for title in titles]
    assert places == sorted(places)
    assert "\x1b" not in said


def test_a_line_tells_the_state_its_tasks_and_their_share(busy: Any) -> None:
    (line,) = [
        line for line in shown(measure(busy.store, DEMO, NOW)).splitlines() if line.startswith("accepted")
    ]
    assert line.split()[:4] == ["accepted", "3", "19", "%"]


def test_a_line_tells_how_far_a_cell_is(busy: Any) -> None:
    lines = table(shown(measure(busy.store, DEMO, NOW)), "Tasks by cell")
    (line,) = [line for line in lines if line.startswith("zh/step_review")]
    assert line.split() == ["zh/step_review", "8", "25", "%", "1", "5", "1.0", "min", "2.0", "min", "83", "%"]


def test_eighty_columns_are_enough_for_a_million_tasks_and_a_long_name(made: Any) -> None:
    made.record()
    made.task("en/code_review/a-very-long-topic-that-somebody-thought-of", "accepted")
    progress = measure(made.store, DEMO, NOW)
    big = progress.cells[0].replace(
        tasks=1_234_567, states=dict.fromkeys(progress.states, 176_366), settled=352_732
    )
    said = shown(progress.replace(cells=(big,)))
    assert max(cell_len(line) for line in said.splitlines()) <= 80
    assert "1,234,567" in said
    assert "…" not in said


def test_an_empty_store_is_one_line(made: Any) -> None:
    said = shown(measure(made.store, DEMO, NOW), width=200)
    assert said == "demo: no records yet; next: headrace ingest\n"


def test_simulated_work_is_said_before_any_figure(made: Any) -> None:
    made.record()
    made.task("en/step_review", "accepted", simulated=True)
    said = shown(measure(made.store, DEMO, NOW))
    assert said.index("SIMULATED: All 2 answers") < said.index("Tasks by state")


def test_names_from_outside_neither_format_nor_steer_the_terminal(made: Any) -> None:
    made.record()
    made.task("en/step_review/[bold]x[/bold]\x1b[2J", "open")
    said = shown(measure(made.store, Project.model_construct(name="[red]demo[/red]"), NOW), width=200)
    assert "\x1b" not in said
    assert "en/step_review/[bold]x[/bold]\ufffd[2J" in said
    assert said.startswith("[red]demo[/red]: ")


def test_many_cells_are_counted_not_listed(made: Any) -> None:
    made.record()
    for number in range(MOST_ROWS + 2):
        made.task(f"en/step_review/{number:02}", "open")
    said = shown(measure(made.store, DEMO, NOW))
    for title in ("Tasks by cell", "What waits for people"):
        lines = table(said, title)
        assert sum(line.startswith("en/step_review/") for line in lines) == MOST_ROWS
        assert "and 2 cells more" in lines[-1]
