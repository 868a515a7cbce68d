"""What is known of a project's embedded server: one file, for its owner's eyes only."""

import secrets
from pathlib import Path

from pydantic import Field, ValidationError

from pipeline.label_studio.database import Database
from pipeline.label_studio.environment import DATABASE, VERSION
from pipeline.private import shut, write_private
from schemas.base import Frozen
from schemas.errors import LabelStudioError


class Server(Frozen):
    """An embedded server: where it is, which process it is, and how its administrator gets in."""

    port: int
    username: str
    password: str = Field(repr=False)
    token: str = Field(repr=False)
    version: str = VERSION
    pid: int | None = None
    """None while it is not known to run."""
    born: str | None = None
    """When the process was started: tells it from another that was given the same id later."""
    data: str | None = None
    """The data folder that the process was started on: another than today's where the project was moved since."""
    database: Database | None = None
    """None for SQLite, in the data folder."""
    public_url: str | None = None
    """Where people open it through a web server, without a slash at the end; None where they use `url`."""

    @property
    def address(self) -> str:
        """Where people open it in a browser, without a slash at the end."""
        return self.public_url or self.url

    @property
    def url(self) -> str:
        """Where it listens, without a slash at the end."""
        return f"http://127.0.0.1:{self.port}"


class Home:
    """The folder `.headrace/label-studio` of a project: everything of its embedded server."""

    def __init__(self, project: Path) -> None:
        self.folder = (project / ".headrace" / "label-studio").resolve()
        self.file = self.folder / "server.json"
        self.pid = self.folder / "server.pid"
        """The process's id alone, for a supervisor to read."""
        self.log = self.folder / "server.log"
        self.lock = self.folder / "up.lock"
        self.data = self.folder / "data"
        self.database = self.data / DATABASE

    def make(self) -> None:
        """Make the folder, shut to others and kept out of git."""
        shut(self.folder)
        self.data.mkdir(exist_ok=True)
        self.data.chmod(0o700)

    def read(self) -> Server | None:
        """The server this project has, running or not; None where it never had one."""
        try:
            return Server.model_validate_json(self.file.read_bytes())
        except FileNotFoundError:
            return None
        except ValidationError as error:
            raise LabelStudioError(
                f"{str(self.file)!r}: should be what headrace up wrote, is not; "
                "remove it and run headrace up, which makes a new administrator and keeps all annotations"
            ) from error

    def write(self, server: Server) -> None:
        """Put the file in place whole, readable by its owner alone."""
        write_private(self.file, server.model_dump_json(indent=2))

    def new_server(self, port: int, database: Database | None = None) -> Server:
        """A server with fresh random credentials.

        Where the database may have its accounts the administrator gets a name of their own: Label Studio gives
        no new password or token to a name that it knows.
        """
        mark = f"-{secrets.token_hex(3)}" if database or self.database.exists() else ""
        return Server(
            port=port,
            username=f"admin{mark}@headrace.localhost",
            password=secrets.token_urlsafe(18),
            token=secrets.token_hex(20),
            database=database,
        )
