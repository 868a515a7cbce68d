"""How an embedded Label Studio is started, and known to serve.

On SQLite it is Django's own server, on PostgreSQL gunicorn.
"""

import time
from pathlib import Path

from pipeline.label_studio import environment, knock, process
from pipeline.label_studio.environment import Report, last_line
from pipeline.label_studio.state import Home, Server
from pipeline.label_studio.surroundings import credentials, surroundings
from schemas.errors import LabelStudioError

_PATIENCE = 300.0
"""Seconds for a start: some 4 on a quiet machine."""
_SILENCE = 5.0
"""Seconds between two reports that it still goes on."""
_GUNICORN = (
    *("--workers", "2", "--threads", "4"),
    *("--timeout", "300", "--graceful-timeout", "8"),  # less than the patience of `process.stop`
    "--no-control-socket",  # it would lie in the user's home, one for all
    *("--keep-alive", "60"),  # longer than clients keep a connection: none is closed as they use it
)


class PortLost(Exception):  # noqa: N818 - a turn of events, not an error
    """Another program took the port between our look and Label Studio's."""


class Died(LabelStudioError):  # noqa: N818 - a turn of events, which only some must tell
    """The process ended as it was waited for."""


class TokenUnknown(Exception):  # noqa: N818 - a state, not a fault
    """Label Studio runs, and does not know the administrator that we have on file."""


def prepare(home: Home, server: Server, made: Path, report: Report) -> None:
    """Have a database with all tables; in PostgreSQL also the administrator, whom gunicorn does not make."""
    if server.database is None:
        _lay_database(home, environment.template(made))
        return
    log = home.folder / "prepare.log"
    log.touch(mode=0o600)
    environment.run(
        [str(environment.interpreter(made)), "-P", "-m", "label_studio.server", "init", "--quiet"],
        log,
        f"bringing {server.database} up to date, most of a minute the first time",
        report,
        environment=_variables(home, server),
    )


def launch(home: Home, server: Server, made: Path, report: Report) -> Server:
    """Start the process, put it on file, wait until it serves; whatever goes wrong leaves no process behind."""
    home.write(server)
    if home.log.exists():
        home.log.replace(home.log.with_suffix(".log.1"))
    home.log.touch(mode=0o600)
    report(f"starting Label Studio {server.version} at {server.url}")
    pid = process.detach(
        _command(made, home, server),
        environment=_variables(home, server),
        folder=home.data,
        log=home.log,
    )
    born = process.birth(pid)
    try:
        running = server.replace(pid=pid, born=born or "gone at once", data=str(home.data))
        home.write(running)
        home.pid.write_text(f"{pid}\n")
        wait(home, running, report)
    except BaseException:
        if born:
            process.stop(pid, born)
        home.write(server)
        raise
    report(f"Label Studio answers at {server.url}")
    return running


def lives(home: Home, server: Server) -> bool:
    """Whether the process on file is there, is still that one, and is of this project."""
    if server.pid is None or process.birth(server.pid) != server.born:
        return False
    return process.is_of(server.pid, home.data, home.log)


def wait(home: Home, server: Server, report: Report) -> None:
    """Return when the server answers and knows us; raises where it dies, is another's, or is silent too long."""
    began = told = time.monotonic()
    while lives(home, server):
        if (
            _bound(home, server)
            and knock.healthy(server.port)
            and (known := knock.lets_in(server.port, server.token)) is not None
        ):
            if not known:
                raise TokenUnknown
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
    said = last_line(home.log)
    if "port is already in use" in said or "Can't connect to" in said:
        raise PortLost
    raise Died(
        f"Label Studio: should start, died ({said}); see {str(home.log)!r}, then run headrace up again"
    )


def _lay_database(home: Home, template: Path) -> None:
    if home.database.exists():
        return
    part = home.database.with_suffix(".part")
    part.write_bytes(template.read_bytes())
    part.chmod(0o600)
    part.rename(home.database)


def _variables(home: Home, server: Server) -> dict[str, str]:
    told = surroundings(home.data, server.database, server.public_url)
    return {**told, **credentials(server.username, server.password, server.token)}


def _command(made: Path, home: Home, server: Server) -> list[str]:
    module = [str(environment.interpreter(made)), "-P", "-m"]
    if server.database is None:  # --debug only keeps it from moving to another port on its own
        start = [
            *module,
            "label_studio.server",
            "start",
            "--no-browser",
            "--debug",
            "--data-dir",
            str(home.data),
        ]
        return [*start, "--internal-host", knock.HOST, "--port", str(server.port)]
    place = ["--pythonpath", str(environment.package(made)), "--bind", f"{knock.HOST}:{server.port}"]
    settings = ["--env", "DJANGO_SETTINGS_MODULE=core.settings.label_studio"]
    return [*module, "gunicorn", *_GUNICORN, *place, *settings, "core.wsgi:application"]


def _bound(home: Home, server: Server) -> bool:
    """Whether it is our process that has the port, which it says once in its log; another may answer there."""
    said = (
        f"Listening at: {server.url} " if server.database else f"Starting development server at {server.url}/"
    )
    with home.log.open("rb") as log:
        return said.encode() in log.read(65536)
