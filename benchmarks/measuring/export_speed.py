"""How fast a release becomes each format, and what memory that takes: one process a format, rows of one class each."""

import argparse
import hashlib
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from exports import export_formats
from pipeline.exporting.making import Wanted, export
from pipeline.released import columns
from pipeline.released.opened import Opened
from schemas import rows as row_module

LEAST = 100_000
"""Rows a second."""
BATCH, FILE = 50_000, 500_000
WORDS = "the pump fills a tank of ninety litres in six minutes while a hole empties a third of it, so how long does it "
COUNTS = (
    *("records", "tasks", "rows", "labels", "annotators", "simulated_annotators", "simulated_labels"),
    *("decisions", "adjudicators", "simulated_decisions"),
)


@dataclass(frozen=True)
class Speed:
    """What was seen of one format."""

    format: str
    row_class: str
    rows: int
    seconds: float
    cpu: float
    """Seconds of processor, of all its threads."""
    megabytes: float
    """The most memory of its process."""

    @property
    def per_second(self) -> float:
        """Rows of the release a second."""
        return self.rows / self.seconds


def speeds(rows: int, place: Path, formats: Sequence[str] = ()) -> Iterator[Speed]:
    """Each format with each class that it is made of; the release is written first, outside of the measure."""
    for name in formats or export_formats():
        made = export_formats()[name]
        classes = [kind.__name__ for kind in made.accepts if kind.__name__ in _TABLES] or ["PreferenceRow"]
        for row_class in classes:
            folder = place / row_class
            if not folder.exists():
                write_release(folder, row_class, rows)
            yield _watched(folder, name, row_class, rows)


