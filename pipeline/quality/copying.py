"""People who give others' answers for their own: seen where the others are wrong, or differ among themselves.

Whoever copies agrees with everybody, and any measure of agreement ranks them among the best. What tells them is which
answers they share: those that somebody who judged for themselves would have given only now and then.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from pipeline.quality.coded import UNKNOWN, Coded, Floats, Places
from pipeline.quality.intervals import wilson
from pipeline.quality.signs import MOST_ITEMS, Kind, Sign
from pipeline.quality.truth import People
from pipeline.quality.work import Work, added, named

FEWEST = 8
"""So many telling answers are needed for a sign."""
SURE = 3.0
"""By so many standard deviations more answers must be shared than by chance, for one person."""
PAIR_ERROR = 0.01
"""How probable at most a sign of any pair at all is, where nobody copies."""
MOST_PAIRS = 4_000_000
"""Of more pairs of votes than these, a sample of items is looked at."""

AFTER = 0.5
"""Who surely answers after another more often than this may be the one who copies; else nobody can say who it is."""


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
    return _first(Work(votes, people, known, turn)).shared()


def with_previous(votes: Coded, people: People, turn: Places, known: Places | None = None) -> Shared:
    """The same of whoever answered just before."""
    return _previous(Work(votes, people, known, turn)).shared()


def copies_earlier(votes: Coded, people: People, turn: Places, known: Places | None = None) -> list[Sign]:
    """Signs of people who side with whoever was first, or just before them; of both the clearer one."""
    return copies_earlier_at([Work(votes, people, known, turn)])


def copies_earlier_at(works: Sequence[Work]) -> list[Sign]:
    """The same over several kinds of work, each with the turns of its votes."""
    names = named(works)
    ways = [[way(work) for work in works] for way in (_first, _previous)]
    first, previous = (
        _over_all(names, [(one.work.votes.annotators, one.shared()) for one in way]) for way in ways
    )
    is_first = first.surprise() >= previous.surprise()
    signs = []
    for at, name in enumerate(names):
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
        items = [item for one in ways[0 if is_first[at] else 1] for item in one.items_of(name)]
        telling = tuple(item for _, item in sorted(items)[:MOST_ITEMS])
        signs.append(Sign(kind, name, hits / n, wilson(hits / n, n), n, said, None, telling))
    return signs


@dataclass(frozen=True)
class _Siding:
    """Of each vote whether it sides with a label, how probably it would by chance, and whether that tells anything."""

    work: Work
    telling: NDArray[np.bool_]
    hit: NDArray[np.bool_]
    chance: Floats

    def shared(self) -> Shared:
        """The same for each person."""
        votes = self.work.votes
        return _summed(votes.annotator, self.telling, self.hit, self.chance, len(votes.annotators))

    def items_of(self, name: str) -> list[tuple[float, str]]:
        """The items on which somebody's siding tells most, with how probable it was."""
        own = np.array([str(one) == name for one in self.work.votes.annotators])[self.work.votes.annotator]
        places = np.flatnonzero(own & self.telling & self.hit)
        ranked = places[np.argsort(self.chance[places], kind="stable")][:MOST_ITEMS]
        return list(zip(self.chance[ranked].tolist(), self.work.items(ranked, MOST_ITEMS), strict=True))


def _first(work: Work) -> _Siding:
    votes, turn = work.votes, _turn(work)
    first = np.full(len(votes.items), UNKNOWN, dtype=np.intp)
    first[votes.item[turn == 0]] = votes.label[turn == 0]
    return _siding(work, np.where(turn > 0, first[votes.item], UNKNOWN))


def _previous(work: Work) -> _Siding:
    votes, turn = work.votes, _turn(work)
    order = np.lexsort((turn, votes.item))
    before = np.full(votes.n, UNKNOWN, dtype=np.intp)
    before[order[1:]] = votes.label[order[:-1]]
    return _siding(work, np.where(turn > 0, before, UNKNOWN))


def _siding(work: Work, label: Places) -> _Siding:
    """How often each vote is that label (UNKNOWN for none), where the other votes on its item are not all that."""
    votes = work.votes
    is_there, label = label != UNKNOWN, np.maximum(label, 0)
    counts = votes.counts()
    hit = votes.label == label
    others = counts.sum(axis=1)[votes.item] - 1
    telling = is_there & (others > 1) & (counts[votes.item, label] - hit < others)
    return _Siding(work, telling, hit, _chance_of(work.others, work.people.errors[votes.annotator], label))


