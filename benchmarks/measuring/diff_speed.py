"""How long the difference between two large releases takes: `python -m benchmarks.measuring.diff_speed [ROWS]`.

Of the rows of the first, one in twenty says something else in the second, one in fifty went, and as many came; one in
ten stands in another split than the rest. The difference is worked out in a process of its own.
"""

import argparse
import hashlib
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from pipeline.released import columns
from pipeline.released.differing import difference
from pipeline.released.opened import Opened
from schemas.rows import PreferenceRow

ROWS = 1_000_000
MOST = 30.0
"""Seconds."""
SET = "preference_pair"
SCHEMA = columns.schema(PreferenceRow, conversational=False)
GROUP = 50_000
WORDS = "the pump fills a tank of ninety litres in six minutes while a hole empties a third of it, so how long does it "
Numbers = npt.NDArray[np.int64]


def main() -> None:
    """Make two releases, and time what makes the second another one."""
    parser = argparse.ArgumentParser(description="How long the difference between two large releases takes.")
    parser.add_argument("rows", nargs="?", type=int, default=ROWS)
    parser.add_argument("--of", nargs=2, type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.of:
        _tell_parent(*given.of)
        return
    with tempfile.TemporaryDirectory() as folder:
        places = two(Path(folder), given.rows)
        words = [sys.executable, "-m", "benchmarks.measuring.diff_speed", "--of", *map(str, places)]
        done = subprocess.run(words, check=True, stdout=subprocess.PIPE, text=True)
    told = json.loads(done.stdout)
    print(
        f"{given.rows:,} rows each: {told['seconds']:.1f} s, {told['cpu']:.1f} s CPU, {told['megabytes']:.0f} MB"
    )
    print({name: told[name] for name in ("added", "removed", "changed", "same")})
    if told["seconds"] > MOST:
        sys.exit(1)


def _tell_parent(a: Path, b: Path) -> None:
    begin, cpu = time.perf_counter(), time.process_time()
    with difference(Opened(a), Opened(b)) as found:
        rows = sum(batch.num_rows for batch in found.rows())
        told = {**found.all.to_json(), "same": found.same}
    assert rows == sum(told[name] for name in ("added", "removed", "changed", "moved", "behind"))
    took = {"seconds": time.perf_counter() - begin, "cpu": time.process_time() - cpu}
    print(
        json.dumps({**told, **took, "megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024})
    )


def two(folder: Path, rows: int) -> tuple[Path, Path]:
    """Two releases of about so many rows."""
    chance = np.random.default_rng(1).random(rows)
    every = np.arange(rows)
    left = every[chance >= 1 / 50]
    after = np.concatenate([left, np.arange(rows, rows + rows // 50)])
    changed = set(every[(chance >= 1 / 50) & (chance < 1 / 50 + 1 / 20)].tolist())
    return _release(folder / "a", every, set(), "0.1.0"), _release(folder / "b", after, changed, "1.0.0")


def _release(folder: Path, numbers: Numbers, changed: set[int], version: str) -> Path:
    """A release of these rows, written as `headrace release` does it."""
    ids = [
        hashlib.md5(str(number).encode(), usedforsecurity=False).hexdigest() for number in numbers.tolist()
    ]
    order = np.argsort(np.array(ids))
    files = []
    for split, mine in (("test", numbers[order] % 10 == 0), ("train", numbers[order] % 10 != 0)):
        path = f"data/{SET}/{split}-00000-of-00001.parquet"
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        places = order[mine]
        with pq.ParquetWriter(folder / path, SCHEMA, compression="zstd") as writer:
            for begin in range(0, len(places), GROUP):
                some = places[begin : begin + GROUP]
                writer.write_table(_rows(numbers[some], [ids[place] for place in some.tolist()], changed))
        files.append(
            {"path": path, "set": SET, "split": split, "rows": len(places), "bytes": 0, "sha256": ""}
        )
    (folder / "manifest.json").write_text(json.dumps(_manifest(version, files, len(numbers))))
    return folder


def _rows(numbers: Numbers, ids: list[str], changed: set[int]) -> pa.Table:
    count, ids_ = len(ids), pa.array(ids)
    other = pa.array([number in changed for number in numbers.tolist()])
    text = pc.binary_join_element_wise(pa.scalar(WORDS * 3), ids_, " ")
    sources = pa.StructArray.from_arrays(
        [
            pc.binary_join_element_wise("record", ids_, "-"),
            *(pa.repeat(said, count) for said in ("problems.jsonl", "main", "train", "v1")),
            pa.array(numbers).cast(pa.string()),
            pa.repeat("MIT", count),
        ],
        fields=list(columns.SOURCE),
    )
    values = {
        "row_id": ids_,
        "prompt": text,
        "chosen": pc.if_else(other, pc.binary_join_element_wise(text, "no", ""), text),
        "rejected": text,
        "margin": pa.repeat(1.0, count),
        "simulated": pa.repeat(pa.scalar(value=False), count),
        "decided_by": pa.repeat("people", count),
        "votes": pc.add(pa.repeat(pa.scalar(2, pa.int32()), count), other.cast(pa.int32())),
        "method": pa.repeat("unanimous", count),
        "task_id": pc.binary_replace_slice(ids_, 0, 4, "task"),
        "task_type": pa.repeat(SET, count),
        "cell": pc.if_else(pa.array(numbers % 3 == 0), "zh/preference_pair", "en/preference_pair"),
        "attempt": pa.repeat(pa.scalar(1, pa.int32()), count),
        "votes_id": pc.if_else(other, pc.binary_replace_slice(ids_, 0, 4, "more"), ids_),
        "prompt_id": ids_,
        "sources": pa.ListArray.from_arrays(pa.array(range(count + 1), pa.int32()), sources),
        "row_hash": pc.if_else(other, pc.binary_replace_slice(ids_, 0, 4, "else"), ids_),
    }
    return pa.table([values.get(field.name, pa.nulls(count, field.type)) for field in SCHEMA], SCHEMA)


def _manifest(version: str, files: list[dict[str, object]], rows: int) -> dict[str, object]:
    counts = (
        "annotators",
        "simulated_annotators",
        "simulated_labels",
        "decisions",
        "adjudicators",
        "simulated_decisions",
    )
    splits = {str(file["split"]): file["rows"] for file in files}
    return {
        "name": "large",
        "version": version,
        "content": version,
        "digest": version,
        "simulated": False,
        "counts": dict.fromkeys(("records", "tasks", "rows", "labels"), rows) | dict.fromkeys(counts, 0),
        "splits": splits,
        "sets": [{"name": SET, "row_class": "PreferenceRow", "task_type": SET, "splits": splits}],
        "task_types": [],
        "sources": [],
        "files": files,
    }


if __name__ == "__main__":
    main()
