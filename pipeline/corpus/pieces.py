"""Sources cut into pieces that can be read at once, in any order, by anybody."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import pairwise

from pipeline.corpus.base import Corpus
from pipeline.engine import Engine
from pipeline.sources import readers
from pipeline.sources.base import FileReader, Span
from pipeline.sources.files import File
from schemas.project import SourceConfig

SIZE = 16 * 2**20
"""Bytes of a piece, as they lie there: half a second's work, so that workers end together."""
GROUPED = 500
"""How many small files make a piece at the most."""
EACH = 2**40
"""Positions that a piece has for its rows."""


@dataclass(frozen=True, slots=True)
class Piece:
    """What is read in one go, and where to."""

    corpus: Corpus
    folder: str
    """The project's, from which paths start."""
    source: SourceConfig
    spans: tuple[Span, ...]
    """None: the source is read as one."""
    draft: str
    """The beginning of the names of what is written."""
    position: int
    """Of its first row."""
    passed: tuple[int, ...]
    """How many rows of each span are settled already; none where the piece is new."""
    drafts: int
    """How many drafts are."""
    read_at: datetime
    is_first: bool
    """Whether the source begins here, so that its columns are looked at."""

    def __str__(self) -> str:
        names = [f"{span.file.name} from {span.start}" for span in self.spans]
        return f"{self.source.path or self.source.reader}: {', '.join(names[:3]) or 'all of it'}"


def cut(reader: FileReader, files: Iterable[File], engine: Engine) -> list[tuple[Span, ...]]:
    """Files as groups of spans, in their order, with the rows before each."""
    spans = [span for file in files for span in _spans(reader, file)]
    return list(_grouped(_numbered(reader, spans, engine)))


def _spans(reader: FileReader, file: File) -> list[Span]:
    return reader.cut(file, SIZE) if file.size > SIZE else [Span(file)]


@dataclass(frozen=True, slots=True)
class _Counted:
    """A span whose rows are counted for the sake of those behind it."""

    reader: str
    number: int
    span: Span


def _count(job: _Counted) -> int | None:
    reader = readers()[job.reader]
    assert isinstance(reader, FileReader)  # noqa: S101 - no other has spans
    return reader.count(job.span)


def _numbered(reader: FileReader, spans: list[Span], engine: Engine) -> list[Span]:
    """The spans with the rows before each, which takes a look at the files where they do not say it."""
    followed = [
        _Counted(reader.name, number, span)
        for number, (span, after) in enumerate(pairwise(spans))
        if after.file == span.file
    ]
    counts = {job.number: count for job, count in engine.run(_count, followed)}
    made: list[Span] = []
    for number, span in enumerate(spans):
        before = counts.get(number - 1)
        made.append(span if before is None else replace(span, rows=made[-1].rows + before))
    return made


def _grouped(spans: Sequence[Span]) -> Iterator[tuple[Span, ...]]:
    """Small files together, so that a hundred thousand of them do not make as many shards."""
    group: list[Span] = []
    size = 0
    for span in spans:
        own = _size(span)
        if group and (size + own > SIZE or len(group) == GROUPED):
            yield tuple(group)
            group, size = [], 0
        group.append(span)
        size += own
    if group:
        yield tuple(group)


def _size(span: Span) -> int:
    if span.end is None:
        return span.file.size * (4 if span.file.is_packed else 1)
    return SIZE
