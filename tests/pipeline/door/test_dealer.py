"""The dealer: what it hands out, remembers and takes back."""

from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.door.pool import Account, Answer
from tests.pipeline.door.dealing import World, pool, task, visitor


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path, pool(task(1), task(2), task(3)))


def test_the_oldest_goes_first(world: World) -> None:
    assert world.does_all("ann") == ["t0001", "t0002", "t0003"]


def test_asking_again_gives_what_is_in_hand(world: World) -> None:
    first = world.deal("ann")
    assert first is not None
    assert world.deal("ann") == first
    assert world.told("served") == ["served ann t0001"]


def test_two_do_not_get_one_vote(world: World) -> None:
    assert [world.gets(name) for name in ("ann", "bob", "cho")] == ["t0001", "t0002", "t0003"]
    assert world.deal("dia") is None


def test_each_vote_of_a_task_goes_to_another_person_under_another_number(tmp_path: Path) -> None:
    world = World(tmp_path, pool(task(1, missing=3)))
    found = [world.deal(name) for name in ("ann", "bob", "cho")]
    assert [one.slot for one in found if one] == [1, 2, 3]
    assert world.deal("dia") is None


def test_nobody_gets_a_task_twice(tmp_path: Path) -> None:
    world = World(tmp_path, pool(task(1, missing=2), task(2, missing=2)))
    assert world.does_all("ann") == ["t0001", "t0002"]
    assert world.does("bob", "skipped") == "t0001"
    assert world.does_all("bob") == ["t0002"]


def test_what_was_passed_on_goes_to_somebody_else(world: World) -> None:
    assert world.does("ann", "skipped") == "t0001"
    assert world.gets("ann") == "t0002"
    assert world.gets("bob") == "t0001"


def test_the_reason_of_a_pass_is_told(world: World) -> None:
    handed = world.deal("ann")
    assert handed is not None
    world.dealer.ended(handed, "skipped", reason="the picture is missing")
    assert [event.reason for event in world.events() if event.event == "skipped"] == [
        "the picture is missing"
    ]


def test_within_a_project_only_what_would_be_next_anyway(tmp_path: Path) -> None:
    world = World(tmp_path, pool(task(1, project_id=7), task(2, project_id=8)))
    assert world.deal("ann", 8) is None
    assert world.told("served", "starved") == []
    handed = world.deal("ann", 7)
    assert handed is not None
    assert handed.uid == "t0001"
    assert world.deal("ann", 8) is None


def test_the_same_ending_again_changes_nothing(world: World) -> None:
    handed = world.deal("ann")
    assert handed is not None
    for _ in range(2):
        world.dealer.ended(handed, "submitted", 5)
    assert world.told("submitted") == ["submitted ann t0001"]


def test_signing_out_gives_the_task_back(world: World) -> None:
    assert world.gets("ann") == "t0001"
    world.clock.move(minutes=3)
    world.dealer.leaves(visitor("ann"))
    assert world.told() == ["signed_on ann", "served ann t0001", "returned ann t0001", "signed_off ann"]
    assert world.gets("bob") == "t0001"


def test_an_answer_may_be_changed_until_it_is_settled_and_for_a_day_at_most(world: World) -> None:
    handed = world.deal("ann")
    assert handed is not None
    world.dealer.ended(handed, "submitted", 4)
    assert [one.uid for one in world.dealer.own(visitor("ann"), 1)] == ["t0001"]
    world.clock.move(hours=23)
    assert world.dealer.held(visitor("ann"), handed.remote_task_id) is not None
    world.lay(replace(world.pools.pool, settled=frozenset({"t0001"})))
    assert world.dealer.held(visitor("ann"), handed.remote_task_id) is None
    world.lay(replace(world.pools.pool, settled=frozenset()))
    world.clock.move(hours=2)
    assert world.dealer.held(visitor("ann"), handed.remote_task_id) is None
    assert world.dealer.own(visitor("ann"), 1) == []


def test_nobody_holds_the_task_of_another(world: World) -> None:
    handed = world.deal("ann")
    assert handed is not None
    assert world.dealer.held(visitor("bob"), handed.remote_task_id) is None
    assert world.dealer.own(visitor("bob"), 1) == []


def test_own_tasks_stand_newest_first(world: World) -> None:
    world.does("ann")
    world.does("ann")
    world.gets("ann")
    assert [one.uid for one in world.dealer.own(visitor("ann"), 1)] == ["t0003", "t0002", "t0001"]
    assert world.dealer.own(visitor("ann"), 2) == []


def test_an_answer_that_becomes_a_pass_gives_its_vote_back(world: World) -> None:
    handed = world.deal("ann")
    assert handed is not None
    world.dealer.ended(handed, "submitted", 4)
    world.dealer.ended(handed, "skipped")
    assert world.gets("bob") == "t0001"
    world.dealer.ended(handed, "submitted", 4)
    held = world.dealer.held(visitor("ann"), handed.remote_task_id)
    assert held is not None
    assert (held.ending, held.slot) == ("submitted", 0)  # bob has its vote by now
    assert world.told("submitted", "skipped") == ["submitted ann t0001"]


