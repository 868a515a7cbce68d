"""What commands print: one JSON object, or lines for people."""

import json
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from pipeline.cli.printing import printable
from pipeline.context import Tally

if TYPE_CHECKING:
    from rich.console import Console


def show(as_json: bool, content: Any, people: Callable[[], None]) -> None:  # noqa: ANN401 - any JSON
    """Print the content as one JSON object, or let it be told to people."""
    if as_json:
        sys.stdout.write(json.dumps(content, ensure_ascii=False, indent=2, default=_plain) + "\n")
    else:
        people()


def _plain(value: Any) -> Any:  # noqa: ANN401 - what json does not know: times and paths
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def tell(line: str) -> None:
    """One line for people on stdout."""
    sys.stdout.write(printable(line) + "\n")
    sys.stdout.flush()  # somebody may be waiting at the other end of a pipe


def lines(text: str) -> None:
    """Several lines for people on stdout."""
    for line in text.splitlines():
        tell(line)


def note(line: str) -> None:
    """One line for people on stderr: what goes on meanwhile."""
    sys.stderr.write(printable(line) + "\n")
    sys.stderr.flush()


def draw(onto: "Callable[[Console], None]") -> None:
    """Print what is drawn onto a console, to whom ever reads it."""
    from rich.console import Console

    console = Console()
    with console.capture() as said:
        onto(console)
    sys.stdout.write(said.get())  # not rich itself, for which a reader that goes away is a failure


def tally_line(stage: str, tally: Tally) -> str:
    """A stage's account in one line."""
    parts = [f"{stage:<9} {tally.done:>7,} new"]
    if tally.skipped:
        parts.append(f"{tally.skipped:,} known already")
    if tally.rejected:
        reasons = ", ".join(f"{count:,} {reason}" for reason, count in sorted(tally.rejected.items()))
        parts.append(f"rejected: {reasons} (see: headrace rejects)")
    return ", ".join(parts)
