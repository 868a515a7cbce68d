"""The embedded Label Studio's own Python environment, made once in the user's cache folder.

Label Studio pins libraries that the pipeline wants newer, so it lives apart. Beside the environment lies a
template: a database with all tables and nobody in it, for making it takes most of a minute.
"""

import fcntl
import hashlib
import platform
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import BinaryIO, TypeAlias

from pipeline.label_studio.surroundings import surroundings
from schemas.errors import LabelStudioError

VERSION = "1.23.2"
REQUIREMENTS = Path(__file__).with_name("requirements.txt")
DATABASE = "label_studio.sqlite3"

Report: TypeAlias = Callable[[str], None]

_NEEDED_BYTES = 2 * 1024**3
_OFFLINE = (
    "dns error",
    "name resolution",
    "connection refused",
    "failed to fetch",
    "unreachable",
    "timed out",
)


def ready(report: Report) -> Path:
    """The folder of a whole environment for Label Studio, made first where there is none.

    Two callers at once make one: the second waits. A half-made one is made anew. Raises LabelStudioError.
    """
    folder = place()
    if _whole(folder):
        return folder
    with (
        _writable(folder.parent),
        alone(folder.with_name(f"{folder.name}.lock"), report, "is making Label Studio's environment"),
    ):
        if not _whole(folder):
            _make(folder, report)
    return folder


def place() -> Path:
    """Where the environment lies, made or not; another one for other requirements or another Python."""
    import platformdirs

    made_of = (REQUIREMENTS.read_text(), platform.python_version(), sys.platform, platform.machine())
    key = hashlib.sha256("\n".join(made_of).encode()).hexdigest()[:12]
    return platformdirs.user_cache_path("headrace") / f"label-studio-{VERSION}-{key}"


def interpreter(folder: Path) -> Path:
    """The Python that has Label Studio."""
    return folder / "venv" / "bin" / "python"


def package(folder: Path) -> Path:
    """Where Label Studio's own modules lie, which import each other as if that were the top."""
    python = f"python{sys.version_info[0]}.{sys.version_info[1]}"
    return folder / "venv" / "lib" / python / "site-packages" / "label_studio"


def template(folder: Path) -> Path:
    """The migrated database of SQLite's, without any account."""
    return folder / "template.sqlite3"


@contextmanager
def alone(lock: Path, report: Report, what_another_does: str) -> Iterator[None]:
    """Hold a lock file; wait, and say so, while another process holds it. The system lets go when we die."""
    from filelock import FileLock, Timeout

    held = FileLock(lock)
    try:
        held.acquire(timeout=0)
    except Timeout:
        report(f"another headrace {what_another_does}: waiting for it")
        held.acquire()
    try:
        yield
    finally:
        held.release()


def last_line(log: Path) -> str:
    """The last thing a log says, and none of the rest; at most 200 characters."""
    try:
        lines = log.read_text(errors="replace").splitlines()
    except FileNotFoundError:
        lines = []
    return next((line.strip()[:200] for line in reversed(lines) if line.strip()), "nothing in its log")


def run(
    command: Sequence[str], log: Path, what: str, report: Report, environment: dict[str, str] | None = None
) -> None:
    """Run one step to its end, its output alone in `log`; reports the step, and every 10 s that it goes on.

    A step that outlived the command which began it is waited for: two would get into each other's way.
    """
    report(what)
    began = time.monotonic()
    with (
        log.open("ab") as out,
        _alone_with(out, report),
        subprocess.Popen(
            command, cwd=log.parent, env=environment, stdin=subprocess.DEVNULL, stdout=out, stderr=out
        ) as child,
    ):
        try:
            while (code := _wait(child, 10)) is None:
                report(f"{what}: {time.monotonic() - began:.0f} s")
        except BaseException:
            child.kill()
            raise
    if code:
        installs = environment is None
        raise LabelStudioError(_failure(what.partition(",")[0], log, code, installs=installs))


