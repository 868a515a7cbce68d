"""What the whole test run shares, started when a test first asks for it.

A real Label Studio on SQLite, another on PostgreSQL, that PostgreSQL, and one browser.
"""

import os
import pwd
import re
import secrets
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import pytest

from pipeline.label_studio import database, server

if TYPE_CHECKING:
    from playwright.sync_api import Browser

QUIET = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


MEMORY, ROOMY = Path("/dev/shm"), 4 * 1024**3  # noqa: S108 - pytest makes a folder of its own in it


def pytest_configure() -> None:
    """Where memory has room, what tests write lies there: stores and servers force each change onto a disk."""
    if (
        os.access(MEMORY, os.W_OK)
        and shutil.disk_usage(MEMORY).free > ROOMY
        and not os.statvfs(MEMORY).f_flag & os.ST_NOEXEC
    ):
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(MEMORY))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What waits for a server goes first: the many small tests fill the gaps, and nothing long is left for the end."""
    items.sort(key=lambda item: item.get_closest_marker("live") is None)


SHARING = re.compile(r"\b(label_studio_server|label_studio\.world|mark\.browser)\b")
"""What a file names whose tests share the Label Studio of the run, and its browser."""


@cache
def _shared(file: str) -> str:
    """What the tests of a file share with those of others, or the file itself."""
    return "label studio" if SHARING.search(Path(file).read_text(encoding="utf-8")) else file


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """A file goes to one worker, and with it all that shares a server, so that each is started once in a run."""
    from xdist.scheduler import LoadFileScheduling  # type: ignore[import-untyped] # it ships none

    class ByServerAndFile(LoadFileScheduling):  # type: ignore[misc] # likewise
        def _split_scope(self, nodeid: str) -> str:
            file: str = super()._split_scope(nodeid)
            if "postgres" in nodeid or file.endswith("test_database.py"):
                return "postgresql"
            return _shared(str(config.rootpath / file))

    return ByServerAndFile(config, log)


def missing(what: str) -> NoReturn:
    """Skip what this machine cannot run; where everything should be there, fail."""
    (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(f"no {what} on this machine")


@pytest.fixture(scope="session")
def label_studio_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[server.Server]:
    """A real Label Studio with nothing in it but its administrator; url, token, username, password."""
    folder = tmp_path_factory.mktemp("label-studio")
    try:
        yield server.up(folder, report=print)
    finally:
        server.down(folder)


@dataclass(frozen=True)
class Postgres:
    """A PostgreSQL server of the test run's own, with its superuser."""

    programs: Path
    port: int
    user: str
    password: str

    def run(self, program: str, *arguments: str) -> str:
        """Run one of PostgreSQL's programs against it; what it prints."""
        reach = {"PGHOST": "127.0.0.1", "PGPORT": str(self.port), "PGUSER": self.user}
        done = subprocess.run(
            [str(self.programs / program), *arguments],
            env={**os.environ, **reach, "PGPASSWORD": self.password},
            check=True,
            capture_output=True,
            text=True,
        )
        return done.stdout.strip()

    def make(self, *options: str) -> str:
        """Make an empty database; its address, with the password."""
        name = f"d{secrets.token_hex(6)}"
        self.run("createdb", "--template=template0", *options, name)
        return self.address(name)

    def address(self, name: str) -> str:
        """The address of a database, with the password."""
        return f"postgresql://{self.user}:{self.password}@127.0.0.1:{self.port}/{name}"


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """Debian's PostgreSQL on a port of its own, its files thrown away at the end."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if not found:
        missing("PostgreSQL")
    # PostgreSQL refuses to run as root
    somebody: dict[str, Any] = (
        {} if os.getuid() else {"user": "postgres", "group": "postgres", "extra_groups": []}
    )
    folder = Path(tempfile.mkdtemp(prefix="headrace-postgres-"))
    made = Postgres(found[-1].parent, _free_port(), "headrace", secrets.token_hex(8))
    try:
        (folder / "password").write_text(made.password)
        if somebody:
            owner = pwd.getpwnam("postgres")
            for path in (folder, folder / "password"):
                os.chown(path, owner.pw_uid, owner.pw_gid)
        data = str(folder / "data")
        options = ["--auth=scram-sha-256", f"--username={made.user}", f"--pwfile={folder / 'password'}"]
        subprocess.run(
            [
                str(made.programs / "initdb"),
                "-D",
                data,
                "--encoding=UTF8",
                "--locale=C",
                "--no-sync",
                *options,
            ],
            cwd=folder,
            check=True,
            stdout=subprocess.DEVNULL,
            **somebody,
        )
        listen = ["-h", "127.0.0.1", "-p", str(made.port), "-k", str(folder), "-F"]  # -F: no fsync
        with (folder / "log").open("wb") as log:
            running = subprocess.Popen(
                [str(made.programs / "postgres"), "-D", data, *listen],
                cwd=folder,
                stdout=log,
                stderr=log,
                **somebody,
            )
        try:
            _await(made, running)
            yield made
        finally:
            running.terminate()
            running.wait(60)
    finally:
        shutil.rmtree(folder)


def _await(made: Postgres, running: subprocess.Popen[bytes]) -> None:
    ready = [str(made.programs / "pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(made.port)]
    while subprocess.run(ready, check=False).returncode:
        assert running.poll() is None, "PostgreSQL should start, it ended"
        time.sleep(0.1)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as holder:
        port: int = holder.getsockname()[1]
        return port


@pytest.fixture(scope="session")
def folder_on_postgres(postgres: Postgres, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A project folder whose real Label Studio runs on PostgreSQL, under gunicorn."""
    folder = tmp_path_factory.mktemp("label-studio-on-postgres")
    try:
        server.up(folder, database=database.parse(postgres.make()), report=print)
        yield folder
    finally:
        server.down(folder)


@pytest.fixture
def label_studio_on_postgres(folder_on_postgres: Path) -> server.Server:
    """The real Label Studio on PostgreSQL; running, whatever the test before did to it."""
    return server.up(folder_on_postgres, report=print)


@pytest.fixture(scope="session")
def browser() -> "Iterator[Browser]":
    """Headless Chromium, with a profile of its own that is thrown away."""
    chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if chromium is None:
        missing("Chromium")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=chromium, args=QUIET)
        yield opened
        opened.close()
