"""A record as screens look at it."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from pydantic_core import from_json

from schemas.base import canonical_json
from schemas.records import Record

_PLAIN = ("draft",)
_BESIDE = ("draft", "tests", "issue", "rubric")
_WITHIN = {
    "reference": ("answer", "solution"),
    "tests": ("code",),
    "issue": ("patch", "test_patch"),
}


class Subject:
    """One record of the corpus, parsed no further than somebody asks; never changed."""

    __slots__ = (
        "_record",
        "_text",
        "answers",
        "candidates",
        "fields",
        "payload",
        "position",
        "prompt",
        "record_id",
    )

    def __init__(self, record_id: str, position: int, payload: str) -> None:
        """See the attributes; the payload is a record as JSON, in which what is not set is left out."""
        self.record_id = record_id
        self.position = position
        """Its place among all records that were ever read; an earlier one goes before a later one."""
        self.payload = payload
        self.fields: dict[str, Any] = from_json(payload)
        """The payload as plain values: an eighth of the cost of `record`."""
        prompt = self.fields["prompt"]
        self.prompt: str = (
            prompt if isinstance(prompt, str) else "\n\n".join(turn["content"] for turn in prompt)
        )
        """The prompt in words: a conversation's turns one after the other, each a paragraph."""
        self.candidates: tuple[str, ...] = tuple([one["text"] for one in self.fields.get("candidates", ())])
        """The candidates' texts."""
        self.answers: tuple[str, ...] = self.candidates
        """All that people would judge beside the prompt: candidates, a draft, tests, a patch, a rubric's lines."""
        if any(map(self.fields.get, _BESIDE)):
            self.answers += tuple(_beside(self.fields))
        self._record: Record | None = None
        self._text: str | None = None

    @property
    def record(self) -> Record:
        """The record itself."""
        if self._record is None:
            self._record = Record.model_validate_json(self.payload)
        return self._record

    @property
    def text(self) -> str:
        """The prompt and the candidates, each a paragraph: what people would read first."""
        if self._text is None:
            self._text = "\n\n".join((self.prompt, *self.candidates)) if self.candidates else self.prompt
        return self._text

    @property
    def is_code(self) -> bool:
        """Whether it is about programs."""
        return bool(self.fields["domain"] == "coding")

    @property
    def language(self) -> str | None:
        """The language it claims (BCP 47)."""
        return self.fields.get("language")

    @property
    def programming_language(self) -> str | None:
        """The programming language it claims."""
        return self.fields.get("programming_language")

    @property
    def dataset(self) -> str | None:
        """The data set or file it was read from."""
        return (self.fields.get("source") or {}).get("dataset")

    def parts(self) -> Iterator[tuple[str, str]]:
        """Every text that people may be shown, after where it stands, such as `candidates.0.text`."""
        found: list[tuple[str, str]] = []

        def see(where: str, text: str) -> str:
            found.append((where, text))
            return text

        _each(self.fields, see)
        return iter(found)

    def rewritten(self, change: Callable[[str, str], str]) -> Record:
        """The record with every text that people may be shown as `change(where, text)` gives it."""
        return Record.model_validate(_each(self.fields, change))


def _beside(fields: Mapping[str, Any]) -> Iterator[str]:
    """What is judged and is no candidate."""
    for name, inner in (("tests", ("code", "cases")), ("issue", ("patch", "test_patch"))):
        held = fields.get(name) or {}
        for key in inner:
            if held.get(key):
                yield canonical_json(held[key]) if key == "cases" else held[key]
    if fields.get("draft"):
        yield fields["draft"]
    for one in fields.get("rubric", ()):
        yield one["criterion"]


def _each(fields: Mapping[str, Any], change: Callable[[str, str], str]) -> dict[str, Any]:
    """A record's fields with each text changed, in a settled order: the prompt first."""
    new = dict(fields)
    prompt = fields["prompt"]
    if isinstance(prompt, str):
        new["prompt"] = change("prompt", prompt)
    else:
        new["prompt"] = [
            {**turn, "content": change(f"prompt.{n}.content", turn["content"])}
            for n, turn in enumerate(prompt)
        ]
    for name in _PLAIN:
        if name in fields:
            new[name] = change(name, fields[name])
    for name, inner in _WITHIN.items():
        if name in fields:
            new[name] = {
                key: change(f"{name}.{key}", value) if key in inner and value is not None else value
                for key, value in fields[name].items()
            }
    if "candidates" in fields:
        new["candidates"] = [_candidate(n, one, change) for n, one in enumerate(fields["candidates"])]
    if "rubric" in fields:
        new["rubric"] = [
            {**one, "criterion": change(f"rubric.{n}.criterion", one["criterion"])}
            for n, one in enumerate(fields["rubric"])
        ]
    return new


def _candidate(number: int, given: Mapping[str, Any], change: Callable[[str, str], str]) -> dict[str, Any]:
    where = f"candidates.{number}"
    new = {**given, "text": change(f"{where}.text", given["text"])}
    if given.get("steps"):
        new["steps"] = [change(f"{where}.steps.{n}", step) for n, step in enumerate(given["steps"])]
    return new
