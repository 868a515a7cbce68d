"""What the door has on record comes into the store once, whatever happens in between."""

import multiprocessing
import os
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from pipeline.label_studio.fake import FakeLabelStudio
from pipeline.ledger import LedgerPlace
from pipeline.ledger.events import About, Events, happened
from pipeline.ledger.notes import Notes
from pipeline.store import StorePlace
from pipeline.syncing import door
from schemas.door import DisputeAnswerFact, DisputeFact, DoorEventFact
from schemas.errors import LabelStudioError
from tests.pipeline.filled import START

ANN = About(annotator="ann", simulated=False)
DISPUTE = DisputeFact(
    dispute_id="d1", annotator="ann", task_id="t1", about="gold", remark="It is 5.", disputed_at=START
)
ANSWER = DisputeAnswerFact(
    dispute_id="d1", upheld=True, remark="Right.", answered_by="lea", answered_at=START
)


@pytest.fixture
def ledger(effort: Any) -> Iterator[LedgerPlace]:
    place = LedgerPlace(effort.folder)
    yield place
    place.close()


def come(place: LedgerPlace, many: int, since: datetime = START) -> None:
    """So many signings on, a second apart."""
    with place.writing() as con:
        for number in range(many):
            happened(con, "signed_on", since + timedelta(seconds=number), ANN)


def test_without_a_door_there_is_no_ledger_afterwards_either(effort: Any) -> None:
    effort.run("sync")
    assert not LedgerPlace.is_there(effort.folder)
    assert effort.count("door_events") == 0


def test_each_event_comes_over_once_as_it_was(effort: Any, ledger: LedgerPlace) -> None:
    come(ledger, 3)
    known = Events(ledger).untaken()
    effort.run("sync")
    assert effort.ctx.store.facts(DoorEventFact) == sorted(known, key=lambda event: event.event_id)
    assert Events(ledger).untaken() == []
    effort.run("sync")
    assert effort.count("door_events") == 3


def test_they_come_in_batches(effort: Any, ledger: LedgerPlace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(door, "BATCH", 4)
    come(ledger, 10)
    effort.run("sync")
    assert effort.count("door_events") == 10
    assert Events(ledger).untaken() == []


def test_what_was_cut_off_before_the_ledger_knew_of_it_comes_again_and_changes_nothing(
    effort: Any, ledger: LedgerPlace, monkeypatch: pytest.MonkeyPatch
) -> None:
    come(ledger, 5)
    with monkeypatch.context() as patched:
        patched.setattr(Events, "take", _cut_off)
        with pytest.raises(KeyboardInterrupt):
            effort.run("sync")
    assert effort.count("door_events") == 5
    assert len(Events(ledger).untaken()) == 5
    come(ledger, 1, START + timedelta(hours=1))
    effort.run("sync")
    assert effort.count("door_events") == 6
    assert Events(ledger).untaken() == []


def _cut_off(*_: object) -> None:
    raise KeyboardInterrupt


def test_it_comes_over_while_label_studio_is_down(effort: Any, ledger: LedgerPlace) -> None:
    come(ledger, 1)
    effort.run()
    come(ledger, 1, START + timedelta(hours=1))

    def gone(*_: object) -> None:
        raise LabelStudioError("gone")

    effort.studio = type("Gone", (FakeLabelStudio,), {"version": gone, "look": gone, "people": gone})(
        effort.ctx.clock
    )
    vars(effort.ctx).pop("label_studio", None)
    with pytest.raises(LabelStudioError):
        effort.run("sync")
    assert effort.count("door_events") == 2


def test_a_store_that_lacks_what_was_taken_gets_it_anew(effort: Any, ledger: LedgerPlace) -> None:
    come(ledger, 3)
    effort.run("sync")
    effort.ctx.store.temporary("DELETE FROM door_events")  # as after a restore of the store alone
    effort.run("sync")
    assert effort.count("door_events") == 3


def test_disputes_and_their_answers_become_facts(effort: Any, ledger: LedgerPlace) -> None:
    notes = Notes(ledger)
    notes.put("dispute_answer", "lea", ANSWER.model_dump(mode="json"))
    notes.put("dispute", "ann", DISPUTE.model_dump(mode="json"))
    notes.put("looked", "ann", {"task_type": "preference_pair", "version": "1"})
    for _ in range(2):
        effort.run("sync")
        assert effort.ctx.store.facts(DisputeFact) == [DISPUTE]
        assert effort.ctx.store.facts(DisputeAnswerFact) == [ANSWER]
    assert [note.kind for note in notes.untaken(("dispute", "dispute_answer", "looked"))] == ["looked"]


def test_who_asks_to_be_forgotten_is_a_finding_without_their_words(effort: Any, ledger: LedgerPlace) -> None:
    Notes(ledger).put("forget", "ann", {"remark": "I am Ann Example"})
    effort.run("sync")
    effort.run("sync")
    (found,) = effort.ctx.store.rows("SELECT * FROM findings")
    assert (found["kind"], found["annotator"], found["void"]) == (door.FORGET, "ann", False)
    assert found["detail"].endswith("headrace people forget ann")
    assert "Example" not in str(found)


def test_a_note_that_cannot_be_read_is_refused_and_holds_nothing_up(effort: Any, ledger: LedgerPlace) -> None:
    notes = Notes(ledger)
    notes.put("dispute", "ann", {"remark": "half of it"})
    notes.put("dispute", "ann", DISPUTE.model_dump(mode="json"))
    tallies = effort.run("sync")
    assert tallies["sync"].rejected == {"unreadable": 1}
    assert effort.ctx.store.facts(DisputeFact) == [DISPUTE]
    assert notes.untaken() == []


def _taking(folder: Path) -> None:
    """Take over in a process of its own, which ends itself between the store and the ledger."""
    from tests.pipeline.stages.conftest import Effort

    Events.take = lambda *_: os._exit(9)  # type: ignore[method-assign] # as a kill between the two
    effort = Effort(folder)
    with StorePlace(folder).writing("sync") as store:
        object.__setattr__(effort.ctx, "store", store)
        effort.run("sync")


def test_a_process_that_is_killed_in_between_loses_and_doubles_nothing(
    effort: Any, ledger: LedgerPlace
) -> None:
    come(ledger, 7)
    child = multiprocessing.get_context("spawn").Process(target=_taking, args=(effort.folder,))
    child.start()
    child.join(120)
    assert child.exitcode == 9
    assert len(Events(ledger).untaken()) == 7
    with StorePlace(effort.folder).writing("sync") as store:
        assert store.count("door_events") == 7
        object.__setattr__(effort.ctx, "store", store)
        effort.run("sync")
        assert store.count("door_events") == 7
    assert Events(ledger).untaken() == []