@contextmanager
def _alone_with(log: BinaryIO, report: Report) -> Iterator[None]:
    """Hold a log as long as we or the step that writes there live, and begin it anew."""
    try:
        fcntl.flock(log, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        report("one that was begun earlier still goes on: waiting for it")
        fcntl.flock(log, fcntl.LOCK_EX)
    log.truncate(0)
    yield


def _whole(folder: Path) -> bool:
    """The marker is written last; the interpreter is looked at too, for the Python below it may be gone."""
    return (folder / "whole").exists() and interpreter(folder).exists() and template(folder).exists()


@contextmanager
def _writable(folder: Path) -> Iterator[None]:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        yield
    except OSError as error:
        reason = error.strerror or error
        raise LabelStudioError(
            f"Label Studio's environment: {str(folder)!r} should be a folder to write to, {reason}; "
            "make room there or set XDG_CACHE_HOME to another folder, then run headrace up again"
        ) from error


def _make(folder: Path, report: Report) -> None:
    if folder.exists():
        report("removing a half-made environment of Label Studio")
        shutil.rmtree(folder)
    _room(folder.parent)
    folder.mkdir()
    _install(folder, report)
    _migrate(folder, report)
    (folder / "whole").touch()


def _room(folder: Path) -> None:
    free = shutil.disk_usage(folder).free
    if free < _NEEDED_BYTES:
        raise LabelStudioError(
            f"Label Studio's environment: needs 2 GB in {str(folder)!r}, {free / 1024**3:.1f} GB are free; "
            "make room there or set XDG_CACHE_HOME to another folder, then run headrace up again"
        )


def _install(folder: Path, report: Report) -> None:
    log, venv = folder / "install.log", folder / "venv"
    wanted = ["--require-hashes", "-r", str(REQUIREMENTS)]
    uv = _uv()
    if uv:
        make = [uv, "venv", "--no-project", "--python", sys.executable, str(venv)]
        fill = [uv, "pip", "install", "--compile-bytecode", "--python", str(interpreter(folder)), *wanted]
    else:
        make = [sys.executable, "-I", "-m", "venv", str(venv)]
        fill = [str(interpreter(folder)), "-I", "-m", "pip", "install", "--no-input", *wanted]
    run(make, log, "making Label Studio an environment of its own", report)
    run(fill, log, f"installing Label Studio {VERSION}, once (about 1 GB on disk)", report)


def _uv() -> str | None:
    beside = (Path(sys.executable).with_name("uv"), Path.cwd() / ".uv" / "bin" / "uv")
    return shutil.which("uv") or next((str(path) for path in beside if path.is_file()), None)


def _migrate(folder: Path, report: Report) -> None:
    """Let Label Studio make its tables: any of its commands does, and `version` makes no account."""
    data = folder / "migrating"
    data.mkdir()
    command = [str(interpreter(folder)), "-P", "-m", "label_studio.server", "version"]
    log = folder / "migrate.log"
    run(
        command,
        log,
        "making an empty database, once (most of a minute)",
        report,
        environment=surroundings(data),
    )
    _expect_nobody(data / DATABASE, log)
    (data / DATABASE).rename(template(folder))
    shutil.rmtree(data)


def _expect_nobody(database: Path, log: Path) -> None:
    try:
        with closing(sqlite3.connect(database)) as connection:
            accounts = connection.execute("SELECT count(*) FROM htx_user").fetchone()[0]
    except sqlite3.Error as error:
        raise LabelStudioError(
            f"Label Studio's empty database: should have its tables, {error} ({last_line(log)}); "
            f"see {str(log)!r}, then run headrace up again"
        ) from error
    if accounts:
        raise LabelStudioError(
            f"Label Studio's empty database: should hold no account, holds {accounts}; see {log}"
        )


def _wait(child: subprocess.Popen[bytes], seconds: float) -> int | None:
    try:
        return child.wait(seconds)
    except subprocess.TimeoutExpired:
        return None


def _failure(what: str, log: Path, code: int, *, installs: bool) -> str:
    """One line about a step that failed, with what to do about it."""
    said = log.read_text(errors="replace").lower()
    if code < 0:
        found, remedy = f"was killed by signal {-code}", "run headrace up again"
    elif "no space left" in said:
        found, remedy = "the disk is full", "make room, then run headrace up again"
    elif installs and any(sign in said for sign in _OFFLINE):
        found, remedy = "the package index cannot be reached", "mend the network, then run headrace up again"
    else:
        found, remedy = last_line(log), "mend that, then run headrace up again"
    return f"{what}: should succeed, {found}; see {str(log)!r}; {remedy}"
