"""Length: prompts and candidates that are too short to say anything, or too long to be read or trained on."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import AfterValidator

from pipeline.screening._token_counts import estimated, read_tokenizer
from pipeline.screening.base import Found, Options, Screen
from pipeline.screening.subject import Subject


def _ordered(given: tuple[int, int]) -> tuple[int, int]:
    if not 0 <= given[0] <= given[1]:
        raise ValueError(f"should be [least, most], is {list(given)}")
    return given


Range: TypeAlias = Annotated[tuple[int, int], AfterValidator(_ordered)]


class LengthOptions(Options):
    """The least and the most that each part may have."""

    unit: Literal["tokens", "characters"] = "tokens"
    prompt: Range = (1, 8_000)
    candidate: Range = (1, 16_000)
    """Of each."""
    total: Range = (1, 64_000)
    """Of the prompt with all candidates."""
    tokenizer: str | None = None
    """A `tokenizer.json`, from the project's folder; without one tokens are estimated."""


class Length(Screen):
    """Counts or estimates tokens, or counts characters, of the prompt, of each candidate, and of all together."""

    name = "length"
    title = "too short or too long"
    options = LengthOptions

    def prepare(self, options: LengthOptions, folder: Path) -> Any:  # noqa: ANN401 - tokenizers ships no useful types
        return None if options.tokenizer is None else read_tokenizer(folder / options.tokenizer)

    def look(self, subject: Subject, options: LengthOptions, prepared: Any) -> Found | None:  # noqa: ANN401 - as above
        measure = _measure(options, prepared)
        lengths = [(where, measure(text), allowed) for where, text, allowed in _parts(subject, options)]
        total = sum(length for _, length, _ in lengths)
        for where, length, allowed in (*lengths, ("whole", total, options.total)):
            if not allowed[0] <= length <= allowed[1]:
                return _found(where, length, allowed, options, estimate=prepared is None)
        return None


def _parts(subject: Subject, options: LengthOptions) -> Iterator[tuple[str, str, tuple[int, int]]]:
    yield "prompt", subject.prompt, options.prompt
    for place, text in enumerate(subject.candidates):
        yield f"candidates.{place}", text, options.candidate


def _measure(options: LengthOptions, tokenizer: Any) -> Callable[[str], int]:  # noqa: ANN401 - as above
    if options.unit == "characters":
        return len
    if tokenizer is None:
        return estimated
    return lambda text: len(tokenizer.encode(text, add_special_tokens=False).ids)


def _found(
    where: str, length: int, allowed: tuple[int, int], options: LengthOptions, *, estimate: bool
) -> Found:
    about = "about " if estimate and options.unit == "tokens" else ""
    side = "at least" if length < allowed[0] else "at most"
    limit = allowed[0] if length < allowed[0] else allowed[1]
    return Found(
        f"its {where} has {about}{length} {options.unit}, {side} {limit} were asked for",
        {"where": where, options.unit: length, "estimate": bool(about), "allowed": list(allowed)},
    )


screen = Length()
