"""Whoever kills a release, wherever it is: there is none, or a whole one; and the next run ends with a whole one."""

import hashlib
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.measuring.release_store import make
from pipeline.store import StorePlace
from schemas.facts import ReleaseFact
from tests.pipeline.releasing.read import files, manifest

RELEASE = """
import os, signal, sys
from pathlib import Path
from pipeline.cli.app import chosen
from pipeline.cli.session import writing
from pipeline.releasing import placing
from pipeline.stages import release as stage

def killed(*_):
    os.kill(os.getpid(), signal.SIGKILL)

chosen.folder = Path(sys.argv[1])
module, _, name = sys.argv[2].partition(".")
if name:
    setattr({"stage": stage, "placing": placing, "os": os}[module], name, killed)
with writing("release", 60.0) as ctx:
    stage.release(ctx)
"""


def release(folder: Path, kill: str = "nowhere") -> int:
    done = subprocess.run([sys.executable, "-c", RELEASE, str(folder), kill], check=False, timeout=120)
    return done.returncode


def is_whole(place: Path) -> bool:
    said = manifest(place)
    found = files(place)
    return found.keys() == {file.path for file in said.files} | {"manifest.json"} and all(
        hashlib.sha256(found[file.path]).hexdigest() == file.sha256 for file in said.files
    )


@pytest.mark.proof
@pytest.mark.parametrize(
    "kill", ["stage.write", "stage.papers", "stage.freeze", "stage.put", "stage.write_notes"]
)
def test_a_release_that_was_killed_is_none_or_a_whole_one(tmp_path: Path, kill: str) -> None:
    make(tmp_path, 40)
    assert release(tmp_path, kill) == -signal.SIGKILL
    home = tmp_path / "releases"
    place = home / "0.1.0"
    assert not place.exists() or is_whole(place)
    with StorePlace(tmp_path).writing("look") as store:
        known = [one.version for one in store.facts(ReleaseFact)]
    assert known == (["0.1.0"] if kill in ("stage.put", "stage.write_notes") else [])
    assert release(tmp_path) == 0
    assert is_whole(place)
    assert {path.name for path in home.iterdir()} == {"0.1.0", "RELEASES.md"}
