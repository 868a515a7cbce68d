"""People whose answers do not depend on the items: at random, or always the same one."""

from dataclasses import dataclass
from math import sqrt

import numpy as np

from pipeline.quality.coded import Coded, Floats, Places
from pipeline.quality.intervals import Z, wilson
from pipeline.quality.signs import Sign
from pipeline.quality.truth import People, without_own

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


def insight(votes: Coded, people: People, known: Places | None = None) -> Insight:
    """By how much each person's answers fit what all others say better than their own answers, shuffled, would.

    Answers at random, and always the same answer, fit no better than shuffled: 0, however frequent a label is.
    """
    others = without_own(votes, people, known)
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
    return Insight(np.where(rooms > 0, gains / safe, 0.0), spread / safe)


def careless(votes: Coded, people: People, known: Places | None = None) -> list[Sign]:
    """Signs of people who answer at random or always the same."""
    found = insight(votes, people, known)
    heads = votes.votes_per_annotator()
    judged = heads >= FEWEST
    if not judged.any():
        return []
    usual = float(np.median(found.value[judged]))
    signs = [_constant(votes, at) for at in np.flatnonzero(judged)]
    same = {sign.annotator for sign in signs if sign}
    for at in np.flatnonzero(judged):
        value, half = float(found.value[at]), Z * float(found.error[at])
        name = votes.annotators[at]
        if name not in same and value < NEXT_TO_NOTHING * usual and value + half < FAR_LESS * usual:
            said = (
                f"{heads[at]} answers fit those of others by {value:.2f}, usual is {usual:.2f} "
                "(1 as well as one can tell, 0 by chance)"
            )
            signs.append(Sign("random", name, value, (value - half, value + half), int(heads[at]), said))
    return [sign for sign in signs if sign]


def _constant(votes: Coded, at: int) -> Sign | None:
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
    return Sign("constant", votes.annotators[at], float(share), wilson(float(share), n), n, said)