def write_release(folder: Path, row_class: str, rows: int) -> None:
    """A release of one file set with rows of a class, all different."""
    schema = columns.schema(getattr(row_module, row_class), conversational=False)
    count = -(-rows // FILE)
    files = []
    for number in range(count):
        path = folder / "data" / "set" / f"train-{number:05}-of-{count:05}.parquet"
        path.parent.mkdir(parents=True, exist_ok=True)
        start, end = number * FILE, min(rows, (number + 1) * FILE)
        with pq.ParquetWriter(path, schema, compression="zstd") as writer:
            for at in range(start, end, BATCH):
                writer.write_table(_table(row_class, schema, at, min(BATCH, end - at)))
        files.append(_entry(folder, path, end - start))
    described = {"name": "set", "row_class": row_class, "task_type": "made", "splits": {"train": rows}}
    manifest = {
        "name": "made",
        "version": "1.0.0",
        "content": "0" * 32,
        "digest": "0" * 32,
        "simulated": True,
        "counts": dict.fromkeys(COUNTS, 0),
        "splits": {"train": rows},
        "sets": [described],
        "task_types": [],
        "sources": [],
        "files": files,
    }
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")


def _entry(folder: Path, path: Path, rows: int) -> dict[str, object]:
    with path.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    name = path.relative_to(folder).as_posix()
    return {
        "path": name,
        "set": "set",
        "split": "train",
        "rows": rows,
        "bytes": path.stat().st_size,
        "sha256": digest,
    }


def _table(row_class: str, schema: pa.Schema, start: int, count: int) -> pa.Table:
    numbers = pa.array(range(start, start + count)).cast(pa.string())
    made = {**_beside(numbers), **_TABLES[row_class](numbers)}
    return pa.table([made.get(field.name, pa.nulls(count, field.type)) for field in schema], schema=schema)


def _text(numbers: pa.Array, times: int = 3) -> pa.Array:
    """Texts of some hundred letters, no two the same, with what JSON must escape."""
    return pc.binary_join_element_wise("Problem ", numbers, ':\n "' + WORDS * times, '"?', "")


def _beside(numbers: pa.Array) -> dict[str, pa.Array]:
    count = len(numbers)
    source = pa.repeat(pa.scalar({"record_id": "0" * 32, "dataset": "made"}, columns.SOURCE), count)
    ids = pc.utf8_lpad(numbers, 32, "0")
    return {
        "row_id": ids,
        "prompt_id": ids,
        "task_id": ids,
        "simulated": pa.repeat(pa.scalar(value=True), count),
        "votes": pa.repeat(pa.scalar(2, pa.int32()), count),
        "cell": pa.repeat("en/made", count),
        "sources": _lists(source, 1),
    }


def _lists(values: pa.Array, each: int) -> pa.Array:
    return pa.ListArray.from_arrays(pa.array(range(0, len(values) + 1, each), pa.int32()), values)


def _steps(numbers: pa.Array, each: int) -> pa.Array:
    return _lists(
        _text(pc.take(numbers, pa.array([n for n in range(len(numbers)) for _ in range(each)])), 1), each
    )


def _pairs(numbers: pa.Array) -> dict[str, pa.Array]:
    margin = pa.repeat(2.0, len(numbers))
    return {"prompt": _text(numbers), "chosen": _text(numbers), "rejected": _text(numbers), "margin": margin}


def _stepwise(numbers: pa.Array) -> dict[str, pa.Array]:
    count = len(numbers)
    return {
        "prompt": _text(numbers),
        "completions": _steps(numbers, 4),
        "labels": _lists(pa.array([True, True, True, False] * count), 4),
        "ratings": _lists(pa.array([1, 0, 1, -1] * count), 4),
        "rest": _steps(numbers, 1),
    }


def _answered(numbers: pa.Array) -> dict[str, pa.Array]:
    return {
        "prompt": _text(numbers),
        "completion": pc.binary_join_element_wise(_text(numbers), numbers, "\n#### "),
    }


def _judged(numbers: pa.Array) -> dict[str, pa.Array]:
    return {**_answered(numbers), "label": pc.equal(pc.utf8_slice_codeunits(numbers, -1), "1")}


def _criticised(numbers: pa.Array) -> dict[str, pa.Array]:
    return {**_answered(numbers), "critique": _text(numbers, 1)}


def _tested(numbers: pa.Array) -> dict[str, pa.Array]:
    count = len(numbers)
    given = pa.StructArray.from_arrays(
        [pa.repeat('[[1, 2, 3], "a"]', 3 * count), pa.repeat("[3, 2, 1]", 3 * count)], ["input", "output"]
    )
    return {
        "prompt": _text(numbers),
        "tests": _lists(given, 3),
        "assertions": _lists(pa.repeat("assert candidate([1, 2]) == [2, 1]", count), 1),
        "entry_point": pa.repeat("turned", count),
    }


def _reviewed(numbers: pa.Array) -> dict[str, pa.Array]:
    fields = row_module.Prm800kRow.model_fields
    question = {"problem": WORDS * 3, "pre_generated_steps": [WORDS] * 4}
    step = {"completions": [{"text": WORDS, "rating": 1}], "chosen_completion": 0}
    label = {"steps": [step] * 4, "finish_reason": "solution"}
    kinds = {field.name: field.type for field in columns.own(row_module.Prm800kRow, conversational=False)}
    assert {"question", "label"} <= set(fields)
    return {
        "question": pa.repeat(pa.scalar(question, kinds["question"]), len(numbers)),
        "label": pa.repeat(pa.scalar(label, kinds["label"]), len(numbers)),
    }


_TABLES: dict[str, Callable[[pa.Array], dict[str, pa.Array]]] = {
    "PreferenceRow": _pairs,
    "StepwiseRow": _stepwise,
    "PromptCompletionRow": _answered,
    "UnpairedRow": _judged,
    "CritiqueRow": _criticised,
    "VerifiablePromptRow": _tested,
    "Prm800kRow": _reviewed,
}


def _watched(folder: Path, name: str, row_class: str, rows: int) -> Speed:
    command = [
        sys.executable,
        "-m",
        "benchmarks.measuring.export_speed",
        "--one",
        name,
        "--release",
        str(folder),
    ]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, cwd=Path(__file__).parents[2])
    return Speed(name, row_class, rows, *json.loads(done.stdout))


def _one(name: str, folder: Path) -> None:
    release = Opened(folder)
    with tempfile.TemporaryDirectory(dir=folder.parent) as out:
        began, used = time.monotonic(), time.process_time()
        export(release, Wanted(name), Path(out) / name)
        took = time.monotonic() - began, time.process_time() - used
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    sys.stdout.write(json.dumps([*took, most]))


def main() -> int:
    """Print rows a second and megabytes of each; 1 where one is too slow."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--rows", type=int, default=1_000_000)
    asked.add_argument("--format", action="append", default=[], choices=list(export_formats()))
    asked.add_argument("--one", help="a format: export --release once and say how long it took")
    asked.add_argument("--release", type=Path)
    given = asked.parse_args()
    if given.one:
        _one(given.one, given.release)
        return 0
    slow = 0
    with tempfile.TemporaryDirectory() as place:
        for found in speeds(given.rows, Path(place), given.format):
            of_one = f"{found.rows / found.cpu:>10,.0f} rows/s of processor"
            said = f"{found.per_second:>10,.0f} rows/s  {of_one}  {found.megabytes:>6,.0f} MB"
            print(f"{found.format:<24} {found.row_class:<22} {said}", flush=True)
            slow += found.per_second < LEAST
    return 1 if slow else 0


if __name__ == "__main__":
    sys.exit(main())
