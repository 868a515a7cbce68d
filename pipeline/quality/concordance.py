"""How far many rankings of the same things agree: Kendall's W."""

from collections.abc import Mapping, Sequence

import numpy as np

from pipeline.quality.coded import Floats


def kendall_w(rankings: Sequence[Mapping[str, float]]) -> float | None:
    """W of the things that all rank, ties at their mean rank: 0 no agreement, 1 the same order.

    None for fewer than two rankings or things, or where everybody ties everything.
    """
    if len(rankings) < 2:  # noqa: PLR2004 - two to agree
        return None
    things = sorted(set.intersection(*(set(one) for one in rankings)))
    if len(things) < 2:  # noqa: PLR2004 - two to be ordered
        return None
    ranks = np.array([_ranks([one[thing] for thing in things]) for one in rankings])
    judges, count = ranks.shape
    spread = ((ranks.sum(axis=0) - judges * (count + 1) / 2) ** 2).sum()
    ties = sum(float((n**3 - n).sum()) for n in (np.unique(row, return_counts=True)[1] for row in ranks))
    most = judges**2 * (count**3 - count) / 12 - judges * ties / 12
    return float(spread / most) if most > 0 else None


def mean_w(groups: Sequence[Sequence[Mapping[str, float]]]) -> float | None:
    """The mean W of many items, each with its rankings; None where none has any."""
    found = [w for group in groups if (w := kendall_w(group)) is not None]
    return float(np.mean(found)) if found else None


def _ranks(places: Sequence[float]) -> Floats:
    """The rank of each place from 1, equal ones at their mean; scipy.stats has it too, and takes a second to import."""
    _, at, times = np.unique(np.array(places), return_inverse=True, return_counts=True)
    found: Floats = (times.cumsum() - (times - 1) / 2)[at]
    return found
