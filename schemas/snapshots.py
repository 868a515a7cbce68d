"""What `watch` keeps of the flow: how it was analysed, time and again, and the alerts that this raised."""

from datetime import datetime
from typing import Literal, TypeAlias, get_args

from schemas.facts import Fact

AlertKind: TypeAlias = Literal["bottleneck changed", "target in danger", "work runs out"]
ALERT_KINDS: tuple[AlertKind, ...] = get_args(AlertKind)


class SnapshotFact(Fact):
    """What the analysis of the flow said at one moment."""

    table = "flow_snapshots"
    key = ("taken_at",)

    taken_at: datetime
    sentence: str
    cause: str
    """Of the bottleneck that was named first."""
    subject: str | None
    """Where it is: a cell, a pseudonym, a task type."""
    load: float | None
    probabilities: str
    """JSON: cell = how likely its target was to be reached, 0..1."""
    open_hours: str
    """JSON: cell = hours of work that were open in it, where people were at work."""


class AlertFact(Fact):
    """That something was told to whoever watches, once."""

    table = "alerts"
    key = ("alert_id",)

    alert_id: str
    kind: AlertKind
    subject: str
    """What it is about: a cell; for a bottleneck its cause, with the place."""
    said: str
    """One line."""
    raised_at: datetime
    """The moment of the snapshot that raised it."""
