"""Whether somebody is good enough, asked after every gold answer: a test that ends early, and one that never does.

`sequential_test` is Wald's sequential probability ratio test between two accuracies: it asks as few gold items as can
be for its error shares. `drifts` is Page's cumulative sum: it notices when somebody who was good is no more.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from math import log
from typing import Literal, TypeAlias

State: TypeAlias = Literal["passed", "failed", "open"]

GOOD, BAD = 0.85, 0.60
"""Accuracies to be told apart: of people to be kept, and of people to be stopped. Between them either may come out."""
ERROR = 0.05
"""At most this share of good people fails, and of bad ones passes."""
RENEWED = 0.25
"""The share of good people that may fail falls to this each time they are tested anew: no more than ERROR ever fail."""
STEADY, DROPPED = 0.90, 0.70
"""The drift to be noticed: from the one accuracy to the other."""
ALARM = 4.0
"""The sum at which an alarm is raised: hundreds of answers apart for somebody steady, some twenty after a drop."""


@dataclass(frozen=True)
class GoldTest:
    """Where a test stands: `log_ratio` is for bad against good."""

    state: State
    log_ratio: float
    n: int
    """How many gold answers it took, or has taken so far."""


def sequential_test(
    right: Iterable[bool],
    good: float = GOOD,
    bad: float = BAD,
    error: float = ERROR,
    failing: float | None = None,
) -> GoldTest:
    """Test gold answers in their order; what comes after the end of the test is not looked at.

    `failing` is the share of good people that may fail, where it is to be less than `error`.
    """
    passes = log((1 - error) / error)
    fails = passes if failing is None else log((1 - error) / failing)
    ratio, n = 0.0, 0
    for hit in right:
        ratio += log(bad / good) if hit else log((1 - bad) / (1 - good))
        n += 1
        if not -passes < ratio < fails:
            return GoldTest("failed" if ratio > 0 else "passed", ratio, n)
    return GoldTest("open", ratio, n)


def newest_test(
    right: Iterable[bool], good: float = GOOD, bad: float = BAD, error: float = ERROR
) -> GoldTest:
    """The newest test of somebody who is tested anew each time one is passed; a test that was failed stays so.

    Each is stricter with who passed before: they have shown that they can, and `drifts` notices when they no more do.
    """
    answers = list(right)
    start, failing = 0, error
    while True:
        found = sequential_test(answers[start:], good, bad, error, failing)
        start, failing = start + found.n, failing * RENEWED
        if found.state != "passed" or start == len(answers):
            return found


@dataclass(frozen=True)
class Drift:
    """A drop that was noticed, and what was seen since it seems to have begun."""

    after: int
    """How many gold answers had been given when it was noticed."""
    began: int
    """After how many it seems to have begun."""
    right: int
    """Of those since."""
    of: int


def drifts(
    right: Iterable[bool], steady: float = STEADY, dropped: float = DROPPED, alarm: float = ALARM
) -> list[Drift]:
    """Every drop in a person's gold answers, in their order; after an alarm the sum begins anew."""
    found: list[Drift] = []
    total, began, hits = 0.0, 0, 0
    for n, hit in enumerate(right, 1):
        total += log(dropped / steady) if hit else log((1 - dropped) / (1 - steady))
        hits += hit
        if total <= 0:
            total, began, hits = 0.0, n, 0
        elif total >= alarm:
            found.append(Drift(n, began, hits, n - began))
            total, began, hits = 0.0, n, 0
    return found
