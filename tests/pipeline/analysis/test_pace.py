"""The pace: by hand, and on real times of work."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from pipeline.analysis.pace import active_hours, paces, quantile
from pipeline.analysis.submissions import Submission

DATA = Path(os.environ.get("HEADRACE_DATA", Path(__file__).parents[4] / "shared" / "data"))
MONDAY = datetime(2026, 1, 5, 9, tzinfo=UTC)


def worked(
    minute: float | None, lead: float | None = 60.0, annotator: str = "ann", **more: bool
) -> Submission:
    at = None if minute is None else MONDAY + timedelta(minutes=minute)
    return Submission(str(minute), str(minute), annotator, at, lead, {}, **more)


def test_a_session_begins_with_its_first_lead_time_and_ends_after_half_an_hour() -> None:
    # 8:59 to 9:20, a pause, 10:29 to 10:35
    assert active_hours(map(worked, [0, 10, 20, 90, 95])) == pytest.approx((21 + 6) / 60)


def test_an_unknown_lead_time_is_taken_for_the_usual_one_and_a_long_one_for_half_an_hour() -> None:
    assert active_hours([worked(0, None), worked(100, 120), worked(200, 120)]) == pytest.approx(3 * 2 / 60)
    assert active_hours([worked(0, 80_000)]) == 0.5
    assert active_hours([worked(0, None), worked(None)]) == pytest.approx(1 / 60)
    assert active_hours([]) == 0


def test_order_does_not_matter() -> None:
    times = [95.0, 0.0, 20.0, 90.0, 10.0]
    assert active_hours(map(worked, times)) == active_hours(map(worked, sorted(times)))


def test_the_pace_of_each_and_of_all() -> None:
    day = 24 * 60
    found = paces(
        [worked(n, 10.0 * n) for n in range(1, 11)]
        + [
            worked(7 * day, 30, "ben"),
            worked(8 * day, 30, "ben"),
            worked(0, skipped=True),
            worked(0, imported=True),
        ]
    )
    ann, ben = found.annotators
    assert (ann.annotator, ann.annotations, ann.median_lead_seconds, ann.p90_lead_seconds) == (
        "ann",
        10,
        55,
        91,
    )
    assert ann.per_active_hour == pytest.approx(10 / ((9 + 10 / 60) / 60))
    assert (ann.per_day, ann.per_week) == (10, 10)
    assert (ben.per_day, ben.per_week, ben.first_at) == (1, 2, MONDAY + timedelta(days=7))
    assert found.overall.annotations == 12
    assert found.overall.active_hours == pytest.approx(ann.active_hours + ben.active_hours)
    assert found.to_json()["days"] == {"2026-01-05": 10, "2026-01-12": 1, "2026-01-13": 1}
    assert found.to_json()["weeks"] == {"2026-01-05": 10, "2026-01-12": 2}


def test_those_whose_hours_nobody_knows_make_nobody_faster() -> None:
    found = paces([worked(0, 60), worked(1, 60), worked(5, None, "ben")])
    assert found.annotators[1].per_active_hour is None
    assert found.overall.per_active_hour == pytest.approx(2 / (2 / 60))


def test_nothing_is_said_of_nothing() -> None:
    overall = paces([]).overall
    assert (overall.annotations, overall.median_lead_seconds, overall.per_active_hour) == (0, None, None)
    undated = paces([worked(None)]).overall
    assert (undated.annotations, undated.per_day, undated.median_lead_seconds) == (1, None, 60)


def test_a_quantile_lies_between_its_neighbours() -> None:
    assert quantile([1, 2, 3, 4, 5], 0.9) == pytest.approx(4.6)
    assert quantile([7], 0.9) == 7
    assert quantile([], 0.5) is None


def test_real_people_work_for_less_time_than_passes_and_more_than_their_longest_task() -> None:
    file = DATA / "timestamps" / "crowdtruth_tasks.parquet"
    if not file.is_file():
        pytest.skip("the real times of work are not on this machine; HEADRACE_DATA names their folder")
    import pyarrow.parquet as pq

    rows = pq.read_table(file).to_pylist()
    found = paces(
        Submission(
            row["item"],
            str(n),
            row["annotator"],
            row["created_at"].replace(tzinfo=UTC),
            row["lead_time_s"],
            {},
        )
        for n, row in enumerate(rows)
    )
    assert found.overall.annotations == len(rows) == sum(found.days.values()) == sum(found.weeks.values())
    leads = sorted(row["lead_time_s"] for row in rows)
    assert (
        leads[0]
        < (found.overall.median_lead_seconds or 0)
        < (found.overall.p90_lead_seconds or 0)
        < leads[-1]
    )
    for one in found.annotators:
        theirs = [row for row in rows if row["annotator"] == one.annotator]
        span = max(row["created_at"] for row in theirs) - min(row["started_at"] for row in theirs)
        assert min(0.5, min(row["lead_time_s"] for row in theirs) / 3600) <= one.active_hours + 1e-9
        assert one.active_hours <= span.total_seconds() / 3600 + 1e-9
