"""Sources into the corpus: once, in order, whatever stops it on the way, however many do it."""

import gzip
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from pipeline.context import Context, Tally, run_stage
from pipeline.corpus import pieces
from pipeline.stages import load
from pipeline.store import Store
from schemas.errors import ProjectError, SourceError
from schemas.project import parse_project

MOMENT = datetime(2026, 3, 2, tzinfo=UTC)
SMALL = 2000
"""Bytes of a piece: so that a few rows make several."""


class Intake:
    """A folder with rows, and what `ingest` makes of them."""

    def __init__(
        self, folder: Path, source: dict[str, Any], workers: int = 1, store: Path | None = None
    ) -> None:
        folder.mkdir(exist_ok=True)
        self.folder = folder
        self.store = Store(store or ":memory:")
        engine = {"workers": workers}
        given = {"name": "intake", "sources": [{"domain": "reasoning", **source}], "engine": engine}
        self.ctx = Context(
            folder=folder,
            project=parse_project(given),
            store=self.store,
            connect=_nobody,
            clock=lambda: MOMENT,
        )

    def run(self) -> Tally:
        return run_stage(self.ctx, "ingest", load("ingest"))

    def rows(self, *columns: str) -> list[tuple[Any, ...]]:
        """The rows of all shards, in the order of their positions."""
        shards = [row["shard"] for row in self.store.rows("SELECT shard FROM shards ORDER BY position")]
        batches = [batch for shard in shards for batch in self.ctx.corpus.read(shard)]
        found = [row for batch in batches for row in batch.to_pylist()]
        assert [row["position"] for row in found] == sorted({row["position"] for row in found})
        return [tuple(row[column] for column in columns) for row in found]

    def files(self, below: str) -> list[str]:
        return self.ctx.corpus.files.names(below)


def _nobody() -> Any:
    raise AssertionError("ingest needs no Label Studio")


def _lines(start: int, stop: int) -> bytes:
    return b"".join(
        json.dumps({"prompt": f"What is {n}?", "n": n}).encode() + b"\n" for n in range(start, stop)
    )


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pieces, "SIZE", SMALL)


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("workers", [1, 2])
def test_any_number_of_workers_makes_the_same_shards_row_for_row(workers: int, tmp_path: Path) -> None:
    (tmp_path / "in.jsonl").write_bytes(_lines(0, 150) + b"[]\n" + _lines(100, 300) + b'{"prompt": ""}\n')
    effort = Intake(tmp_path, {"reader": "jsonl", "path": "in.jsonl"}, workers)
    tally = effort.run()
    assert (tally.done, tally.skipped, tally.rejected) == (300, 50, {"malformed row": 2})
    assert len(effort.files("records")) > 3
    prompts = [(f"What is {n}?", n + 1 if n < 150 else n - 100 + 152) for n in range(300)]
    found = effort.rows("payload", "row", "dataset")
    assert [(json.loads(payload)["prompt"], row) for payload, row, _ in found] == prompts
    assert all(json.loads(payload)["source"] == {"dataset": name, "row": row} for payload, row, name in found)
    subjects = {row["subject"] for row in effort.store.rows("SELECT subject FROM rejects")}
    assert {subject.split("/")[0] for subject in subjects} == {"in.jsonl:151", "in.jsonl:352"}
    counted = effort.store.rows("SELECT sum(row_count) r, sum(known) k, sum(rejected) x FROM shards")
    assert counted[0]["r"] == 300
    assert effort.files("incoming") == []


@pytest.mark.usefixtures("small")
def test_shards_are_the_same_however_many_make_them(tmp_path: Path) -> None:
    made = []
    for workers in (1, 2, 3):
        folder = tmp_path / str(workers)
        folder.mkdir()
        (folder / "in.jsonl").write_bytes(_lines(0, 400) + _lines(200, 500))
        effort = Intake(folder, {"reader": "jsonl", "path": "in.jsonl"}, workers)
        effort.run()
        shards = [batch for shard in effort.files("records") for batch in effort.ctx.corpus.read(shard)]
        made.append((effort.files("records"), [batch.to_pylist() for batch in shards]))
    assert made[0] == made[1] == made[2]


@pytest.mark.parametrize("pack", [bytes, gzip.compress, lambda text: pa.compress(text, "zstd", asbytes=True)])
def test_packed_or_not_the_records_are_the_same(pack: Callable[[bytes], bytes], tmp_path: Path) -> None:
    packed = pack(_lines(0, 20))
    ending = "" if packed == _lines(0, 20) else ".gz" if packed[:2] == b"\x1f\x8b" else ".zst"
    (tmp_path / f"in.jsonl{ending}").write_bytes(packed)
    effort = Intake(tmp_path, {"reader": "jsonl", "path": f"in.jsonl{ending}"})
    assert effort.run().done == 20
    assert [row for (row,) in effort.rows("row")] == list(range(1, 21))


def test_new_files_under_a_pattern_bring_only_what_is_new(tmp_path: Path) -> None:
    for number in range(3):
        (tmp_path / f"{number}.jsonl").write_bytes(_lines(10 * number, 10 * number + 10))
    effort = Intake(tmp_path, {"reader": "jsonl", "path": "*.jsonl"})
    assert effort.run().done == 30
    before = {name: (tmp_path / "corpus" / name).stat().st_mtime_ns for name in effort.files("records")}
    (tmp_path / "1a.jsonl").write_bytes(_lines(25, 35))
    os.chmod(tmp_path / "0.jsonl", 0)  # noqa: PTH101 - what is known is not opened again
    tally = effort.run()
    assert (tally.done, tally.skipped) == (5, 30 + 5)
    after = {name: (tmp_path / "corpus" / name).stat().st_mtime_ns for name in effort.files("records")}
    assert before.items() < after.items()
    assert effort.store.value("SELECT row_count FROM sources") == 40
    assert [json.loads(row)["extra"]["n"] for (row,) in effort.rows("payload")] == list(range(35))
    tally = effort.run()
    assert (tally.done, tally.skipped) == (0, 40)


def test_a_file_that_changed_is_read_anew_and_its_known_records_are_skipped(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_bytes(_lines(0, 10))
    (tmp_path / "b.jsonl").write_bytes(_lines(10, 20))
    effort = Intake(tmp_path, {"reader": "jsonl", "path": "*.jsonl"})
    effort.run()
    (tmp_path / "a.jsonl").write_bytes(_lines(0, 12)[:-1])
    (tmp_path / "b.jsonl").unlink()
    (tmp_path / "c.jsonl").write_bytes(_lines(15, 25))
    tally = effort.run()
    assert (tally.done, tally.skipped) == (5, 12 + 5)  # 10 and 11 are known from the file that is gone
    assert effort.store.value("SELECT row_count FROM sources") == 22


def test_a_source_with_a_limit_reads_so_many_rows_in_order(tmp_path: Path) -> None:
    for name, start in (("a", 0), ("b", 10)):
        (tmp_path / f"{name}.jsonl").write_bytes(_lines(start, start + 10))
    effort = Intake(tmp_path, {"reader": "jsonl", "path": "*.jsonl", "limit": 13})
    assert effort.run().done == 13
    assert [json.loads(row)["extra"]["n"] for (row,) in effort.rows("payload")] == list(range(13))
    assert effort.run().done == 0


def test_columns_that_are_not_there_are_told_before_anything_is_kept(tmp_path: Path) -> None:
    (tmp_path / "in.jsonl").write_bytes(_lines(0, 10))
    effort = Intake(tmp_path, {"reader": "jsonl", "path": "in.jsonl", "columns": {"prompt": "pormpt"}})
    with pytest.raises(ProjectError, match="did you mean 'prompt'"):
        effort.run()
    assert effort.files("records") == []
    assert effort.store.count("rejects") == 0


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("workers", [1, 2])
def test_what_came_before_a_fault_is_kept_and_not_doubled(workers: int, tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_bytes(_lines(0, 100))
    (tmp_path / "b.jsonl.gz").write_bytes(gzip.compress(_lines(100, 2000))[:-100])
    (tmp_path / "c.jsonl").write_bytes(_lines(2000, 2100))
    effort = Intake(tmp_path, {"reader": "jsonl", "path": "*.jsonl*"}, workers)
    for _ in range(2):
        with pytest.raises(SourceError, match="should be a whole gzip file"):
            effort.run()
    assert 100 < len(effort.rows("row")) < 2000
    (tmp_path / "b.jsonl.gz").write_bytes(gzip.compress(_lines(100, 2000)))
    effort.run()
    assert [json.loads(row)["extra"]["n"] for (row,) in effort.rows("payload")] == list(range(2100))


def test_records_of_a_store_from_before_the_corpus_are_known(tmp_path: Path) -> None:
    (tmp_path / "in.jsonl").write_bytes(_lines(0, 10))
    first = Intake(tmp_path / "first", {"reader": "jsonl", "path": str(tmp_path / "in.jsonl")})
    first.run()
    run_stage(first.ctx, "screen", load("screen"))
    first.store.temporary("DELETE FROM screened; DELETE FROM shards; DELETE FROM sources")
    for name in first.files(""):
        first.ctx.corpus.files.remove(name)
    tally = first.run()
    assert (tally.done, tally.skipped) == (0, 10)


def test_shards_that_were_thrown_away_take_no_record_twice(tmp_path: Path) -> None:
    (tmp_path / "in.jsonl").write_bytes(_lines(0, 10))
    effort = Intake(tmp_path, {"reader": "jsonl", "path": "in.jsonl"})
    effort.run()
    run_stage(effort.ctx, "screen", load("screen"))
    for name in effort.files(""):
        effort.ctx.corpus.files.remove(name)
    (tmp_path / "in.jsonl").write_bytes(_lines(0, 15))
    tally = effort.run()
    assert (tally.done, tally.skipped) == (5, 10)
    assert len(effort.files("records")) == 1


def test_a_store_that_was_restored_or_begun_anew_gets_what_it_does_not_know(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_bytes(_lines(0, 10))
    source = {"reader": "jsonl", "path": "*.jsonl"}
    assert Intake(tmp_path, source, store=tmp_path / "old.duckdb").run().done == 10
    with Store(tmp_path / "old.duckdb"):
        backup = (tmp_path / "old.duckdb").read_bytes()
    (tmp_path / "b.jsonl").write_bytes(_lines(10, 20))
    assert Intake(tmp_path, source, store=tmp_path / "old.duckdb").run().done == 10
    (tmp_path / "backup.duckdb").write_bytes(backup)
    restored = Intake(tmp_path, source, store=tmp_path / "backup.duckdb")
    assert restored.run().done == 10
    assert [json.loads(row)["extra"]["n"] for (row,) in restored.rows("payload")] == list(range(20))
    anew = Intake(tmp_path, source)
    assert anew.run().done == 20
    assert [json.loads(row)["extra"]["n"] for (row,) in anew.rows("payload")] == list(range(20))


def test_what_was_lost_before_it_was_screened_is_read_anew(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_bytes(_lines(0, 10))
    effort = Intake(tmp_path, {"reader": "jsonl", "path": "*.jsonl"})
    effort.run()
    run_stage(effort.ctx, "screen", load("screen"))
    (tmp_path / "b.jsonl").write_bytes(_lines(10, 20))
    effort.run()
    for name in effort.files("records"):
        effort.ctx.corpus.files.remove(name)
    tally = effort.run()
    assert (tally.done, tally.skipped) == (10, 10)
    assert run_stage(effort.ctx, "screen", load("screen")).done == 10
    assert effort.store.count("records") == 20
    assert effort.run().done == 0


RUN = """
import sys
from pathlib import Path
from pipeline.corpus import pieces
from tests.pipeline.stages.test_ingest import Intake
if __name__ == "__main__":
    pieces.SIZE = int(sys.argv[2])
    folder = Path(sys.argv[1])
    source = {"reader": "jsonl", "path": sys.argv[3]}
    with (effort := Intake(folder, source, int(sys.argv[4]), folder / "store.duckdb")).store:
        effort.run()
    print("whole")
"""


def _started(folder: Path, size: int, path: str, workers: int) -> subprocess.Popen[bytes]:
    script = folder / "run.py"
    script.write_text(RUN)
    root = str(Path(__file__).parents[3])
    command = [sys.executable, str(script), str(folder), str(size), path, str(workers)]
    return subprocess.Popen(command, env={**os.environ, "PYTHONPATH": root}, stdout=subprocess.PIPE)


def _killed_after(folder: Path, shards: int, path: str, workers: int) -> bool:
    """Ingest, killed once there are so many shards; False where it was done before."""
    records = folder / "corpus" / "records"
    until = time.monotonic() + 120
    with _started(folder, 20_000, path, workers) as running:
        while running.poll() is None and len(list(records.rglob("*.parquet"))) < shards:
            assert time.monotonic() < until
            time.sleep(0.005)
        running.send_signal(signal.SIGKILL)
        return running.wait() != 0


def _stamps(folder: Path) -> Iterator[tuple[str, int]]:
    for path in sorted((folder / "corpus" / "records").rglob("*.parquet")):
        yield path.name, path.stat().st_mtime_ns


@pytest.mark.parametrize("workers", [pytest.param(1, marks=pytest.mark.proof), 2])
def test_ingest_goes_on_after_a_kill_without_reading_again_what_is_done(workers: int, tmp_path: Path) -> None:
    (tmp_path / "in.jsonl").write_bytes(_lines(0, 6000) + b"no\n" + _lines(5000, 9000))
    assert _killed_after(tmp_path, 2, "in.jsonl", workers)
    first = dict(_stamps(tmp_path))
    assert _killed_after(tmp_path, len(first) + 3, "in.jsonl", workers)
    second = dict(_stamps(tmp_path))
    running = _started(tmp_path, 20_000, "in.jsonl", workers)
    assert running.communicate(timeout=120)[0] == b"whole\n"
    last = dict(_stamps(tmp_path))
    again = [name for name, stamp in [*first.items(), *second.items()] if last[name] != stamp]
    assert len(again) <= 2  # the shard that each kill fell on
    with (
        effort := Intake(tmp_path, {"reader": "jsonl", "path": "in.jsonl"}, 1, tmp_path / "store.duckdb")
    ).store:
        assert [json.loads(row)["extra"]["n"] for (row,) in effort.rows("payload")] == list(range(9000))
        assert effort.store.value("SELECT row_count FROM sources") == 10_001
        assert effort.store.value("SELECT sum(row_count) FROM shards") == 9000
        assert effort.store.count("rejects") == 1
        assert effort.run().done == 0
        assert sorted(effort.files("records")) == sorted(
            row["shard"] for row in effort.store.rows("SELECT shard FROM shards")
        )
