"""The work of people, and what of it the log does not say itself."""

from dataclasses import dataclass

from pipeline.progress.deriving.aside import Aside
from pipeline.progress.deriving.serving import Served
from pipeline.progress.deriving.work import Spells, Work


@dataclass(frozen=True)
class Found:
    """The work of people, and what of it the log does not say itself."""

    work: Work
    labels: Served
    verdicts: Served
    aside: Aside
    starved: Spells
    """Of the work's, those that are derived."""
    present: Spells
