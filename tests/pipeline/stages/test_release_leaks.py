"""A release is held against benchmarks once more: what changed is looked at, and all where a benchmark did."""

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from pyarrow import parquet

from pipeline.lineage import lineage
from pipeline.releasing.leaks import FILE
from pipeline.releasing.preparing import prepared
from pipeline.stages.release import release
from schemas.errors import GateRefused

LEAK = (
    "A barrel holds forty liters of rain water, and a goat drinks three of them each day; when is it empty?"
)
OTHER = "Seven sisters share two old boats on a lake for a week, and each rows twice; how often does a boat go out?"
BENCHMARK = "benchmark.jsonl"
SCREENS = {"contamination": {"verdict": "reject", "against": [BENCHMARK]}}


@pytest.fixture
def labeled(make_effort: Callable[..., Any], say: Callable[[int], Any]) -> Callable[..., Any]:
    """An effort whose labels are settled, one of its problems being LEAK, before a benchmark has it."""

    def make(screens: dict[str, Any] = SCREENS, **requires: Any) -> Any:
        effort = make_effort(screens=screens, release={"requires": requires})
        answers = [{"text": "On day 14."}, {"text": "On day 15."}]
        effort.write([{"prompt": LEAK, "candidates": answers, "license": "MIT"}], mode="a")
        benchmark(effort.folder, OTHER)
        effort.run()
        for person in ("ana", "ben"):
            effort.vote(f"{person}@people.example", say(-2))
        effort.run()
        return effort

    return make


def benchmark(folder: Path, *questions: str) -> None:
    lines = "".join(json.dumps({"question": one}) + "\n" for one in questions)
    (folder / BENCHMARK).write_text(lines)


def claim(folder: Path, metadata: dict[bytes, bytes] | None = None) -> None:
    """Write into what was looked at that all of it leaks: whoever believes it has not looked again."""
    path = folder / FILE
    table = parquet.read_table(path)
    said = pa.array(["claimed"] * table.num_rows, pa.string())
    claimed = table.set_column(1, "leak", said)
    parquet.write_table(claimed.replace_schema_metadata({**table.schema.metadata, **(metadata or {})}), path)


def leaking(effort: Any) -> str:
    """What a candidate is found to leak: how many rows of how many, or none."""
    looked = prepared(effort.ctx).looked
    assert looked is not None
    return f"{len(looked.leaks)} of {looked.rows}" if looked.leaks else "none"


def test_a_clean_release_says_that_it_was_held_against_benchmarks(labeled: Callable[..., Any]) -> None:
    effort = labeled(contamination=0)
    folder = release(effort.ctx)[2]
    manifest = json.loads((folder / "manifest.json").read_text())
    assert manifest["contamination"] == {"rows": 7, "leaks": 0}
    assert "All 7 rows were held against benchmarks" in (folder / "README.md").read_text()


def test_a_benchmark_that_came_out_later_stops_the_release(labeled: Callable[..., Any]) -> None:
    effort = labeled(contamination=0)
    benchmark(effort.folder, OTHER, LEAK)
    with pytest.raises(
        GateRefused, match=r"found 1 of 7, such as (\w+) \(prompt: all of benchmark.jsonl:2"
    ) as told:
        release(effort.ctx)
    assert told.value.exit_code == 3
    assert not (effort.folder / "releases").exists()
    row = str(told.value).split("headrace lineage ")[1].split(",")[0]
    assert row in str(told.value)
    assert effort.count("release_rows") == 0


def test_what_is_out_already_is_told_so_though_a_gate_would_refuse_it_now(
    labeled: Callable[..., Any],
) -> None:
    effort = labeled(contamination=0)
    first = release(effort.ctx)[1:]
    benchmark(effort.folder, OTHER, LEAK)
    tally, *again = release(effort.ctx)
    assert (tally.done, tuple(again)) == (0, first)


def test_the_gate_lets_as_many_pass_as_it_says(labeled: Callable[..., Any]) -> None:
    effort = labeled(contamination=1)
    benchmark(effort.folder, OTHER, LEAK)
    folder = release(effort.ctx)[2]
    assert json.loads((folder / "manifest.json").read_text())["contamination"] == {"rows": 7, "leaks": 1}
    rows = [
        row["row_id"]
        for row in effort.ctx.store.rows("SELECT row_id, payload FROM made_rows")
        if "barrel" in row["payload"]
    ]
    assert lineage(effort.ctx.store, rows[0])


@pytest.mark.proof
def test_without_the_gate_leaks_are_counted_and_released(labeled: Callable[..., Any]) -> None:
    effort = labeled()
    benchmark(effort.folder, LEAK)
    folder = release(effort.ctx)[2]
    assert json.loads((folder / "manifest.json").read_text())["contamination"] == {"rows": 7, "leaks": 1}


def test_a_gate_with_no_benchmark_refuses(labeled: Callable[..., Any]) -> None:
    effort = labeled(screens={}, contamination=0)
    with pytest.raises(
        GateRefused, match="benchmarks to hold the rows against were expected, there are none"
    ):
        release(effort.ctx)


def test_only_what_changed_is_looked_at_again(labeled: Callable[..., Any], say: Callable[[int], Any]) -> None:
    effort = labeled(contamination=0)
    (effort.folder / ".headrace").mkdir()
    assert leaking(effort) == "none"
    claim(effort.folder)
    assert leaking(effort) == "7 of 7"
    effort.write([{"prompt": "How wide is a door?", "candidates": [{"text": "a"}, {"text": "b"}]}], mode="a")
    effort.run()
    for person in ("ana", "ben"):
        effort.vote(f"{person}@people.example", say(-2))
    effort.run()
    assert leaking(effort) == "7 of 8", "the new row was looked at, the others were not"
    os.utime(effort.folder / BENCHMARK, ns=(1, 1))
    assert leaking(effort) == "none", "the benchmark may be another"


@pytest.mark.proof
def test_what_is_kept_of_other_options_or_broken_is_made_anew(labeled: Callable[..., Any]) -> None:
    effort = labeled(contamination=0)
    (effort.folder / ".headrace").mkdir()
    assert leaking(effort) == "none"
    claim(effort.folder, {b"headrace.against": b"another version"})
    assert leaking(effort) == "none"
    (effort.folder / FILE).write_bytes(b"broken")
    assert leaking(effort) == "none"
    claim(effort.folder)
    assert leaking(effort) == "7 of 7"
