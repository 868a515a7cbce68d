"""What code makes a task type's rows: by another one they are made again."""

from functools import cache
from hashlib import blake2b
from pathlib import Path

import schemas
import tasks
from tasks import AnyTaskType, _own


def recipe(task_type: AnyTaskType) -> str:
    """64 bits of the files that say which rows it makes: its own, those that such files share, the rows' classes."""
    name = task_type.name
    folder = Path(tasks.__file__).parent
    mine = _own.path_of(name) if name in _own.names() else folder / f"{name}.py"
    return _hash(mine) + _shared(folder) + (_shared(mine.parent) if mine.parent != folder else "")


def _hash(path: Path) -> str:
    return blake2b(path.read_bytes(), digest_size=8).hexdigest()


@cache
def _shared(folder: Path) -> str:
    files = [*sorted(folder.glob("_*.py")), folder / "base.py", Path(schemas.__file__).parent / "rows.py"]
    said = b"".join(path.read_bytes() for path in files if path.is_file())
    return blake2b(said, digest_size=8).hexdigest()
