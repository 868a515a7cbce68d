"""The people's hours as moments: zones, days off, nights, and what is refused."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.calendars import declared, hours_between, shifts
from schemas.errors import UsageError
from schemas.team import Member

WEEK = 7 * 86400.0
ZONES = ("UTC", "Asia/Shanghai", "America/New_York", "Europe/Berlin", "Pacific/Auckland", "Asia/Kolkata")


def at(text: str, zone: str = "UTC") -> float:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).timestamp()


def told(found: list[tuple[float, float]], zone: str = "UTC") -> list[str]:
    return [
        f"{datetime.fromtimestamp(first, ZoneInfo(zone)):%a %H:%M}-{datetime.fromtimestamp(last, ZoneInfo(zone)):%H:%M}"
        for first, last in found
    ]


def test_hours_stand_in_the_zone_of_the_person() -> None:
    li = Member(id="li", hours={"mon": "9-12 13-17:30", "wed": "9-13"}, zone="Asia/Shanghai")
    found = shifts(li, at("2026-12-07"), at("2026-12-14"))
    assert told(found, "Asia/Shanghai") == ["Mon 09:00-12:00", "Mon 13:00-17:30", "Wed 09:00-13:00"]
    assert found[0][0] == at("2026-12-07T01:00")


def test_a_night_runs_over_midnight_and_is_seen_from_the_next_day_too() -> None:
    owl = Member(id="owl", hours={"mon": "22-6"})
    assert told(shifts(owl, at("2026-12-07"), at("2026-12-09"))) == ["Mon 22:00-06:00"]
    assert told(shifts(owl, at("2026-12-08"), at("2026-12-09"))) == ["Tue 00:00-06:00"]


def test_weekly_hours_are_spread_over_five_days_and_over_seven_where_they_are_many() -> None:
    assert told(shifts(Member(id="a", weekly_hours=10), at("2026-12-07"), at("2026-12-14"))) == [
        f"{day} 09:00-11:00" for day in ("Mon", "Tue", "Wed", "Thu", "Fri")
    ]
    many = shifts(Member(id="b", weekly_hours=84), at("2026-12-07"), at("2026-12-14"))
    assert told(many)[-1] == "Sun 09:00-21:00"
    assert hours_between(Member(id="c"), at("2026-12-07"), at("2026-12-14")) == 40
    assert not declared(Member(id="c"))
    assert declared(Member(id="c", weekly_hours=0))
    assert declared(Member(id="c", hours={"mon": "9-13"}))


def test_days_away_and_those_before_the_first_and_after_the_last_are_off() -> None:
    member = Member.model_validate(
        {
            "id": "li",
            "weekly_hours": 40,
            "from": "2027-02-02",
            "until": "2027-02-17",
            "away": ["2027-02-05/2027-02-12", "2027-02-16"],
        }
    )
    found = shifts(member, at("2027-01-01"), at("2027-04-01"))
    days = [f"{datetime.fromtimestamp(first, UTC):%m-%d}" for first, _ in found]
    assert days == ["02-02", "02-03", "02-04", "02-15", "02-17"]


def test_where_the_clocks_go_forward_a_night_is_an_hour_shorter() -> None:
    berlin = Member(id="a", hours={"sun": "0-8", "mon": "0-8"}, zone="Europe/Berlin")
    found = shifts(berlin, at("2027-03-28", "Europe/Berlin"), at("2027-03-30", "Europe/Berlin"))
    assert [(last - first) / 3600 for first, last in found] == [7, 8]


@pytest.mark.parametrize(
    "wrong",
    [
        {"hours": {"mon": "9 to 5"}},
        {"hours": {"mon": "9-25"}},
        {"hours": {"mon": "9:75-12"}},
        {"hours": {"mon": "9-9"}},
        {"hours": {"monday": "9-13"}},
        {"zone": "Mars/Olympus"},
        {"away": ["soon"]},
        {"away": ["2027-02-12/2027-02-05"]},
        {"from": "tomorrow"},
    ],
)
def test_hours_nobody_can_read_are_refused_in_one_line(wrong: dict[str, object]) -> None:
    with pytest.raises(UsageError, match=r"^'li': .*; mend (it|them)$"):
        shifts(Member.model_validate({"id": "li", **wrong}), 0.0, WEEK)


spells = st.tuples(st.integers(0, 23), st.integers(0, 24)).filter(lambda pair: pair[0] != pair[1])
members = st.builds(
    Member,
    id=st.just("li"),
    zone=st.sampled_from(ZONES),
    weekly_hours=st.none() | st.floats(0, 200),
    hours=st.dictionaries(
        st.sampled_from(("mon", "wed", "fri", "sat", "sun")), spells.map(lambda s: f"{s[0]}-{s[1]}"), max_size=4
    ),
    away=st.lists(st.dates(date(2027, 1, 1), date(2027, 12, 1)).map(str), max_size=3).map(tuple),
)  # fmt: skip
starts = st.floats(at("2027-01-01"), at("2027-12-01"))


@settings(deadline=None, max_examples=40)
@given(members, starts, st.floats(0, 3 * WEEK))
def test_shifts_are_in_order_apart_and_inside(member: Member, start: float, length: float) -> None:
    found = shifts(member, start, start + length)
    assert all(start <= first < last <= start + length for first, last in found)
    assert all(one[1] < other[0] for one, other in pairwise(found))


@settings(deadline=None, max_examples=40)
@given(members, starts, st.floats(0, 2 * WEEK), st.floats(0, 2 * WEEK))
def test_two_halves_hold_the_hours_of_the_whole(
    member: Member, start: float, one: float, other: float
) -> None:
    cut, end = start + one, start + one + other
    halves = hours_between(member, start, cut) + hours_between(member, cut, end)
    assert halves == pytest.approx(hours_between(member, start, end), abs=1e-6)


@settings(deadline=None, max_examples=20)
@given(members, starts)
def test_a_day_more_away_never_adds_hours(member: Member, start: float) -> None:
    day = str((datetime.fromtimestamp(start, UTC) + timedelta(days=3)).date())
    less = member.model_copy(update={"away": (*member.away, day)})
    assert hours_between(less, start, start + WEEK) <= hours_between(member, start, start + WEEK) + 1e-9
