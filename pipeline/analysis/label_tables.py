"""A labels table analysed: each dimension by itself, and each item's label as a file."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet

from pipeline.analysis.findings import Findings
from pipeline.analysis.label_file import read_labels
from pipeline.analysis.label_quality import Quality, quality_of
from pipeline.quality.choosing import Kind

SCHEMA = pa.schema(
    [
        ("item", pa.string()),
        ("label", pa.string()),
        ("posterior", pa.float64()),
        ("method", pa.string()),
        ("votes", pa.int64()),
    ]
)


@dataclass(frozen=True)
class TableAnalysis:
    """What is said of one labels table."""

    name: str
    kind: Kind
    qualities: tuple[Quality, ...]
    """One a dimension, by name; a table without dimensions is one without a name."""
    findings: Findings

    @property
    def main(self) -> Quality:
        """The dimension with most votes."""
        return max(self.qualities, key=lambda one: one.labeled.votes.n)

    def to_json(self) -> dict[str, Any]:
        """What --json prints: the dimension with most votes, and all of them where there are several."""
        several = {one.labeled.dimension: one.to_json() for one in self.qualities}
        return {
            "name": self.name,
            "kind": self.kind,
            "dimension": self.main.labeled.dimension or None,
            **several[self.main.labeled.dimension],
            "dimensions": several if len(several) > 1 else {},
            "findings": self.findings.to_json(),
        }


def analysed(path: Path, gold: Path | None, kind: Kind) -> TableAnalysis:
    """What a labels table tells; SourceError or UsageError where it cannot be analysed so."""
    findings = Findings()
    read = read_labels(path, gold, kind, findings)
    return TableAnalysis(path.name, kind, tuple(quality_of(one, kind) for one in read), findings)


def write(found: TableAnalysis, path: Path) -> int:
    """Write each item's label; with several dimensions there is a column `dimension` too. How many rows."""
    rows = [(one.labeled.dimension, *row) for one in found.qualities for row in one.rows()]
    columns: list[list[Any]] = [list(column) for column in zip(*rows, strict=True)]
    table = pa.table(columns[1:], schema=SCHEMA)
    if len(found.qualities) > 1:
        table = table.append_column("dimension", pa.array(columns[0], pa.string()))
    with path.open("wb") as file:
        if path.suffix.lower() == ".csv":
            pa.csv.write_csv(table, file)
        else:
            pa.parquet.write_table(table, file)
    return len(rows)
