"""What the dealer writes down: why, when, for how long, and who was there."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from tests.pipeline.door.dealing import MORNING, World, pool, task, visitor


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path, pool(task(1), task(2), task(3)))


def test_why_a_task_went_to_somebody_stands_in_its_event(tmp_path: Path) -> None:
    laid = pool(task(1), task(2, priority=2.0), task(3, cell="zh/preference_pair", project_id=2))
    world = World(
        tmp_path, replace(laid, why_not=lambda _, cell, *__: "outside" if cell.startswith("zh") else None)
    )
    assert world.gets("ann") == "t0002"
    (event,) = [event for event in world.events() if event.event == "served"]
    assert json.loads(event.why or "") == {
        "rules": [
            {"rule": "their cells", "among": 3, "left": 2},
            {"rule": "priority", "among": 2, "left": 1},
        ],
        "waiting": 3,
    }


def test_open_and_active_time_are_told_apart(world: World) -> None:
    handed = world.deal("ann")
    assert handed is not None
    for active in (15, 15, 0, 7.5):
        world.clock.move(seconds=15)
        world.dealer.touched(handed, active)
    world.clock.move(seconds=20)
    world.dealer.ended(handed, "submitted", 1)
    (event,) = [event for event in world.events() if event.event == "submitted"]
    assert (event.open_seconds, event.active_seconds) == (80.0, 37.5)


def test_nobody_was_active_for_longer_than_time_went_by(world: World) -> None:
    handed = world.deal("ann")
    assert handed is not None
    world.clock.move(seconds=30)
    world.dealer.touched(handed, 86_400)
    world.dealer.ended(handed, "submitted", 1)
    (event,) = [event for event in world.events() if event.event == "submitted"]
    assert event.active_seconds == 30.0


def test_a_page_that_never_told_says_nothing_of_active_time(world: World) -> None:
    world.does("ann")
    (event,) = [event for event in world.events() if event.event == "submitted"]
    assert event.active_seconds is None


def test_what_ran_out_was_open_until_the_last_sign_of_life(world: World) -> None:
    handed = world.deal("ann")
    assert handed is not None
    world.clock.move(minutes=4)
    world.dealer.touched(handed, 15)
    world.clock.move(hours=3)
    world.dealer.tick()
    (event,) = [event for event in world.events() if event.event == "expired"]
    assert event.open_seconds == 240.0


def test_coming_and_going_is_told_as_of_the_last_sign_of_life(world: World) -> None:
    world.does("ann")  # a minute
    world.clock.move(minutes=9)
    world.dealer.here(visitor("ann"))
    world.clock.move(minutes=11)
    world.dealer.tick()
    world.clock.move(minutes=5)
    world.gets("ann")
    told = [(event.event, (event.ts - MORNING).total_seconds() / 60) for event in world.events()]
    assert [one for one in told if one[0].startswith("signed")] == [
        ("signed_on", 0),
        ("signed_off", 10),
        ("signed_on", 26),
    ]


def test_who_comes_back_before_anybody_noticed_has_left_all_the_same(world: World) -> None:
    world.does("ann")
    world.clock.move(minutes=30)
    world.gets("ann")
    assert world.told("signed_on", "signed_off") == ["signed_on ann", "signed_off ann", "signed_on ann"]


def test_finding_nothing_is_told_once_until_something_is_found(world: World) -> None:
    world.does_all("ann")
    for _ in range(5):
        world.clock.move(minutes=1)
        assert world.deal("ann") is None
    world.lay(pool(task(4)))
    world.does("ann")
    assert world.deal("ann") is None
    assert world.told("starved") == ["starved ann", "starved ann"]
    assert [event.reason for event in world.events() if event.event == "starved"] == ["no task", "no task"]


def test_finding_nothing_is_told_again_after_leaving(world: World) -> None:
    world.does_all("ann")
    world.clock.move(minutes=30)
    assert world.deal("ann") is None
    assert world.told("starved", "signed_off") == ["starved ann", "signed_off ann", "starved ann"]
