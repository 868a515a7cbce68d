"""What a large release costs beside a bare copy of its rows: `python -m benchmarks.releases [ROWS] [--folder DIR]`.

A store of settled tasks is made, and the rows of it, as `headrace resolve` does. Then, each in a process of its own: a
release, whose gates, splits and benchmarks are timed apart; and DuckDB's COPY of the very same rows, and of the votes
behind them, from tables of its own to Parquet. Seconds, and the most memory of each, are told; the release has to take
no more than twice as long.
"""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

ROWS = 1_000_000
MOST = 2.0
"""Times a bare copy."""


def main() -> None:
    """Make the store, and time what is asked of it."""
    given = _given()
    if given.step:
        _tell_parent(_STEPS[given.step](given.folder, given.rows))
        return
    with tempfile.TemporaryDirectory() as made:
        folder = given.folder or Path(made)
        if not (folder / "project.toml").exists():
            _asked("make", folder, given.rows)
        told = {step: _asked(step, folder, given.rows) for step in ("make_rows", "release", "copy")}
    _report(told)


def _given() -> Any:  # noqa: ANN401 - argparse's own
    parser = argparse.ArgumentParser(description="What a large release costs beside a bare copy of its rows.")
    parser.add_argument("rows", nargs="?", type=int, default=ROWS)
    parser.add_argument(
        "--folder", type=Path, help="make the project here and keep it, or take the one that is here"
    )
    parser.add_argument("--step", choices=sorted(_STEPS), help=argparse.SUPPRESS)
    return parser.parse_args()


def _make(folder: Path, rows: int) -> dict[str, float]:
    """Make a store of settled tasks."""
    from benchmarks.measuring.release_store import make

    begin = time.perf_counter()
    make(folder, rows)
    return {"all": time.perf_counter() - begin, "rows": rows}


def _make_rows(folder: Path, _: int) -> dict[str, float]:
    """Make the rows, as is done when labels are settled."""
    from pipeline.releasing.making import make_rows

    with _context(folder) as ctx:
        begin = time.perf_counter()
        count = make_rows(ctx)
        return {"all": time.perf_counter() - begin, "rows": count}


def _release(folder: Path, _: int) -> dict[str, float]:
    """Make a release; the steps that are no part of writing it are timed by themselves."""
    from pipeline.releasing import candidate, preparing
    from pipeline.stages import release as stage

    apart: dict[str, float] = {}
    for module, name in ((preparing, "judged"), (preparing, "look"), (candidate, "assign")):
        setattr(module, name, _timed(getattr(module, name), name, apart))
    with _context(folder) as ctx:
        begin = time.perf_counter()
        stage.release(ctx)
        took = time.perf_counter() - begin
    return {"all": took, "gates": sum(apart.values()), "release": took - sum(apart.values())}


def _copy(folder: Path, _: int) -> dict[str, float]:
    """Copy the rows of the newest release, and the votes, from tables of DuckDB to Parquet."""
    import duckdb  # noqa: TID251 - the peer

    place = max(path for path in (folder / "releases").iterdir() if path.is_dir())
    with tempfile.TemporaryDirectory() as out:
        con = duckdb.connect(f"{out}/rows.duckdb")
        con.execute(
            f"CREATE TABLE rows AS FROM read_parquet('{place}/data/*/*.parquet', union_by_name = true)"
        )
        con.execute(f"CREATE TABLE votes AS FROM read_parquet('{place}/votes.parquet')")
        con.execute("CHECKPOINT")
        took = {}
        for table in ("rows", "votes"):
            begin = time.perf_counter()
            con.execute(f"COPY {table} TO '{out}/{table}.parquet' (FORMAT parquet, COMPRESSION zstd)")
            took[table] = time.perf_counter() - begin
        return {"all": sum(took.values()), **took}


_STEPS = {"make": _make, "make_rows": _make_rows, "release": _release, "copy": _copy}


def _timed(function: Any, name: str, apart: dict[str, float]) -> Any:  # noqa: ANN401 - any function
    def run(*args: Any, **more: Any) -> Any:  # noqa: ANN401 - as it was called
        begin = time.perf_counter()
        try:
            return function(*args, **more)
        finally:
            apart[name] = apart.get(name, 0.0) + time.perf_counter() - begin

    return run


def _context(folder: Path) -> Any:  # noqa: ANN401 - a context manager of the pipeline's
    from pipeline.cli.app import chosen
    from pipeline.cli.session import writing

    chosen.folder = folder
    return writing("benchmark", 60.0)


def _asked(step: str, folder: Path, rows: int) -> dict[str, float]:
    """A step in a process of its own, with the most memory that it took."""
    words = [sys.executable, "-m", "benchmarks.releases", str(rows), "--step", step, "--folder", str(folder)]
    done = subprocess.run(words, check=True, stdout=subprocess.PIPE, text=True)
    told: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    print(step, {name: round(value, 2) for name, value in told.items()}, flush=True)
    return told


def _tell_parent(told: dict[str, float]) -> None:
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({**told, "cpu": time.process_time(), "megabytes": most}))


def _report(told: dict[str, dict[str, float]]) -> None:
    release, copy = told["release"]["release"], told["copy"]
    print(f"release, without gates and splits: {release:.2f} s")
    print(f"bare COPY: rows {copy['rows']:.2f} s, votes {copy['votes']:.2f} s")
    print(
        f"times a bare copy of rows: {release / copy['rows']:.2f}; of rows and votes: {release / copy['all']:.2f}"
    )
    if release > MOST * copy["all"]:
        sys.exit(1)


if __name__ == "__main__":
    main()
