"""What Label Studio exports and imports as JSON: one list of tasks, each with its problem under `data`."""

import codecs
import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO, Any, ClassVar

from pipeline.sources.base import MAX_BYTES, AnyRow, BadRow, FileReader, SourceRow
from pipeline.sources.files import File, open_bytes, readable
from schemas.errors import SourceError
from schemas.project import SourceConfig

_CHUNK = 2**20
_NO_BLANK = re.compile(r"\S")


class LabelStudioExport(FileReader):
    """The `data` of each task; annotations, predictions and who made them are left where they are.

    They are others' judgements, with mail addresses in them, and no part of a problem. Rows count from 0.
    """

    name: ClassVar[str] = "label_studio"

    def rows_of(self, file: File, source: SourceConfig) -> Iterator[AnyRow]:  # noqa: ARG002 - has no options
        with open_bytes(file.path) as stream:
            for index, task in enumerate(elements(stream, file.name)):
                data = task.get("data") if isinstance(task, Mapping) else None
                if isinstance(data, Mapping):
                    yield SourceRow(index, data, file.name)
                else:
                    yield BadRow(index, f"data: should be an object, is {data!r:.60}", file.name)


def is_export(path: Path) -> bool:
    """Whether a JSON file is a list whose first element is a task of Label Studio: an object with `data`."""
    with readable(path), open_bytes(path) as stream:
        try:
            first = next(elements(stream, path.name), None)
        except SourceError:
            return False
    return isinstance(first, Mapping) and isinstance(first.get("data"), Mapping)


def elements(stream: IO[bytes], name: str) -> Iterator[Any]:
    """The elements of a file that is one JSON list, as they come; SourceError where it is none."""
    text = _Text(stream, name)
    if text.next() != "[":
        raise text.fault("should be one list of tasks")
    if text.next() == "]":
        return
    text.back()
    while True:
        yield text.value()
        following = text.next()
        if following == "]":
            return
        if following != ",":
            raise text.fault("should have a comma or the list's end here")


class _Text:
    """JSON text that is read piece by piece; what was used is forgotten."""

    def __init__(self, stream: IO[bytes], name: str) -> None:
        self._stream, self._name = stream, name
        self._decode = codecs.getincrementaldecoder("utf-8")().decode
        self._parse = json.JSONDecoder().raw_decode
        self._text, self._at, self._ended = "", 0, False

    def next(self) -> str:
        """The next character that is no blank; empty at the end."""
        while (found := _NO_BLANK.search(self._text, self._at)) is None:
            if self._ended:
                return ""
            self._at = len(self._text)
            self._more()
        self._at = found.end()
        return found[0]

    def back(self) -> None:
        """Give the last character back."""
        self._at -= 1

    def value(self) -> Any:  # noqa: ANN401 - any JSON
        """The value that begins next."""
        if self.next():
            self.back()
        while True:
            try:
                found, end = self._parse(self._text, self._at)
            except (ValueError, RecursionError) as error:
                if self._ended or len(self._text) > MAX_BYTES or isinstance(error, RecursionError):
                    raise self.fault(f"should be JSON, is not ({error})") from None
                self._more()
            else:
                if end < len(self._text) or self._ended:
                    self._at = end
                    return found
                self._more()  # a number may go on

    def fault(self, what: str) -> SourceError:
        """What is wrong, and what stands at that place."""
        found = self._text[max(self._at - 1, 0) :][:40]
        return SourceError(f"{self._name}: {what}, found {found!r}; export the project anew as JSON")

    def _more(self) -> None:
        # twice as much each time, so that one large task is not parsed from its start over and over
        piece = self._stream.read(max(_CHUNK, len(self._text)))
        self._ended = not piece
        try:
            self._text = self._text[self._at :] + self._decode(piece, self._ended)
        except UnicodeDecodeError:
            raise SourceError(f"{self._name}: should be UTF-8, is not; save it as UTF-8") from None
        self._at = 0


reader = LabelStudioExport()
