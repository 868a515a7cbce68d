"""Where the names and figures of the live page lead."""

from collections.abc import Collection, Mapping
from urllib.parse import quote, urlencode

from pipeline.report.links import Links
from pipeline.report.words import plain


class LiveLinks(Links):
    """Each name to its page, each figure to its tasks; people by their names where those are given.

    A history that a project brought along names people and tasks that have no page: `people` are those who have one,
    `pageless` the tasks that have none.
    """

    def __init__(
        self,
        names: Mapping[str, str] | None = None,
        people: Collection[str] | None = None,
        pageless: Collection[str] = (),
    ) -> None:
        self._names, self._people, self._pageless = names or {}, people, pageless

    def cell(self, cell: str) -> str:
        return f"/cells/{quote(cell, safe='/')}"

    def kind(self, task_type: str) -> str:
        return f"/types/{quote(task_type, safe='')}"

    def person(self, person: str) -> str:
        known = self._people is None or person in self._people
        return f"/people/{quote(person, safe='')}" if known else ""

    def task(self, task: str) -> str:
        return "" if task in self._pageless else f"/tasks/{quote(task, safe='')}"

    def tasks(self, **chosen: object) -> str:
        said = {name: value for name, value in chosen.items() if value is not None}
        return f"/tasks?{urlencode(said)}" if said else "/tasks"

    def called(self, person: str) -> str:
        return plain(self._names.get(person, person))
