"""Each cause by hand: named where undoing it takes the overload away, and not where it would not."""

import numpy as np
import pytest

from pipeline.progress.bottleneck import find
from pipeline.progress.measured import Measured, ScreeningFigures
from pipeline.progress.model import Model
from schemas.flow import Bottleneck
from schemas.team import Team
from tests.pipeline.progress.figures import HOURS, Cell, Someone, measured

PLANNED = Team.model_validate({"plan": {"en/code": 100}})


def first(of: Measured) -> Bottleneck:
    return find(of, PLANNED)[0]


def named(of: Measured) -> tuple[str, str | None]:
    return first(of).cause, first(of).where


EN = [Someone("e1", 60, ("en/code", "en/steps")), Someone("e2", 60, ("en/code", "en/steps"))]
ENGLISH = [Cell("en/code", 60), Cell("en/steps", 60)]
JUDGE = Someone("j", 60, adjudicates=True)


def test_too_few_hours_in_one_language_are_a_shortage_there() -> None:
    zh = [Someone("z1", 10, ("zh/code",)), Someone("z2", 10, ("zh/code",)), Someone("z3", 10, ("zh/code",))]
    found = first(measured([*ENGLISH, Cell("zh/code", 60)], [*EN, *zh, JUDGE]))
    assert (found.cause, found.where) == ("skill_shortage", "zh/code")
    assert found.load == pytest.approx(60 / 0.98 * 2 * 2 / 6 / 30, abs=0.01)
    assert found.remedies[0].throughput_gain is not None
    assert found.remedies[0].throughput_gain > 0
    assert found.remedies[-1].throughput_gain == 0
    assert "en/" in found.remedies[-1].change


def test_the_hours_of_work_in_the_evidence_are_those_of_the_load() -> None:
    zh = [Someone("z1", 30, ("zh/code",)), Someone("z2", 25, ("zh/code",)), Someone("z3", 2, ("zh/code",))]
    made = measured([*ENGLISH, Cell("zh/code", 150)], [*EN, *zh, JUDGE])
    made.people.pace[[2, 3, 4]] = 0.6, 1.4, 4.0
    made.cells.distinct[2] = False
    (load,) = (one for one in Model(made).told() if one.resource == "zh/code")
    assert load.hours_needed == pytest.approx(load.load * load.hours_available)
    assert first(made).evidence[0] == (
        f"3 people have {load.hours_available:.0f} hours a week for {load.hours_needed:.0f} hours of work."
    )


def test_people_who_also_adjudicate_are_said_to() -> None:
    both = Someone("both", 20)
    made = measured([Cell("en/code", 60, contested=0.1)], [both, Someone("e2", 20)])
    made.people.adjudicates[0, 0] = True
    found = first(made)
    assert found.cause == "skill_shortage"
    assert "They also do adjudication, which is as full." in found.evidence


def test_a_full_load_whose_queue_is_empty_is_no_bottleneck() -> None:
    zh = [Someone(name, 10, ("zh/code",)) for name in ("z1", "z2", "z3")]
    made = measured([*ENGLISH, Cell("zh/code", 60)], [*EN, *zh, JUDGE], grows=False)
    assert named(made)[0] == "none"


def test_who_is_gone_is_named_where_their_hours_would_do() -> None:
    people = [*EN[:1], Someone("e2", 90, ("en/code", "en/steps"), gone=True), Someone("e3", 20), JUDGE]
    assert named(measured(ENGLISH, people)) == ("absent_person", "e2")


def test_who_is_gone_is_not_named_where_their_hours_would_not_do() -> None:
    zh = [Someone(name, 8, ("zh/code",)) for name in ("z1", "z2", "z3")]
    gone = Someone("z4", 1, ("zh/code",), gone=True)
    assert named(measured([*ENGLISH, Cell("zh/code", 60)], [*EN, *zh, gone, JUDGE])) == (
        "skill_shortage",
        "zh/code",
    )


def test_somebody_gone_whom_nobody_needs_is_no_bottleneck() -> None:
    gone = Someone("e3", 60, ("en/code", "en/steps"), gone=True)
    assert named(measured(ENGLISH, [*EN, gone, JUDGE], grows=False))[0] == "none"


def test_a_type_that_is_contested_far_more_is_to_blame_for_the_adjudicators() -> None:
    cells = [Cell("en/code", 60, contested=0.6), Cell("en/steps", 60, contested=0.08)]
    made = measured(
        cells, [Someone("e1", 90), Someone("e2", 90), Someone("j", 20, adjudicates=True)], adjudication=20
    )
    assert named(made) == ("ambiguous_guideline", "code")


def test_a_type_that_is_only_sent_back_more_is_said_to_be() -> None:
    cells = [
        Cell("en/code", 60, contested=0.5, sent_back=0.9),
        Cell("en/steps", 60, contested=0.4, sent_back=0.05),
    ]
    made = measured(
        cells, [Someone("e1", 90), Someone("e2", 90), Someone("j", 20, adjudicates=True)], adjudication=20
    )
    found = first(made)
    assert (found.cause, found.where) == ("ambiguous_guideline", "code")
    assert found.evidence[0] == ("Of the code tasks 45% are sent back, of all others 2%: 22.5 times as many.")


