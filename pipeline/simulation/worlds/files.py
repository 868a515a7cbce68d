"""A made-up log and its team as the files that a stranger would hand over."""

import json
from pathlib import Path
from typing import TYPE_CHECKING

from schemas.team import Team

if TYPE_CHECKING:
    import pyarrow as pa


def write_log(table: "pa.Table", path: Path) -> None:
    """Parquet, or JSON lines where the file's name ends in .jsonl: times as texts in UTC, nulls left out."""
    if path.suffix != ".jsonl":
        import pyarrow.parquet as pq

        pq.write_table(table, path)
        return
    with path.open("w", encoding="utf-8") as file:
        for row in table.to_pylist():
            row["ts"] = row["ts"].isoformat().replace("+00:00", "Z")
            file.write(json.dumps({key: value for key, value in row.items() if value is not None}) + "\n")


def write_team(team: Team, path: Path) -> None:
    """JSON, as read_team takes it."""
    path.write_text(team.model_dump_json(indent=2, by_alias=True, exclude_defaults=True), encoding="utf-8")
