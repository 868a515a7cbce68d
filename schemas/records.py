"""The record: a problem as a source gave it, with candidate answers and whatever helps to judge them.

The format is frozen: fields may be added, none is renamed, and an id never moves. What counts as content is
listed in `CONTENT`; where a record comes from, under which licence, and what describes it do not.
"""

from functools import cached_property
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import AfterValidator, Field, JsonValue, StringConstraints, model_validator

from schemas.base import Frozen, content_id, set_fields

Domain: TypeAlias = Literal["reasoning", "coding"]
Text: TypeAlias = Annotated[str, StringConstraints(min_length=1)]


def _said(text: str) -> str:
    if not text.strip():
        raise ValueError("should say something, is blank")
    return text


Said: TypeAlias = Annotated[str, AfterValidator(_said)]


class Message(Frozen):
    """One turn of a conversation."""

    role: Literal["system", "user", "assistant", "tool"]
    content: str


class TestResult(Frozen):
    """How a program did in one test, as the source says."""

    __test__ = False  # pytest would take the name for a test

    passed: bool
    name: str = ""
    """What was tested, such as the assertion."""
    output: str = ""
    """What came out where it did not pass: the output, or the error."""


class Candidate(Frozen):
    """One model's answer to the prompt."""

    id: str | None = None
    model: str | None = None
    text: Said
    steps: tuple[str, ...] = ()
    """The answer cut into steps, where the source knows them; steps alone are text enough."""
    test_results: tuple[TestResult, ...] = ()
    """What tests said of a program, where the source knows it; not in the record's id."""

    @model_validator(mode="before")
    @classmethod
    def _text_of_steps(cls, given: Any) -> Any:  # noqa: ANN401 - pydantic hands over what came
        if (
            isinstance(given, dict)
            and given.get("text") is None
            and isinstance(given.get("steps"), list | tuple)
        ):
            return {**given, "text": "\n".join(map(str, given["steps"]))}
        return given


class Reference(Frozen):
    """What the source says is right."""

    answer: str | None = None
    solution: str | None = None
    test_results: tuple[TestResult, ...] = ()
    """What tests said of the solution, where it is known; not in the record's id."""


class TestCase(Frozen):
    """One input with the output it should give."""

    __test__ = False  # pytest would take the name for a test

    input: JsonValue = None
    output: JsonValue = None


class Tests(Frozen):
    """How a program is checked; nothing here runs outside the sandbox."""

    __test__ = False

    entry_point: str | None = None
    code: str | None = None
    cases: tuple[TestCase, ...] = ()


class Issue(Frozen):
    """A change asked of a repository."""

    repo: str
    base_commit: str | None = None
    patch: str | None = None
    test_patch: str | None = None


class Criterion(Frozen):
    """One line of a rubric."""

    criterion: Text
    points: float = 1.0
    tags: tuple[str, ...] = ()


class Source(Frozen):
    """Where a record was read."""

    dataset: str | None = None
    config: str | None = None
    split: str | None = None
    revision: str | None = None
    row: int | str | None = None


CONTENT = (
    "prompt",
    "domain",
    "language",
    "candidates",
    "reference",
    "tests",
    "programming_language",
    "issue",
    "rubric",
    "translation_of",
    "draft",
)
"""The fields that make a record the one it is. Candidates count by their text and steps."""


class Record(Frozen):
    """A problem with what is known of it. Only `prompt` and `domain` must be there."""

    prompt: Said | Annotated[tuple[Message, ...], Field(min_length=1)]
    domain: Domain
    language: Annotated[str, StringConstraints(pattern=r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*$")] | None = None
    """BCP 47, such as en, zh, pt-BR."""
    candidates: tuple[Candidate, ...] = ()
    reference: Reference | None = None
    tests: Tests | None = None
    programming_language: str | None = None
    topic: str | None = None
    difficulty: str | float | None = None
    license: str | None = None
    source: Source | None = None
    issue: Issue | None = None
    rubric: tuple[Criterion, ...] = ()
    translation_of: str | None = None
    draft: str | None = None
    hidden_model_label: JsonValue = None
    """A model's own judgement: never shown, kept for the test of who copies from a model."""
    extra: dict[str, JsonValue] = {}
    """Columns of the source that the format does not know, as they came."""

    @cached_property
    def id(self) -> str:
        """128 bits of the content that is set; a prompt in words and the same one as a user's message are one."""
        content = {key: value for key, value in set_fields(self).items() if key in CONTENT}
        content["prompt"] = [message.model_dump() for message in self.messages]
        if self.reference and self.reference.test_results:
            content["reference"] = set_fields(self.reference.replace(test_results=())) or None
            content = {key: value for key, value in content.items() if value is not None}
        if self.candidates:
            content["candidates"] = [
                {"text": c.text, **({"steps": list(c.steps)} if c.steps else {})} for c in self.candidates
            ]
        return content_id(content)

    @cached_property
    def prompt_id(self) -> str:
        """The problem's own identity, whatever candidates come with it: splits go by it."""
        return content_id([message.model_dump() for message in self.messages])

    @property
    def messages(self) -> tuple[Message, ...]:
        """The prompt as a conversation."""
        if isinstance(self.prompt, str):
            return (Message(role="user", content=self.prompt),)
        return self.prompt

    @property
    def text(self) -> str:
        """The prompt in words: a conversation's turns one after the other, named where there are several."""
        if isinstance(self.prompt, str):
            return self.prompt
        if len(self.prompt) == 1:
            return self.prompt[0].content
        return "\n\n".join(f"[{message.role}]\n{message.content}" for message in self.prompt)

    @property
    def primary_language(self) -> str:
        """The primary subtag of the language, `und` where it is not known: the first part of a cell."""
        return (self.language or "und").split("-")[0].lower()
