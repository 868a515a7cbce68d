"""Tasks that come in lumps: how many a week, whatever a window holds by chance."""

import numpy as np
import pytest

from pipeline.progress.columns import Floats
from pipeline.progress.lumps import to_whole_rounds


def lumps(days: int, every: int, tasks: float = 100.0) -> Floats:
    """So many tasks on the first of every so many days."""
    found: Floats = np.zeros(days, dtype=np.float64)
    found[::every] = tasks
    return found


def factor(came: Floats, window: int = 14) -> float:
    return float(to_whole_rounds(came[None], came[None, -window:])[0])


def test_two_lumps_in_a_window_that_usually_holds_less_count_as_usual() -> None:
    assert factor(lumps(21, 10)) == pytest.approx((100 / 10) / (200 / 14))


def test_one_lump_in_a_week_that_usually_holds_less_counts_as_usual() -> None:
    assert factor(lumps(35, 10), window=7) == pytest.approx((100 / 10) / (100 / 7))


def test_whole_rounds_stay_as_they_are() -> None:
    assert factor(lumps(28, 7)) == pytest.approx(1)


def test_more_in_each_lump_of_late_is_more() -> None:
    came = lumps(42, 7)
    came[21:] *= 3
    assert factor(came) == pytest.approx(1)


@pytest.mark.parametrize("few", [lumps(15, 10), lumps(35, 10, tasks=5), np.tile([9.0] * 5 + [0.0] * 2, 4)])
def test_two_lumps_few_tasks_and_a_weekend_are_no_rounds(few: Floats) -> None:
    assert factor(few) == 1


def test_what_screening_spreads_over_days_comes_to_people_evenly() -> None:
    assert to_whole_rounds(lumps(21, 10)[None], np.full((1, 14), 15.0))[0] == 1
