"""How often a machine is wrong: from the items that it decided and people were asked about all the same."""

from collections.abc import Iterable
from dataclasses import dataclass

from pipeline.quality.savings import clopper_pearson


@dataclass(frozen=True)
class Audit:
    """What people said of items that a machine had decided."""

    compared: int
    """Items with a settled label of people beside the machine's."""
    wrong: int
    """Of these, those with another label."""
    interval: tuple[float, float]
    """95 % (Clopper-Pearson) for the share of the machine's labels that people would make another one; 0 and 1
    without an audit."""

    @property
    def error(self) -> float | None:
        """That share, as estimated; None without an audit."""
        return self.wrong / self.compared if self.compared else None


def audit(agreed: Iterable[bool]) -> Audit:
    """From whether people agreed with the machine, item by item.

    The items must be a fair share of all that it decided, chosen before anybody looked, as by a hash.
    """
    listed = list(agreed)
    wrong = listed.count(False)
    return Audit(len(listed), wrong, clopper_pearson(wrong, len(listed)))
