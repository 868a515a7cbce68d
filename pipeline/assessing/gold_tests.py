"""How each person stands on gold, cell by cell: tested after every answer, and watched for a drop."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from math import log

from pipeline.quality.gold import GoldVote, score
from pipeline.quality.intervals import wilson
from pipeline.quality.sequential import ALARM, ERROR, State, drifts, newest_test, sequential_test
from schemas.base import Frozen

FEWEST_BEFORE, GOOD_BEFORE = 8, 0.75
"""A drop is one of somebody who had so many answers before it, and this share of them right."""


class Dropped(Frozen):
    """A drop in somebody's gold answers, the newest one that was noticed."""

    began: datetime
    """When the first answer was given that it was noticed by."""
    noticed: datetime
    right: int
    """Of those from then until it was noticed."""
    of: int
    low: float
    """The share that is right since lies between these two 95 times in 100."""
    high: float


class GoldTested(Frozen):
    """Where one person stands on gold, in one cell or in all of theirs."""

    annotator: str
    cell: str | None
    """None: all of their cells together, of who was given gold in several."""
    right: int
    of: int
    low: float
    """Of Wilson's interval, in which the truth lies 95 times in 100."""
    high: float
    state: State
    """Of Wald's test: whether they are right 85 times in 100 (`passed`) or 60 (`failed`); `open` while it goes on.

    Whoever passes is tested anew, and has passed until they fail; who failed stays so. In each cell and in all of
    them it is stricter, the more cells somebody has: of good people no more than 5 in 100 ever fail in any.
    """
    since: datetime
    """When they were first given any."""
    missed: tuple[str, ...]
    """The tasks that they got wrong, the newest first."""
    dropped: Dropped | None
    """Of somebody who was good before."""


def gold_tests(votes: Iterable[GoldVote], aside: Collection[str] = ()) -> list[GoldTested]:
    """Everybody's tests, by person and cell, from what was said of gold in its order.

    Newcomers' tests do not count here, nor what nobody could judge; gold that is `aside` judges nobody.
    """
    by_person: dict[str, dict[str, list[GoldVote]]] = defaultdict(lambda: defaultdict(list))
    for vote in votes:
        if vote.right is not None and vote.purpose == "gold" and vote.task_id not in aside:
            by_person[vote.annotator][vote.cell].append(vote)
    return [test for name in sorted(by_person) for test in _of_person(by_person[name])]


def worst(tests: Iterable[GoldTested]) -> list[GoldTested]:
    """The tests that somebody fails, or got worse in: of who fails in all cells together not each cell again."""
    given = list(tests)
    in_all = {test.annotator for test in given if test.cell is None and test.state == "failed"}
    return [
        test
        for test in given
        if (test.state == "failed" or test.dropped is not None)
        and (test.cell is None or test.annotator not in in_all)
    ]


def states(tests: Iterable[GoldTested]) -> dict[str, State]:
    """What the tests of each person say together: failed where any is, else what all of their gold together says."""
    found: dict[str, State] = {}
    for test in tests:
        if test.state == "failed" or test.annotator not in found:
            found[test.annotator] = test.state
    return found


def _of_person(cells: Mapping[str, Sequence[GoldVote]]) -> Iterable[GoldTested]:
    groups: dict[str | None, Sequence[GoldVote]] = {}
    if len(cells) > 1:
        groups[None] = sorted((vote for votes in cells.values() for vote in votes), key=lambda vote: vote.at)
    groups |= {cell: cells[cell] for cell in sorted(cells)}
    for cell, votes in groups.items():
        yield _tested(cell, votes, len(groups))


def _tested(cell: str | None, votes: Sequence[GoldVote], tests: int) -> GoldTested:
    right = [bool(vote.right) for vote in votes]
    scored = score(votes)
    return GoldTested(
        annotator=votes[0].annotator,
        cell=cell,
        right=scored.right,
        of=scored.of,
        low=scored.low,
        high=scored.high,
        state=_state(right, ERROR / tests),
        since=votes[0].at,
        missed=tuple(vote.task_id for vote in reversed(votes) if not vote.right),
        dropped=_dropped(votes, right, tests),
    )


def _state(right: Sequence[bool], error: float) -> State:
    """As the test that is going on says; while that is open, whether they ever passed."""
    newest = newest_test(right, error=error).state
    return sequential_test(right, error=error).state if newest == "open" else newest


def _dropped(votes: Sequence[GoldVote], right: Sequence[bool], tests: int) -> Dropped | None:
    """The newest drop; false alarms come as much later as there are more tests at once."""
    found = drifts(right, alarm=ALARM + log(tests))
    before = right[: found[-1].began] if found else ()
    if len(before) < FEWEST_BEFORE or sum(before) < GOOD_BEFORE * len(before):
        return None
    newest = found[-1]
    low, high = wilson(newest.right / newest.of, newest.of)
    return Dropped(
        began=votes[newest.began].at,
        noticed=votes[newest.after - 1].at,
        right=newest.right,
        of=newest.of,
        low=low,
        high=high,
    )
