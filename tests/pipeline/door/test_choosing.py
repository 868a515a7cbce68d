"""Which task goes to whom: each rule by itself, and which comes before which."""

import json
import random
from collections import Counter
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from pipeline.door.gold_rates import gives_concern
from pipeline.door.pool import Account, Pool, Test
from schemas.people import Person
from schemas.project import GoldRates
from tests.pipeline.door.dealing import MORNING, World, pool, task

A, B = frozenset({"prompt a"}), frozenset({"prompt b"})
EN, ZH = "en/preference_pair", "zh/preference_pair"


def rules(world: World) -> list[str]:
    """The rules that chose what was served last."""
    served = [event for event in world.events() if event.event == "served"]
    return [step["rule"] for step in json.loads(served[-1].why or "")["rules"]]


def only(cells: dict[str, str]) -> Any:
    """Each person may do one cell."""
    return lambda who, cell, *_: None if cell in ("", cells[who]) else "outside their cells"


def test_people_get_tasks_of_their_cells_alone(tmp_path: Path) -> None:
    laid = pool(task(1), task(2, cell=ZH, project_id=2), task(3), task(4, cell=ZH, project_id=2))
    world = World(tmp_path, replace(laid, why_not=only({"ann": ZH, "bob": EN})))
    assert world.does_all("ann") == ["t0002", "t0004"]
    assert world.does_all("bob") == ["t0001", "t0003"]
    assert [event.reason for event in world.events() if event.event == "starved"] == [
        "no task in their cells",
        "no task",
    ]


def test_the_highest_priority_goes_first_then_the_oldest(tmp_path: Path) -> None:
    world = World(
        tmp_path, pool(task(1), task(2, priority=2.0), task(3, priority=0.5), task(4, priority=2.0))
    )
    assert world.does_all("ann") == ["t0002", "t0004", "t0001", "t0003"]


def test_an_older_task_goes_first_whichever_project_it_lies_in(tmp_path: Path) -> None:
    hour = 3600.0
    laid = pool(
        task(1, born=0.0),
        task(2, born=hour, project_id=2, cell=ZH),
        task(3, born=2 * hour),
        task(4, born=3 * hour, project_id=2, cell=ZH),
    )
    assert World(tmp_path, laid).does_all("ann") == ["t0001", "t0002", "t0003", "t0004"]


def test_of_tasks_made_together_one_stays_at_the_kind_of_work(tmp_path: Path) -> None:
    laid = pool(*(task(n, project_id=1 + n % 2, cell=(EN, ZH)[n % 2]) for n in range(6)))
    world = World(tmp_path, laid)
    assert world.does_all("ann") == ["t0000", "t0002", "t0004", "t0001", "t0003", "t0005"]


def test_cases_to_judge_go_before_votes_to_give(tmp_path: Path) -> None:
    laid = pool(task(1, priority=9.0), task(2, purpose="adjudicate", project_id=2, about="t0077"))
    laid = replace(
        laid,
        why_not=lambda who, _, __, purpose: None if who == "jo" or purpose == "label" else "no adjudicator",
    )
    world = World(tmp_path, laid)
    assert world.does_all("ann") == ["t0001"]
    world = World(tmp_path / "second", laid)
    assert world.does_all("jo") == ["t0002", "t0001"]
    assert rules(world) == []


def test_nobody_judges_what_they_voted_on(tmp_path: Path) -> None:
    case = task(9, purpose="adjudicate", project_id=2, about="t0001")
    world = World(tmp_path, pool(case, said={"t0009": frozenset({"ann"})}))
    assert world.deal("ann") is None
    assert world.gets("bob") == "t0009"


def test_nobody_judges_what_they_voted_on_though_no_sync_has_read_it_yet(tmp_path: Path) -> None:
    world = World(tmp_path, pool(task(1)))
    world.does("ann")
    world.lay(pool(task(9, purpose="adjudicate", project_id=2, about="t0001")))
    assert world.deal("ann") is None
    assert world.gets("bob") == "t0009"


