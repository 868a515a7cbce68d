"""People whose answers do not depend on the items: at random, or always the same one."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np

from pipeline.quality.coded import Coded, Floats, Places
from pipeline.quality.intervals import Z, wilson
from pipeline.quality.signs import MOST_ITEMS, Sign
from pipeline.quality.truth import People
from pipeline.quality.work import Work, added, named

FEWEST = 20
"""So many answers of somebody are needed for a sign."""
NEXT_TO_NOTHING, FAR_LESS = 0.25, 0.75
"""Of the median of all people: whoever tells less of the items than the one, and for sure less than the other, is as
good as guessing."""
CONSTANT, VARIED = 0.95, 0.85
"""A share of one answer from which it is nearly always the same one, unless the others say it as often as that."""


@dataclass(frozen=True)
class Insight:
    """How much each person's answers have to do with the items: 0 as by chance, 1 as well as one can tell."""

    value: Floats
    error: Floats
    """The standard error of `value`."""
    room: Floats
    """How much better than by chance the answers could have been, all together: what `value` is a share of."""


def insight(votes: Coded, people: People, known: Places | None = None) -> Insight:
    """By how much each person's answers fit what all others say better than their own answers, shuffled, would.

    Answers at random, and always the same answer, fit no better than shuffled: 0, however frequent a label is.
    """
    return insight_of(Work(votes, people, known))


def insight_of(work: Work) -> Insight:
    """The same of one kind of work."""
    votes, others = work.votes, work.others
    count, labels = len(votes.annotators), len(votes.labels)
    own = np.bincount(votes.annotator * labels + votes.label, minlength=count * labels).reshape(count, labels)
    habit = own / np.maximum(own.sum(axis=1, keepdims=True), 1)
    by_habit = (others * habit[votes.annotator]).sum(axis=1)
    gain = others[np.arange(votes.n), votes.label] - by_habit
    room = others.max(axis=1) - by_habit
    heads = np.maximum(votes.votes_per_annotator(), 1)
    gains, rooms, squares = (np.bincount(votes.annotator, one, count) for one in (gain, room, gain**2))
    safe = np.maximum(rooms, 1e-9)
    spread = np.sqrt(np.maximum(squares / heads - (gains / heads) ** 2, 1 / heads**2) * heads)
    return Insight(np.where(rooms > 0, gains / safe, 0.0), spread / safe, np.maximum(rooms, 0.0))


def careless(votes: Coded, people: People, known: Places | None = None) -> list[Sign]:
    """Signs of people who answer at random or always the same."""
    return careless_at([Work(votes, people, known)])


def careless_at(works: Sequence[Work]) -> list[Sign]:
    """The same over several kinds of work: the same answer in one of them, or at random in all together."""
    signs = [
        sign
        for work in works
        for at in np.flatnonzero(work.votes.votes_per_annotator() >= FEWEST)
        if (sign := _constant(work, int(at)))
    ]
    same = {sign.annotator for sign in signs}
    return signs + [sign for sign in _random(works) if sign.annotator not in same]


def _random(works: Sequence[Work]) -> list[Sign]:
    names = named(works)
    parts = [(work.votes.annotators, insight_of(work)) for work in works]
    rooms = added(names, [(who, one.room) for who, one in parts])
    safe = np.maximum(rooms, 1e-9)
    value = added(names, [(who, one.value * one.room) for who, one in parts]) / safe
    error = np.sqrt(added(names, [(who, (one.error * one.room) ** 2) for who, one in parts])) / safe
    usual = added(
        names, [(who, _usual(work, one) * one.room) for work, (who, one) in zip(works, parts, strict=True)]
    )
    heads = added(
        names, [(work.votes.annotators, work.votes.votes_per_annotator().astype(float)) for work in works]
    )
    signs = []
    for at in np.flatnonzero((heads >= FEWEST) & (rooms > 0)):
        mine, half, others = float(value[at]), Z * float(error[at]), float(usual[at] / safe[at])
        if mine < NEXT_TO_NOTHING * others and mine + half < FAR_LESS * others:
            said = (
                f"{heads[at]:.0f} answers fit those of others by {mine:.2f}, usual is {others:.2f} "
                "(1 as well as one can tell, 0 by chance)"
            )
            interval = (mine - half, mine + half)
            signs.append(
                Sign("random", names[at], mine, interval, int(heads[at]), said, None, _odd(works, names[at]))
            )
    return signs


def _usual(work: Work, found: Insight) -> float:
    """What is usual in a kind of work: the median of those who did enough of it, or else the mean of all votes."""
    judged = work.votes.votes_per_annotator() >= FEWEST
    if judged.any():
        return float(np.median(found.value[judged]))
    return float((found.value * found.room).sum() / max(found.room.sum(), 1e-9))


def _odd(works: Sequence[Work], name: str) -> tuple[str, ...]:
    """The items on which somebody's answer is the least probable by all others."""
    found = []
    for work in works:
        own = np.flatnonzero(
            np.array([str(one) == name for one in work.votes.annotators])[work.votes.annotator]
        )
        fits = work.others[own, work.votes.label[own]]
        ranked = np.argsort(fits, kind="stable")[:MOST_ITEMS]
        found += list(zip(fits[ranked].tolist(), work.items(own[ranked], MOST_ITEMS), strict=True))
    return tuple(item for _, item in sorted(found)[:MOST_ITEMS])


def _constant(work: Work, at: int) -> Sign | None:
    votes = work.votes
    own = votes.annotator == at
    counts = np.bincount(votes.label[own], minlength=len(votes.labels))
    peers = np.isin(votes.item, votes.item[own]) & ~own
    top, n = int(counts.argmax()), int(counts.sum())
    theirs = float((votes.label[peers] == top).mean()) if peers.any() else 1.0
    share = counts[top] / n
    if share < CONSTANT or theirs > VARIED or sqrt(n) * (share - theirs) < Z:
        return None
    label = votes.labels[top]
    said = f"{counts[top]} of {n} answers are {label!r:.40}; others say so of the same items {theirs:.0%} of the time"
    against = np.flatnonzero(own & (votes.label == top) & (work.others.argmax(axis=1) != top))
    interval = wilson(float(share), n)
    return Sign(
        "constant",
        votes.annotators[at],
        float(share),
        interval,
        n,
        said,
        None,
        work.items(against, MOST_ITEMS),
    )
