"""What is known of a project's door: where it listens, and which process it is; one file, for its owner's eyes only."""

from pathlib import Path
from typing import Literal, TypeAlias

from pydantic import ValidationError

from pipeline.private import shut, write_private
from schemas.base import Frozen
from schemas.errors import LabelStudioError

ReachedBy: TypeAlias = Literal["loopback", "lan", "web server"]

LOOPBACK = "127.0.0.1"
EVERYWHERE = "0.0.0.0"  # noqa: S104 - only where --lan asks for it


class Door(Frozen):
    """A door as it was asked for, and its process."""

    port: int
    label_studio: str
    """The address of the server it stands before."""
    project: str
    """The folder it was opened for: another than today's where the project was moved since."""
    reached_by: ReachedBy = "loopback"
    public_url: str | None = None
    """Where people reach it through a web server, without a slash at the end."""
    version: str
    """Of Headrace: a door that an older one started is started again."""
    wanted: bool = True
    """Whether `headrace up` starts it; False once it was closed with --no-door."""
    pid: int | None = None
    """None while it is not known to run."""
    born: str | None = None
    """When the process was started: tells it from another that was given the same id later."""

    @property
    def host(self) -> str:
        """The address it listens at."""
        return EVERYWHERE if self.reached_by == "lan" else LOOPBACK

    @property
    def is_secure(self) -> bool:
        """Whether browsers reach it by TLS."""
        return (self.public_url or "").startswith("https://")

    def addresses(self) -> list[str]:
        """Where people open it, the best first, without a slash at the end."""
        from pipeline.ledger.addresses import of_this_machine

        if self.public_url:
            return [self.public_url]
        names = of_this_machine() if self.reached_by == "lan" else [LOOPBACK]
        return [f"http://{name}:{self.port}" for name in names]


class DoorHome:
    """The folder `.headrace/door` of a project: everything of its door but the ledger."""

    def __init__(self, project: Path) -> None:
        self.project = project.resolve()
        self.folder = self.project / ".headrace" / "door"
        self.file = self.folder / "door.json"
        self.pid = self.folder / "door.pid"
        """The process's id alone, for a supervisor to read."""
        self.log = self.folder / "door.log"
        self.lock = self.folder / "up.lock"

    def make(self) -> None:
        """Make the folder, shut to others and kept out of git."""
        shut(self.folder)

    def read(self) -> Door | None:
        """The door this project has, open or not; None where it never had one."""
        try:
            return Door.model_validate_json(self.file.read_bytes())
        except FileNotFoundError:
            return None
        except ValidationError as error:
            raise LabelStudioError(
                f"{str(self.file)!r}: should be what headrace up wrote, is not; remove it and run headrace up "
                "with --door, --lan or --public-url again: links and sessions are kept elsewhere"
            ) from error

    def write(self, door: Door) -> None:
        """Put the file in place whole, readable by its owner alone."""
        write_private(self.file, door.model_dump_json(indent=2))


def wanted(project: Path) -> Door | None:
    """The door that people of this project come in by, whether it runs at the moment or not; None where they do not."""
    door = DoorHome(project).read()
    return door if door and door.wanted else None
