"""What became of each test case, told as it happens, so that it is known when a program ends all of it."""

from collections.abc import Callable
from types import ModuleType, TracebackType
from typing import Literal, TypeAlias

from pipeline.verification.sandbox.guest.remote import Line
from pipeline.verification.sandbox.guest.wire import Frames, Gone, NotData, TooMuch

Outcome: TypeAlias = Literal["passed", "failed", "unknown", "inside"]
_OF_THE_TEST = (NameError, ImportError, SyntaxError, MemoryError, RecursionError, TooMuch)
"""What a test raises that cannot be run, whatever the program is."""
WORST = ("failed", "inside", "unknown", "passed")
LONGEST = 600


class Cases:
    """The cases of one run. A case that is come by more than once, as in a loop, is what it was at worst."""

    def __init__(self, frames: Frames, line: Line | None, gave: Callable[[], str]) -> None:
        """`line` leads to the program, where that is another process; `gave` says what it gave last."""
        self._frames, self._line, self.gave = frames, line, gave
        self._known: dict[int, str] = {}
        self.depth = 0

    def __call__(self, number: int) -> "Case":
        """The case, to be entered: `with __case__(3): …`."""
        return Case(self, number)

    def begin(self, number: int) -> None:
        """Tell that a case is under way, for it may be the last thing that we tell."""
        if number not in self._known:
            self._frames.send({"at": number})

    def swallowed(self) -> BaseException | None:
        """What ended a case, or should have, but for a test that catches everything."""
        return Gone() if self._line and self._line.gone else NotData.last

    def judged(self, error: BaseException) -> tuple[Outcome, str]:
        """What an exception says of a case."""
        outcome, output = judged(error, self.gave)
        asserted = isinstance(error, AssertionError) or getattr(error, "of_the_program", False)
        if outcome == "failed" and not asserted and self._line and self._line.flat:
            return "inside", f"more than a value of a class of the program's own tells: {output}"
        return outcome, output

    def end(self, number: int, outcome: Outcome, output: str) -> None:
        """Tell what became of it."""
        known = self._known.get(number)
        if known is None or WORST.index(outcome) < WORST.index(known):
            self._known[number] = outcome
            self._frames.send({"case": number, "outcome": outcome, "output": output[:LONGEST]})


class Case:
    """One case: what is raised in it is its outcome, and the next one goes on."""

    def __init__(self, cases: Cases, number: int) -> None:
        self._cases, self._number = cases, number

    def __enter__(self) -> None:
        self._cases.depth += 1
        NotData.last = None
        self._cases.begin(self._number)

    def __exit__(self, kind: object, error: BaseException | None, trace: TracebackType | None) -> bool:
        del kind, trace
        self._cases.depth -= 1
        swallowed = self._cases.swallowed()
        if isinstance(swallowed or error, Gone):
            raise swallowed or Gone
        if (error := swallowed or error) is None:
            self._cases.end(self._number, "passed", "")
            return True
        self._cases.end(self._number, *self._cases.judged(error))
        return self._cases.depth == 0 and isinstance(error, Exception | NotData)


def judged(error: BaseException, gave: Callable[[], str] = lambda: "") -> tuple[Outcome, str]:
    """What an exception says of a case."""
    if isinstance(error, NotData):
        return "inside", str(error)
    words = in_words(error)
    if getattr(error, "of_the_program", False):
        return ("unknown", refused(words)) if beyond(error) else ("failed", words)
    if isinstance(error, AssertionError):
        return "failed", "; ".join(one for one in (gave(), str(error)) if one)
    if isinstance(error, _OF_THE_TEST) or isinstance(getattr(error, "obj", None), ModuleType):
        return "unknown", f"the test itself cannot be run: {words}"
    return "failed", "; ".join(one for one in (gave(), words) if one)


def beyond(error: BaseException) -> bool:
    """Whether a program failed for want of what no sandbox of ours gives: files, processes, other libraries."""
    return bool(getattr(error, "refused", False)) or type(error).__name__ == "ModuleNotFoundError"


def refused(words: str) -> str:
    """What to say of it."""
    return f"it asked for what the sandbox does not give: {words}"


def in_words(error: BaseException) -> str:
    """An exception by its name, and what it says."""
    name = type(error).__name__
    try:
        said = str(error)
    except Exception:  # noqa: BLE001 - of foreign code
        said = ""
    return f"{name}: {said}"[:LONGEST] if said else name
