"""Events: written with the deed, read by `sync` once each, and by who asks why."""

from datetime import timedelta
from pathlib import Path

import pytest

from pipeline.ledger.asking import in_words, meant
from pipeline.ledger.events import Events
from schemas.errors import UsageError
from tests.pipeline.door.dealing import MORNING, World, pool, task


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path, pool(task(1), task(2)))


def test_sync_gets_each_event_until_it_says_that_it_has_it(world: World) -> None:
    world.does("ann")
    events = Events(world.place)
    first = events.untaken()
    assert [event.event for event in first] == ["signed_on", "served", "submitted"]
    assert events.untaken() == first
    assert events.untaken(2) == first[:2]
    events.take(event.event_id for event in first[:2])
    assert events.untaken() == first[2:]


def test_events_stand_in_the_order_of_their_moments(world: World) -> None:
    world.does("ann")
    world.clock.move(minutes=30)
    world.does("bob")
    world.does("ann") if world.deal("ann") else None
    world.dealer.tick()
    moments = [event.ts for event in Events(world.place).untaken()]
    assert moments == sorted(moments)
    assert moments[0] == MORNING


def test_moments_are_kept_to_the_microsecond(world: World) -> None:
    world.clock.now = MORNING + timedelta(microseconds=123457)
    world.gets("ann")
    assert {event.ts for event in Events(world.place).untaken()} == {world.clock.now}


def test_what_happened_to_a_task_and_what_somebody_did_can_be_asked(world: World) -> None:
    world.does("ann")
    world.does("bob")
    events = Events(world.place)
    assert [(one.event, one.annotator) for one in events.of_task("t0001")] == [
        ("served", "ann"),
        ("submitted", "ann"),
    ]
    assert [one.event for one in events.of("bob", MORNING)] == ["signed_on", "served", "submitted"]
    assert events.of("bob", world.clock.now + timedelta(seconds=1)) == []


@pytest.mark.parametrize("said", ["t0001", "1001"])
def test_a_task_is_meant_by_its_id_or_its_number(world: World, said: str) -> None:
    world.gets("ann")
    world.gets("bob")
    assert meant(world.folder, said) == "t0001"


def test_the_beginning_of_an_id_is_enough_where_it_is_one(tmp_path: Path) -> None:
    world = World(tmp_path, pool(task(1, uid="abcdef12"), task(2, uid="abcdff34")))
    world.gets("ann")
    world.gets("bob")
    assert meant(tmp_path, "abcde") == "abcdef12"
    with pytest.raises(UsageError, match="one task was expected, 'abcd' may be 2"):
        meant(tmp_path, "abcd")


@pytest.mark.parametrize("said", ["t", "%", "t____", "nothing", ""])
def test_what_means_no_task_is_refused(world: World, said: str) -> None:
    world.gets("ann")
    with pytest.raises(UsageError, match="was expected"):
        meant(world.folder, said)


def test_without_a_door_there_is_nothing_to_ask(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="a door was expected"):
        meant(tmp_path, "t0001")
    assert not (tmp_path / ".headrace").exists()


def test_events_are_told_in_words(tmp_path: Path) -> None:
    world = World(tmp_path, pool(task(1), task(2, priority=2.0), task(3, priority=2.0)))
    handed = world.deal("ann")
    assert handed is not None
    world.clock.move(seconds=100)
    world.dealer.touched(handed, 90)
    world.clock.move(hours=2)
    world.dealer.ended(handed, "skipped", reason="no picture")
    told = {event.event: event for event in world.events()}
    served, skipped = told["served"], told["skipped"]
    assert in_words(told["signed_on"]) == ""
    assert in_words(served) == "of the highest priority: 2 of 3; the first made: 1 of 2"
    assert in_words(skipped) == "open 2:01:40, active 1:30, no picture"
