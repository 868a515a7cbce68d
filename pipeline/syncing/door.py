"""What the door has on record of its own, taken over into the store: what people did there, and what they wrote."""

import json
from itertools import groupby

from pydantic import ValidationError

from pipeline.context import Context, Tally
from pipeline.findings import finding
from pipeline.ledger import LedgerPlace
from pipeline.ledger.events import Events
from pipeline.ledger.notes import Kind, Note, Notes
from schemas.door import DisputeAnswerFact, DisputeFact, DoorEventFact
from schemas.facts import Fact

BATCH = 5_000
FORGET = "asks to be forgotten"
TAKEN = "SELECT count(*) FROM events WHERE taken"
ANEW = "UPDATE events SET taken = 0 WHERE taken"
NOTES: tuple[Kind, ...] = ("dispute", "dispute_answer", "forget")
"""What of people's notes is for the store; what they have read and answered stays in the ledger."""
KINDS: dict[str, type[Fact]] = {"dispute": DisputeFact, "dispute_answer": DisputeAnswerFact}


def take_over(ctx: Context, tally: Tally) -> int:
    """Put what happened at the door since the last time; how much was new. Nothing where there never was a door.

    The ledger is told only what the store has: cut off in between, the same comes again and changes nothing.
    """
    if not LedgerPlace.is_there(ctx.folder):
        return 0
    ledger = LedgerPlace(ctx.folder)
    try:
        _offer_anew(ctx, ledger)
        return _events(ctx, Events(ledger)) + _notes(ctx, Notes(ledger), tally)
    finally:
        ledger.close()


def _offer_anew(ctx: Context, ledger: LedgerPlace) -> None:
    """A store that was restored from a backup lacks what was taken since: all is offered to it again."""
    with ledger.reading() as con:
        taken = int(con.execute(TAKEN).fetchone()[0])
    if taken > ctx.store.count(DoorEventFact.table):
        with ledger.writing() as con:
            con.execute(ANEW)


def _events(ctx: Context, events: Events) -> int:
    new = 0
    while batch := events.untaken(BATCH):
        new += ctx.store.put(batch)
        events.take(event.event_id for event in batch)
    return new


def _notes(ctx: Context, notes: Notes, tally: Tally) -> int:
    found = sorted(notes.untaken(NOTES), key=lambda note: NOTES.index(note.kind))
    new = 0
    for _, lot in groupby(found, key=lambda note: note.kind):
        written = list(lot)
        new += ctx.store.put([fact for note in written if (fact := _fact(ctx, note, tally))])
        notes.take(note.note_id for note in written)
    return new


def _fact(ctx: Context, note: Note, tally: Tally) -> Fact | None:
    """What a note is to the store; one that cannot be read is refused, so that it holds nothing up."""
    if note.kind == "forget":
        detail = (
            f"{note.annotator} asked at the door to be forgotten: expected an answer, found none yet; "
            f"headrace people forget {note.annotator}"
        )
        return finding(ctx, FORGET, note.note_id, detail, annotator=note.annotator)
    try:
        return KINDS[note.kind].model_validate(note.payload)
    except ValidationError as error:
        detail = f"note {note.note_id!r} of the door: should hold a {note.kind}, does not; see its evidence"
        evidence = {"payload": json.dumps(dict(note.payload), default=str), "errors": error.error_count()}
        ctx.reject(tally, [ctx.rejection("sync", note.note_id, "unreadable", detail, evidence)])
        return None