def test_single_votes_that_nobody_can_contest_make_no_other_guideline_ambiguous() -> None:
    cells = [Cell("en/code", 60, contested=0.15), Cell("en/steps", 60, votes=1.0, contested=0.0)]
    people = [Someone("e1", 90), Someone("e2", 90), Someone("j", 6, adjudicates=True)]
    assert named(measured(cells, people, adjudication=60)) == ("slow_adjudication", None)


@pytest.mark.parametrize("contested", [0.12, 0.15])
def test_a_type_that_is_contested_somewhat_more_is_not(contested: float) -> None:
    cells = [Cell("en/code", 60, contested=contested), Cell("en/steps", 60, contested=0.1)]
    made = measured(
        cells, [Someone("e1", 90), Someone("e2", 90), Someone("j", 10, adjudicates=True)], adjudication=40
    )
    assert named(made) == ("slow_adjudication", None)


def test_adjudicators_who_also_label_are_full_by_both() -> None:
    cells = [Cell("en/code", 60, contested=0.3)]
    both = Someone("both", 20)
    made = measured(cells, [Someone("e1", 60), both, Someone("e2", 60)], adjudication=60)
    made.people.adjudicates[0, 1] = True
    assert named(made) == ("slow_adjudication", None)


def test_a_part_time_expert_who_must_see_each_task_is_too_few_people() -> None:
    experts = [
        Someone("z1", 80, ("zh/code",)),
        Someone("z2", 80, ("zh/code",)),
        Someone("z3", 10, ("zh/code",)),
    ]
    made = measured([*ENGLISH, Cell("zh/code", 60, votes=3)], [*EN, *experts, JUDGE])
    assert named(made) == ("overlap_shortage", "zh/code")


def test_where_hours_are_short_as_well_it_is_the_hours() -> None:
    experts = [
        Someone("z1", 15, ("zh/code",)),
        Someone("z2", 15, ("zh/code",)),
        Someone("z3", 5, ("zh/code",)),
    ]
    made = measured([*ENGLISH, Cell("zh/code", 60, votes=3)], [*EN, *experts, JUDGE])
    assert named(made) == ("skill_shortage", "zh/code")


def test_fewer_people_than_votes_is_too_few_people_and_nobody_a_shortage() -> None:
    alone = [Someone("z1", 80, ("zh/code",))]
    cells = [*ENGLISH, Cell("zh/code", 60, votes=2)]
    assert named(measured(cells, [*EN, *alone, JUDGE])) == ("overlap_shortage", "zh/code")
    assert named(measured(cells, [*EN, JUDGE])) == ("skill_shortage", "zh/code")


def test_screening_that_lets_too_little_through_is_named_and_not_the_idle_people() -> None:
    slow = ScreeningFigures(came=1.0, went=0.7, processes=2, busy=2 * HOURS, idle=0, service=2.8)
    found = first(measured(ENGLISH, [*EN, JUDGE], screening=slow))
    assert found.cause == "slow_screening"
    assert found.load == pytest.approx(1.43, abs=0.01)
    assert found.remedies[0].change == "1 more process for screening"


def test_two_at_once_are_both_named_the_fuller_first() -> None:
    zh = [Someone(name, 12, ("zh/code",)) for name in ("z1", "z2", "z3")]
    cells = [*ENGLISH, Cell("zh/code", 60)]
    found = find(measured(cells, [*EN, *zh, Someone("j", 5, adjudicates=True)], adjudication=20), PLANNED)
    assert [one.cause for one in found] == ["slow_adjudication", "skill_shortage"]
    assert found[0].load is not None
    assert found[1].load is not None
    assert found[0].load > found[1].load


def test_half_of_what_is_planned_starves_people() -> None:
    cells = [Cell("en/code", 60, plan=120), Cell("en/steps", 60, plan=60)]
    assert named(measured(cells, [*EN, JUDGE], grows=False)) == ("starved_intake", None)


def test_without_a_plan_nobody_can_say_whether_enough_comes_in() -> None:
    found = find(measured(ENGLISH, [*EN, JUDGE], grows=False), Team())[0]
    assert found.cause == "none"
    assert any("Nothing is planned" in doubt for doubt in found.doubts)


@pytest.mark.parametrize(
    ("days", "cause"),
    [
        ((0,), "bursty_intake"),
        ((0, 1, 2, 3, 4), "none"),
        ((0, 1, 2, 3, 4, 5, 6), "none"),
    ],
)
def test_all_tasks_of_a_week_on_its_first_day_are_a_burst_and_on_its_working_days_are_none(
    days: tuple[int, ...], cause: str
) -> None:
    week = np.zeros(7)
    week[list(days)] = 100 / len(days)
    came = np.tile(np.tile(week, 2), (2, 1))
    made = measured([Cell("en/code", 100), Cell("en/steps", 100)], [*EN, *EN, JUDGE], grows=False, came=came)
    made.days.capacity[:, [5, 6, 12, 13]] = 0
    assert named(made)[0] == cause
