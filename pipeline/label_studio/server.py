"""The embedded Label Studio of a project folder: up, down, how it is, and how to reach it.

Everything of it lies in `.headrace/label-studio` of the project. It listens on 127.0.0.1 alone.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pipeline.label_studio import environment, knock, outside, process
from pipeline.label_studio.environment import Report, last_line
from pipeline.label_studio.state import Home, Server
from pipeline.label_studio.surroundings import credentials, surroundings
from schemas.base import Frozen
from schemas.errors import LabelStudioError, LabelStudioUnreachable

__all__ = ["Server", "ServerStatus", "connection", "down", "status", "up"]

_FIRST_PORT = 8080
_PORTS_TRIED = 100
_PATIENCE = 300.0
"""Seconds for a start: some 4 on a quiet machine."""
_SILENCE = 5.0
"""Seconds between two reports that it still goes on."""


class ServerStatus(Frozen):
    """How Label Studio is, as `headrace status` shows it."""

    url: str | None
    """None where the project never had a server and none is named."""
    version: str | None
    running: bool
    pid: int | None
    """None for a server that is not ours, or does not run."""


class _PortLost(Exception):  # noqa: N818 - a turn of events, not an error
    """Another program took the port between our look and Label Studio's."""


class _TokenUnknown(Exception):  # noqa: N818 - a state, not a fault
    """Label Studio runs, and does not know the administrator that we have on file."""


def up(folder: Path, *, port: int | None = None, report: Report = lambda _: None) -> Server:
    """Have the project's Label Studio run, and give what is needed to speak to it.

    Starts it where it does not run, on `port`, else on the port it had, else on the first free one from 8080 on.
    Safe to call at any time, and twice at once. Raises LabelStudioError.
    """
    home = Home(folder)
    with _usable(home):
        home.make()
        with environment.alone(home.lock, report, "is starting this project's Label Studio"):
            server = home.read()
            if server and _lives(home, server):
                return _join(home, server, port, report)
            return _start(home, server, port, report)


def down(folder: Path) -> bool:
    """Stop the project's Label Studio; False where it did not run."""
    home = Home(folder)
    server = home.read()
    if server is None or server.pid is None or server.born is None:
        return False
    stopped = _lives(home, server) and process.stop(server.pid, server.born)
    home.write(server.replace(pid=None, born=None))
    return stopped


def status(folder: Path) -> ServerStatus:
    """How the Label Studio of this project is: the one that the environment names, or else its own."""
    url = outside.address()
    if url:
        version = outside.version(url)
        return ServerStatus(url=url, version=version, running=version is not None, pid=None)
    home = Home(folder)
    server = home.read()
    if server is None:
        return ServerStatus(url=None, version=None, running=False, pid=None)
    lives = _lives(home, server)
    running = lives and knock.healthy(server.port)
    return ServerStatus(
        url=server.url, version=server.version, running=running, pid=server.pid if lives else None
    )


def credentials_file(folder: Path) -> Path:
    """The file, readable by its owner alone, that holds the administrator's password and token."""
    return Home(folder).file


def connection(folder: Path) -> tuple[str, str]:
    """The address and the token of the Label Studio to speak to: from the environment, else the embedded one.

    Raises LabelStudioUnreachable where there is neither, or the embedded one does not run.
    """
    if (named := outside.access()) is not None:
        return named
    home = Home(folder)
    server = home.read()
    if server is None:
        raise LabelStudioUnreachable(
            "Label Studio: should run for this project, none does; start it with: headrace up"
        )
    if not _lives(home, server):
        raise LabelStudioUnreachable(
            f"Label Studio: should run at {server.url}, does not; start it with: headrace up"
        )
    return server.url, server.token


@contextmanager
def _usable(home: Home) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise LabelStudioError(
            f"Label Studio: should be able to write to {str(home.folder)!r}, {error.strerror or error}; "
            "mend that, then run headrace up again"
        ) from error


def _lives(home: Home, server: Server) -> bool:
    """Whether the process on file is there, is still that one, and works on this project's data."""
    if server.pid is None or process.birth(server.pid) != server.born:
        return False
    return str(home.data) in process.command(server.pid)


def _join(home: Home, server: Server, port: int | None, report: Report) -> Server:
    """Take a server that runs already, or is still on its way from an earlier `up`."""
    if port not in (None, server.port):
        report(
            f"Label Studio runs already, at {server.url}; to move it: headrace down, headrace up --port {port}"
        )
    elif knock.healthy(server.port):
        report(f"Label Studio runs already, at {server.url}")
    try:
        _await(home, server, report)
    except _TokenUnknown:
        down(home.folder.parents[1])
        return _start(home, server, port, report)
    except _PortLost as lost:
        raise LabelStudioError(
            f"Label Studio: should have port {server.port}, lost it; run headrace up again"
        ) from lost
    return server


