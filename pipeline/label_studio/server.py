"""The embedded Label Studio of a project folder: up, down, how it is, and how to reach it.

Everything of it lies in `.headrace/label-studio` of the project, but for a PostgreSQL database where one is named.
It listens on 127.0.0.1 alone.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pipeline.label_studio import database as databases
from pipeline.label_studio import environment, knock, outside, process, starting
from pipeline.label_studio.database import Database
from pipeline.label_studio.environment import Report
from pipeline.label_studio.starting import lives
from pipeline.label_studio.state import Home, Server
from schemas.base import Frozen
from schemas.errors import LabelStudioError, LabelStudioUnreachable

__all__ = ["Server", "ServerStatus", "Wishes", "connection", "down", "people_on_sqlite", "status", "up"]

_FIRST_PORT = 8080
_PORTS_TRIED = 100


class ServerStatus(Frozen):
    """How Label Studio is, as `headrace status` shows it."""

    url: str | None
    """None where the project never had a server and none is named."""
    public_url: str | None = None
    """Where people open it through a web server; None where they use `url`."""
    version: str | None
    running: bool
    pid: int | None
    """None for a server that is not ours, or does not run."""


class Wishes(Frozen):
    """How a server is asked to be; what is None stays as it was."""

    port: int | None = None
    database: Database | None = None
    public_url: str | None = None

    def fulfilled_by(self, server: Server) -> bool:
        """Whether a running server may go on as it is; for another port alone it is not stopped."""
        return self.database in (None, server.database) and self.public_url in (None, server.public_url)


def up(
    folder: Path,
    *,
    port: int | None = None,
    database: Database | None = None,
    public_url: str | None = None,
    report: Report = lambda _: None,
) -> Server:
    """Have the project's Label Studio run, and give what is needed to speak to it.

    Starts it where it does not run, on `port`, else on the port it had, else on the first free one from 8080 on; on
    the PostgreSQL `database`, else on what it had, else on SQLite. Safe to call at any time, and twice at once.
    Raises LabelStudioError, also where the move to another database would leave projects behind.
    """
    home = Home(folder)
    with _usable(home):
        home.make()
        with environment.alone(home.lock, report, "is starting this project's Label Studio"):
            server = home.read()
            wishes = Wishes(port=port, database=_with_password(database, server), public_url=public_url)
            if server and lives(home, server):
                if server.data in (None, str(home.data)):
                    return _join(home, server, wishes, report)
                report("the project was moved while its Label Studio ran: starting it again")
                down(folder)
            return _start(home, server, wishes, report)


def down(folder: Path) -> bool:
    """Stop the project's Label Studio; False where it did not run."""
    home = Home(folder)
    server = home.read()
    if server is None or server.pid is None or server.born is None:
        return False
    stopped = lives(home, server) and process.stop(server.pid, server.born)
    if stopped:
        process.end_group(
            server.pid, home.data, home.log
        )  # a worker may outlive a master that had to be killed
    home.write(server.replace(pid=None, born=None))
    home.pid.unlink(missing_ok=True)
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
    alive = lives(home, server)
    running = alive and knock.healthy(server.port)
    return ServerStatus(
        url=server.url,
        version=server.version,
        running=running,
        pid=server.pid if alive else None,
        public_url=server.public_url,
    )


def credentials_file(folder: Path) -> Path:
    """The file, readable by its owner alone, that holds the administrator's password and token."""
    return Home(folder).file


def people_on_sqlite(folder: Path) -> int:
    """How many accounts people have in the project's Label Studio on SQLite; 0 where it is on PostgreSQL."""
    home = Home(folder)
    server = home.read()
    return databases.people_in(home.database) if server and server.database is None else 0


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
    if not lives(home, server):
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


def _with_password(database: Database | None, known: Server | None) -> Database | None:
    """The database asked for; its password may be one that was told before."""
    if database is None or database.password is not None or known is None or known.database is None:
        return database
    same = database == known.database.replace(password=None)
    return known.database if same else database


def _join(home: Home, server: Server, wishes: Wishes, report: Report) -> Server:
    """Take a server that runs already, or is still on its way from an earlier `up`."""
    if not wishes.fulfilled_by(server):
        raise LabelStudioError(
            f"Label Studio: should run as asked, runs otherwise at {server.url} "
            f"(on {server.database or 'SQLite'}); run headrace down, then headrace up with the options again"
        )
    if wishes.port not in (None, server.port):
        report(
            f"Label Studio runs already, at {server.url}; "
            f"to move it: headrace down, headrace up --port {wishes.port}"
        )
    elif knock.healthy(server.port):
        report(f"Label Studio runs already, at {server.url}")
    try:
        starting.wait(home, server, report)
    except starting.TokenUnknown:
        down(home.folder.parents[1])
        return _start(home, server, wishes, report)
    except starting.Died:  # it was dying as we met it, as after a kill
        return _start(home, server, wishes, report)
    except starting.PortLost as lost:
        raise LabelStudioError(
            f"Label Studio: should have port {server.port}, lost it; run headrace up again"
        ) from lost
    return server


def _start(home: Home, known: Server | None, wishes: Wishes, report: Report) -> Server:
    """Start a server, with the credentials on file where there are any."""
    made = environment.ready(report)
    if known and known.pid and known.born:
        process.gone(known.pid, known.born, 5)  # it may be dying, its port still held
        process.end_group(known.pid, home.data, home.log)
    database = wishes.database or (known.database if known else None)
    if database is not None:
        _may_use(home, database, known, environment.interpreter(made))
    server = known or home.new_server(wishes.port or _FIRST_PORT, database)
    server = server.replace(
        version=environment.VERSION,
        database=database,
        public_url=wishes.public_url or server.public_url,
        pid=None,
        born=None,
    )
    for _ in range(5):
        server = server.replace(port=_port(server.port, wishes.port, report))
        home.write(server)  # before anybody is made by this name
        starting.prepare(home, server, made, report)
        try:
            return starting.launch(home, server, made, report)
        except starting.PortLost:
            continue
        except starting.TokenUnknown:
            report("Label Studio does not know our administrator any more: making another one")
            server = home.new_server(server.port, database).replace(public_url=server.public_url)
    raise LabelStudioError(
        f"Label Studio: should start, lost its port or its administrator five times; see {str(home.log)!r}"
    )


def _may_use(home: Home, database: Database, known: Server | None, python: Path) -> None:
    """Refuse a database that cannot be used, and one that would leave this project's tasks behind elsewhere."""
    found = databases.look(python, database)
    former = known.database if known else None
    if former is None:
        left = databases.projects_in(home.database)
    elif former.is_at(database) or (known and known.username in found.accounts):  # the same, or a copy of it
        left = 0
    else:
        left = databases.look(python, former).projects
    if left:
        raise LabelStudioError(
            f"database {database}: this project's Label Studio should stay where its work is, "
            f"{former or 'SQLite'} holds {left} projects; finish there and run headrace up without --database, "
            "or begin a new project folder with it"
        )


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
