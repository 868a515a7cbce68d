"""How fast each gate is, beside its peer in the same run: `gates.py [PART...] [--documents N] [--sizes N,N,...]`.

Parts: ingest, duplicates, contamination, programs, cores, growth. Each step is a process of its own. What works on one
core is timed by its processor time, in turns with its peer, and told as the median; programs, cores and growth by the
clock, so that a busy machine spoils them. Exits 1 where a promise is missed.
"""

import argparse
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from statistics import median

from rich.console import Console
from rich.table import Table

from benchmarks.measuring import gate_peers, gate_project, gate_sides
from benchmarks.measuring.costs import alone
from benchmarks.measuring.gate_sides import Timed, timed
from benchmarks.measuring.watched import headrace

TURNS = 3
INGEST_SHARE, DUPLICATE_TIMES, DUPLICATE_RATE = 0.6, 8.0, 30_000
CONTAMINATION_RATE, PROGRAM_SHARE = 50_000, 0.8
CORES_TIMES, MOST_MB = 1.7, 2048
STAGES = ("ingest", "screen")


class Sheet:
    """What was measured, line by line, with whether its promise held."""

    def __init__(self) -> None:
        self.held = True
        self._table = Table("gate", "ours", "beside", "peer", "times", "promised", "")

    def add(self, gate: str, ours: float, peer: tuple[str, float], promised: str, *, holds: bool) -> None:
        """One promise: rates a second, ours and a peer's."""
        name, rate = peer
        self.held &= holds
        times = f"{ours / rate:.2f}" if rate else ""
        said = "held" if holds else "MISSED"
        self._table.add_row(gate, f"{ours:,.0f}", name, f"{rate:,.0f}" if rate else "", times, promised, said)
        print(f"{gate}: {ours:,.1f} a second, {name} {rate:,.1f}, {times}; {promised}: {said}", flush=True)

    def note(self, gate: str, what: str, promised: str, *, holds: bool) -> None:
        """One promise that is no rate."""
        self.held &= holds
        self._table.add_row(gate, what, "", "", "", promised, "held" if holds else "MISSED")
        print(f"{gate}: {what}; {promised}: {'held' if holds else 'MISSED'}", flush=True)

    def show(self) -> None:
        """All of it once more, at the end."""
        Console(width=110).print(self._table)


def ingest(folder: Path, sheet: Sheet, documents: int) -> None:
    """From lines of JSON to shards, beside pydantic's validation of the same lines alone."""
    lines = alone(gate_sides.write_rich, folder / "ingest", documents)
    ours, peer = in_turns(
        lambda turn: alone(gate_sides.staged, folder / "ingest", f"turn-{turn}", "ingest"),
        lambda _: alone(timed, gate_peers.pydantic, lines),
    )
    share = ours / peer
    at_least = f"{INGEST_SHARE} of it"
    sheet.add("ingest, records", ours, ("pydantic alone", peer), at_least, holds=share >= INGEST_SHARE)


def duplicates(folder: Path, sheet: Sheet, documents: int) -> None:
    """Near duplicates among short documents, beside datasketch; the stage with them less the stage without."""
    few = documents // 10
    texts = gate_project.texts(few)

    def ours_alone(turn: int) -> Timed:
        place = folder / f"duplicates-{turn}"
        bare = alone(gate_sides.screened, place / "bare", documents, "")
        full = alone(gate_sides.screened, place / "full", documents, 'near_duplicates = "reject"')
        return Timed(full.done, full.seconds - bare.seconds)

    ours, peer = in_turns(ours_alone, lambda _: alone(timed, gate_peers.datasketch, texts))
    promised = f"{DUPLICATE_TIMES:g} times, {DUPLICATE_RATE:,}"
    holds = ours >= DUPLICATE_TIMES * peer and ours >= DUPLICATE_RATE
    sheet.add("near duplicates, documents", ours, ("datasketch", peer), promised, holds=holds)


def contamination(folder: Path, sheet: Sheet, documents: int) -> None:
    """Short documents against GSM8K's test set and HumanEval where these are there, else made-up items."""
    files = gate_sides.benchmarks(folder)
    texts = gate_project.texts(documents)
    ours, peer = in_turns(
        lambda _: alone(gate_sides.searched, texts, files),
        lambda _: alone(timed, gate_peers.tuple_grams, texts, gate_sides.items(files)),
    )
    promised = f"{CONTAMINATION_RATE:,}"
    holds = ours >= CONTAMINATION_RATE
    sheet.add("contamination, documents", ours, ("13-grams in plain Python", peer), promised, holds=holds)


