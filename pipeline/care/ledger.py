"""The door's ledger in backups: who holds what, and the accounts; nobody comes in by what is brought back."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from pipeline.label_studio.copies import copy_sqlite
from pipeline.ledger.keys import Keys
from pipeline.ledger.place import KEY, NAME, LedgerPlace
from pipeline.ledger.standing import lives
from pipeline.ledger.state import DoorHome
from pipeline.store.place import FOLDER
from schemas.errors import BackupError

LEDGER = f"door/{NAME}"
SECRET = f"door/{KEY}"


def copy_ledger(folder: Path, target: Path) -> None:
    """Copy a ledger as it is at one moment, also while people work."""
    copy_sqlite(LedgerPlace(folder).path.resolve(), target)


def key_of(folder: Path) -> Path:
    """The file of the key that choices are made with: the same person is shown the same sides again."""
    return folder / FOLDER / KEY


def must_be_shut(folder: Path) -> None:
    """Raise BackupError where the door is open: it would go on by a ledger that is gone."""
    home = DoorHome(folder)
    door = home.read()
    if door is not None and lives(home, door):
        raise BackupError("door: should be shut while its ledger is restored, is open; run headrace down")


def put_ledger(folder: Path, draft: Path, kept: Path) -> None:
    """Put a ledger in place, or none where there was none; what was there is kept aside.

    Links and sessions in it end: some of them were revoked since, and nobody knows which.
    """
    for path in _files(folder):
        kept.mkdir(parents=True, exist_ok=True, mode=0o700)
        path.rename(kept / path.name)
    if not (draft / LEDGER).exists():
        return
    if (draft / SECRET).exists():
        (draft / SECRET).replace(folder / FOLDER / KEY)
    (draft / LEDGER).replace(folder / FOLDER / NAME)
    with closing(LedgerPlace(folder)) as place:
        Keys(place).revoke_all()


def _files(folder: Path) -> Iterator[Path]:
    """The ledger with its journals, and the key."""
    names = (NAME, f"{NAME}-wal", f"{NAME}-shm", KEY)
    return (path for name in names if (path := folder / FOLDER / name).exists())
