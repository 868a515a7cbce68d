"""A million records from JSONL to screened shards, killed on the way: `million.py [--records N] [--folder DIR]`.

Killed while it reads, while it looks at records, and while it lets them go on.

What is planted among them is known row by row, so that every count can be held against the truth: each row is read
once, each record is screened once, nothing is lost and nothing stands there twice. Exits 1 where a promise is missed.
"""

import argparse
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from benchmarks.measuring import gate_project
from benchmarks.measuring.gate_truth import Verdicts, verdicts
from benchmarks.measuring.planted import Kind
from benchmarks.measuring.watched import Seen, headrace

MOST_MB = 2048
WORKERS = 2


def killed_and_ended(folder: Path, stage: str, *half_ways: "HalfWay") -> list[Seen]:
    """Run a stage, kill it each time it is half way with something, and run it to its end."""
    seen = []
    for half_way in half_ways:
        seen.append(headrace(folder, stage, until=half_way))
        if seen[-1].said is not None:
            raise AssertionError(
                f"{stage}: should have been killed half way, had ended before; take more records"
            )
        print(f"{stage:<7} killed after {seen[-1].seconds:6.1f} s, {half_way.told()}", flush=True)
    seen.append(headrace(folder, stage))
    print(f"{stage:<7} ended  after {seen[-1].seconds:6.1f} s, {seen[-1].said}", flush=True)
    return seen


class HalfWay:
    """Whether enough files of a kind are there, looked at now and then."""

    def __init__(self, folder: Path, pattern: str, files: int) -> None:
        self._folder, self._pattern, self._files = folder, pattern, files

    def __call__(self) -> bool:
        return self._there() >= self._files

    def _there(self) -> int:
        return sum(1 for _ in self._folder.glob(self._pattern))

    def told(self) -> str:
        """How far it was."""
        return f"{self._there()} files {self._pattern} there"


def holds(kinds: Counter[Kind], found: Verdicts, most_mb: float) -> bool:
    """Whether every count is as it has to be; prints what is and what should be."""
    records = sum(kinds.values()) - kinds["malformed"] - kinds["again"]
    sums = {
        "rows read": (found.read, sum(kinds.values())),
        "records": (found.records, records),
        "known already": (found.known, kinds["again"]),
        "malformed": (found.malformed, kinds["malformed"]),
        "screened": (found.screened, records),
        "screened twice": (found.twice, 0),
        "admitted and rejected": (found.admitted + found.rejected, records),
        "records in the store": (found.in_store, found.admitted),
        "rejects of the screens": (found.rejects, found.rejected),
        "copies found": (found.by_kind["copy"], kinds["copy"]),
        "leaks found": (found.by_kind["leak"], kinds["leak"]),
        "clean ones stopped": (found.by_kind["clean"], 0),
    }
    for name, (is_, should) in sums.items():
        print(f"  {name:<24}{is_:>10,}{'' if is_ == should else f'   SHOULD BE {should:,}'}")
    recall = found.by_kind["near copy"] / max(1, kinds["near copy"])
    masked = found.masked / max(1, kinds["address"] + kinds["key"])
    print(
        f"  near copies found {recall:.4f} (at least 0.99), addresses and keys masked {masked:.4f} (at least 0.95)"
    )
    print(f"  at most {most_mb:,.0f} MB (at most {MOST_MB:,})", flush=True)
    return (
        all(is_ == should for is_, should in sums.values())
        and recall >= 0.99
        and masked >= 0.95
        and most_mb <= MOST_MB
    )


def run(folder: Path, count: int) -> bool:
    """The whole of it in a folder; whether all promises hold."""
    began = time.monotonic()
    kinds = gate_project.write(folder, count, workers=WORKERS)
    size = (folder / gate_project.ROWS).stat().st_size / 1e6
    print(
        f"{count:,} rows of {size:,.0f} MB written in {time.monotonic() - began:.0f} s: {dict(kinds)}",
        flush=True,
    )
    began = time.monotonic()
    shards = count // 50_000 // 2
    seen = killed_and_ended(folder, "ingest", HalfWay(folder, "corpus/records/*/*.parquet", max(1, shards)))
    seen += killed_and_ended(
        folder,
        "screen",
        HalfWay(folder, "corpus/screening/*/found/*/*.parquet", max(1, shards)),
        HalfWay(folder, "corpus/sketches/**/*.parquet", max(1, shards)),
    )
    seconds = time.monotonic() - began
    print(f"{seconds:.0f} s for all of it with all kills: {count / seconds:,.0f} rows a second", flush=True)
    again = [headrace(folder, stage).said for stage in ("ingest", "screen")]
    idle = all(said is not None and said["done"] == 0 for said in again)
    print(f"once more: {again}", flush=True)
    return holds(kinds, verdicts(folder, count), max(one.megabytes for one in seen)) and idle


def main() -> int:
    """Measure and print; 1 where a promise is missed."""
    arguments = argparse.ArgumentParser(description=str(__doc__).splitlines()[0])
    arguments.add_argument("--records", type=int, default=1_000_000, help="rows of the file")
    arguments.add_argument("--folder", type=Path, default=None, help="where, if it is to stay")
    given = arguments.parse_args()
    if given.folder is not None:
        return 0 if run(given.folder, given.records) else 1
    with tempfile.TemporaryDirectory(prefix="million-") as place:
        return 0 if run(Path(place) / "project", given.records) else 1


if __name__ == "__main__":
    sys.exit(main())
