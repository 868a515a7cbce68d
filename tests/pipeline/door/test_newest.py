"""The newest pool of a folder, and a dealer at work there: a newer snapshot is dealt from without anybody waiting."""

import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipeline.door.dealing import dealing
from pipeline.door.newest import NewestPool
from pipeline.store import StorePlace
from schemas.errors import ProjectError
from schemas.facts import Fact, PersonFact, PushFact, TaskFact
from schemas.steering import PersonPauseFact, RemoteStateFact
from tests.pipeline.door.dealing import Clock, visitor

AT = datetime(2026, 11, 30, tzinfo=UTC)
PROJECT = 'name = "tried"\n[[tasks]]\ntype = "preference_pair"\noverlap = 1\n'
ANN = PersonFact(
    annotator="ann",
    server="embedded",
    person_id=5,
    email="li@vendor.example",
    name="",
    simulated=True,
    seen_at=AT,
)
PEOPLE = '[[people]]\nname = "li"\nemail = "li@vendor.example"\ncells = ["zh/preference_pair"]\n'


def push(folder: Path, *numbers: int) -> None:
    """Put tasks that stand in Label Studio on record, and publish."""
    with StorePlace(folder).writing("test") as store:
        for fact in [*(fact for number in numbers for fact in facts(number)), ANN]:
            store.put([fact])


def facts(number: int) -> list[Fact]:
    """All that the store knows of a task that was pushed."""
    name = f"t{number:04}"
    task = TaskFact(
        task_id=name,
        item_id=name,
        task_type="preference_pair",
        version=1,
        cell="en/preference_pair",
        attempt=1,
        overlap=1,
        payload="{}",
        generated_at=AT,
    )
    push = PushFact(task_id=name, server="embedded", project_id=1, remote_task_id=number, pushed_at=AT)
    state = RemoteStateFact(
        task_id=name,
        overlap=1,
        closed=False,
        gone=False,
        submitted=0,
        voters=0,
        updated_at=None,
        seen_at=AT,
    )
    return [task, push, state]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "project.toml").write_text(PROJECT)
    push(tmp_path, 1)
    return tmp_path


def test_a_newer_snapshot_is_read_when_it_is_published(folder: Path) -> None:
    pools = NewestPool(folder, "embedded")
    assert set(pools.newest().tasks) == {"t0001"}
    push(folder, 2)
    assert set(pools.wait().tasks) == {"t0001", "t0002"}
    same = pools.wait()
    assert pools.wait() is same, "nothing new, nothing read"


def test_what_the_projects_files_say_counts_at_once(folder: Path) -> None:
    pools = NewestPool(folder, "embedded")
    assert pools.newest().why_not("ann", "en/preference_pair", AT, "label") is None
    (folder / "project.toml").write_text(PROJECT + PEOPLE)
    assert pools.wait().why_not("ann", "en/preference_pair", AT, "label") == "outside their cells"


def test_a_project_that_cannot_be_read_just_now_stops_nobody(folder: Path) -> None:
    pools = NewestPool(folder, "embedded")
    before = pools.newest()
    (folder / "project.toml").write_text("half a")
    assert pools.wait() is before
    (folder / "project.toml").write_text(PROJECT)
    assert set(pools.wait().tasks) == {"t0001"}


def test_at_the_start_what_is_wrong_is_told(folder: Path) -> None:
    (folder / "project.toml").unlink()
    with pytest.raises(ProjectError, match="a project file was expected"):
        NewestPool(folder, "embedded").newest()


def test_tasks_of_another_label_studio_are_not_dealt(folder: Path) -> None:
    assert NewestPool(folder, "https://labels.example").newest().tasks == {}


def test_a_dealer_at_work_deals_what_is_pushed_and_notes_pauses(folder: Path) -> None:
    with dealing(folder, "embedded", Clock(), seconds=0.05) as dealer:
        first = dealer.deal(visitor("ann"))
        assert first is not None
        assert (first.uid, first.remote_task_id) == ("t0001", 1)
        dealer.ended(first, "submitted", 1)
        assert dealer.deal(visitor("ann")) is None
        push(folder, 2)
        second = None
        for _ in range(600):
            if (second := dealer.deal(visitor("ann"))) is not None:
                break
            time.sleep(0.05)
        assert second is not None
        assert second.uid == "t0002"
        with StorePlace(folder).writing("test") as store:
            store.put([PersonPauseFact(annotator="ann", paused=True, redo_since=None, reason="", set_at=AT)])
        for _ in range(600):
            if dealer.deal(visitor("ann")) is None:
                break
            time.sleep(0.05)
        assert dealer.deal(visitor("ann")) is None
        other = dealer.deal(visitor("bob"))
        assert other is not None
        assert other.uid == "t0002"


def test_what_runs_out_comes_back_though_nobody_asks(folder: Path) -> None:
    clock = Clock()
    with dealing(folder, "embedded", clock, seconds=0.05) as dealer:
        handed = dealer.deal(visitor("ann"))
        assert handed is not None
        clock.move(hours=2)
        for _ in range(600):
            held = dealer.held(visitor("ann"), 1)
            assert held is not None
            if held.ending == "expired":
                break
            time.sleep(0.05)
        held = dealer.held(visitor("ann"), 1)
        assert held is not None
        assert held.ending == "expired"


def test_who_is_simulated_is_told_so(folder: Path) -> None:
    from pipeline.ledger import LedgerPlace
    from pipeline.ledger.events import Events

    with dealing(folder, "embedded") as dealer:
        dealer.deal(visitor("ann"))
    assert {event.simulated for event in Events(LedgerPlace(folder)).untaken()} == {True}