def test_an_answer_counts_from_when_it_is_given_not_from_when_it_is_synced(world: World) -> None:
    assert world.does("ann") == "t0001"
    assert world.gets("bob") == "t0002"
    world.lay(replace(world.pools.pool, synced_at=world.clock()))  # a sync that began before it could know
    assert world.gets("cho") == "t0003"
    assert world.deal("dia") is None


def test_an_answer_that_no_sync_ever_brought_frees_its_vote(world: World) -> None:
    assert world.does("ann") == "t0001"
    world.clock.move(hours=1)
    world.lay(replace(world.pools.pool, synced_at=world.clock()))
    handed = world.deal("bob")
    assert handed is not None
    assert (handed.uid, handed.slot) == ("t0001", 2)


def test_an_answer_that_only_label_studio_knows_ends_its_lease(world: World) -> None:
    handed = world.deal("ann")
    assert handed is not None
    world.clock.move(minutes=5)
    answered = world.clock()
    world.clock.move(minutes=2)
    said = {"t0001": frozenset({"ann"})}
    world.lay(
        pool(task(2), task(3), said=said, answers={("t0001", "ann"): Answer(answered, 77, skipped=False)})
    )
    (event,) = [event for event in world.events() if event.event == "submitted"]
    assert (event.ts, event.open_seconds) == (answered, 300.0)
    assert world.gets("ann") == "t0002"


def test_what_is_not_wanted_any_more_is_taken_out_of_their_hands(world: World) -> None:
    assert world.gets("ann") == "t0001"
    world.lay(pool(task(2), task(3)))
    assert world.gets("ann") == "t0002"
    assert world.told("returned") == ["returned ann t0001"]


def test_what_was_sent_to_label_studio_again_is_dealt_as_what_it_is_now(world: World) -> None:
    assert world.gets("ann") == "t0001"
    world.lay(pool(task(1, remote_task_id=55)))
    handed = world.deal("ann")
    assert handed is not None
    assert (handed.uid, handed.remote_task_id) == ("t0001", 55)


def test_in_a_cell_that_was_paused_one_may_end_what_one_has(world: World) -> None:
    assert world.gets("ann") == "t0001"
    world.lay(pool(parked=frozenset({"t0001", "t0002", "t0003"})))
    assert world.does("ann") == "t0001"
    assert world.deal("ann") is None
    assert world.deal("bob") is None


def test_who_is_paused_gets_nothing_and_is_not_at_work(world: World) -> None:
    assert world.gets("ann") == "t0001"
    world.lay(replace(world.pools.pool, why_not=lambda who, *_: "paused" if who == "ann" else None))
    assert world.deal("ann") is None
    assert world.told("returned", "starved") == ["returned ann t0001"]
    assert world.gets("bob") == "t0001"


def test_who_was_invited_just_now_does_not_meet_a_pool_that_knows_nothing_of_them(tmp_path: Path) -> None:
    ann = Account("ann", simulated=False, person=None, names=frozenset())
    world = World(tmp_path, pool(task(1), why_not=lambda *_: "not on the project"))
    world.pools.coming = pool(task(1), people={"ann": ann})
    assert world.deal("ann") is not None


def test_a_dealer_that_is_started_again_goes_on(world: World) -> None:
    world.does("ann")
    world.gets("bob")
    again = World(world.folder, world.pools.pool)
    again.clock.now = world.clock.now
    assert again.gets("bob") == "t0002"
    assert again.gets("ann") == "t0003"
    assert again.deal("cho") is None


def test_half_of_the_people_see_left_and_right_swapped_and_always_the_same(tmp_path: Path) -> None:
    laid = pool(*(task(n, missing=20) for n in range(20)), mirrored=frozenset({"preference_pair"}))
    world = World(tmp_path, laid)
    swapped: dict[str, list[bool]] = {}
    for name in (f"ann-{n}" for n in range(10)):
        while (handed := world.deal(name)) is not None:
            swapped.setdefault(name, []).append(handed.swapped)
            assert world.deal(name) == handed
            world.dealer.ended(handed, "submitted")
    assert [len(row) for row in swapped.values()] == [20] * 10
    assert 70 < sum(map(sum, swapped.values())) < 130
    assert len({tuple(row) for row in swapped.values()}) == 10


def test_what_has_no_sides_is_never_swapped(tmp_path: Path) -> None:
    laid = pool(
        *(task(n, task_type="code_review") for n in range(30)), mirrored=frozenset({"preference_pair"})
    )
    world = World(tmp_path, laid)
    handed = [world.deal(f"ann-{n}") for n in range(30)]
    assert [one.swapped for one in handed if one] == [False] * 30
