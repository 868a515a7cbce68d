"""Where the names and figures of the page lead, and what people are called on it: nowhere, and by their pseudonyms."""

from pipeline.report.words import plain


class Links:
    """The links of a page that stands alone: none. The live page has its own."""

    def cell(self, cell: str) -> str:  # noqa: ARG002 - for the live page
        """The page of a cell."""
        return ""

    def kind(self, task_type: str) -> str:  # noqa: ARG002 - for the live page
        """The page of a task type."""
        return ""

    def person(self, person: str) -> str:  # noqa: ARG002 - for the live page
        """The page of a person."""
        return ""

    def task(self, task: str) -> str:  # noqa: ARG002 - for the live page
        """The page of a task."""
        return ""

    def tasks(self, **chosen: object) -> str:  # noqa: ARG002 - for the live page
        """The list of the tasks that a figure counts."""
        return ""

    def called(self, person: str) -> str:
        """What a person is called here."""
        return plain(person)
