"""JSON Lines: one object a line, UTF-8, gzipped or not."""

import json
from collections.abc import Iterator
from typing import IO, Any, ClassVar

from pipeline.sources.base import MAX_BYTES, AnyRow, BadRow, File, FileReader, SourceRow, open_bytes
from schemas.project import SourceConfig


class Jsonl(FileReader):
    """One JSON object a line; blank lines count as lines and are passed over."""

    name: ClassVar[str] = "jsonl"

    def rows_of(self, file: File, source: SourceConfig) -> Iterator[AnyRow]:  # noqa: ARG002 - has no options
        with open_bytes(file.path) as stream:
            number = 0
            while line := stream.readline(MAX_BYTES + 1):
                number += 1
                if len(line) > MAX_BYTES:
                    _skip_line(stream, line)
                    yield BadRow(number, f"line: should be at most {MAX_BYTES} bytes, is longer", file.name)
                elif not line.isspace():
                    values = parse_object(line)
                    if isinstance(values, str):
                        yield BadRow(number, values, file.name)
                    else:
                        yield SourceRow(number, values, file.name)


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


def _skip_line(stream: IO[bytes], line: bytes) -> None:
    while line and not line.endswith(b"\n"):
        line = stream.readline(MAX_BYTES)


reader = Jsonl()
