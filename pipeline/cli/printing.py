"""Text from outside on a terminal: it is shown, and never obeyed."""

import os
import sys


def printable(line: str) -> str:
    """A line with control and bidi characters spelled out: it can neither move a cursor nor forge a line."""
    return line if line.isprintable() else "".join(map(_shown, line))


def _shown(character: str) -> str:
    return character if character.isprintable() else character.encode("unicode_escape").decode()


def prepare_streams() -> None:
    """Let stdout and stderr take any text: closed ones lead nowhere, narrow ones spell out what they lack."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: PTH123, SIM115 - for the whole run
        elif hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
