"""Random votes with some missing, as tests need them."""

import random

from pipeline.quality.coded import Coded, Rating


def table(seed: int, *, labels: str = "1234", overlap: int = 3, least: int = 4) -> list[Rating]:
    """Ratings of a random size, people and accuracy, in which people left items out."""
    chance = random.Random(seed)
    items, people = chance.randint(least, 40), chance.randint(3, 8)
    used = labels[: chance.randint(2, len(labels))]
    skill = {person: chance.uniform(0.4, 0.95) for person in range(people)}
    found = []
    for item in range(items):
        truth = chance.choice(used)
        for person in chance.sample(range(people), chance.randint(1, min(people, overlap + 1))):
            label = truth if chance.random() < skill[person] else chance.choice(used)
            found.append((f"item {item:02}", f"person {person}", label))
    return found


def coded(seed: int, *, labels: str = "1234") -> Coded:
    """The same as numbers."""
    return Coded.of(table(seed, labels=labels))
