"""What stands in a release's folder."""

from pathlib import Path
from typing import Any

from pyarrow import parquet

from schemas.manifest import DATA, FILE, VOTES, Manifest


def rows(folder: Path, file_set: str = "preference_pair", split: str = "*") -> list[dict[str, Any]]:
    """The rows of a file set, of one split or of all."""
    paths = sorted((folder / DATA / file_set).glob(f"{split}-*.parquet"))
    return [row for path in paths for row in parquet.read_table(path).to_pylist()]


def votes(folder: Path) -> list[dict[str, Any]]:
    """The votes and decisions behind them."""
    found: list[dict[str, Any]] = parquet.read_table(folder / VOTES).to_pylist()
    return found


def manifest(folder: Path) -> Manifest:
    """The manifest."""
    return Manifest.model_validate_json((folder / FILE).read_text(encoding="utf-8"))


def files(folder: Path) -> dict[str, bytes]:
    """All bytes, by path."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }
