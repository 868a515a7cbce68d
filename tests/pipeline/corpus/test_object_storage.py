"""Sources and the corpus in object storage: a local S3 server."""

import gzip
import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from pyarrow import parquet

from pipeline.context import Context, Tally, run_stage
from pipeline.corpus import pieces
from pipeline.sources.files import files
from pipeline.stages import load
from pipeline.store import Store
from schemas.errors import EngineError, SourceError
from schemas.project import parse_project

pytest.importorskip("s3fs", reason="the extra `s3` is not installed")
pytest.importorskip("moto.server", reason="moto's server is not installed")

MOMENT = datetime(2026, 3, 2, tzinfo=UTC)


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """The address of an S3 server."""
    with socket.create_server(("127.0.0.1", 0)) as holder:
        port = holder.getsockname()[1]
    command = [sys.executable, "-W", "ignore", "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    address = f"http://127.0.0.1:{port}"
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as running:
        try:
            _await(address, running)
            yield address
        finally:
            running.terminate()


def _await(address: str, running: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + 120
    while True:
        assert running.poll() is None, "the server should run, it ended"
        assert time.monotonic() < until
        try:
            urllib.request.urlopen(address, timeout=1).close()  # noqa: S310 - our own server
        except OSError:
            time.sleep(0.1)
        else:
            return


@pytest.fixture
def bucket(server: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Any]:
    """An empty bucket: `put(name, content)`, and its URL."""
    import s3fs

    for name, value in {
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ENDPOINT_URL": server,
        "AWS_CONFIG_FILE": str(tmp_path / "none"),
        "AWS_SHARED_CREDENTIALS_FILE": str(tmp_path / "none"),
    }.items():
        monkeypatch.setenv(name, value)
    system = s3fs.S3FileSystem()
    name = f"b{time.monotonic_ns()}"
    system.mkdir(name)

    class Bucket:
        url = f"s3://{name}"

        def put(self, path: str, content: bytes) -> None:
            system.pipe_file(f"{name}/{path}", content)

        def names(self, below: str) -> list[str]:
            system.invalidate_cache()
            return sorted(one.removeprefix(f"{name}/") for one in system.find(f"{name}/{below}"))

    yield Bucket()
    s3fs.S3FileSystem.clear_instance_cache()


class Effort:
    """A project whose source, and perhaps its corpus, are in the bucket."""

    def __init__(self, folder: Path, source: dict[str, Any], **engine: Any) -> None:
        self.store = Store(":memory:")
        project = {
            "name": "s3",
            "sources": [{"domain": "reasoning", **source}],
            "engine": {"workers": 1, **engine},
        }
        self.ctx = Context(
            folder=folder,
            project=parse_project(project),
            store=self.store,
            connect=_nobody,
            clock=lambda: MOMENT,
        )

    def run(self, stage: str = "ingest") -> Tally:
        return run_stage(self.ctx, stage, load(stage))

    def rows(self) -> list[Any]:
        """What number each record of the corpus has, in the order of their positions."""
        shards = [row["shard"] for row in self.store.rows("SELECT shard FROM shards ORDER BY position")]
        batches = [batch for shard in shards for batch in self.ctx.corpus.read(shard, ["payload"])]
        return [json.loads(row["payload"])["extra"]["n"] for batch in batches for row in batch.to_pylist()]


def _nobody() -> Any:
    raise AssertionError("ingest needs no Label Studio")


def _lines(start: int, stop: int) -> bytes:
    return b"".join(
        json.dumps({"prompt": f"What is {n}?", "n": n}).encode() + b"\n" for n in range(start, stop)
    )


def _parquet(start: int, stop: int) -> bytes:
    sink = pa.BufferOutputStream()
    rows = [{"prompt": f"What is {n}?", "n": n} for n in range(start, stop)]
    parquet.write_table(pa.Table.from_pylist(rows), sink, row_group_size=7)
    return bytes(sink.getvalue())


@pytest.mark.parametrize(
    ("path", "names"),
    [
        ("/in/b.jsonl", ["b.jsonl"]),
        ("/in/*.jsonl", ["a.jsonl", "b.jsonl"]),
        ("/in/", ["a.jsonl", "b.jsonl", "deep/c.jsonl"]),
        ("/in/**/*.jsonl", ["a.jsonl", "b.jsonl", "deep/c.jsonl"]),
    ],
)
def test_a_url_names_an_object_a_pattern_or_all_below(
    bucket: Any, path: str, names: list[str], tmp_path: Path
) -> None:
    for name in ("in/b.jsonl", "in/a.jsonl", "in/deep/c.jsonl", "other/d.jsonl"):
        bucket.put(name, b"{}")
    bucket.put("in/empty/", b"")
    found = files(bucket.url + path, tmp_path, reader="jsonl")
    assert [file.name for file in found] == names
    assert all(file.path.startswith("s3://") and file.size == 2 and file.stamp for file in found)


def test_new_objects_under_a_prefix_bring_only_what_is_new(bucket: Any, tmp_path: Path) -> None:
    bucket.put("in/1.jsonl", _lines(0, 10))
    bucket.put("in/2.jsonl.gz", gzip.compress(_lines(10, 20)))
    bucket.put("in/3.jsonl.zst", pa.compress(_lines(20, 30), "zstd", asbytes=True))
    effort = Effort(tmp_path, {"reader": "jsonl", "path": f"{bucket.url}/in/"})
    assert effort.run().done == 30
    assert effort.rows() == list(range(30))
    bucket.put("in/4.jsonl", _lines(25, 35))
    tally = effort.run()
    assert (tally.done, tally.skipped) == (5, 35)
    bucket.put("in/1.jsonl", _lines(100, 110))
    tally = effort.run()
    assert (tally.done, tally.skipped) == (10, 30)
    assert effort.rows() == [*range(35), *range(100, 110)]
    assert effort.run().done == 0


@pytest.mark.parametrize(("name", "write"), [("in.jsonl", _lines), ("in.parquet", _parquet)])
def test_large_objects_are_read_in_pieces(
    bucket: Any, name: str, write: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pieces, "SIZE", 900)
    bucket.put(name, write(0, 100))
    effort = Effort(tmp_path, {"reader": name.split(".")[1], "path": f"{bucket.url}/{name}"})
    assert effort.run().done == 100
    assert effort.rows() == list(range(100))
    assert len(effort.ctx.corpus.shards()) > 1


def test_the_corpus_itself_may_lie_there(
    bucket: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pieces, "SIZE", 900)
    (tmp_path / "in.jsonl").write_bytes(_lines(0, 100) + b"no\n" + _lines(90, 110))
    effort = Effort(tmp_path, {"reader": "jsonl", "path": "in.jsonl"}, corpus=f"{bucket.url}/corpus")
    tally = effort.run()
    assert (tally.done, tally.skipped, tally.rejected) == (110, 10, {"malformed row": 1})
    assert effort.rows() == list(range(110))
    assert effort.run("screen").done == 110
    assert effort.store.count("records") == 110
    assert not (tmp_path / "corpus").exists()
    assert bucket.names("corpus/incoming") == []
    assert effort.run().done == 0


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("/none.jsonl", "a file was expected, there is none; check `path`"),
        ("/none/*.jsonl", "a file was expected, there is none; check `path`"),
        ("/in", "a file was expected, is a folder; name its files, such as s3://.*/in/"),
        ("-that-is-no-bucket/x.jsonl", "."),
    ],
)
def test_what_is_not_there_is_one_line(bucket: Any, path: str, message: str, tmp_path: Path) -> None:
    bucket.put("in/1.jsonl", _lines(0, 1))
    effort = Effort(tmp_path, {"reader": "jsonl", "path": bucket.url + path})
    with pytest.raises(SourceError, match=message) as caught:
        effort.run()
    assert "\n" not in str(caught.value)


