"""A project's folder with releases, and places to publish them to."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from pipeline.cli import register
from pipeline.context import Quiet
from pipeline.publishing.destinations import Receipt, destination
from pipeline.publishing.parcel import pack
from pipeline.released.opened import Opened
from pipeline.store import StorePlace
from tests.pipeline import hub as double
from tests.pipeline import tried
from tests.pipeline.publishing import released

register()

CUT_OFF = """
import os, signal, sys
from pathlib import Path
from pipeline.context import Quiet
from pipeline.publishing.destinations import destination
from pipeline.publishing.parcel import pack
from pipeline.released.opened import Opened

parcel, goes_to = pack(Opened("0.1.0", Path(sys.argv[1]))), destination(sys.argv[2], public=False)
left, watched = int(sys.argv[3]), sys.argv[4]

def touched(event, arguments):
    global left
    if event in ("open", "os.mkdir", "os.rename", "os.remove", "os.rmdir") and watched in str(arguments[0]):
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

sys.addaudithook(touched)
goes_to.send(parcel, Quiet())
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """The folder of a project without any store."""
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "project.toml").write_text(tried.PROJECT)
    (folder / "problems.jsonl").write_text(json.dumps({"prompt": "?", "candidates": ["a", "b"]}) + "\n")
    return folder


@pytest.fixture
def publish(project: Path) -> Callable[..., Receipt]:
    """Publish a version of the project, as the command does."""

    def do(version: str, to: object, *, public: bool = False) -> Receipt:
        parcel = pack(Opened(version, project))
        return destination(str(to), public=public).send(parcel, Quiet())

    return do


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[double.Hub]:
    """A Hub of our own, at which huggingface_hub looks, with its token."""
    from huggingface_hub import constants
    from huggingface_hub.hf_file_system import HfFileSystem

    with double.running() as hub:
        for name, value in environment(hub, tmp_path).items():
            monkeypatch.setenv(name, value)
        # read from the environment when it is imported, which was long ago
        monkeypatch.setattr(constants, "ENDPOINT", hub.url)
        template = hub.url + "/{repo_id}/resolve/{revision}/{filename}"
        monkeypatch.setattr(constants, "HUGGINGFACE_CO_URL_TEMPLATE", template)
        monkeypatch.setattr(constants, "HF_HUB_DISABLE_XET", True)
        HfFileSystem.clear_instance_cache()
        yield hub
        HfFileSystem.clear_instance_cache()


def environment(hub: double.Hub, folder: Path) -> dict[str, str]:
    """What has huggingface_hub look at this Hub; from the start, in a process of its own."""
    return {
        "HF_ENDPOINT": hub.url,
        "HF_TOKEN": double.TOKEN,
        "HF_HUB_DISABLE_XET": "1",  # its servers are not part of the double
        "HF_HOME": str(folder / "huggingface"),
    }


def command(project: Path, *arguments: Any) -> list[str]:
    """The command line, as a process of its own."""
    return [sys.executable, "-m", "pipeline", "-C", str(project), "publish", *map(str, arguments)]


def surroundings(**more: str) -> dict[str, str]:
    """What such a process finds in its environment."""
    return {**os.environ, "PYTHONPATH": ":".join(sys.path), **more}


@pytest.fixture
def made(project: Path) -> Path:
    """The project, with release 0.1.0."""
    released.release(project)
    with StorePlace(project).writing("test") as store:
        released.freeze(store, project, "0.1.0")
    return project


def publishing(project: Path, to: object, at: int = 1_000_000, watched: object = None) -> list[str]:
    """Publish 0.1.0 in a process of its own, which is killed when it touches what is watched so many times."""
    return [sys.executable, "-c", CUT_OFF, *map(str, (project, to, at, watched or to))]


def cut_off(project: Path, to: object, at: int, watched: object = None) -> int:
    """Do so; its exit code."""
    command = publishing(project, to, at, watched)
    return subprocess.run(command, env=surroundings(), check=False).returncode
