"""The demo's preference pairs: two answers to one problem, of which it is known how much better one is."""

# ruff: noqa: RUF001 - Chinese has punctuation of its own

from dataclasses import dataclass
from functools import cache
from typing import Final, Literal, TypeAlias

from pipeline.demo.reasoning import Problem, spare_problems
from pipeline.demo.working import Language, in_language
from schemas.records import Candidate, Record

TOPIC = "pair"
"""The topic by which project.toml tells these records from the step reviews."""

Flaw: TypeAlias = Literal["wrong", "muddled", "bare", "none"]
STRENGTH: Final[dict[Flaw, int]] = {"wrong": 3, "muddled": 2, "bare": 1, "none": 0}
"""What the worse answer suffers from, and how much better that makes the other: 0..3."""

TURNS: Final[tuple[Flaw, ...]] = (
    *("wrong", "muddled", "wrong", "bare", "wrong"),
    *("muddled", "wrong", "bare", "muddled", "none"),
)


@dataclass(frozen=True)
class Pair:
    """A record with two candidates, and the truth about them."""

    record: Record
    better: str
    """The text of the better answer; of either, where they are equally good."""
    strength: int
    """How much better: 0 the same, 3 much."""


@cache
def pairs() -> tuple[Pair, ...]:
    """The preference pairs, flaws taking turns."""
    return tuple(pair(problem, TURNS[at % len(TURNS)]) for at, problem in enumerate(spare_problems()))


def pair(problem: Problem, flaw: Flaw) -> Pair:
    """A good answer to a problem beside one with a flaw."""
    better, other = "\n".join(problem.right().steps), _flawed(problem, flaw)
    candidates = [Candidate(model="simulated", text=text) for text in sorted((better, other))]
    return Pair(problem.record(TOPIC, candidates), better, STRENGTH[flaw])


def _flawed(problem: Problem, flaw: Flaw) -> str:
    steps = problem.right().steps
    if flaw == "wrong":
        return "\n".join(problem.wrong().steps)
    if flaw == "muddled":
        return _muddled(steps, problem.language)
    if flaw == "bare":
        return in_language(
            problem.language, f"The answer is {problem.answer()}.", f"答案是 {problem.answer()}。"
        )
    return "\n".join(f"{at}. {step}" for at, step in enumerate(steps, 1))


def _muddled(steps: list[str], language: Language) -> str:
    """The same steps in one breath, one of them twice, with much said that says nothing."""
    middle = len(steps) // 2
    first, again, rest = " ".join(steps[:middle]), steps[middle], " ".join(steps[middle + 1 :])
    return in_language(
        language,
        f"Okay, so, hmm, there are a few ways to go about this, but let's just start. {first} Now I think we do"
        f" this next, or maybe something else first? No, this: {again} Wait, let me look at that once more. Yes,"
        f" as before: {again} Anyway, going on from there. {rest} At least I believe that is what was asked.",
        f"嗯，这道题有好几种做法，先随便开始吧。{first}接下来好像应该这样，或者先算别的？还是这样吧：{again}"
        f"等一下，我再看一遍。对，还是刚才那样：{again}总之继续往下。{rest}应该就是题目要问的吧。",
    )