def test_a_server_that_is_away_is_one_line(
    bucket: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import s3fs

    (tmp_path / "in.jsonl").write_bytes(_lines(0, 5))
    with socket.create_server(("127.0.0.1", 0)) as holder:
        port = holder.getsockname()[1]
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{port}")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    s3fs.S3FileSystem.clear_instance_cache()
    with pytest.raises(SourceError, match=r"cannot be read .*; check the address") as caught:
        Effort(tmp_path, {"reader": "jsonl", "path": f"{bucket.url}/x.jsonl"}).run()
    assert "\n" not in str(caught.value)
    with pytest.raises(EngineError) as lost:
        Effort(tmp_path, {"reader": "jsonl", "path": "in.jsonl"}, corpus=f"{bucket.url}/corpus").run()
    assert "\n" not in str(lost.value)


def test_a_url_of_an_unknown_kind_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"s7://bucket/x: .+"):
        Effort(tmp_path, {"reader": "jsonl", "path": "s7://bucket/x"}).run()


def test_without_the_extra_s3_it_is_said_what_to_install(tmp_path: Path) -> None:
    script = (
        "import sys; sys.modules['s3fs'] = None\n"
        "from pathlib import Path\n"
        "from pipeline.sources.files import files\n"
        "try: files('s3://bucket/x', Path('.'), reader='jsonl')\n"
        "except Exception as error: print(error)"
    )
    env = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[3])}
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=tmp_path, env=env, check=True, capture_output=True, text=True
    )
    assert "pip install 'headrace[s3]'" in done.stdout
