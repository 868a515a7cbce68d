"""Worlds of annotators with some planted among them: at random, always the same, or somebody else's answers."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.quality.coded import Coded, Floats, Places

KINDS = ("random", "constant", "copier", "model user")


@dataclass(frozen=True)
class World:
    """What was voted, and what is true."""

    votes: Coded
    truth: Places
    model: Places
    """A hidden model's label of each item: right where an item is easy, often wrong where it is hard."""
    turn: Places
    """Of each vote, how many came before it on its item."""
    planted: Floats
    """Of each annotator, whether they are planted."""


@dataclass(frozen=True)
class Shape:
    """How large a world is, and how its labels are spread."""

    people: int = 15
    planted: int = 2
    labels: int = 100
    """Of each annotator."""
    overlap: int = 3
    shares: tuple[float, ...] = (0.4, 0.3, 0.2, 0.1)
    skill: tuple[float, float] = (0.78, 0.95)
    """How often honest people are right on items that are not hard: from the one to the other."""
    hard: float = 0.35
    """Share of items on which people are less often right, and the model mostly wrong."""


def world(kind: str, seed: int, shape: Shape | None = None) -> World:
    """A world in which the first people are planted, of one kind; "" plants nobody."""
    shape = shape or Shape()
    random = np.random.default_rng(seed)
    classes, items = len(shape.shares), shape.people * shape.labels // shape.overlap
    truth = random.choice(classes, items, p=shape.shares)
    hard = random.random(items) < shape.hard
    wrong = (truth + random.integers(1, classes, items)) % classes
    model = np.where(hard & (random.random(items) < 0.7), wrong, truth)
    item = np.repeat(np.arange(items), shape.overlap)
    annotator = np.concatenate([_team(random, shape) for _ in range(items)])
    turn = np.tile(np.arange(shape.overlap), items)
    skill = random.uniform(*shape.skill, shape.people)
    right = random.random(item.size) < skill[annotator] - 0.2 * hard[item]
    drawn = (truth[item] + random.integers(1, classes, item.size)) % classes
    # half of the wrong answers on a hard item fall on the one that looks right, which the model gives too
    drawn = np.where(hard[item] & (random.random(item.size) < 0.5), wrong[item], drawn)
    label = np.where(right, truth[item], drawn)
    bad = annotator < (shape.planted if kind else 0)
    label = _planted(kind, random, (label, bad, item, turn, model), shape.shares)
    names = [f"item {at}" for at in range(items)], [f"person {at:02}" for at in range(shape.people)]
    votes = Coded(*names, [str(at) for at in range(classes)], item, annotator, label)
    return World(
        votes, truth, model, turn, (np.arange(shape.people) < (shape.planted if kind else 0)).astype(float)
    )


def area(score: Floats, planted: Floats) -> float:
    """How probably a planted person scores higher than an honest one (area under the curve)."""
    high, low = score[planted > 0][:, None], score[planted == 0][None, :]
    return float(((high > low) + 0.5 * (high == low)).mean())


def _team(random: np.random.Generator, shape: Shape) -> Places:
    return random.choice(shape.people, shape.overlap, replace=False)


def _planted(
    kind: str,
    random: np.random.Generator,
    given: tuple[Places, NDArray[np.bool_], Places, Places, Places],
    shares: tuple[float, ...],
) -> Places:
    label, bad, item, turn, model = given
    if kind == "random":
        return np.where(bad, random.integers(len(shares), size=label.size), label)
    if kind == "constant":
        return np.where(bad, int(np.argmax(shares)), label)
    if kind == "model user":
        return np.where(bad, model[item], label)
    if kind == "copier":
        first = np.zeros(int(item.max()) + 1, dtype=np.intp)
        first[item[turn == 0]] = label[turn == 0]
        return np.where(bad & (turn > 0), first[item], label)
    return label
