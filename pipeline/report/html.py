"""The progress as one page: self-contained, without scripts, to open offline, print, or mail."""

import os
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.report import agreeing, bars, certainty, everyday, flow_figures, flow_panels, flow_words, words
from pipeline.report.cause_words import TITLES, cells_of
from pipeline.report.flow_panels import Panel
from pipeline.report.links import Links
from pipeline.report.pictures import accord, areas, columns, fan, rows, scatter
from pipeline.report.progress import Progress, simulated
from pipeline.report.sentence import about, notes, parts, past, simulated_history
from schemas.errors import HeadraceError
from schemas.flow import Flow

if TYPE_CHECKING:
    import jinja2

FOLDER = Path(__file__).parent

PANELS: tuple[Panel[Progress], ...] = (
    Panel("states", "Where the tasks are", lambda progress: progress.totals.tasks > 0),
    Panel("gates", "Before people are asked", lambda progress: progress.gates.has_acted),
    Panel("checks", "Checked by machine", lambda progress: len(progress.checks) > 0),
    Panel("cells", "Cell by cell", lambda progress: len(progress.cells) > 0),
    Panel("paused", "Paused", lambda progress: len(progress.paused) > 0),
    Panel("queues", "What waits for people", lambda progress: len(progress.queues) > 0),
    Panel("savings", "Votes saved", lambda progress: len(progress.savings) > 0),
    Panel("adjudication", "Adjudication", lambda progress: len(progress.adjudication) > 0),
    Panel("certainty", "How sure labels are", lambda progress: len(progress.certainty) > 0),
    Panel("annotators", "Annotators", lambda progress: len(progress.annotators) > 0),
    Panel("signs", "What stands out about people", lambda progress: len(progress.signs) > 0),
    Panel(
        "gold",
        "Known answers",
        lambda progress: any(one.gold and one.gold.of for one in progress.annotators),
    ),
    Panel(
        "right", "How often they are right", lambda progress: any(one.right for one in progress.annotators)
    ),
    Panel(
        "accord",
        "Agreement with the others",
        lambda progress: any(one.accord for one in progress.annotators),
    ),
    Panel("agreement", "How far people agree", lambda progress: len(progress.agreement) > 0),
    Panel(
        "unclear", "Where the guideline is unclear", lambda progress: agreeing.is_unclear(progress.unclear)
    ),
    Panel("errors", "How many labels are wrong", lambda progress: len(progress.errors) > 0),
    Panel("sides", "Which side is chosen", lambda progress: len(progress.sides) > 0),
    Panel("findings", "Findings", lambda progress: len(progress.findings) > 0),
    Panel("rejects", "Rejects", lambda progress: len(progress.rejects) > 0),
    Panel("runs", "Stages", lambda progress: len(progress.runs) > 0),
)
"""The page from top to bottom; above these stands the flow, where it could be analysed."""


def render(progress: Progress, flow: Flow | None = None) -> str:
    """The page as text; the same progress gives the same page."""
    return environment().get_template("report.html.j2").render(content(progress, flow, Links()))


def content(progress: Progress, flow: Flow | None, links: Links) -> dict[str, Any]:
    """What the templates draw."""
    of_flow = flow_content(flow, links)
    shown = [panel for panel in PANELS if panel.is_shown(progress)]
    return {
        **of_flow,
        "progress": progress,
        "panels": [*of_flow["panels"], *shown],
        "history": bool(of_flow["simulated"]),
        "simulated": [note for note in (simulated(progress), *of_flow["simulated"]) if note],
    }


def flow_content(flow: Flow | None, links: Links) -> dict[str, Any]:
    """The part of it that the flow gives."""
    return {
        "flow": flow,
        "figures": flow and flow_figures.figures(flow),
        "sentences": parts(flow) if flow else (),
        "about": about(flow) if flow else None,
        "named": cells_of(flow) if flow else (),
        "coverage": past(flow.forecast.coverage) if flow else "",
        "panels": flow_panels.shown(flow) if flow else [],
        "simulated": [simulated_history(flow)] if flow and simulated_history(flow) else [],
        "notes": notes(flow) if flow else (),
        "links": links,
    }


def write(progress: Progress, path: Path, flow: Flow | None = None) -> None:
    """Write the page to a file, whole or not at all; HeadraceError where that cannot be."""
    save(render(progress, flow), path)


def save(page: str, path: Path) -> None:
    """Write a page to a file, whole or not at all; HeadraceError where that cannot be."""
    try:
        _write(page, path.resolve())
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
def environment() -> "jinja2.Environment":
    """The templates, with the words and the pictures that they use; all text is escaped."""
    import jinja2

    made = jinja2.Environment(
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
        words.right_of,
        words.told_of,
        everyday.called,
        everyday.hours,
        everyday.kind,
        everyday.percent_of,
        everyday.said,
        everyday.the_day,
        everyday.upper,
        flow_words.gain,
        flow_words.around,
        flow_words.tenth,
    )
    made.filters |= {function.__name__: function for function in said}
    drawn = (
        words.between,
        certainty.by_words,
        certainty.sureness,
        bars.stack,
        bars.in_words,
        fan.fan,
        areas.areas,
        columns.columns,
        scatter.scatter,
    )
    made.globals |= {function.__name__: function for function in drawn}
    made.globals |= {"states": words.STANDING, "apart": words.APART, "causes": TITLES}
    made.globals |= {function.__name__: function for function in (accord.accord, accord.weeks, accord.times)}
    made.globals |= {"agreeing": agreeing, "rows": rows, "flows": flow_figures, "told": flow_words}
    return made