def test_no_two_versions_of_a_prompt_in_a_row_where_there_are_others(tmp_path: Path) -> None:
    laid = pool(
        task(1, problems=A),
        task(2, problems=A),
        task(3, problems=A),
        task(4, problems=B),
        task(5, problems=B),
    )
    world = World(tmp_path, laid)
    assert world.does_all("ann") == ["t0001", "t0004", "t0002", "t0005", "t0003"]


def test_another_prompt_counts_for_more_than_priority(tmp_path: Path) -> None:
    laid = pool(task(1, problems=A, priority=2.0), task(2, problems=A, priority=2.0), task(3, problems=B))
    world = World(tmp_path, laid)
    assert [world.does("ann"), world.does("ann")] == ["t0001", "t0003"]
    assert rules(world) == ["another prompt"]


def test_what_one_just_did_is_remembered_though_it_is_settled_by_now(tmp_path: Path) -> None:
    world = World(tmp_path, pool(task(1, problems=A), task(2, problems=A), task(3, problems=B)))
    assert world.does("ann") == "t0001"
    world.lay(pool(task(2, problems=A), task(3, problems=B)))
    assert world.does_all("ann") == ["t0003", "t0002"]


def test_where_all_are_versions_of_one_prompt_they_are_dealt_all_the_same(tmp_path: Path) -> None:
    world = World(tmp_path, pool(task(1, problems=A), task(2, problems=A)))
    assert world.does_all("ann") == ["t0001", "t0002"]


def test_nobody_gets_what_they_wrote(tmp_path: Path) -> None:
    person = Person(name="Ann Lee", email="Ann@people.example")
    ann = Account(
        "ann-1", simulated=False, person=person, names=frozenset({"ann lee", "ann@people.example", "ann-1"})
    )
    laid = pool(task(1, authors=frozenset({"ann lee"})), task(2), people={"ann-1": ann})
    world = World(tmp_path, laid)
    assert world.does_all("ann-1") == ["t0002"]
    assert world.gets("bob") == "t0001"


@pytest.mark.parametrize(
    ("declared", "noted"),
    [
        ({}, None),
        ({"weekly_hours": 2}, None),
        ({"hours": {"tue": "8-10"}}, None),
        ({"hours": {"tue": "10-12"}}, "outside"),
        ({"hours": {"mon": "9-17"}}, "outside"),
        ({"hours": {"tue": "8-10"}, "zone": "Asia/Shanghai"}, "outside"),
        ({"hours": {"tue": "sometimes"}}, None),
        ({"away": ("2026-12-01",)}, "outside"),
    ],
)
def test_outside_their_hours_people_may_work_and_it_is_noted(
    tmp_path: Path, declared: dict[str, Any], noted: str | None
) -> None:
    assert MORNING.strftime("%a %H") == "Tue 09"
    ann = Account("ann", simulated=False, person=Person(name="ann", **declared), names=frozenset())
    world = World(tmp_path, pool(task(1), people={"ann": ann}))
    assert world.gets("ann") == "t0001"
    (event,) = [event for event in world.events() if event.event == "served"]
    assert json.loads(event.why or "").get("hours") == noted


# gold


def golden(count: int, rates: GoldRates, tasks: int = 2000, **more: Any) -> Pool:
    gold = tuple(task(9000 + n, uid=f"gold{n:04}", remote_task_id=9000 + n) for n in range(count))
    return pool(*(task(n) for n in range(tasks)), gold={EN: gold}, rates={"preference_pair": rates}, **more)


@pytest.mark.parametrize("share", [0.05, 0.08, 0.15, 0.2, 1 / 3, 0.5, 1.0])
def test_gold_is_dealt_at_its_rate_in_every_stretch(tmp_path: Path, share: float) -> None:
    world = World(tmp_path, golden(300, GoldRates(first=share, then=share)))
    row = [world.does("ann").startswith("gold") for _ in range(200)]
    assert sum(row) == pytest.approx(200 * share, abs=1)
    for start in range(0, 200 - 40, 20):
        assert sum(row[start : start + 40]) == pytest.approx(40 * share, abs=2)


