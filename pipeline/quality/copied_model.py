"""People who hand in a model's answers: seen where the hidden model is wrong; where it is right all agree."""

from collections.abc import Sequence

import numpy as np

from pipeline.quality.coded import UNKNOWN, Coded, Floats, Places
from pipeline.quality.copying import FEWEST, SURE, Shared
from pipeline.quality.intervals import wilson
from pipeline.quality.signs import MOST_ITEMS, Sign
from pipeline.quality.truth import People
from pipeline.quality.work import Work, added, named

DRAWN = 2.0
"""How many answers as of everybody else are added to each person's, so that few answers do not stand out."""


def with_model(votes: Coded, people: People, model: Places, known: Places | None = None) -> Shared:
    """How often each person says what the model says where, by all other votes, it is wrong.

    `model` is its label of each item, UNKNOWN where it has none. By chance is as often as all others do.
    """
    return _shared(Work(votes, people, known, model=model))


def matching(found: Shared) -> Floats:
    """Each person's share of such answers, drawn towards what is usual where there are few."""
    usual = found.expected / np.maximum(found.n, 1)
    share: Floats = (found.hits + DRAWN * usual) / (found.n + DRAWN)
    return share


def copies_model(votes: Coded, people: People, model: Places, known: Places | None = None) -> list[Sign]:
    """Signs of people who hand in the model's answers."""
    return copies_model_at([Work(votes, people, known, model=model)])


def copies_model_at(works: Sequence[Work]) -> list[Sign]:
    """The same over several kinds of work; those without a model's labels say nothing."""
    heard = [work for work in works if work.model is not None]
    names = named(heard)
    parts = [(work.votes.annotators, _shared(work)) for work in heard]
    figures = ("hits", "expected", "variance", "n")
    found = Shared(*(added(names, [(who, getattr(one, name)) for who, one in parts]) for name in figures))
    signs = []
    for at in np.flatnonzero((found.surprise() > SURE) & (found.n >= FEWEST)):
        hits, n = int(found.hits[at]), int(found.n[at])
        said = (
            f"{hits} of {n} times the hidden model's answer where the others say otherwise; "
            f"usual is {found.expected[at] / n:.0%}"
        )
        items = tuple(item for work in heard for item in _items(work, names[at]))[:MOST_ITEMS]
        signs.append(Sign("copies_model", names[at], hits / n, wilson(hits / n, n), n, said, None, items))
    return signs


def _shared(work: Work) -> Shared:
    telling, hit = _telling(work)
    count = len(work.votes.annotators)
    hits, n = (np.bincount(work.votes.annotator, one, count).astype(float) for one in (hit, telling))
    usual = (hits.sum() - hits + DRAWN / 2) / (n.sum() - n + DRAWN)
    return Shared(hits, n * usual, n * usual * (1 - usual), n)


def _telling(work: Work) -> tuple[Places, Places]:
    """Of each vote whether all others say another thing than the model, and whether it is the model's all the same."""
    said = np.full(len(work.votes.items), UNKNOWN) if work.model is None else work.model
    said = said[work.votes.item]
    telling = (said != UNKNOWN) & (work.others.argmax(axis=1) != said)
    return telling.astype(np.intp), (telling & (work.votes.label == said)).astype(np.intp)


def _items(work: Work, name: str) -> tuple[str, ...]:
    own = np.array([str(one) == name for one in work.votes.annotators])[work.votes.annotator]
    return work.items(np.flatnonzero(own & (_telling(work)[1] > 0)), MOST_ITEMS)
