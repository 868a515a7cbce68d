"""People who hand in a model's answers: seen where the hidden model is wrong; where it is right all agree."""

import numpy as np

from pipeline.quality.coded import UNKNOWN, Coded, Floats, Places
from pipeline.quality.copying import FEWEST, SURE, Shared
from pipeline.quality.intervals import wilson
from pipeline.quality.signs import MOST_ITEMS, Sign
from pipeline.quality.truth import People, without_own

DRAWN = 2.0
"""How many answers as of everybody else are added to each person's, so that few answers do not stand out."""


def with_model(votes: Coded, people: People, model: Places, known: Places | None = None) -> Shared:
    """How often each person says what the model says where, by all other votes, it is wrong.

    `model` is its label of each item, UNKNOWN where it has none. By chance is as often as all others do.
    """
    others = without_own(votes, people, known)
    said = model[votes.item]
    telling = (said != UNKNOWN) & (others.argmax(axis=1) != said)
    hit = telling & (votes.label == said)
    count = len(votes.annotators)
    hits, n = (np.bincount(votes.annotator, one, count).astype(float) for one in (hit, telling))
    usual = (hits.sum() - hits + DRAWN / 2) / (n.sum() - n + DRAWN)
    return Shared(hits, n * usual, n * usual * (1 - usual), n)


def matching(found: Shared) -> Floats:
    """Each person's share of such answers, drawn towards what is usual where there are few."""
    usual = found.expected / np.maximum(found.n, 1)
    share: Floats = (found.hits + DRAWN * usual) / (found.n + DRAWN)
    return share


def copies_model(votes: Coded, people: People, model: Places, known: Places | None = None) -> list[Sign]:
    """Signs of people who hand in the model's answers."""
    found = with_model(votes, people, model, known)
    signs = []
    for at in np.flatnonzero((found.surprise() > SURE) & (found.n >= FEWEST)):
        hits, n = int(found.hits[at]), int(found.n[at])
        same = (votes.annotator == at) & (votes.label == model[votes.item])
        said = (
            f"{hits} of {n} times the hidden model's answer where the others say otherwise; "
            f"usual is {found.expected[at] / n:.0%}"
        )
        items = tuple(str(votes.items[item]) for item in votes.item[same][:MOST_ITEMS])
        signs.append(
            Sign("copies_model", votes.annotators[at], hits / n, wilson(hits / n, n), n, said, None, items)
        )
    return signs