def _start(home: Home, known: Server | None, asked: int | None, report: Report) -> Server:
    """Start a server, with the credentials on file where there are any."""
    made = environment.ready(report)
    if known and known.pid and known.born:
        process.gone(known.pid, known.born, 5)  # it may be dying, its port still held
    server = known or home.new_server(asked or _FIRST_PORT)
    _lay_database(home, environment.template(made))
    for _ in range(5):
        server = server.replace(port=_port(server.port, asked, report), version=environment.VERSION)
        try:
            return _launch(home, server, environment.interpreter(made), report)
        except _PortLost:
            continue
        except _TokenUnknown:
            report("Label Studio does not know our administrator any more: making another one")
            server = home.new_server(server.port)
    raise LabelStudioError(
        f"Label Studio: should start, lost its port or its administrator five times; see {str(home.log)!r}"
    )


def _lay_database(home: Home, template: Path) -> None:
    if home.database.exists():
        return
    part = home.database.with_suffix(".part")
    part.write_bytes(template.read_bytes())
    part.chmod(0o600)
    part.rename(home.database)


def _port(wished: int, asked: int | None, report: Report) -> int:
    """The port asked for, or the first free one from the wished one on."""
    if asked is not None:
        if knock.taken(asked):
            raise LabelStudioError(
                f"port {asked}: should be free, another program uses it; run headrace up with another --port or none"
            )
        return asked
    for port in range(wished, min(wished + _PORTS_TRIED, 65536)):
        if not knock.taken(port):
            if port != wished:
                report(f"port {wished} is in use: taking {port}")
            return port
    raise LabelStudioError(
        f"ports from {wished} on: one should be free, none is; run headrace up with --port"
    )


def _launch(home: Home, server: Server, python: Path, report: Report) -> Server:
    """Start the process, put it on file, wait until it serves; whatever goes wrong leaves no process behind."""
    home.write(server)
    if home.log.exists():
        home.log.replace(home.log.with_suffix(".log.1"))
    home.log.touch(mode=0o600)
    report(f"starting Label Studio {server.version} at {server.url}")
    pid = process.detach(
        _command(python, home, server),
        environment={
            **surroundings(home.data),
            **credentials(server.username, server.password, server.token),
        },
        folder=home.data,
        log=home.log,
    )
    born = process.birth(pid)
    try:
        running = server.replace(pid=pid, born=born or "gone at once")
        home.write(running)
        _await(home, running, report)
    except BaseException:
        if born:
            process.stop(pid, born)
        home.write(server)
        raise
    report(f"Label Studio answers at {server.url}")
    return running


def _command(python: Path, home: Home, server: Server) -> list[str]:
    """How Label Studio is started; `--debug` only keeps it from moving to another port on its own."""
    start = [str(python), "-P", "-m", "label_studio.server", "start", "--no-browser", "--debug"]
    return [*start, "--internal-host", knock.HOST, "--port", str(server.port), "--data-dir", str(home.data)]


def _await(home: Home, server: Server, report: Report) -> None:
    """Return when the server answers and knows us; raises where it dies, is another's, or is silent too long."""
    began = told = time.monotonic()
    while _lives(home, server):
        if (
            _bound(home, server)
            and knock.healthy(server.port)
            and (known := knock.lets_in(server.port, server.token)) is not None
        ):
            if not known:
                raise _TokenUnknown
            return
        now = time.monotonic()
        if now - began > _PATIENCE:
            raise LabelStudioError(
                f"Label Studio: should answer at {server.url} within {_PATIENCE:.0f} s, does not; "
                f"see {str(home.log)!r}, then run headrace down and headrace up"
            )
        if now - told > _SILENCE:
            told = now
            report(f"waiting for Label Studio to answer: {now - began:.0f} s")
        time.sleep(0.2)
    if "port is already in use" in (said := last_line(home.log)):
        raise _PortLost
    raise LabelStudioError(
        f"Label Studio: should start, died ({said}); see {str(home.log)!r}, then run headrace up again"
    )


def _bound(home: Home, server: Server) -> bool:
    """Whether it is our process that has the port, which it says once in its log; another may answer there."""
    with home.log.open("rb") as log:
        return f"Starting development server at {server.url}/".encode() in log.read(65536)