def programs(folder: Path, sheet: Sheet, documents: int) -> None:
    """Programs with their tests in the sandbox, beside bare bubblewrap in a loop; each on one core."""
    del folder
    count = max(20, min(100, documents // 1000))
    ours, peer = in_turns(
        lambda _: alone(gate_sides.run_in_sandbox, count), lambda _: alone(gate_sides.run_bare, count)
    )
    share, at_least = ours / peer, f"{PROGRAM_SHARE} of it"
    sheet.add("programs, runs", ours, ("bare bubblewrap", peer), at_least, holds=share >= PROGRAM_SHARE)


def cores(folder: Path, sheet: Sheet, documents: int) -> None:
    """The same work by one worker and by two."""
    seconds: dict[int, list[float]] = {1: [], 2: []}
    for turn in range(TURNS):
        for workers, taken in seconds.items():
            place = folder / f"cores-{turn}-{workers}"
            gate_project.write(place, documents, workers=workers)
            taken.append(sum(headrace(place, stage).seconds for stage in STAGES))
    one, two = median(seconds[1]), median(seconds[2])
    sheet.add(
        "two cores, rows",
        documents / two,
        ("one core", documents / one),
        f"{CORES_TIMES} times",
        holds=one / two >= CORES_TIMES,
    )


def growth(folder: Path, sheet: Sheet, sizes: Sequence[int]) -> None:
    """What each stage costs as the corpus grows, by two workers."""
    table = Table("rows", "stage", "seconds", "processor s", "rows a second", "MB")
    most = 0.0
    for size in sizes:
        place = folder / f"growth-{size}"
        gate_project.write(place, size, workers=2)
        for stage in (*STAGES, *STAGES):
            seen = headrace(place, stage)
            again = seen.said is not None and seen.said["done"] == 0
            most = max(most, seen.megabytes)
            name = f"{stage}, nothing new" if again else stage
            figures = (
                f"{seen.seconds:.1f}",
                f"{seen.cpu:.1f}",
                f"{size / seen.seconds:,.0f}",
                f"{seen.megabytes:,.0f}",
            )
            table.add_row(f"{size:,}", name, *figures)
            print(f"{size:,} {name}: {figures}", flush=True)
    Console(width=110).print(table)
    sheet.note(
        f"memory at {max(sizes):,}", f"{most:,.0f} MB", f"at most {MOST_MB:,} MB", holds=most <= MOST_MB
    )


def in_turns(ours: Callable[[int], Timed], peer: Callable[[int], Timed]) -> tuple[float, float]:
    """Both rates a second, medians of TURNS that take turns."""
    rates = [(ours(turn).rate, peer(turn).rate) for turn in range(TURNS)]
    return median(rate for rate, _ in rates), median(rate for _, rate in rates)


PARTS: Mapping[str, Callable[[Path, Sheet, int], None]] = {
    "ingest": ingest,
    "duplicates": duplicates,
    "contamination": contamination,
    "programs": programs,
    "cores": cores,
}


def main() -> int:
    """Measure and print; 1 where a promise is missed."""
    arguments = argparse.ArgumentParser(description=str(__doc__).splitlines()[0])
    arguments.add_argument("parts", nargs="*", choices=[*PARTS, "growth", []], help="which; default: all")
    arguments.add_argument("--documents", type=int, default=100_000, help="of the parts that grow with them")
    arguments.add_argument("--sizes", default="10000,100000,1000000", help="of growth")
    given = arguments.parse_args()
    sheet = Sheet()
    with tempfile.TemporaryDirectory(prefix="gates-") as place:
        for name in given.parts or [*PARTS, "growth"]:
            if name == "growth":
                growth(Path(place), sheet, [int(size) for size in given.sizes.split(",")])
            else:
                PARTS[name](Path(place), sheet, given.documents)
    sheet.show()
    return 0 if sheet.held else 1


if __name__ == "__main__":
    sys.exit(main())
