"""The analysis of an event log as one page, where there is no project around it."""

from pathlib import Path

from pipeline.report.html import environment, flow_content, save
from pipeline.report.links import Links
from schemas.flow import Flow


def render(flow: Flow, name: str) -> str:
    """The page as text; `name` is what the log is called."""
    return environment().get_template("flow.html.j2").render(name=name, **flow_content(flow, Links()))


def write(flow: Flow, name: str, path: Path) -> None:
    """Write the page to a file, whole or not at all; HeadraceError where that cannot be."""
    save(render(flow, name), path)
