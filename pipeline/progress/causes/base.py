"""What a cause is looked for in, what it says when it is found, and how much of an overload undoing it removes."""

from dataclasses import dataclass

from pipeline.progress.causes.thresholds import COMFORTABLE
from pipeline.progress.measured import Measured
from pipeline.progress.model import Model, Resource
from schemas.flow import Cause


@dataclass(frozen=True)
class Case:
    """An overload whose cause is sought: a resource that is asked for more than it has, in a model of the flow."""

    model: Model
    resource: Resource

    @property
    def measured(self) -> Measured:
        """The figures of the model."""
        return self.model.measured

    def relief(self, undone: Measured) -> float:
        """Share of the excess that is gone in a world where something is undone; below 0 where it got worse."""
        excess = max(self.resource.load - COMFORTABLE, 0.0)
        left = max(self.load_in(undone) - COMFORTABLE, 0.0)
        return (excess - left) / excess if excess else 0.0

    def load_in(self, undone: Measured) -> float:
        """The load of the resource in a world where something is undone."""
        return Model(undone).load_of(self.resource)


@dataclass(frozen=True)
class Finding:
    """A cause, with the world in which it is undone."""

    cause: Cause
    where: str | None
    evidence: tuple[str, ...]
    undone: Measured
