"""Tables for a terminal that fit 80 columns and read as well in a pipe."""

from rich import box
from rich.table import Table
from rich.text import Text

from pipeline.report.words import count, plain

MOST_ROWS = 25
"""A cell or an annotator more is counted, not shown: the page and --json have them all."""


def table_of(title: str, names: tuple[str, ...], numbers: tuple[str, ...], more: str | None = None) -> Table:
    """A table with some columns of names, which may fold, and then some of numbers."""
    table = Table(
        title=title,
        title_justify="left",
        title_style="bold",
        caption=more,
        caption_justify="left",
        caption_style="dim",
        box=box.SIMPLE_HEAD,
        padding=(0, 1, 0, 0),
        show_edge=False,
        pad_edge=False,
        header_style="bold",
    )
    for name in names:
        table.add_column(name, overflow="fold", max_width=40)
    for number in numbers:
        table.add_column(number, justify="right", no_wrap=True)
    return table


def name_of(text: str) -> Text:
    """A name from outside: never markup, never a control code."""
    return Text(plain(text))


def more_of(number: int, what: str) -> str | None:
    """That there are so many more than are shown; None where there are not."""
    return f"and {count(number)} {what} more; --html and --json show all" if number > 0 else None
