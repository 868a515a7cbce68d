"""A folder with both sides in it, of which Label Studio's is files only: what its people said, and how it is kept."""

import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

from pipeline.care.backup import Wanted, back_up
from pipeline.care.manifest import Manifest
from pipeline.label_studio.state import Home
from pipeline.store import StorePlace
from schemas.project import read_project

PROJECT = """
name = "effort"
[[sources]]
reader = "jsonl"
path = "problems.jsonl"
domain = "reasoning"
[[tasks]]
type = "preference_pair"
guideline = "guidelines/pairs.md"
"""

CUT_OFF = """
import os, signal, sys
from pathlib import Path
from pipeline.care.backup import Wanted, back_up
from pipeline.care.restore import restore
from schemas.project import read_project

def report(line):
    if sys.argv[4] in line:
        os.kill(os.getpid(), signal.SIGKILL)

folder, other = Path(sys.argv[2]), Path(sys.argv[3])
if sys.argv[1] == "backup":
    back_up(folder, read_project(folder), other, Wanted(), report=report)
else:
    restore(folder, other, force=True, report=report)
"""


def furnish(path: Path) -> Path:
    """Give a folder with a store its project's own files, and a Label Studio of which only the files are there."""
    (path / "project.toml").write_text(PROJECT)
    (path / "people.csv").write_text("name,email\nann,ann@example.com\n")
    (path / "guidelines").mkdir()
    (path / "guidelines" / "pairs.md").write_text("The better answer is the true one.")
    (path / "releases" / "1.0.0").mkdir(parents=True)
    (path / "releases" / "1.0.0" / "train.jsonl").write_text("{}\n")
    home = Home(path)
    home.make()
    home.write(home.new_server(8080))
    (home.data / "media" / "upload").mkdir(parents=True)
    (home.data / "media" / "upload" / "picture.png").write_bytes(b"picture")
    (home.data / ".env").write_text("SECRET_KEY=1")
    with closing(sqlite3.connect(home.database)) as rows:
        rows.execute("CREATE TABLE said (what)")
    say(path, "then")
    return path


def say(folder: Path, what: str) -> None:
    with closing(sqlite3.connect(Home(folder).database)) as rows, rows:
        rows.execute("INSERT INTO said VALUES (?)", [what])


def said(folder: Path) -> list[str]:
    with closing(sqlite3.connect(Home(folder).database)) as rows:
        return [what for (what,) in rows.execute("SELECT what FROM said")]


def tasks(folder: Path) -> int:
    with StorePlace(folder).reading() as store:
        return store.count("tasks")


def make(folder: Path, into: Path, **wanted: bool) -> Manifest:
    return back_up(folder, read_project(folder), into, Wanted(**wanted))


def cut_off(command: str, folder: Path, other: Path, at: str) -> None:
    """Run a command in a process of its own that is killed where it reports something."""
    done = subprocess.run(
        [sys.executable, "-c", CUT_OFF, command, folder, other, at],
        env={**os.environ, "PYTHONPATH": ":".join(sys.path)},
        check=False,
    )
    assert done.returncode == -9
