"""The front of the desk: what there is to do, what was done, and what there is to know, in figures."""

from dataclasses import dataclass
from datetime import datetime

from pipeline.door.desk.disputes import Dispute, disputes_of
from pipeline.door.desk.feedback import Feedback, feedback
from pipeline.door.desk.hours import Step, Worked, worked
from pipeline.door.desk.judged import Gold, Judged, gold_of, judged, overturned_of
from pipeline.door.desk.snapshot import Row
from pipeline.door.desk.theirs import Theirs
from pipeline.door.desk.visit import Visit
from pipeline.door.desk.waiting import Waiting, may, waiting_for
from pipeline.ledger.notes import Notes

FEW = 3
"""Of a list on the work page, the rest a link away."""


@dataclass(frozen=True)
class Guide:
    """A guideline that somebody works by."""

    task_type: str
    version: str
    since: datetime
    changed: bool
    """Whether they have not read it as it is now."""
    looked: str | None
    """The version that they last looked at."""


@dataclass(frozen=True)
class Front:
    """What the work page shows."""

    waiting: list[Waiting]
    today: Worked
    week: Worked
    gold: Gold
    missed: list[Judged]
    """The last few of the gold tasks that they missed."""
    overturned: int
    feedback: Feedback
    answered: list[Dispute]
    """Their disputes that a lead has answered, the newest first."""
    guides: list[Guide]
    asked: tuple[Row, ...]
    paused: Row | None
    is_starved: bool
    """Whether they asked for a task, and there was none."""


def front(visit: Visit, theirs: Theirs, notes: Notes) -> Front:
    """The work page of a visitor."""
    known, annotator = visit.seen.known, visit.who.annotator
    week = visit.words.this_week(visit.now)
    steps: list[Step] = theirs.steps(annotator, week)
    done = known.done.get(annotator, ())
    disputes = disputes_of(known, notes, annotator)
    gold = gold_of(known, annotator, visit.now)
    return Front(
        waiting=waiting_for(visit),
        today=worked(steps, done, visit.words.today(visit.now), visit.now),
        week=worked(steps, done, week, visit.now),
        gold=gold,
        missed=[judged(known, "gold", row) for row in gold.missed[:FEW]],
        overturned=len(overturned_of(known, annotator)),
        feedback=feedback(known, annotator, visit.now),
        answered=[one for one in disputes if one.answered_at],
        guides=guides(visit, notes),
        asked=known.asked.get(annotator, ()),
        paused=next(iter(known.paused.get(annotator, ())), None),
        is_starved=theirs.is_starved(annotator),
    )


def guides(visit: Visit, notes: Notes) -> list[Guide]:
    """The guidelines of a visitor's kinds of work, those that changed first."""
    looked = {
        note.payload["task_type"]: note.payload["version"] for note in notes.of(visit.who.annotator, "looked")
    }
    theirs = {row["task_type"] for row in visit.seen.known.cells if may(visit, row["cell"])}
    found = [_guide(visit, name, looked.get(name)) for name in sorted(theirs)]
    return sorted((one for one in found if one), key=lambda one: not one.changed)


def _guide(visit: Visit, task_type: str, looked: str | None) -> Guide | None:
    versions = visit.seen.known.guidelines.get(task_type, ())
    if not versions or not versions[-1]["text"]:
        return None
    newest = versions[-1]
    return Guide(task_type, newest["version"], newest["since"], newest["version"] != looked, looked)