def test_gold_lies_at_other_places_for_everybody(tmp_path: Path) -> None:
    world = World(tmp_path, golden(100, GoldRates(first=0.2)))
    places = {
        name: tuple(n for n in range(50) if world.does(name).startswith("gold"))
        for name in ("ann", "bob", "cho", "dia")
    }
    assert len(set(places.values())) == 4
    steps = Counter(b - a for row in places.values() for a, b in pairwise(row))
    assert len(steps) > 3, "nobody can count them out"


def test_newcomers_get_more_gold_than_regulars_and_the_warned_more_again(tmp_path: Path) -> None:
    rates = GoldRates(first=0.2, first_items=100, then=0.08, warned=0.5)
    world = World(tmp_path, golden(300, rates))
    row = [world.does("ann").startswith("gold") for _ in range(350)]
    assert sum(row[:100]) == pytest.approx(20, abs=1)
    assert sum(row[100:]) == pytest.approx(20, abs=2)
    world.lay(replace(world.pools.pool, warned=frozenset({("ann", EN)})))
    assert sum(world.does("ann").startswith("gold") for _ in range(100)) == pytest.approx(50, abs=2)


@pytest.mark.parametrize(
    ("row", "concern"),
    [
        ("", False),
        ("---", False),
        ("----", True),
        ("+-+-+-+-+-+-", True),
        ("+" * 9 + "----", True),
        ("----" + "+" * 8, True),
        ("----" + "+" * 9, False),
    ],
)
def test_a_warning_needs_as_many_answers_as_it_takes_to_be_sure(row: str, *, concern: bool) -> None:
    assert gives_concern(sign == "+" for sign in row) is concern


def test_a_good_annotator_is_seldom_warned_and_a_bad_one_soon() -> None:
    drawn = random.Random(1)
    warned = {
        share: sum(gives_concern(drawn.random() < share for _ in range(40)) for _ in range(500))
        for share in (0.95, 0.5)
    }
    assert warned[0.95] <= 5
    assert warned[0.5] >= 480


def test_who_worked_before_there_was_a_door_is_no_newcomer(tmp_path: Path) -> None:
    laid = golden(100, GoldRates(first=1.0, then=0.0), votes={("ann", EN): 100})
    world = World(tmp_path, laid)
    assert not any(world.does("ann").startswith("gold") for _ in range(10))
    assert all(world.does("bob").startswith("gold") for _ in range(10))


def test_gold_never_comes_twice_to_one_person_and_takes_up_no_vote(tmp_path: Path) -> None:
    world = World(tmp_path, golden(5, GoldRates(first=1.0), tasks=3))
    for name in ("ann", "bob"):
        row = [world.does(name) for _ in range(6)]
        assert sorted(row[:5]) == [f"gold{n:04}" for n in range(5)]
        assert row[5].startswith("t")
    slots = {event.slot for event in world.events() if event.uid and event.uid.startswith("gold")}
    assert slots == {0}


def test_worn_gold_is_dealt_no_more_and_who_has_it_in_hand_may_end_it(tmp_path: Path) -> None:
    world = World(tmp_path, golden(3, GoldRates(first=1.0)))
    in_hand = world.gets("ann")
    left = {f"gold{n:04}" for n in range(3)} - {in_hand}
    world.lay(replace(world.pools.pool, worn=frozenset({in_hand, *sorted(left)[:1]})))
    assert world.gets("ann") == in_hand
    gold, *others = [world.does("bob") for _ in range(3)]
    assert (gold, {uid[0] for uid in others}) == (sorted(left)[1], {"t"})


def test_gold_that_ran_out_comes_again_as_any_other_task(tmp_path: Path) -> None:
    world = World(tmp_path, golden(5, GoldRates(first=1.0)))
    first = world.gets("ann")
    assert first.startswith("gold")
    world.clock.move(hours=5)
    assert world.gets("ann") == first


def test_gold_alone_is_no_work(tmp_path: Path) -> None:
    world = World(tmp_path, golden(5, GoldRates(first=1.0), tasks=0))
    assert world.deal("ann") is None