def pairs(votes: Coded, people: People, turn: Places, known: Places | None = None) -> list[Sign]:
    """Signs of pairs who share more answers than two who judge for themselves would, given what all others say."""
    return pairs_at([Work(votes, people, known, turn)])


def pairs_at(works: Sequence[Work]) -> list[Sign]:
    """The same over several kinds of work, each with the turns of its votes."""
    names = named(works)
    kinds = [_paired(work, names, MOST_PAIRS // len(works)) for work in works]
    codes, place = (
        np.unique(np.concatenate([one.code for one in kinds]), return_inverse=True) if kinds else ([], None)
    )
    if not len(codes):
        return []
    hit, chance, later = (
        np.concatenate([getattr(one, name) for one in kinds]) for name in ("hit", "chance", "later")
    )
    found = _summed(place, np.ones(len(hit), dtype=bool), hit, chance, len(codes))
    after = np.bincount(place, later, len(codes))
    signs = []
    for at in np.flatnonzero((found.surprise() > _threshold(len(codes))) & (found.n >= FEWEST)):
        one, other = (names[who] for who in divmod(int(codes[at]), len(names)))
        items = sorted(item for kind in kinds for item in kind.items_of(int(codes[at])))[:MOST_ITEMS]
        counted = found.hits[at], found.n[at], found.expected[at]
        signs.append(_of_pair(one, other, counted, after[at] / found.n[at], tuple(item for _, item in items)))
    return _one_each(signs)


@dataclass(frozen=True)
class _Paired:
    """Each vote beside each other one on its item: whose they are, and whether they say the same."""

    work: Work
    left: Places
    code: Places
    """Of the two people, in their order."""
    hit: NDArray[np.bool_]
    chance: Floats
    later: NDArray[np.bool_]
    """Whether the first of the two came after the other."""

    def items_of(self, code: int) -> list[tuple[float, str]]:
        """The items on which the sharing of two people tells most, with how probable it was."""
        places = np.flatnonzero((self.code == code) & self.hit)
        ranked = places[np.argsort(self.chance[places], kind="stable")][:MOST_ITEMS]
        return list(
            zip(self.chance[ranked].tolist(), self.work.items(self.left[ranked], MOST_ITEMS), strict=True)
        )


def _paired(work: Work, names: Sequence[str], most: int) -> _Paired:
    votes, turn = work.votes, _turn(work)
    left, right = _pairs(votes, most)
    place = {name: at for at, name in enumerate(names)}
    who = np.array([place[str(name)] for name in votes.annotators], dtype=np.intp)[votes.annotator]
    return _Paired(
        work,
        left,
        who[left] * len(names) + who[right],
        votes.label[left] == votes.label[right],
        _chance_of(work.others[left], work.people.errors[votes.annotator[left]], votes.label[right]),
        turn[left] > turn[right],
    )


def _of_pair(
    one: str, other: str, counted: tuple[float, float, float], later: float, items: tuple[str, ...]
) -> Sign:
    hits, n, expected = int(counted[0]), int(counted[1]), counted[2]
    said = f"{hits} of {n} answers are the same as {other}'s; about {expected:.0f} would be, if each judged alone"
    kind: Kind = "copies_person" if wilson(later, n)[0] > AFTER else "twins"
    return Sign(kind, one, hits / n, wilson(hits / n, n), n, said, other, items)


def _one_each(signs: list[Sign]) -> list[Sign]:
    """Of the two signs of a pair the one that says who copies; of twins the one by name."""
    by_pair: dict[frozenset[str], Sign] = {}
    for sign in sorted(signs, key=lambda one: (one.kind != "copies_person", one.annotator)):
        by_pair.setdefault(frozenset((sign.annotator, sign.other or "")), sign)
    return list(by_pair.values())


def _pairs(votes: Coded, most: int) -> tuple[Places, Places]:
    """All ordered pairs of votes on one item, by their places; of more than `most` those of a sample of items."""
    order = np.argsort(votes.item, kind="stable")
    heads = votes.votes_per_item()
    starts = np.cumsum(heads) - heads
    of_item = heads.astype(np.int64) * (heads - 1)
    if of_item.sum() > most:
        drawn = np.random.default_rng(0).permutation(len(heads))
        out = drawn[np.cumsum(of_item[drawn]) > most]
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


def _turn(work: Work) -> Places:
    if work.turn is None:
        raise ValueError("copying: the turns of the votes were expected, there are none")
    return work.turn


def _over_all(names: Sequence[str], parts: Sequence[tuple[Sequence[str], Shared]]) -> Shared:
    figures = ("hits", "expected", "variance", "n")
    return Shared(*(added(names, [(who, getattr(one, name)) for who, one in parts]) for name in figures))


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
