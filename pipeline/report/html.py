"""The progress as one page: self-contained, without scripts, to open offline, print, or mail."""

import os
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from pipeline.report import bars, words
from pipeline.report.progress import Progress, simulated
from schemas.errors import HeadraceError

if TYPE_CHECKING:
    import jinja2

FOLDER = Path(__file__).parent


class Panel(NamedTuple):
    """A section of the page: `panels/<name>.html.j2`, left out where there is nothing to show."""

    name: str
    title: str
    is_shown: Callable[[Progress], bool]


PANELS = (
    Panel("states", "Where the tasks are", lambda progress: progress.totals.tasks > 0),
    Panel("cells", "Cell by cell", lambda progress: len(progress.cells) > 0),
    Panel("paused", "Paused", lambda progress: len(progress.paused) > 0),
    Panel("queues", "What waits for people", lambda progress: len(progress.queues) > 0),
    Panel("savings", "Votes saved", lambda progress: len(progress.savings) > 0),
    Panel("adjudication", "Adjudication", lambda progress: len(progress.adjudication) > 0),
    Panel("annotators", "Annotators", lambda progress: len(progress.annotators) > 0),
    Panel(
        "accord",
        "Agreement with the others",
        lambda progress: any(one.accord for one in progress.annotators),
    ),
    Panel("findings", "Findings", lambda progress: len(progress.findings) > 0),
    Panel("rejects", "Rejects", lambda progress: len(progress.rejects) > 0),
    Panel("runs", "Stages", lambda progress: len(progress.runs) > 0),
)
"""The page from top to bottom."""


def render(progress: Progress) -> str:
    """The page as text; the same progress gives the same page."""
    shown = [panel for panel in PANELS if panel.is_shown(progress)]
    return (
        _environment()
        .get_template("report.html.j2")
        .render(progress=progress, panels=shown, simulated=simulated(progress))
    )


def write(progress: Progress, path: Path) -> None:
    """Write the page to a file, whole or not at all; HeadraceError where that cannot be."""
    try:
        _write(render(progress), path.resolve())
    except OSError as error:
        raise HeadraceError(
            f"{path}: the report should be writable there, is not ({error.strerror}); choose another path"
        ) from None


def _write(page: str, path: Path) -> None:
    if path.exists() and not path.is_file():
        path.write_text(
            page, encoding="utf-8"
        )  # a pipe or a device is written to, a folder says that it is one
        return
    draft = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        draft.write_text(page, encoding="utf-8")
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


@cache
def _environment() -> "jinja2.Environment":
    import jinja2

    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(FOLDER),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    said = (
        words.count,
        words.percent,
        words.share,
        words.duration,
        words.moment,
        words.plain,
        words.whole,
        words.rate,
    )
    drawn = (words.between, bars.stack, bars.in_words)
    environment.filters |= {function.__name__: function for function in said}
    environment.globals |= {"states": words.STANDING, "apart": words.APART} | {
        function.__name__: function for function in drawn
    }
    return environment
