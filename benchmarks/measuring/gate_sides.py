"""Our side of each gate's measurement: one step each, to be run in a process of its own."""

import gzip
import json
import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from benchmarks.measuring import gate_project
from benchmarks.measuring.gate_peers import bare_bubblewrap
from benchmarks.measuring.planted import Writer
from pipeline.context import Quiet, run_stage
from pipeline.label_studio.base import LabelStudio
from pipeline.opening import EMBEDDED, Studio, writing
from pipeline.sources.base import SourceRow
from pipeline.stages import load
from schemas.base import canonical_json
from schemas.project import FILE, SourceConfig, read_project
from schemas.records import Candidate, Record
from schemas.verification import ProgramsConfig

DATA = Path(os.environ.get("HEADRACE_DATA", Path(__file__).parents[3] / "shared" / "data"))
RICH, FEW = "rich.jsonl", "few.jsonl"
"""The records; and some of them, to be done before: what is imported for them is not the others' work."""


@dataclass(frozen=True)
class Timed:
    """So much done in so many seconds."""

    done: int
    seconds: float

    @property
    def rate(self) -> float:
        """A second."""
        return self.done / max(self.seconds, 1e-9)


def timed(work: Callable[..., Any], things: Sequence[Any], *more: object) -> Timed:
    """Do some work on many things; the processor time it takes."""
    work(things[:10], *more)  # what it imports is not its work
    began = time.process_time()
    work(things, *more)
    return Timed(len(things), time.process_time() - began)


def write_rich(folder: Path, count: int) -> list[bytes]:
    """Write records with a reference and two candidates, about a kilobyte each; the lines."""
    writer = Writer(5)
    folder.mkdir(parents=True, exist_ok=True)
    lines = []
    for number in range(count):
        record = {
            "prompt": writer.text(),
            "domain": "reasoning",
            "language": "en",
            "candidates": [{"model": "m", "text": writer.text(50)} for _ in range(2)],
            "reference": {"answer": str(number)},
            "topic": "made up",
            "license": "MIT",
        }
        lines.append(json.dumps(record).encode())
    (folder / RICH).write_bytes(b"\n".join(lines) + b"\n")
    return lines


def staged(folder: Path, name: str, stage: str) -> Timed:
    """Run a stage for the first time, on the rich records, by one worker; its processor time."""
    with (folder / RICH).open("rb") as lines:
        (folder / FEW).write_bytes(b"".join(islice(lines, 10)))
    return [_run(_rich(folder / f"{name}-{file}", file), stage) for file in (FEW, RICH)][-1]


def _rich(folder: Path, file: str) -> Path:
    """A project of these lines."""
    folder.mkdir()
    source = f'[[sources]]\nreader = "jsonl"\npath = "../{file}"\n'
    (folder / FILE).write_text(f'name = "rich"\n\n{source}\n[engine]\nworkers = 1\n', encoding="utf-8")
    return folder


def screened(folder: Path, count: int, screens: str) -> Timed:
    """Screen so many short documents, by one worker; its processor time."""
    return [_screened(folder / str(rows), rows, screens) for rows in (100, count)][-1]


def _screened(folder: Path, rows: int, screens: str) -> Timed:
    gate_project.write(folder, rows, workers=1)
    text = (folder / FILE).read_text().replace(gate_project.SCREENS, f"[screens]\n{screens}\n")
    (folder / FILE).write_text(text, encoding="utf-8")
    _run(folder, "ingest")
    return _run(folder, "screen")


def _run(folder: Path, stage: str) -> Timed:
    run = load(stage)
    with writing(folder, read_project(folder), Studio(EMBEDDED, _refused), "gates", progress=Quiet()) as ctx:
        began = time.process_time()
        tally = run_stage(ctx, stage, run)
        return Timed(tally.done, time.process_time() - began)


def _refused() -> LabelStudio:
    """No Label Studio: for what must not ask it."""
    raise AssertionError


def benchmarks(folder: Path) -> list[str]:
    """The files of a benchmark: GSM8K's test set and HumanEval, or made-up ones where these are not there."""
    gsm8k, human_eval = DATA / "gsm8k" / "test.jsonl", DATA / "humaneval" / "HumanEval.jsonl.gz"
    if gsm8k.exists() and human_eval.exists():
        return [str(gsm8k), str(human_eval)]
    file = folder / gate_project.BENCHMARK
    file.write_text(
        "".join(f"{json.dumps({'prompt': text})}\n" for text in gate_project.benchmark()), encoding="utf-8"
    )
    return [str(file)]


def items(files: Sequence[str]) -> list[str]:
    """The texts in these files."""
    found: list[str] = []
    for file in files:
        read = Path(file).read_bytes()
        for line in (gzip.decompress(read) if file.endswith(".gz") else read).splitlines():
            found += [value for value in json.loads(line).values() if isinstance(value, str)]
    return found


def searched(texts: Sequence[str], files: Sequence[str]) -> Timed:
    """Look for leaks in documents, some thousands at a time as the stage does."""
    from pipeline.screening import contamination
    from pipeline.screening.subject import Subject

    options = contamination.ContaminationOptions(against=tuple(files))
    prepared = contamination.screen.prepare(options, Path())
    payloads = [canonical_json({"prompt": text, "domain": "reasoning"}) for text in texts]
    contamination.screen.look_at([Subject("", 0, payloads[0])], options, prepared)
    began = time.process_time()
    for start in range(0, len(payloads), 2_000):
        lot = [
            Subject(str(at), at, payload) for at, payload in enumerate(payloads[start : start + 2_000], start)
        ]
        contamination.screen.look_at(lot, options, prepared)
    return Timed(len(texts), time.process_time() - began)


def run_in_sandbox(count: int) -> Timed:
    """Run HumanEval's own solutions against its tests once each in the sandbox, as the stage does."""
    from pipeline.verification.programs import check

    _on_one_core()
    records = [record.replace(reference=None) for record, _ in _programs(count)]
    options = ProgramsConfig(repeats=1)
    check.look(records[0], options)
    began = time.perf_counter()
    outcomes = [found.outcome for record in records for found in check.look(record, options)]
    seconds = time.perf_counter() - began
    assert outcomes == ["passed"] * count
    return Timed(count, seconds)


def run_bare(count: int) -> Timed:
    """The same programs with their tests in one Python each, in bubblewrap and nothing else."""
    _on_one_core()
    sources = [source for _, source in _programs(count)]
    began = time.perf_counter()
    assert bare_bubblewrap(sources) == count
    return Timed(count, time.perf_counter() - began)


def _on_one_core() -> None:
    """Keep this process, and all that come of it, on one core: what it starts beside itself is paid for."""
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})


def _programs(count: int) -> list[tuple[Record, str]]:
    """Records with HumanEval's own solution as the candidate, and the same with the tests as one program."""
    from pipeline.sources.human_eval import reader

    found = []
    for row in islice(reader.rows(SourceConfig(reader=reader.name), Path()), count):
        assert isinstance(row, SourceRow)
        values: Any = row.values
        code, tests = f"{values['prompt']}{values['reference']['solution']}", values["tests"]
        record = Record(
            prompt=values["prompt"],
            domain="coding",
            candidates=(Candidate(text=code),),
            tests=tests,
            programming_language="python",
        )
        found.append((record, f"{code}\n{tests['code']}\ncheck({tests['entry_point']})\n"))
    return found
