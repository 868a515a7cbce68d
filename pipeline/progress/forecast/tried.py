"""How attempts ended: with how many votes, with consensus or without, and what adjudicators made of them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from pipeline.progress.attempts import attempts_of
from pipeline.progress.columns import NOBODY, Columns, Floats, Ints, Mask
from pipeline.progress.forecast.shares import Share, shares


@dataclass(frozen=True)
class Tried:
    """Attempts that ended: all their votes are in, and it was seen whether they agree."""

    cell: Ints
    votes: Ints
    ended: Floats
    """When it was seen; seconds since 1970."""
    sent: Mask
    """To adjudication."""
    judged: Mask
    """By an adjudicator, by now."""
    rejected: Mask
    by_adjudicators: Mask
    """Which entries of the log are about an attempt that was sent to adjudication."""

    def since(self, moment: float) -> "Tried":
        """Those that ended after a moment."""
        where = self.ended > moment
        return replace(
            self,
            cell=self.cell[where],
            votes=self.votes[where],
            ended=self.ended[where],
            sent=self.sent[where],
            judged=self.judged[where],
            rejected=self.rejected[where],
        )

    def finished(self, cells: int) -> Floats:
        """How many attempts of each cell ended and were not sent back."""
        return np.bincount(self.cell[~self.rejected], minlength=cells).astype(np.float64)

    def votes_in(self, cell: int) -> list[int]:
        """How many votes the attempts of a cell had."""
        found: list[int] = self.votes[(self.cell == cell) & (self.votes > 0)].tolist()
        return found

    def escalated(self, cells: Sequence[str]) -> tuple[Share, ...]:
        """How many attempts end without consensus."""
        return self._shares(cells, self.sent, np.ones(len(self.cell), dtype=bool))

    def rejected_of(self, cells: Sequence[str]) -> tuple[Share, ...]:
        """How many of the tasks that adjudicators look at they send back."""
        return self._shares(cells, self.rejected, self.judged)

    def _shares(self, cells: Sequence[str], yes: Mask, of: Mask) -> tuple[Share, ...]:
        counts = [np.bincount(self.cell[which], minlength=len(cells)).tolist() for which in (yes & of, of)]
        return tuple(shares(cells, *counts))


def tried(columns: Columns) -> Tried:
    """The attempts of a log that ended."""
    attempts = attempts_of(columns)
    sent_at = np.minimum(attempts.first("sent_to_adjudication"), attempts.first("adjudication_started"))
    sent = np.isfinite(sent_at)
    accepted, rejected = attempts.first("accepted"), attempts.first("rejected")
    ended = np.minimum(np.minimum(sent_at, accepted), rejected)
    where = np.isfinite(ended) & (attempts.cell != NOBODY)
    by_adjudicators = np.zeros(len(columns), dtype=bool)
    about = attempts.of_row != NOBODY
    by_adjudicators[about] = sent[attempts.of_row[about]]
    return Tried(
        cell=attempts.cell[where],
        votes=attempts.counts("submitted")[where],
        ended=ended[where],
        sent=(sent | np.isfinite(rejected))[where],
        judged=((sent & np.isfinite(accepted)) | np.isfinite(rejected))[where],
        rejected=np.isfinite(rejected)[where],
        by_adjudicators=by_adjudicators,
    )
