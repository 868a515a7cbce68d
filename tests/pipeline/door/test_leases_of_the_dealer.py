"""How long a task stays in somebody's hands, and what becomes of an answer that comes late."""

from pathlib import Path

import pytest

from tests.pipeline.door.dealing import World, pool, task, visitor


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path, pool(task(1), task(2), task(3)))


def test_a_lease_runs_out_and_the_task_goes_to_somebody_else(tmp_path: Path) -> None:
    world = World(tmp_path, pool(task(1), usual={"en/preference_pair": 300.0}))
    assert world.gets("ann") == "t0001"
    world.clock.move(minutes=19)
    assert world.deal("bob") is None
    world.clock.move(minutes=1)
    assert world.gets("bob") == "t0001"
    assert world.told("expired") == ["expired ann t0001"]


def test_signs_of_life_keep_a_lease(tmp_path: Path) -> None:
    world = World(tmp_path, pool(task(1), usual={"en/preference_pair": 300.0}))
    handed = world.deal("ann")
    assert handed is not None
    for _ in range(30):
        world.clock.move(minutes=5)
        world.dealer.touched(handed, 15)
    world.dealer.tick()
    assert world.gets("ann") == "t0001"
    assert world.deal("bob") is None


def test_a_page_that_nobody_touches_keeps_no_lease(tmp_path: Path) -> None:
    world = World(tmp_path, pool(task(1), usual={"en/preference_pair": 300.0}))
    handed = world.deal("ann")
    assert handed is not None
    for _ in range(4):
        world.clock.move(minutes=5)
        world.dealer.touched(handed, 0)
    assert world.gets("bob") == "t0001"


@pytest.mark.parametrize(("usual", "minutes"), [(1.0, 15), (600.0, 40), (90_000.0, 480), (None, 60)])
def test_a_lease_lasts_four_times_the_usual_within_bounds(
    tmp_path: Path, usual: float | None, minutes: float
) -> None:
    world = World(tmp_path, pool(task(1), usual={} if usual is None else {"en/preference_pair": usual}))
    handed = world.deal("ann")
    assert handed is not None
    assert (handed.expires_at - handed.served_at).total_seconds() == minutes * 60


def test_what_ran_out_is_what_they_get_again(world: World) -> None:
    assert world.gets("ann") == "t0001"
    world.clock.move(hours=2)
    world.dealer.tick()
    assert world.does("bob") == "t0001"  # the oldest
    assert world.gets("cho") == "t0002"
    world.clock.move(hours=2)
    world.dealer.tick()
    world.lay(pool(task(0), task(2), task(3)))
    assert world.gets("cho") == "t0002"
    assert world.gets("ann") == "t0000"


def test_a_late_answer_is_theirs_where_the_vote_is_free(world: World) -> None:
    handed = world.deal("ann")
    assert handed is not None
    world.clock.move(hours=2)
    world.dealer.tick()
    assert world.dealer.held(visitor("ann"), handed.remote_task_id) is not None
    world.dealer.ended(handed, "submitted", 9)
    held = world.dealer.held(visitor("ann"), handed.remote_task_id)
    assert held is not None
    assert (held.slot, held.ending, held.annotation_id) == (1, "submitted", 9)
    assert world.gets("bob") == "t0002"


def test_a_late_answer_to_what_somebody_else_has_is_kept_as_one_too_many(world: World) -> None:
    handed = world.deal("ann")
    assert handed is not None
    world.clock.move(hours=2)
    assert world.gets("bob") == "t0001"
    world.dealer.ended(handed, "submitted", 9)
    held = world.dealer.held(visitor("ann"), handed.remote_task_id)
    assert held is not None
    assert (held.slot, held.ending) == (0, "submitted")
    assert world.gets("bob") == "t0001"


def test_a_late_answer_is_taken_also_from_who_has_another_task_by_now(world: World) -> None:
    handed = world.deal("ann")
    assert handed is not None
    world.clock.move(hours=2)
    assert world.gets("bob") == "t0001"
    assert world.gets("ann") == "t0002"
    world.dealer.ended(handed, "submitted", 9)
    assert world.told("submitted") == ["submitted ann t0001"]
    assert world.gets("ann") == "t0002"


def test_who_comes_back_to_what_ran_out_has_it_again(world: World) -> None:
    handed = world.deal("ann")
    assert handed is not None
    world.clock.move(hours=2)
    world.dealer.tick()
    world.dealer.touched(handed, 15)
    again = world.dealer.held(visitor("ann"), handed.remote_task_id)
    assert again is not None
    assert again.is_open
    assert world.told("served", "expired") == ["served ann t0001", "expired ann t0001", "served ann t0001"]
    assert world.gets("bob") == "t0002"
