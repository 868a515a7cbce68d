"""JSON lines: one row a line, UTF-8, keys in the order of the row's class."""

from collections.abc import Sequence
from pathlib import Path

from exports.base import ExportFormat
from schemas.rows import Row


class Jsonl(ExportFormat):
    """One row a line."""

    name = "jsonl"
    suffix = ".jsonl"

    def write(self, rows: Sequence[Row], row_class: type[Row], path: Path) -> None:
        del row_class
        with path.open("w", encoding="utf-8", newline="\n") as file:
            file.writelines(f"{row.model_dump_json(ensure_ascii=False)}\n" for row in rows)

    def read(self, row_class: type[Row], path: Path) -> list[Row]:
        with path.open(encoding="utf-8", newline="\n") as file:
            return [row_class.model_validate_json(line) for line in file]


export_format = Jsonl()
