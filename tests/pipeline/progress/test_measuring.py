"""From hand-made logs to the numbers: rates, votes, hours, screening, queues, and what is left out."""

import numpy as np
import pytest

from pipeline.progress.columns import CODE, NOBODY, Columns
from pipeline.progress.deriving.derive import derive
from pipeline.progress.measured import DAY, Measured
from pipeline.progress.measuring import measure, window_of
from pipeline.progress.screening import passed_over
from schemas.events import EventName
from schemas.team import Team

T0 = 1_763_942_400.0
"""A Monday, at midnight."""
CELL = "zh/code"
TEAM = Team.model_validate({"overlap": 2, "people": [{"id": "a", "weekly_hours": 40}, {"id": "b"}]})
Row = tuple[float, EventName, int, str | None]


def log(rows: list[Row], attempts: dict[int, int] | None = None) -> Columns:
    """Rows of (hours since T0, event, task, actor) of one cell; `attempts` by the place of a row."""
    order = sorted(range(len(rows)), key=lambda place: rows[place][0])
    rows_in = [rows[place] for place in order]
    actors = tuple(sorted({row[3] for row in rows if row[3]}))
    tasks = max((row[2] for row in rows), default=-1) + 1
    about = [row[2] != NOBODY for row in rows_in]
    return Columns(
        ts=np.array([T0 + 3600 * row[0] for row in rows_in]),
        event=np.array([CODE[row[1]] for row in rows_in], dtype=np.int8),
        task=np.array([row[2] for row in rows_in], dtype=np.int32),
        actor=np.array([actors.index(row[3]) if row[3] else NOBODY for row in rows_in], dtype=np.int32),
        cell=np.where(about, 0, NOBODY).astype(np.int32),
        attempt=np.array([(attempts or {}).get(place, 1) for place in order], dtype=np.int32),
        slot=np.zeros(len(rows), dtype=np.int32),
        lead=np.full(len(rows), np.nan),
        tasks=tuple(f"t{number}" for number in range(tasks)),
        actors=actors,
        cells=(CELL,),
    )


def voted(task: int, at: float, *people: str, hours: float = 0.25) -> list[Row]:
    """A task that is ready, gets a vote of each of these people at once, and is accepted."""
    rows: list[Row] = [(at, "ingested", task, None), (at, "ready", task, None)]
    for person in people:
        rows += [(at + 0.1, "served", task, person), (at + 0.1 + hours, "submitted", task, person)]
    return [*rows, (at + 0.2 + hours, "accepted", task, None)]


def fortnight(*more: Row, hours: float = 0.25) -> list[Row]:
    """Four tasks on each working day of three weeks, labeled by two people who then wait until the evening."""
    rows: list[Row] = []
    for day in range(21):
        if day % 7 < 5:
            rows += [(day * 24 + 8.5, "signed_on", NOBODY, one) for one in "ab"]
            for number in range(4):
                rows += voted(len(rows), day * 24 + 9 + number, "a", "b", hours=hours)
            rows += [(day * 24 + 14, "starved", NOBODY, one) for one in "ab"]
            rows += [(day * 24 + 17, "signed_off", NOBODY, one) for one in "ab"]
    return [*rows, *more, (21 * 24, "released", 0, None)]


def figures(rows: list[Row], team: Team = TEAM) -> Measured:
    columns, work = derive(log(rows), team)
    return measure(columns, work, team, window_of(columns))


def test_the_window_is_two_weeks_or_one_or_what_there_is() -> None:
    def days(length: float) -> float:
        start, end = window_of(log([(0, "ready", 0, None), (24 * length, "accepted", 0, None)]))
        return (end - start) / DAY

    assert (days(30), days(10), days(3)) == (14, 7, 3)


def test_a_log_of_a_morning_has_one_day_of_what_came() -> None:
    rows: list[Row] = []
    for number in range(30):
        rows += voted(number, number / 10, "a", "b")
    assert figures(rows).came.tolist() == [[30.0]]


def test_of_a_log_of_answers_alone_tasks_came_with_their_first_answer() -> None:
    rows = [row for row in fortnight() if row[1] == "submitted"]
    assert figures(rows).came.sum() == 40


def test_rates_votes_and_hours_are_those_of_the_window() -> None:
    found = figures(fortnight())
    assert found.cells.first[0] * found.hours == 40
    assert found.cells.votes[0] == 2
    assert found.cells.service[0] == pytest.approx(0.25)
    assert found.people.names == ("a", "b")
    assert found.people.busy[0] == pytest.approx(40 * 0.25)
    assert found.people.starved[0] == pytest.approx(10 * 3)
    assert found.people.done[1] == 40
    assert np.isnan(found.people.declared[1])


