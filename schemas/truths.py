"""Facts about how sure labels are: what models of annotators were learned, and what they say of each label."""

from datetime import datetime

from schemas.facts import Fact


class ModelFact(Fact):
    """A model of the annotators of one task type, as it was learned; the newest one is in force."""

    table = "annotator_models"
    key = ("task_type", "version", "learned_at")

    task_type: str
    version: int
    method: str
    """The one that was chosen."""
    why: str
    """In one line for people."""
    votes: int
    """Those that there were by then: once they are a tenth more, or fewer, it is learned anew."""
    gold: int
    """Known answers that took part in the choice."""
    known: str
    """A digest of all known answers: with another one it is learned anew too."""
    payload: str
    """JSON: what it takes to weigh one more vote, and how each method did on gold."""
    learned_at: datetime


class TruthFact(Fact):
    """How sure a settled label is, by which method, and what the other methods say; the newest one is in force."""

    table = "truths"
    key = ("resolution_id", "told_at")

    resolution_id: str
    task_id: str
    method: str
    posterior: float | None
    """How probable the settled label is; None where the method gives no probability, as where somebody decided."""
    others: str
    """JSON: by method, what it would have said in one line, and how probable that is, null where it gives no such."""
    differ: int
    """How many of these would have said something else than what was settled."""
    told_at: datetime
