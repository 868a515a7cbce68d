"""What a large release costs beside a bare copy of its rows: `python -m benchmarks.releases [ROWS] [--folder DIR]`.

A store of settled tasks is made, and the rows of it, as `headrace resolve` does. Then, each in a process of its own: a
release, whose gates, splits and benchmarks are timed apart; and DuckDB's COPY of the very same rows, and of the votes
behind them, from tables of its own to Parquet. Told are seconds, of the clock and of processors, and the most memory of
each; the release has to take no more than twice as long. Then every export (`measuring/export_speed.py`), and the
difference between two such releases (`measuring/diff_speed.py`), each with a bound of its own; `--part` asks for one.
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
_PARTS = {"exports": ("export_speed", "--rows"), "diff": ("diff_speed",)}
"""What else is measured, each by a script with a bound of its own."""


def main() -> None:
    """Make the store, and time what is asked of it."""
    given = _given()
    if given.step:
        _tell_parent(_STEPS[given.step](given.folder, given.rows))
        return
    missed = []
    if given.part in (None, "release") and not _is_fast(given.folder, given.rows):
        missed.append("release")
    for part, (script, *words) in _PARTS.items():
        if given.part in (None, part):
            asked = [sys.executable, "-m", f"benchmarks.measuring.{script}", *words, str(given.rows)]
            missed += [part] if subprocess.run(asked, check=False).returncode else []
    sys.exit(1 if missed else 0)


def _is_fast(kept: Path | None, rows: int) -> bool:
    """Whether a release takes no more than twice a copy."""
    with tempfile.TemporaryDirectory() as made:
        folder = kept or Path(made)
        if not (folder / "project.toml").exists():
            _asked("make", folder, rows)
        return _report({step: _asked(step, folder, rows) for step in ("make_rows", "release", "copy")})


def _given() -> Any:  # noqa: ANN401 - argparse's own
    parser = argparse.ArgumentParser(description="What a large release costs beside a bare copy of its rows.")
    parser.add_argument("rows", nargs="?", type=int, default=ROWS)
    parser.add_argument(
        "--folder", type=Path, help="make the project here and keep it, or take the one that is here"
    )
    parser.add_argument("--part", choices=["release", *_PARTS], help="measure this alone")
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

    apart = {"clock": 0.0, "processor": 0.0}
    for module, name in ((preparing, "judged"), (preparing, "look"), (candidate, "assign")):
        setattr(module, name, _timed(getattr(module, name), apart))
    with _context(folder) as ctx:
        begin, used = time.perf_counter(), time.process_time()
        stage.release(ctx)
        took, used = time.perf_counter() - begin, time.process_time() - used
    gates, gates_used = apart["clock"], apart["processor"]
    return {"all": took, "gates": gates, "release": took - gates, "processor": used - gates_used}


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
        took, used = {}, time.process_time()
        for table in ("rows", "votes"):
            begin = time.perf_counter()
            con.execute(f"COPY {table} TO '{out}/{table}.parquet' (FORMAT parquet, COMPRESSION zstd)")
            took[table] = time.perf_counter() - begin
        return {"all": sum(took.values()), "processor": time.process_time() - used, **took}


_STEPS = {"make": _make, "make_rows": _make_rows, "release": _release, "copy": _copy}


def _timed(function: Any, apart: dict[str, float]) -> Any:  # noqa: ANN401 - any function
    def run(*args: Any, **more: Any) -> Any:  # noqa: ANN401 - as it was called
        begin, used = time.perf_counter(), time.process_time()
        try:
            return function(*args, **more)
        finally:
            apart["clock"] += time.perf_counter() - begin
            apart["processor"] += time.process_time() - used

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


def _report(told: dict[str, dict[str, float]]) -> bool:
    """Whether the release takes no more than twice the copy, by the clock."""
    release, copy = told["release"], told["copy"]
    took, used = release["release"], release["processor"]
    print(f"release, without gates and splits: {took:.2f} s, {used:.2f} s of processors")
    print(f"most memory of the release, gates too: {release['megabytes']:,.0f} MB")
    print(f"bare COPY: {copy['all']:.2f} s (rows {copy['rows']:.2f}, votes {copy['votes']:.2f}),", end=" ")
    print(f"{copy['processor']:.2f} s of processors")
    print(f"times a bare COPY of rows and votes: {took / copy['all']:.2f},", end=" ")
    print(f"{used / copy['processor']:.2f} by processors", flush=True)
    return took <= MOST * copy["all"]


if __name__ == "__main__":
    main()
