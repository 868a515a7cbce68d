"""Where the names and figures of the live page lead."""

from collections.abc import Mapping
from urllib.parse import quote, urlencode

from pipeline.report.links import Links
from pipeline.report.words import plain


class LiveLinks(Links):
    """Each name to its page, each figure to its tasks; people by their names where those are given."""

    def __init__(self, names: Mapping[str, str] | None = None) -> None:
        self._names = names or {}

    def cell(self, cell: str) -> str:
        return f"/cells/{quote(cell, safe='/')}"

    def kind(self, task_type: str) -> str:
        return f"/types/{quote(task_type, safe='')}"

    def person(self, person: str) -> str:
        return f"/people/{quote(person, safe='')}"

    def task(self, task: str) -> str:
        return f"/tasks/{quote(task, safe='')}"

    def tasks(self, **chosen: object) -> str:
        said = {name: value for name, value in chosen.items() if value is not None}
        return f"/tasks?{urlencode(said)}" if said else "/tasks"

    def called(self, person: str) -> str:
        return plain(self._names.get(person, person))
