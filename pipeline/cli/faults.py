"""What goes wrong, as one line on stderr and an exit code; a traceback only where HEADRACE_DEBUG asks for it."""

import errno
import os
import sys
import traceback
from typing import TYPE_CHECKING

from pipeline.cli.printing import printable
from schemas.errors import HeadraceError

if TYPE_CHECKING:
    import typer

INTERRUPTED = 130


def exit_code_of(app: "typer.Typer", arguments: list[str]) -> int:
    """Run one command; its exit code."""
    import typer.main

    command = typer.main.get_command(app)
    try:
        # not through the application's own main, which swallows interruptions and broken pipes
        with command.make_context("headrace", arguments) as ctx:
            command.invoke(ctx)
        sys.stdout.flush()
    except SystemExit as error:
        return error.code if isinstance(error.code, int) else 1
    except BrokenPipeError:
        # the reader has gone, as in `headrace status | head`; Python must not complain at exit
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except (KeyboardInterrupt, Exception) as error:  # noqa: BLE001 - the last wall: one line, whatever it is
        return _fault(error)
    return 0


def _fault(error: BaseException) -> int:
    if isinstance(error, HeadraceError):
        return _told(str(error), error.exit_code)
    if isinstance(error, KeyboardInterrupt) or type(error).__name__ == "Abort":
        return _told("interrupted; what was done is kept, run the command again to go on", INTERRUPTED)
    if isinstance(error, OSError):
        return _told(_os_fault(error), 1)
    return _unexpected(error)


def _unexpected(error: BaseException) -> int:
    # typer brings its own click, whose exceptions know which code they end with and how to show themselves
    show, code = getattr(error, "show", None), getattr(error, "exit_code", None)
    if isinstance(code, int):
        if show is not None:
            show()
        return code
    line = " ".join(str(error).split())[:300]
    what = f"{type(error).__name__}: {line}"
    return _told(f"headrace: a fault of its own ({what}); HEADRACE_DEBUG=1 shows where", 1)


def _os_fault(error: OSError) -> str:
    where = f"{error.filename}: " if error.filename else ""
    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return f"{where}no space left to write; free some and run the command again, nothing is lost"
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return f"{where}should be readable and writable, is not ({error.strerror}); check its rights and its owner"
    return f"{where}{error.strerror or error}; check the path"


def _told(line: str, code: int) -> int:
    if os.environ.get("HEADRACE_DEBUG"):
        traceback.print_exc()
    sys.stderr.write("".join(f"{printable(one)}\n" for one in line.split("\n")))
    return code