def test_what_comes_in_and_what_people_give_is_measured_with_one_yardstick() -> None:
    found = figures(fortnight(hours=0.4))
    given = (found.cells.service[0] * found.people.pace * found.people.done).sum()
    assert given == pytest.approx(found.people.busy.sum(), rel=1e-6)


def test_parked_and_dropped_tasks_want_no_work() -> None:
    parked: list[Row] = [
        (20.0 * 24 - 100, name, 5000 + place, None) for place in range(30) for name in ("ready", "held")
    ]
    dropped: list[Row] = [
        (20.0 * 24 - 99, name, 6000 + place, None) for place in range(30) for name in ("ready", "dropped")
    ]
    found = figures(fortnight(*parked, *dropped))
    assert found.cells.first[0] * found.hours == 40
    assert found.queues.votes[:, -1].sum() == 0


def test_tasks_that_nobody_takes_wait() -> None:
    late: list[Row] = [(20.0 * 24 + place / 100, "ready", 5000 + place, None) for place in range(30)]
    assert figures(fortnight(*late)).queues.votes[0, -1] == 60


def test_a_task_that_all_later_ones_overtake_waits_no_more() -> None:
    assert figures(fortnight((8.0 * 24 + 9, "ready", 7000, None))).queues.votes[0, -1] == 0


def test_somebody_silent_for_longer_than_ever_is_gone() -> None:
    rows = [row for row in fortnight() if row[3] != "b" or row[0] < 14 * 24]
    found = figures(rows)
    assert list(found.people.gone) == [False, True]
    assert found.people.capacity[1] == 0
    assert found.people.expected[1] > 0


def test_one_missed_shift_before_a_weekend_is_no_absence() -> None:
    """Who comes on Mondays, Wednesdays and Fridays, and misses one Friday, is silent for longer than ever."""
    team = Team.model_validate({"overlap": 2, "people": [{"id": "a"}, {"id": "b", "weekly_hours": 9}]})
    seldom = [row for row in fortnight() if row[3] != "b" or row[0] // 24 % 7 in {0, 2, 4}]
    friday = 18 * 24
    found = figures([row for row in seldom if row[3] != "b" or row[0] < friday], team).people
    assert not found.gone[1]
    assert figures([row for row in seldom if row[3] != "b" or row[0] < 11 * 24], team).people.gone[1]


def test_planned_leave_is_no_absence() -> None:
    away = {"id": "b", "weekly_hours": 40, "away": ["2025-12-01/2025-12-31"]}
    team = Team.model_validate({"overlap": 2, "people": [{"id": "a", "weekly_hours": 40}, away]})
    rows = [row for row in fortnight() if row[3] != "b" or row[0] < 7 * 24]
    found = figures(rows, team).people
    assert found.expected[1] == 0
    assert not found.gone[1]


def test_screening_is_as_full_as_what_comes_over_what_it_could_do() -> None:
    rows: list[Row] = []
    for number in range(430):
        began = number * 1.0
        rows += [
            (number * 0.8, "ingested", 1000 + number, None),
            (began, "screening_started", 1000 + number, "p"),
        ]
        rows += [(began + 1.0, "screened", 1000 + number, "p"), (began + 1.0, "ready", 1000 + number, None)]
    found = figures([row for row in rows if row[0] <= 336]).screening
    assert found is not None
    assert found.processes == 1
    assert found.load == pytest.approx(1.25, abs=0.02)


def test_screening_in_one_go_is_not_overloaded() -> None:
    rows: list[Row] = []
    for number in range(400):
        batch = number // 40 * 36.0
        rows += [(batch - 30 + number % 40 / 2, "ingested", 1000 + number, None)]
        rows += [
            (batch, "screening_started", 1000 + number, None),
            (batch + 0.1, "screened", 1000 + number, None),
        ]
    found = figures(rows).screening
    assert found is not None
    assert found.load < 1.01


def test_a_target_asks_for_what_it_still_lacks_where_nothing_is_planned() -> None:
    by = {"targets": {CELL: {"accepted": 160, "by": "2025-12-28"}}}
    found = figures(fortnight(), TEAM.model_copy(update={"targets": Team.model_validate(by).targets}))
    assert found.plan[0] * 24 * 14 == pytest.approx(100, rel=0.02)


def test_only_what_lies_while_nearly_all_after_it_goes_is_passed_over() -> None:
    came = np.arange(200, dtype=np.float64)
    taken = np.ones(200, dtype=bool)
    taken[[3, 150]] = False
    taken[170:] = False
    assert list(np.flatnonzero(passed_over(came, taken))) == [3]
