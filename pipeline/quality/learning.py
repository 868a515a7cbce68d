"""Learning the annotators of one task type from its votes and known answers, and keeping what was learned."""

import json
from collections.abc import Mapping

from pipeline.quality.choosing import too_few
from pipeline.quality.chosen import WAYS, Chosen, Classes
from pipeline.quality.judged import COIN, Judged
from pipeline.quality.judges import Judges
from pipeline.quality.learned import Learned, Lesson
from pipeline.quality.one_coin import OneCoin
from pipeline.quality.posterior import Votes
from schemas.base import Label, canonical_json
from tasks import AnyTaskType

MOST_CLASSES = 12
"""With more, nobody gives enough votes to fill a matrix of them, and one coin is the better calibrated."""
FORM = 1
"""Of what is kept: what another headrace wrote in another one is learned anew."""


def learn(
    task_type: AnyTaskType, items: Mapping[str, Votes], gold: Mapping[str, Label] | None = None
) -> Learned:
    """By the method chosen on the known labels, if there are enough of them; else by the one that is safe."""
    if task_type.agreed in WAYS and not _are_places(task_type, items):
        return Chosen.fit(task_type, items, gold)
    return Judged.fit(task_type, items, gold)


def unknown() -> Learned:
    """A model that knows nobody."""
    return Judged(Lesson(method=COIN, why=too_few(0)), OneCoin(), {}, Judges())


def kept(model: Learned) -> str:
    """A model as it is kept."""
    return canonical_json({"form": FORM, **model.to_json()})


def read(task_type: AnyTaskType, payload: str) -> Learned | None:
    """What was kept; None where it is of another form, or of labels that cannot be read any more."""
    said = json.loads(payload)
    if said.get("form") != FORM:
        return None
    try:
        return Chosen.of_json(task_type, said) if "people" in said else Judged.of_json(said)
    except (KeyError, ValueError):
        return None


def _are_places(task_type: AnyTaskType, items: Mapping[str, Votes]) -> bool:
    """Whether labels are so many that they are places in an item, as of its steps, and no classes that items share."""
    classes = Classes(task_type)
    return any(classes.place(vote.label) >= MOST_CLASSES for votes in items.values() for vote in votes)
