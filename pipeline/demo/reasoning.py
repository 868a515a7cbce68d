"""The demo's reasoning problems: solved step by step, two in five with one planted wrong step."""

import random
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.metadata import version
from itertools import chain, islice, product, zip_longest
from typing import Any

from pipeline.demo.families import BaseChange, CommonDivisor, Equation, Family, Simplification, Sum
from pipeline.demo.stories import Bakery, Eggs, Legs, Puzzles
from pipeline.demo.working import Implausible, Language, Slip, Working, in_language
from schemas.errors import SourceError
from schemas.records import Candidate, Record, Reference, Source

SEED = 20
DRAWS = 600
LICENSE = "Apache-2.0"
SLIPS = (1, -1, 2, -2, 10, -10, 9, -9, 100, -100)
"""How far off people are: a miscount, a forgotten carry, two digits swapped."""

COUNTS: tuple[tuple[Family, int, int], ...] = (
    (Sum(), 10, 4),
    (Legs(), 8, 4),
    (Simplification(), 10, 4),
    (Equation(), 10, 4),
    (Puzzles(), 4, 2),
    (CommonDivisor(), 7, 4),
    (Bakery(), 4, 2),
    (BaseChange(), 7, 4),
    (Eggs(), 4, 2),
)
"""Each family with how many of its problems become step reviews, and how many more preference pairs."""
MORE = 1
"""Of each family, beyond these: for gold."""
UNSOLVED = 6
"""Of each of some families, beyond those: for answers to check."""
LAST = 2
"""Of each of these families, beyond all that: for more gold."""


@dataclass(frozen=True)
class Problem:
    """A problem that reasoning-gym drew, asked in one language."""

    family: Family
    language: Language
    entry: dict[str, Any]
    verifier: Any
    """The generator: its `score_answer` is 1.0 for a right answer only."""

    @cached_property
    def prompt(self) -> str:
        """The problem in its language."""
        return in_language(self.language, *self.family.ask(self.entry["metadata"]))

    def right(self) -> Working:
        """The solution without a slip."""
        return self._solve(None)[0]

    def wrong(self) -> Working:
        """A solution with one slip, which the rest carries on to a wrong answer."""
        return self.slipped()[0]

    def slipped(self) -> tuple[Working, str]:
        """The same, with the wrong answer."""
        rng = random.Random(self.prompt)  # noqa: S311 - chooses a slip, keeps no secret
        slips = [Slip(at, by) for at, by in product(range(self.right().computed), SLIPS)]
        rng.shuffle(slips)
        for slip in slips:
            try:
                working, answer = self._solve(slip)
            except Implausible:
                continue
            if not self.verified(answer):
                return working, answer
        raise ValueError(f"{self.prompt!r}: a slip should make the answer wrong, none does")

    def answer(self) -> str:
        """The right answer, in the form of the generator."""
        return self._solve(None)[1]

    def verified(self, answer: str) -> bool:
        """Whether the generator's own verifier takes the answer for right."""
        return bool(self.verifier.score_answer(answer, self.entry) == 1.0)

    def record(self, topic: str, candidates: Sequence[Candidate]) -> Record:
        """The problem as a record."""
        return Record(
            prompt=self.prompt,
            domain="reasoning",
            language=self.language,
            candidates=tuple(candidates),
            reference=Reference(answer=self.answer()),
            topic=topic,
            license=LICENSE,
            source=Source(
                dataset=f"reasoning_gym/{self.family.generator}",
                revision=version("reasoning-gym"),
                row=self.entry["metadata"]["source_index"],
            ),
        )

    def _solve(self, slip: Slip | None) -> tuple[Working, str]:
        working = Working(self.language, slip)
        return working, self.family.solve(self.entry["metadata"], working)


@dataclass(frozen=True)
class Solution:
    """A record with one candidate, and the truth about it."""

    record: Record
    wrong_step: int | None
    """The planted wrong step, counted from 0; None where every step is right."""


@cache
def solutions() -> tuple[Solution, ...]:
    """The problems for step review, families mixed: every third in Chinese, two in five planted."""
    problems = _mixed([_problems(family)[:count] for family, count, _ in COUNTS])
    return tuple(solution(problem, planted=at % 5 in (1, 3)) for at, problem in enumerate(problems))


@cache
def spare_problems() -> tuple[Problem, ...]:
    """Problems that are in no step review, families mixed: for preference pairs."""
    return tuple(_mixed([_problems(family)[count : count + pairs] for family, count, pairs in COUNTS]))


@cache
def more_problems() -> tuple[Problem, ...]:
    """Problems that are in nothing else, every third in Chinese: for gold."""
    first = _mixed([_problems(family)[count + pairs :][:MORE] for family, count, pairs in COUNTS])
    return (*first, *_mixed([_problems(family)[-LAST:] for family, _, _ in COUNTS if _is_checked(family)]))


@cache
def unsolved_problems() -> tuple[Problem, ...]:
    """Problems that are in nothing else, in English: for answers to check."""
    families = (_problems(family)[-LAST - UNSOLVED : -LAST] for family, _, _ in COUNTS if _is_checked(family))
    return tuple(chain.from_iterable(zip(*families, strict=True)))


def _is_checked(family: Family) -> bool:
    """Whether its answers are such as a machine can compare, and there are enough of its problems."""
    return isinstance(family, Sum | Simplification | Equation | CommonDivisor)


def solution(problem: Problem, *, planted: bool) -> Solution:
    """A problem with one solution, in which a step is wrong where that is planted."""
    working = problem.wrong() if planted else problem.right()
    candidate = Candidate(model="simulated", text="\n".join(working.steps), steps=tuple(working.steps))
    return Solution(problem.record(problem.family.topic, [candidate]), working.wrong)


def _mixed(families: Sequence[Sequence[Problem]]) -> list[Problem]:
    """One of each family in turn, and every third of them in Chinese, another family's each time."""
    turns = chain.from_iterable(zip_longest(*families))
    found = [problem for problem in turns if problem is not None]
    return [
        Problem(problem.family, _language(at + at // len(families)), problem.entry, problem.verifier)
        for at, problem in enumerate(found)
    ]


def _language(at: int) -> Language:
    return "zh" if at % 3 == 2 else "en"  # noqa: PLR2004 - the last of three


@cache
def _problems(family: Family) -> list[Problem]:
    """As many different problems of a family as the demo needs."""
    wanted = next(reviews + pairs + MORE for one, reviews, pairs in COUNTS if one is family)
    wanted += (UNSOLVED + LAST) * _is_checked(family)
    found = list(islice(_drawn(family), wanted))
    if len(found) < wanted:
        raise SourceError(
            f"{family.generator}: {wanted} problems were expected from {DRAWS} draws, {len(found)} suit;"
            " install the version of reasoning-gym that requirements name"
        )
    return found


def _drawn(family: Family) -> Iterator[Problem]:
    asked: set[str] = set()
    generator = _generator(family)
    for entry in generator:
        if not family.suits(entry["metadata"]):
            continue
        problem = Problem(family, "en", entry, generator)
        if problem.prompt not in asked:
            asked.add(problem.prompt)
            yield problem


def _generator(family: Family) -> Any:  # noqa: ANN401 - reasoning-gym ships no types
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what its dependencies' code says of itself on import
        try:
            import reasoning_gym
        except ModuleNotFoundError:
            raise SourceError(
                "the demo's problems: reasoning-gym is needed, it is not installed;"
                " install it with: pip install 'headrace[synthetic]'"
            ) from None
    return reasoning_gym.create_dataset(family.generator, size=DRAWS, seed=SEED, **family.settings)
