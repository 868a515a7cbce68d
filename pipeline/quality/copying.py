"""People who give others' answers for their own: seen where the others are wrong, or differ among themselves.

Whoever copies agrees with everybody, and any measure of agreement ranks them among the best. What tells them is which
answers they share: those that somebody who judged for themselves would have given only now and then.
"""

from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from pipeline.quality.coded import UNKNOWN, Coded, Floats, Places
from pipeline.quality.intervals import wilson
from pipeline.quality.signs import MOST_ITEMS, Kind, Sign
from pipeline.quality.truth import People, without_own

FEWEST = 8
"""So many telling answers are needed for a sign."""
SURE = 3.0
"""By so many standard deviations more answers must be shared than by chance, for one person."""
PAIR_ERROR = 0.01
"""How probable at most a sign of any pair at all is, where nobody copies."""
MOST_PAIRS = 4_000_000
"""Of more pairs of votes than these, a sample of items is looked at."""

AFTER = 0.8
"""Who answers after another so often may be the one who copies; else nobody can say which of the two it is."""


@dataclass(frozen=True)
class Shared:
    """For each person, or pair, how many answers were shared, and how many would have been by chance."""

    hits: Floats
    expected: Floats
    variance: Floats
    n: Floats

    def surprise(self) -> Floats:
        """How many standard deviations more than by chance."""
        found: Floats = (self.hits - self.expected) / np.sqrt(np.maximum(self.variance, 0.25))
        return found


def with_first(votes: Coded, people: People, turn: Places, known: Places | None = None) -> Shared:
    """How often each person sides with whoever answered an item first, where others differ.

    `turn` is how many votes on its item came before each vote.
    """
    first = np.full(len(votes.items), UNKNOWN, dtype=np.intp)
    first[votes.item[turn == 0]] = votes.label[turn == 0]
    return _siding(votes, people, np.where(turn > 0, first[votes.item], UNKNOWN), known)


def with_previous(votes: Coded, people: People, turn: Places, known: Places | None = None) -> Shared:
    """The same of whoever answered just before."""
    order = np.lexsort((turn, votes.item))
    before = np.full(votes.n, UNKNOWN, dtype=np.intp)
    before[order[1:]] = votes.label[order[:-1]]
    return _siding(votes, people, np.where(turn > 0, before, UNKNOWN), known)


def copies_earlier(votes: Coded, people: People, turn: Places, known: Places | None = None) -> list[Sign]:
    """Signs of people who side with whoever was first, or just before them; of both the clearer one."""
    first, previous = (way(votes, people, turn, known) for way in (with_first, with_previous))
    is_first = first.surprise() >= previous.surprise()
    signs = []
    for at, name in enumerate(votes.annotators):
        kind: Kind = "copies_first" if is_first[at] else "copies_previous"
        found = first if is_first[at] else previous
        if found.surprise()[at] <= SURE or found.n[at] < FEWEST:
            continue
        hits, n = int(found.hits[at]), int(found.n[at])
        whom = "whoever answered first" if is_first[at] else "whoever answered just before"
        said = (
            f"{hits} of {n} times with {whom}, where the others differ; "
            f"about {found.expected[at]:.0f} would be by chance"
        )
        signs.append(Sign(kind, name, hits / n, wilson(hits / n, n), n, said))
    return signs


def _siding(votes: Coded, people: People, label: Places, known: Places | None) -> Shared:
    """How often each vote is that label (UNKNOWN for none), where the other votes on its item are not all that."""
    is_there, label = label != UNKNOWN, np.maximum(label, 0)
    counts = votes.counts()
    hit = votes.label == label
    others = counts.sum(axis=1)[votes.item] - 1
    telling = is_there & (others > 1) & (counts[votes.item, label] - hit < others)
    chance = _chance(votes, without_own(votes, people, known), people, label)
    return _summed(votes.annotator, telling, hit, chance, len(votes.annotators))


