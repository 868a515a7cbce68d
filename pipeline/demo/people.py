"""Eight simulated annotators and an adjudicator: how often each is right, how fast, and what they say when not.

Six do their best. Of the other two one does not look at the tasks, and one hands in what a colleague says.
"""

import math
import random
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from pipeline.demo.mistakes import guessed, mistaken
from schemas.base import Item, Label
from schemas.people import Person

DOMAIN: Final = "simulated.invalid"
"""What every address of theirs ends in, so that nobody takes them for people."""

MEDIAN_SECONDS: Final[Mapping[str, float]] = MappingProxyType(
    {"step_review": 70.0, "code_review": 150.0, "preference_pair": 45.0, "answer_check": 30.0}
)
"""What a task takes at an ordinary pace, by task type."""


@dataclass(frozen=True)
class SimulatedPerson:
    """Somebody made up. What they say and how long they take is the same every time, for every item."""

    name: str
    accuracy: float
    """How often the label is the true one: 0..1."""
    pace: float
    """Their time for a task, as a multiple of the ordinary one."""
    seed: int
    spread: float = 0.35
    """The standard deviation of the logarithm of their times."""
    guesses: bool = False
    """Whether they never look at the task; `accuracy` is what that comes to."""
    copies: "SimulatedPerson | None" = None
    """Whose answers they hand in as their own."""

    @property
    def email(self) -> str:
        """The address of their account."""
        return f"{self.name.split()[0].lower()}@{DOMAIN}"

    def label(self, item: Item, truth: Label) -> Label:
        """What they say of an item: the truth, or a mistake of the kind that people make."""
        if self.copies is not None:
            return self.copies.label(item, truth)
        rng = self._chance("label", item)
        if self.guesses:
            return guessed(item, rng)
        return truth if rng.random() < self.accuracy else mistaken(item, truth, rng)

    def lead_seconds(self, task_type: str, item: Item) -> float:
        """How long they take for it: lognormal around their median for the task type."""
        median = MEDIAN_SECONDS[task_type] * self.pace
        return round(self._chance("seconds", item).lognormvariate(math.log(median), self.spread), 1)

    def _chance(self, what: str, item: Item) -> random.Random:
        return random.Random(f"{self.seed}/{what}/{item.id}")  # noqa: S311 - a simulation, repeatable on purpose


HONEST: Final = (
    SimulatedPerson("Ada Osei", accuracy=0.97, pace=1.15, seed=11),
    SimulatedPerson("Bruno Costa", accuracy=0.92, pace=0.9, seed=12),
    SimulatedPerson("Chen Yu", accuracy=0.95, pace=1.0, seed=13),
    SimulatedPerson("Dana Levi", accuracy=0.88, pace=0.8, seed=14),
    SimulatedPerson("Emil Novak", accuracy=0.82, pace=0.7, seed=15),
    SimulatedPerson("Fatima Noor", accuracy=0.7, pace=0.6, seed=24),
)
"""Those who do their best: the slower, the more careful."""

CARELESS: Final = SimulatedPerson("Hugo Lind", accuracy=0.35, pace=0.12, seed=18, guesses=True)
"""Who clicks through the tasks without looking at them."""

COPIER: Final = SimulatedPerson("Ines Duarte", accuracy=0.7, pace=0.7, seed=19, copies=HONEST[-1])
"""Who sits beside a colleague, and hands in what the colleague says."""

PEOPLE: Final = (*HONEST, CARELESS, COPIER)
"""The demo's annotators."""

ADJUDICATOR: Final = SimulatedPerson("Gita Rao", accuracy=0.98, pace=1.8, seed=17)
"""Who decides where the annotators come to no label, and labels nothing else."""

EVERYBODY: Final = (*PEOPLE, ADJUDICATOR)
"""All who have an account, in the order of their seats."""

VISITOR: Final = Person(
    name="You",
    email="you@demo.invalid",
    role="adjudicator",
    cells=("en/answer_check", "en/code_review", "en/step_review", "en/preference_pair"),
)
"""Who tries the demo: nobody made up, so that what they say is not marked as such."""
