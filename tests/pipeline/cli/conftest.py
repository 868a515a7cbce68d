"""`headrace` as its users run it, in a folder of its own; in a process of its own where that matters."""

import io
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from pipeline.cli import app, register
from pipeline.cli.faults import exit_code_of
from pipeline.store import StorePlace
from schemas.facts import RunFact
from schemas.tables import FACTS
from tests.pipeline import tried

register()

PROJECT = f"""\
{tried.PROJECT}
[label_studio]
buffer_tasks = 100000
buffer_hours = 10000
in_doubt_seconds = 5
"""


@dataclass
class Ended:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)

    def is_one_line(self) -> bool:
        return self.err.endswith("\n") and self.err.count("\n") == 1 and "Traceback" not in self.err


class Folder:
    """A project's folder with a command line at it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.environment = {
            name: value for name, value in os.environ.items() if not name.startswith("HEADRACE_")
        }
        (path / "project.toml").write_text(PROJECT)
        self.problems(5)

    def problems(self, count: int) -> None:
        lines = [
            json.dumps({"prompt": f"Problem {n}?", "candidates": [f"answer {n}", f"reply {n}"]}) + "\n"
            for n in range(count)
        ]
        draft = self.path / "problems.draft"
        draft.write_text("".join(lines))
        draft.replace(self.path / "problems.jsonl")  # at once: somebody may be reading

    def command(self, *arguments: str, before: tuple[str, ...] = ()) -> list[str]:
        return [*before, sys.executable, "-m", "pipeline", "-C", str(self.path), *arguments]

    def run(self, *arguments: str, **environment: str) -> Ended:
        """Run a command here, as its process would: the same words in, the same code and text out."""
        out, err = io.StringIO(), io.StringIO()
        with pytest.MonkeyPatch.context() as patch, redirect_stdout(out), redirect_stderr(err):
            for name in [name for name in os.environ if name.startswith("HEADRACE_")]:
                patch.delenv(name)
            for name, value in environment.items():
                patch.setenv(name, value)
            code = exit_code_of(app, ["-C", str(self.path), *arguments])
        return Ended(code, out.getvalue(), err.getvalue())

    def run_apart(self, *arguments: str, before: tuple[str, ...] = (), **environment: str) -> Ended:
        """Run a command as a process of its own."""
        done = subprocess.run(
            self.command(*arguments, before=before),
            capture_output=True,
            text=True,
            timeout=120,
            env={**self.environment, **environment},
            stdin=subprocess.DEVNULL,
            check=False,
        )
        return Ended(done.returncode, done.stdout, done.stderr)

    def start(self, *arguments: str, **environment: str) -> subprocess.Popen[str]:
        # a test run in the background has SIGINT ignored, and what it starts would inherit that
        before = ("env", "--default-signal=INT")
        return subprocess.Popen(
            self.command(*arguments, before=before),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**self.environment, **environment},
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        )

    def facts(self) -> dict[str, int]:
        """How many facts of each kind the store itself has, but for the runs."""
        with StorePlace(self.path).writing("look", 30) as store:
            return {kind.table: store.count(kind.table) for kind in FACTS if kind is not RunFact}

    @contextmanager
    def unchanged(self) -> Iterator[None]:
        before = self.facts()
        yield
        assert self.facts() == before


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path)


@pytest.fixture
def make_folder() -> Callable[[Path], Folder]:
    return Folder
