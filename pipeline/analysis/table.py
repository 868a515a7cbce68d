"""The labels table as a file: Parquet or CSV, columns as in docs/reference/analyse.md."""

from collections.abc import Iterable
from pathlib import Path

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet

from pipeline.analysis.labels import LabelRow
from schemas.errors import UsageError

SCHEMA = pa.schema(
    [
        ("item", pa.string()),
        ("annotator", pa.string()),
        ("label", pa.string()),
        ("ts", pa.timestamp("us", tz="UTC")),
        ("cell", pa.string()),
        ("gold", pa.string()),
        ("dimension", pa.string()),
        ("lead_seconds", pa.float64()),
    ]
)
SUFFIXES = (".parquet", ".csv")


def check(path: Path) -> None:
    """UsageError unless the name ends as one of the formats does."""
    if path.suffix.lower() not in SUFFIXES:
        raise UsageError(
            f"--out: a name in .parquet or .csv was expected, is {path.name!r}; give it one of these"
        )


def write(rows: Iterable[LabelRow], path: Path) -> None:
    """Write the table; `cell` and `gold` are empty, since an export knows neither."""
    kept = list(rows)
    columns = {name: [getattr(row, name, None) for row in kept] for name in SCHEMA.names}
    table = pa.table(columns, schema=SCHEMA)
    with path.open("wb") as file:
        if path.suffix.lower() == ".csv":
            pa.csv.write_csv(table, file)
        else:
            pa.parquet.write_table(table, file)
