"""A solution as somebody writes it down, in one of two languages, with one slip where one is planted."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

Language: TypeAlias = Literal["en", "zh"]


class Implausible(ValueError):  # noqa: N818 - a reason, not a fault
    """A slip so absurd that nobody would make it: another one should be tried."""


@dataclass(frozen=True)
class Slip:
    """One wrong result: the `at`-th number that the solution computes, counted from 0, comes out `by` off."""

    at: int
    by: int


class Working:
    """The steps of a solution. What follows a slip is worked out from the wrong number, as people do."""

    def __init__(self, language: Language, slip: Slip | None = None) -> None:
        self.steps: list[str] = []
        self.wrong: int | None = None
        """The step with the slip, counted from 0."""
        self.computed = 0
        """How many numbers were worked out: where a slip can be."""
        self._language = language
        self._slip = slip

    def compute(self, right: int) -> int:
        """A number worked out in the step that is said next: the right one, unless the slip is here."""
        at, self.computed = self.computed, self.computed + 1
        if self._slip is None or self._slip.at != at:
            return right
        self.wrong = len(self.steps)
        found = right + self._slip.by
        if 2 * abs(self._slip.by) > abs(right):
            raise Implausible(f"{right} became {found}")
        return found

    def say(self, en: str, zh: str) -> None:
        """The next step, in the solution's language."""
        self.steps.append(in_language(self._language, en, zh))


def in_language(language: Language, en: str, zh: str) -> str:
    """The one of two texts that is in the language."""
    return en if language == "en" else zh
