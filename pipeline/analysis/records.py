"""The screens on a plain file of records: what each finds, with no project."""

import os
import tomllib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet

from pipeline.analysis.reading import Taken, described, take_in
from pipeline.corpus import Corpus
from pipeline.engine import Engine
from pipeline.screening import names
from pipeline.screening import screen as screen_of
from pipeline.screening.choosing import Choice, choose
from pipeline.screening.session import Session, Track
from schemas.errors import ProjectError, UsageError
from schemas.project import Screen, parse_project
from schemas.records import Domain
from schemas.screening import Verdict

VERDICTS = pa.schema(
    [
        ("record", pa.string()),
        ("row", pa.int64()),
        ("screen", pa.string()),
        ("verdict", pa.string()),
        ("reason", pa.string()),
        ("evidence", pa.string()),
    ]
)
ASKED_FOR = ("contamination", "licence")
"""Screens that say nothing before somebody says against what."""
EXAMPLES = 3


@dataclass
class Verdicts:
    """What came of the screens."""

    malformed: int
    screens: dict[str, Counter[str]]
    """A screen's finds by verdict."""
    records: int = 0
    rejected: int = 0
    """Records that a screen at least rejects."""
    examples: list[dict[str, Any]] = field(default_factory=list)
    """The first few finds of each screen."""

    def add(self, records: int, findings: list[dict[str, Any]]) -> None:
        """Take a shard in."""
        self.records += records
        self.rejected += len({one["place"] for one in findings if one["verdict"] == "reject"})
        for one in findings:
            counts = self.screens[one["screen"]]
            if counts.total() < EXAMPLES:
                self.examples.append(one)
            counts[one["verdict"]] += 1

    def to_json(self) -> dict[str, Any]:
        """As `--json` prints it."""
        return {
            "records": self.records,
            "malformed": self.malformed,
            "rejected": self.rejected,
            "screens": {name: self.verdicts(name) for name in self.screens},
        }

    def verdicts(self, screen: str) -> dict[str, int]:
        """How many records a screen lets pass, masks and rejects."""
        counts = self.screens[screen]
        stopped = {verdict: counts[verdict] for verdict in ("mask", "reject")}
        return {"pass": self.records - sum(stopped.values()), **stopped}


@dataclass(frozen=True)
class Question:
    """What is to be screened, and how."""

    records: Path
    against: tuple[str, ...] = ()
    """Benchmarks, from the current folder."""
    screens: Path | None = None
    """A TOML file with [screens]; None for every screen as it comes."""
    columns: Mapping[str, str] = field(default_factory=dict)
    """Field = column."""
    domain: Domain = "reasoning"
    """Of records that say none."""


def screened(
    question: Question, out: Path | None, engine: Engine, track: Track
) -> tuple[Verdicts, list[str]]:
    """What the screens find, and what people should know besides; `out` gets a row a record and screen."""
    given = _screens(question.screens) if question.screens else usual()
    folder = question.screens.parent if question.screens else Path.cwd()
    choice, told = ready(with_benchmarks(given, question.against), folder, lenient=question.screens is None)
    source, guessed = described(question.records, question.columns, question.domain)
    told += [f"read the column {column!r} as {name}" for name, column in guessed.items()]
    with TemporaryDirectory(prefix="headrace-") as place:
        corpus = Corpus(place)
        taken = take_in(source, corpus, engine)
        return examine(taken, Session(corpus, choice, engine, every=True, track=track), out), told


def usual() -> dict[str, Verdict | Screen]:
    """Every screen as it comes, masking where it can."""
    return {
        name: "mask" if "mask" in screen_of(name).can else "reject"
        for name in names()
        if name not in ASKED_FOR
    }


def _screens(path: Path) -> Mapping[str, Verdict | Screen]:
    try:
        given = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise UsageError(
            f"--screens: {path} should be TOML with [screens], is not ({error}); mend it"
        ) from None
    return parse_project({"name": "records", "screens": given.get("screens", {})}, str(path)).screens


def with_benchmarks(
    screens: Mapping[str, Verdict | Screen], against: Sequence[str]
) -> dict[str, Verdict | Screen]:
    """The same screens, records held against these benchmarks."""
    if not against:
        return dict(screens)
    given = screens.get("contamination", "reject")
    options = {"verdict": given} if isinstance(given, str) else given.model_dump()
    paths = [path if "://" in path else str(Path(path).expanduser().absolute()) for path in against]
    return {**screens, "contamination": Screen.model_validate({**options, "against": paths})}


def ready(
    screens: Mapping[str, Verdict | Screen], folder: Path, *, lenient: bool
) -> tuple[Choice, list[str]]:
    """The screens made ready; `lenient` leaves those out for which this machine lacks something, and says so."""
    told: list[str] = []
    able = dict(screens)
    for name in screens if lenient else ():
        if name not in ASKED_FOR:
            try:
                choose({name: screens[name]}, folder)
            except ProjectError as error:
                told.append(f"{name} is left out: {str(error).removeprefix('project.toml: ')}")
                del able[name]
    return choose(able, folder), told


def examine(taken: Taken, session: Session, out: Path | None) -> Verdicts:
    """Have every screen look at every record; `out` gets a row a record and screen, as Parquet or CSV by its name."""
    choice, corpus = session.choice, session.corpus
    screens = [*(one.screen.name for one in choice.alone), *(one.screen.name for one in choice.across)]
    verdicts = Verdicts(taken.malformed, {name: Counter() for name in screens})
    with verdict_file(out) as write:
        for shard, found in session.findings(taken.shards):
            places = {row: number for number, row in enumerate(_column(corpus, shard, "position"))}
            findings = [{**one, "place": places[one["position"]]} for one in found.to_pylist()]
            verdicts.add(len(places), findings)
            if out is not None:
                write(_rows(corpus, shard, findings, list(verdicts.screens)))
    return verdicts


def _column(corpus: Corpus, shard: str, name: str) -> list[Any]:
    return [value for batch in corpus.read(shard, (name,)) for value in batch.column(name).to_pylist()]


def _rows(corpus: Corpus, shard: str, findings: list[dict[str, Any]], screens: list[str]) -> pa.Table:
    """A row a record and screen: those of a record together."""
    names, lines = _column(corpus, shard, "record_id"), _column(corpus, shard, "row")
    each = len(screens)
    columns: dict[str, list[Any]] = {
        "record": [name for name in names for _ in screens],
        "row": [line for line in lines for _ in screens],
        "screen": screens * len(names),
        "verdict": ["pass"] * (each * len(names)),
        "reason": [None] * (each * len(names)),
        "evidence": [None] * (each * len(names)),
    }
    for one in findings:
        number = one["place"] * each + screens.index(one["screen"])
        for column in ("verdict", "reason", "evidence"):
            columns[column][number] = one[column]
    return pa.table(columns, schema=VERDICTS)


@contextmanager
def verdict_file(out: Path | None) -> Iterator[Callable[[pa.Table], None]]:
    """A file that is there once all of it is; what is given is put into it. Without a name, into nothing."""
    if out is None:
        yield lambda _: None
        return
    part = out.with_name(f".{out.name}.{os.getpid()}.part")
    kind = pa.csv.CSVWriter if out.suffix.lower() == ".csv" else pa.parquet.ParquetWriter
    try:
        with kind(part, VERDICTS) as writer:
            yield writer.write_table
        part.replace(out)
    except OSError as error:
        raise UsageError(
            f"--out: {out} should be writable, is not ({error.strerror or error}); name another place"
        ) from None
    finally:
        part.unlink(missing_ok=True)