def pairs(votes: Coded, people: People, turn: Places, known: Places | None = None) -> list[Sign]:
    """Signs of pairs who share more answers than two who judge for themselves would, given what all others say."""
    left, right = _pairs(votes)
    if not left.size:
        return []
    others = without_own(votes, people, known)
    chance = _chance_of(others[left], people.errors[votes.annotator[left]], votes.label[right])
    hit = votes.label[left] == votes.label[right]
    later = turn[left] > turn[right]
    count = len(votes.annotators)
    pair, place = np.unique(votes.annotator[left] * count + votes.annotator[right], return_inverse=True)
    found = _summed(place, np.ones(left.size, dtype=bool), hit, chance, pair.size)
    after = np.bincount(place, later, pair.size)
    signs = []
    for at in np.flatnonzero((found.surprise() > _threshold(pair.size)) & (found.n >= FEWEST)):
        one, other = (votes.annotators[who] for who in divmod(int(pair[at]), count))
        telling = (place == at) & hit
        items = votes.item[left[telling]][np.argsort(chance[telling], kind="stable")][:MOST_ITEMS]
        signs.append(
            _of_pair(
                one,
                other,
                (found.hits[at], found.n[at], found.expected[at]),
                after[at] / found.n[at],
                tuple(str(votes.items[item]) for item in items),
            )
        )
    return _one_each(signs)


def _of_pair(
    one: str, other: str, counted: tuple[float, float, float], later: float, items: tuple[str, ...]
) -> Sign:
    hits, n, expected = int(counted[0]), int(counted[1]), counted[2]
    said = f"{hits} of {n} answers are the same as {other}'s; about {expected:.0f} would be, if each judged alone"
    kind: Kind = "copies_person" if later >= AFTER else "twins"
    return Sign(kind, one, hits / n, wilson(hits / n, n), n, said, other, items)


def _one_each(signs: list[Sign]) -> list[Sign]:
    """Of the two signs of a pair the one that says who copies; of twins the one by name."""
    by_pair: dict[frozenset[str], Sign] = {}
    for sign in sorted(signs, key=lambda one: (one.kind != "copies_person", one.annotator)):
        by_pair.setdefault(frozenset((sign.annotator, sign.other or "")), sign)
    return list(by_pair.values())


def _pairs(votes: Coded) -> tuple[Places, Places]:
    """All ordered pairs of votes on one item, by their places."""
    order = np.argsort(votes.item, kind="stable")
    heads = votes.votes_per_item()
    starts = np.cumsum(heads) - heads
    of_item = heads.astype(np.int64) * (heads - 1)
    if of_item.sum() > MOST_PAIRS:
        drawn = np.random.default_rng(0).permutation(len(heads))
        out = drawn[np.cumsum(of_item[drawn]) > MOST_PAIRS]
        heads = heads.copy()
        heads[out] = 0
    left, right = [], []
    for size in np.unique(heads[heads > 1]):
        base = starts[heads == size][:, None]
        a, b = np.nonzero(~np.eye(int(size), dtype=bool))
        left.append((base + a).ravel())
        right.append((base + b).ravel())
    none = np.zeros(0, dtype=np.intp)
    return (order[np.concatenate(left)], order[np.concatenate(right)]) if left else (none, none)


def _chance(votes: Coded, others: Floats, people: People, label: Places) -> Floats:
    """How probably each vote would have been that label, by its person's errors and what all others say."""
    return _chance_of(others, people.errors[votes.annotator], label)


def _chance_of(others: Floats, errors: Floats, label: Places) -> Floats:
    chance: Floats = (others * errors[np.arange(len(label)), label]).sum(axis=1)
    return chance


def _summed(
    place: Places,
    telling: NDArray[np.bool_],
    hit: NDArray[np.bool_],
    chance: Floats,
    count: int,
) -> Shared:
    weights = (hit & telling, chance * telling, chance * (1 - chance) * telling, telling)
    hits, expected, variance, n = (np.bincount(place, one, count).astype(float) for one in weights)
    return Shared(hits, expected, variance, n)


def _threshold(pairs: int) -> float:
    from scipy.special import ndtri

    return max(SURE, float(-ndtri(PAIR_ERROR / max(pairs, 1))) * sqrt(1.2))
