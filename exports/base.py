"""The one abstraction of this package: a way to write rows down."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

from schemas.rows import Row


class ExportFormat(ABC):
    """A file format for one split's rows; knows row classes, never task types."""

    name: ClassVar[str]
    suffix: ClassVar[str]

    @abstractmethod
    def write(self, rows: Sequence[Row], row_class: type[Row], path: Path) -> None:
        """Write rows of one class to a file, byte for byte the same each time; no rows make a valid empty file."""

    @abstractmethod
    def read(self, row_class: type[Row], path: Path) -> list[Row]:
        """The rows of a file that `write` made, equal to those it was given."""
