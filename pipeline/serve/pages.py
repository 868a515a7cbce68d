"""The live pages as text: the report's own templates with links, and a page for each thing they lead to."""

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.report import flow_figures, html
from pipeline.report.words import STATES
from pipeline.serve.links import LiveLinks
from pipeline.serve.listing import Chosen
from pipeline.serve.live import Seen
from schemas.team import task_type_of

if TYPE_CHECKING:
    import jinja2

FOLDER = Path(__file__).parent / "templates"


class Pages:
    """Renders; `names` shows people by their names instead of their pseudonyms."""

    def __init__(self, *, names: bool = False) -> None:
        self._names = names
        for template in _environment().list_templates(["j2"]):
            _environment().get_template(template)  # compiled now, not while somebody waits

    def style(self) -> str:
        """The style of all pages."""
        return _render("report.css.j2") + _render("live.css.j2")

    def front(self, seen: Seen, fault: str | None = None) -> str:
        """The report."""
        ageing = flow_figures.ageing(seen.flow) if seen.flow else None
        pageless = seen.listing.unknown([one.task for one in ageing.oldest]) if ageing else frozenset()
        return _render("live.html.j2", **self._content(seen, pageless), fault=fault)

    def tasks(self, seen: Seen, chosen: Chosen, number: int) -> str:
        """A list of tasks."""
        return self._listed("tasks.html.j2", seen, chosen, number)

    def task(self, seen: Seen, task_id: str) -> str | None:
        """One task; None where there is none."""
        task = seen.listing.task(task_id)
        return _render("task.html.j2", **self._content(seen), task=task) if task else None

    def cell(self, seen: Seen, cell: str, number: int) -> str | None:
        """A cell with its figures and tasks; None where nothing is known of it."""
        loads = [load for load in seen.flow.loads if load.resource == cell] if seen.flow else []
        target = seen.flow.forecast.targets.get(cell) if seen.flow else None
        measured = next((one for one in seen.progress.cells if one.cell == cell), None)
        if not (loads or target or measured):
            return None
        more = {"cell": cell, "measured": measured, "load": loads[0] if loads else None, "target": target}
        return self._listed("cell.html.j2", seen, Chosen(cell=cell), number, **more)

    def kind(self, seen: Seen, kind: str, number: int) -> str | None:
        """A task type with its cells and tasks; None where there is none."""
        cells = [one for one in seen.progress.cells if task_type_of(one.cell) == kind]
        if not cells:
            return None
        return self._listed("kind.html.j2", seen, Chosen(kind=kind), number, kind=kind, cells=cells)

    def person(self, seen: Seen, person: str, number: int) -> str | None:
        """A person with their figures and tasks; None where nobody is called so."""
        found = next((one for one in seen.progress.annotators if one.annotator == person), None)
        if found is None and person not in seen.listing.names:
            return None
        return self._listed(
            "person.html.j2", seen, Chosen(person=person), number, person=person, measured=found
        )

    def waiting(self, fault: str | None) -> str:
        """What a visitor sees before the first analysis has ended."""
        return _render("waiting.html.j2", fault=fault)

    def missing(self) -> str:
        """What a visitor sees where there is nothing."""
        return _render("missing.html.j2")

    def _listed(self, template: str, seen: Seen, chosen: Chosen, number: int, **more: object) -> str:
        page, states = seen.listing.page(chosen, number), seen.listing.states(chosen)
        return _render(template, **self._content(seen), page=page, chosen=chosen, counts=states, **more)

    def _content(self, seen: Seen, pageless: frozenset[str] = frozenset()) -> dict[str, Any]:
        people = {one.annotator for one in seen.progress.annotators} | seen.listing.names.keys()
        links = LiveLinks(seen.listing.names if self._names else None, people, pageless)
        return {
            **html.content(seen.progress, seen.flow, links),
            "version": seen.version,
            "names": self._names,
        }


def _render(template: str, **content: object) -> str:
    return _environment().get_template(template).render(content)


@cache
def _environment() -> "jinja2.Environment":
    import jinja2

    both = jinja2.FileSystemLoader([html.FOLDER, FOLDER])
    made = html.environment().overlay(loader=both)
    made.globals = {**made.globals, "all_states": STATES}
    return made
