"""Files and folders for their owner's eyes only: shut from the first byte on, and whole or not there at all."""

import os
from pathlib import Path


def shut(folder: Path) -> None:
    """Make a folder of a project, with those above it, that others cannot look into and git does not keep."""
    folder.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    folder.mkdir(exist_ok=True)
    folder.chmod(0o700)
    (folder / ".gitignore").write_text("*\n")


def write_private(path: Path, content: str | bytes) -> None:
    """Put a file in place whole and on disk, readable by its owner alone; what stood there before is replaced."""
    part = path.with_suffix(".part")
    part.unlink(missing_ok=True)
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content.encode() if isinstance(content, str) else content)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)
