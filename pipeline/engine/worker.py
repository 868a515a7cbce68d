"""What runs in a worker's process."""

import multiprocessing
import os
import pickle
import signal
import threading
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from typing import Any


@dataclass(frozen=True)
class Failed:
    """What a job raised."""

    error: Exception


def serve(work: Callable[[Any], Any], connection: Connection) -> None:
    """Do what comes, one after the other, until nothing comes any more."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches us too, but whoever began this ends us
    threading.Thread(target=_end_with_parent, daemon=True).start()
    while True:
        try:
            job = connection.recv()
        except EOFError:
            return
        connection.send(_result(work, job))


def _result(work: Callable[[Any], Any], job: Any) -> Any:  # noqa: ANN401 - whatever the work gives
    try:
        return work(job)
    except Exception as error:  # noqa: BLE001 - it is raised where the results are taken
        return Failed(_portable(error))


def _portable(error: Exception) -> Exception:
    """An error that survives the way to another process, with the place where it was raised."""
    error.add_note("".join(traceback.format_exception(error)))
    try:
        pickle.loads(pickle.dumps(error))  # noqa: S301 - our own, of this moment
    except Exception:  # noqa: BLE001 - an exception may refuse to be pickled in any way
        return RuntimeError("".join(traceback.format_exception(error)))
    return error.with_traceback(None)


def _end_with_parent() -> None:
    """A parent that was killed takes its workers with it, whatever they are doing."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)
