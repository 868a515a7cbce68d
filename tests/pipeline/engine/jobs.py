"""Work for engines to do, where their workers can import it."""

import os
import signal
import time
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Job:
    """A number, and a folder to leave traces in."""

    number: int
    folder: str = ""

    def trace(self, word: str) -> Path:
        """Where it says that something was done, once more each time."""
        return Path(self.folder) / f"{word}-{self.number}"

    def count(self, word: str) -> int:
        """How often it was done."""
        path = self.trace(word)
        return len(path.read_bytes()) if path.exists() else 0

    def note(self, word: str) -> None:
        """Done once more."""
        with self.trace(word).open("ab") as file:
            file.write(b".")


def squared(job: Job) -> int:
    """Its square."""
    return job.number**2


def process(job: Job) -> int:
    """The process that does it."""
    del job
    return os.getpid()


def dies_at_first(job: Job) -> int:
    """Every third job's worker is killed when it begins it for the first time."""
    job.note("begun")
    if job.number % 3 == 0 and job.count("begun") == 1:
        os.kill(os.getpid(), signal.SIGKILL)
    return squared(job)


def always_dies(job: Job) -> int:
    """Job 2 kills whoever does it."""
    job.note("begun")
    if job.number == 2:
        os.kill(os.getpid(), signal.SIGKILL)
    return squared(job)


def refuses(job: Job) -> int:
    """Job 2 cannot be done."""
    if job.number == 2:
        raise ValueError(f"job {job.number} is none")
    return squared(job)


class StubbornError(Exception):
    """Cannot be pickled back: it wants two arguments."""

    def __init__(self, one: str, other: str) -> None:
        super().__init__(f"{one} and {other}")


def refuses_stubbornly(job: Job) -> int:
    """Fails with what cannot cross between processes."""
    raise StubbornError("neither", str(job.number))


def lingers(job: Job) -> int:
    """Says who does it, then takes for ever."""
    job.trace("pid").write_text(str(os.getpid()))
    time.sleep(600)
    return 0
