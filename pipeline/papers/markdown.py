"""What a card is made of: tables, and text that is no HTML."""

from collections.abc import Iterable, Sequence


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A table in Markdown."""
    lines = [head, ("---",) * len(head), *rows]
    return "\n".join("| " + " | ".join(_cell(cell) for cell in line) + " |" for line in lines)


def plain(text: str) -> str:
    """What somebody wrote, in one line that is no HTML."""
    return " ".join(text.replace("&", "&amp;").replace("<", "&lt;").split())


def _cell(value: object) -> str:
    return plain(str(value)).replace("|", "\\|")
