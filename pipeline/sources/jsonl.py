"""JSON Lines: one object a line, UTF-8, packed by gzip or zstd or not."""

import json
from collections.abc import Iterator
from io import BufferedReader
from typing import IO, Any, ClassVar

from pipeline.sources.base import MAX_BYTES, AnyRow, BadRow, FileReader, Line, RawRow, SourceRow, Span
from pipeline.sources.files import File, open_bytes, open_raw, readable
from schemas.project import SourceConfig

_CHUNK = 2**18


class Jsonl(FileReader):
    """One JSON object a line; blank lines count as lines and are passed over."""

    name: ClassVar[str] = "jsonl"

    def rows_of(self, file: File, source: SourceConfig) -> Iterator[AnyRow]:
        for row in self.raw(Span(file), source):
            yield parsed(row) if isinstance(row, Line) else row

    def cut(self, file: File, size: int) -> list[Span]:
        """Pieces by bytes: a line belongs to the one that it begins in."""
        if file.is_packed:
            return [Span(file)]
        return [Span(file, start, min(start + size, file.size)) for start in range(0, file.size, size)]

    def count(self, span: Span) -> int | None:
        """The line ends among the bytes of a piece."""
        with readable(span.file.path), open_raw(span.file.path) as stream:
            stream.seek(span.start)
            left, found = (span.end or span.file.size) - span.start, 0
            while left > 0 and (chunk := stream.read(min(_CHUNK, left))):
                left -= len(chunk)
                found += chunk.count(b"\n")
        return found

    def raw(self, span: Span, source: SourceConfig) -> Iterator[RawRow]:  # noqa: ARG002 - has no options
        name, longest = span.file.name, MAX_BYTES
        with readable(span.file.path), open_bytes(span.file.path) as stream:
            number = span.rows + _to_first_line(stream, span.start)
            for lines in _lines(stream, span):
                for line in lines:
                    number += 1
                    if len(line) >= longest:
                        yield BadRow(number, f"line: should be at most {longest} bytes, is longer", name)
                    elif line and not line.isspace():
                        yield Line(number, line, name)


def parsed(line: Line) -> AnyRow:
    """The object of a line, or why it has none."""
    values = parse_object(line.text)
    if isinstance(values, str):
        return BadRow(line.row, values, line.dataset)
    return SourceRow(line.row, values, line.dataset)


def parse_object(line: bytes) -> dict[str, Any] | str:
    """The object a line holds, or in one line why it holds none."""
    try:
        value = json.loads(line.rstrip(b"\r\n").decode(), object_pairs_hook=_each_key_once)
    except UnicodeDecodeError as error:
        return f"line: should be UTF-8, has byte 0x{line[error.start]:02x} at position {error.start + 1}"
    except json.JSONDecodeError as error:
        return f"line: should be JSON, is not: {error.msg} at character {error.pos + 1}"
    except RecursionError:
        return "line: should be JSON of sensible depth, is nested too deep"
    except ValueError as error:  # a key that stands there twice, a number of thousands of digits
        return f"line: {error}"
    return value if isinstance(value, dict) else f"line: should be a JSON object, is {type(value).__name__}"


def _each_key_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        twice = next(key for key, _ in pairs if sum(key == other for other, _ in pairs) > 1)
        raise ValueError(f"each key should stand once, {twice!r:.60} stands there twice")
    return made


def _to_first_line(stream: IO[bytes], start: int) -> int:
    """Go to the first line that begins at a place or behind it; 1 where the line before that goes on until then."""
    if start == 0:
        return 0
    stream.seek(start - 1)
    before = stream.readline(MAX_BYTES)
    if not before.endswith(b"\n"):
        _skip_line(stream)
    return int(before != b"\n")


def _lines(stream: BufferedReader, span: Span) -> Iterator[list[bytes]]:
    """The lines that begin in a span, many at once, without their ends; of one that is too long only its beginning.

    What was read before a fault comes before it.
    """
    left = _left(stream, span)
    while left > 0 and (chunk := stream.read1(int(min(_CHUNK, left)))):
        left -= len(chunk)
        lines = chunk.split(b"\n")
        last = lines.pop()
        yield lines
        if last:
            rest = stream.readline(MAX_BYTES)
            left -= len(rest)
            last += rest.removesuffix(b"\n")
            if len(last) >= MAX_BYTES and not rest.endswith(b"\n"):
                left -= _skip_line(stream)
            yield [last]


def _left(stream: IO[bytes], span: Span) -> float:
    """In how many bytes a line may yet begin; the first one begins with the file, whatever mark stands before it."""
    if span.end is None:
        return float("inf")
    return span.end - stream.tell() if span.start else max(1, span.end - stream.tell())


def _skip_line(stream: IO[bytes]) -> int:
    """Pass the rest of a line over; how many bytes that were."""
    skipped = 0
    while line := stream.readline(_CHUNK):
        skipped += len(line)
        if line.endswith(b"\n"):
            break
    return skipped


reader = Jsonl()
