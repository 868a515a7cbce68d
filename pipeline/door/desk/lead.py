"""What leads see at the desk: disputes to answer, what people ask for, and who may come in."""

import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import TypeAlias

from starlette.responses import HTMLResponse, Response

from pipeline.door.desk import disputes as about_disputes
from pipeline.door.desk import pages
from pipeline.door.desk.content import Case
from pipeline.door.desk.desk import Desk
from pipeline.door.desk.disputes import Dispute
from pipeline.door.desk.judged import Judged, judged, own
from pipeline.door.desk.personal import said
from pipeline.door.desk.visit import Visit

Given: TypeAlias = Mapping[str, str]

ANSWERED = 20
"""Answered disputes that stand below the open ones."""


@dataclass(frozen=True)
class Matter:
    """A dispute with what it is about; None where that stands no more, as where the gold answer was mended."""

    dispute: Dispute
    judged: Judged | None
    is_redone: bool = False
    """Whether the task was asked for anew."""

    @property
    def case(self) -> Case | None:
        """The task, as it is stored: nothing swapped."""
        return self.judged.case(frozenset()) if self.judged else None

    @property
    def command(self) -> str:
        """What a lead types to mend what an upheld dispute is about; empty where that was done."""
        if self.judged is None or self.is_redone:
            return ""
        task = shlex.quote(self.dispute.task_id)
        if self.dispute.about == "gold":
            return (
                f"headrace gold mend {task} --label {shlex.quote(self.judged.said)} --reason 'dispute upheld'"
            )
        return f"headrace redo --where \"task_id = '{self.dispute.task_id}'\" --reason 'dispute upheld'"


def disputes(desk: Desk, visit: Visit, _: Given) -> Response | None:
    """The disputes that wait for an answer, the oldest first, and those answered last."""
    if not visit.is_lead:
        return None
    found = about_disputes.all_disputes(visit.seen.known, desk.notes)
    waiting = [_matter(visit, one) for one in reversed(found) if one.answered_at is None]
    answered = sorted(
        (one for one in found if one.answered_at), key=lambda one: str(one.answered_at), reverse=True
    )
    return _page(
        "lead", visit, waiting=waiting, answered=[_matter(visit, one) for one in answered[:ANSWERED]]
    )


def people(desk: Desk, visit: Visit, _: Given) -> Response | None:
    """Who may come in, who asks to be forgotten, and what people say to questions about them."""
    if not visit.is_lead:
        return None
    return _page(
        "people",
        visit,
        access=desk.theirs.access(visit.now),
        forget=[note for note in desk.notes.all("forget") if note.annotator not in visit.seen.forgotten],
        answers=desk.notes.all("answer")[::-1],
        called=partial(desk.name, visit),
    )


def answer(desk: Desk, visit: Visit, given: Given) -> str | None:
    """Write down what a lead says to a dispute; never to one of their own."""
    if not visit.is_lead:
        return None
    found = about_disputes.all_disputes(visit.seen.known, desk.notes)
    dispute = next((one for one in found if one.dispute_id == given.get("dispute")), None)
    verdict, remark = given.get("upheld"), said(given.get("remark", ""))
    if dispute is None or dispute.annotator == visit.who.annotator or verdict not in ("yes", "no"):
        return None
    if dispute.answered_at is None and remark:
        about_disputes.answer(
            desk.notes, visit.who.annotator, dispute, upheld=verdict == "yes", remark=remark, now=visit.now
        )
    return "/desk/lead"


def _matter(visit: Visit, dispute: Dispute) -> Matter:
    known = visit.seen.known
    rows = own(known, dispute.annotator, dispute.about, visit.now)
    found = (judged(known, dispute.about, row) for row in rows if row["task_id"] == dispute.task_id)
    stands = next((one for one in found if one.dispute_id == dispute.dispute_id), None)
    return Matter(dispute, stands, dispute.task_id in known.redone)


def _page(template: str, visit: Visit, **content: object) -> Response:
    return HTMLResponse(pages.render(template, visit, **content))