def test_gold_is_closed_once_it_was_read(tmp_path: Path) -> None:
    from pipeline.door.pool import Answer
    from tests.pipeline.door.dealing import visitor

    world = World(tmp_path, golden(5, GoldRates(first=1.0)))
    handed = world.deal("ann")
    assert handed is not None
    world.dealer.ended(handed, "submitted", 3)
    assert world.dealer.held(visitor("ann"), handed.remote_task_id) is not None
    answers = {(handed.uid, "ann"): Answer(world.clock(), 3, skipped=False)}
    world.lay(replace(world.pools.pool, answers=answers))
    assert world.dealer.held(visitor("ann"), handed.remote_task_id) is None


# newcomers' tests


def examined(share: float = 0.75, **more: Any) -> Pool:
    items = tuple(task(8000 + n, uid=f"test{n}", remote_task_id=8000 + n) for n in range(4))
    others = [task(1), task(2), task(3, cell=ZH, project_id=2)]
    return pool(*others, tests={EN: Test(items, share)}, **more)


def results(**right: int) -> dict[tuple[str, str], bool]:
    """Of somebody's four answers so many were right."""
    return {(name, f"test{n}"): n < count for name, count in right.items() for n in range(4)}


def test_a_newcomer_does_the_whole_test_before_anything_else(tmp_path: Path) -> None:
    world = World(tmp_path, examined())
    assert sorted(world.does("ann") for _ in range(4)) == ["test0", "test1", "test2", "test3"]
    assert world.does_all("ann") == ["t0003"], "only the other cell, as long as nobody looked at the test"
    assert world.told("starved") == ["starved ann"]


def test_two_newcomers_have_the_test_in_orders_of_their_own(tmp_path: Path) -> None:
    world = World(tmp_path, examined())
    assert (
        len({tuple(world.does(name) for _ in range(4)) for name in ("ann", "bob", "cho", "dia", "eve")}) > 1
    )


@pytest.mark.parametrize(
    ("right", "work"), [(4, ["t0001", "t0002", "t0003"]), (3, ["t0001", "t0002", "t0003"]), (2, ["t0003"])]
)
def test_who_passes_goes_on_and_who_fails_does_not(tmp_path: Path, right: int, work: list[str]) -> None:
    world = World(tmp_path, examined())
    for _ in range(4):
        world.does("ann")
    world.lay(examined(results=results(ann=right)))
    assert world.does_all("ann") == work


def test_who_failed_everywhere_finds_nothing_and_is_told_why(tmp_path: Path) -> None:
    world = World(tmp_path, replace(examined(), why_not=only({"ann": EN})))
    for _ in range(4):
        world.does("ann")
    assert world.deal("ann") is None
    world.lay(replace(examined(results=results(ann=1)), why_not=only({"ann": EN})))
    world.clock.move(hours=1)
    assert world.deal("ann") is None
    reasons = [event.reason for event in world.events() if event.event == "starved"]
    assert reasons == ["test not looked at yet", "test failed"]


def test_a_test_that_a_lead_mends_lets_them_in(tmp_path: Path) -> None:
    world = World(tmp_path, examined())
    for _ in range(4):
        world.does("ann")
    world.lay(examined(results=results(ann=2)))
    assert world.does_all("ann") == ["t0003"]
    world.lay(examined(results=results(ann=3)))
    assert world.does_all("ann") == ["t0001", "t0002"]


def test_who_voted_in_the_cell_before_is_not_tested(tmp_path: Path) -> None:
    world = World(tmp_path, examined(votes={("ann", EN): 1}))
    assert world.does_all("ann") == ["t0001", "t0002", "t0003"]


def test_passing_on_a_test_is_no_way_round_it(tmp_path: Path) -> None:
    world = World(tmp_path, replace(examined(), why_not=only({"ann": EN})))
    assert sorted(world.does("ann", "skipped") for _ in range(4)) == ["test0", "test1", "test2", "test3"]
    assert world.deal("ann") is None
