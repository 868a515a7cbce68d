"""Hours and counts at the desk, by the door's events."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.door.desk.hours import Step, spells, worked

START = datetime(2026, 11, 23, 9, tzinfo=UTC)
KINDS = st.sampled_from(["signed_on", "served", "submitted", "signed_off", "seen"])


def at(minutes: float) -> datetime:
    return START + timedelta(minutes=minutes)


def steps(*given: tuple[float, str]) -> list[Step]:
    return [Step(at(minutes), event) for minutes, event in given]


def minutes_of(given: list[Step]) -> list[float]:
    return [(one.end - one.start).total_seconds() / 60 for one in spells(given)]


def test_at_work_is_from_signing_on_to_signing_off() -> None:
    assert minutes_of(steps((0, "signed_on"), (50, "submitted"), (60, "signed_off"))) == [60]
    assert minutes_of(
        steps((0, "signed_on"), (60, "signed_off"), (90, "signed_on"), (120, "signed_off"))
    ) == [60, 30]


def test_who_never_signed_off_was_there_until_the_last_thing_they_did() -> None:
    assert minutes_of(steps((0, "signed_on"), (40, "submitted"))) == [40]
    assert minutes_of(
        steps((0, "signed_on"), (40, "submitted"), (600, "signed_on"), (630, "signed_off"))
    ) == [40, 30]


def test_a_night_without_a_sign_is_no_work() -> None:
    assert minutes_of(steps((0, "signed_on"), (40, "submitted"), (40 + 17 * 60, "submitted"))) == [40, 0]


def test_nothing_is_nothing() -> None:
    assert spells([]) == []
    assert worked([], [], START, at(60)).at_work is None


def test_what_was_submitted_counts_once_whoever_tells_it() -> None:
    told = [Step(at(5), "submitted", "t1", 120.0), Step(at(9), "skipped", "t2", 30.0)]
    said = [
        {"uid": "t1", "at": at(5), "skipped": False},
        {"uid": "t3", "at": at(6), "skipped": False},
        {"uid": "t4", "at": at(-6), "skipped": False},
    ]
    found = worked(told, said, START, at(60))
    assert (found.tasks, found.passed, found.active) == (2, 1, 150.0)


@given(st.lists(st.tuples(st.integers(0, 5000), KINDS), max_size=30))
@settings(deadline=None, max_examples=50)
def test_times_at_work_never_overlap_and_lie_within_what_happened(given: list[tuple[int, str]]) -> None:
    told = steps(*sorted(given))
    found = spells(told)
    for one in found:
        assert told[0].at <= one.start <= one.end <= told[-1].at
    for one, other in pairwise(found):
        assert one.end <= other.start
    total = sum((one.end - one.start).total_seconds() for one in found)
    halves = sum(one.seconds(START, at(2500)) + one.seconds(at(2500), at(9999)) for one in found)
    assert abs(total - halves) < 1e-6
