"""The language against the claim: what says it is Chinese and is written in English would go to the wrong people."""

from functools import cache
from pathlib import Path
from typing import Annotated, Any, Protocol, cast

from pydantic import Field

from pipeline.screening._prose import letters, prose
from pipeline.screening.base import Found, Options, Screen
from pipeline.screening.subject import Subject
from schemas.errors import ProjectError

_ENOUGH = 60
"""So many letters (three of Latin script for one Chinese) tell a language; fewer do not."""
_MOST_READ = 600
"""Characters: more make nothing surer."""
_LIKELY = 0.5
"""Of the language it is read as: where none is likely, it is rather no language at all."""
_NONE = "zxx"
"""Of py3langid, for what is in no language."""
_ALIKE = (
    {"en", "pcm"},
    {"ar", "ary", "arz"},
    {"zh", "wuu", "yue", "cmn", "lzh", "nan", "hak", "gan"},
    {"no", "nb", "nn", "da"},
    {"sr", "hr", "bs", "sh"},
    {"id", "ms", "zsm"},
    {"pt", "gl"},
    {"fa", "prs", "tg"},
    {"tl", "fil"},
)
"""Languages that are too like each other in writing to tell from a few sentences."""


class LanguageOptions(Options):
    """How sure one must be, and whose words count."""

    sure: Annotated[float, Field(gt=0.5, lt=1)] = 0.9
    """How sure it must be that the claim is wrong."""
    candidates: bool = False
    """True looks at each candidate by itself too, not at the prompt alone."""


class Identifier(Protocol):
    """What py3langid loads."""

    nb_classes: list[str]

    def classify(self, text: str) -> tuple[str, float]:
        """The likeliest language with its probability."""

    def rank(self, text: str) -> list[tuple[str, float]]:
        """Each language with its probability."""


class Language(Screen):
    """Holds prose against the language that a record claims; says nothing of short texts and of programs."""

    name = "language"
    title = "other language than claimed"
    options = LanguageOptions

    def prepare(self, options: LanguageOptions, folder: Path) -> None:
        del options, folder
        try:
            import py3langid  # noqa: F401 - whether it is there
        except ImportError:
            raise ProjectError(
                "project.toml: screens.language: py3langid was expected, is not installed; "
                "install it with: pip install 'headrace[langid]'"
            ) from None

    def look(self, subject: Subject, options: LanguageOptions, prepared: Any) -> Found | None:  # noqa: ANN401 - as for Screen
        del prepared
        claimed = (subject.language or "").partition("-")[0].lower()
        same = _same(claimed)
        if not claimed or same.isdisjoint(_known()):
            return None
        for where, text in _texts(subject, options):
            words = prose(text[: 4 * _MOST_READ])[:_MOST_READ]
            if letters(words) < _ENOUGH:
                continue
            read_as, likely = _identifier().classify(words)
            if read_as in same or read_as == _NONE:
                continue
            as_claimed = sum(share for name, share in _identifier().rank(words) if name in same)
            if likely >= _LIKELY and as_claimed < 1 - options.sure:
                return Found(
                    f"it claims {claimed!r}, and its {where.partition('.')[0]} reads as {read_as!r}",
                    {"claimed": claimed, "read_as": read_as, "likely": round(likely, 3), "where": where},
                )
        return None


def _texts(subject: Subject, options: LanguageOptions) -> list[tuple[str, str]]:
    found = [("prompt", subject.prompt)]
    if options.candidates:
        found += [(f"candidates.{place}", text) for place, text in enumerate(subject.candidates)]
    return found


def _same(claimed: str) -> set[str]:
    """The languages that count as the one claimed."""
    return next((alike for alike in _ALIKE if claimed in alike), {claimed})


@cache
def _identifier() -> Identifier:
    """Loaded once a process: a second, and 130 MB."""
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    return cast("Identifier", LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True))


@cache
def _known() -> frozenset[str]:
    return frozenset(_identifier().nb_classes)


screen = Language()
