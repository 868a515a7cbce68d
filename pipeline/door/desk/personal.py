"""What a person sees at the desk of themselves, and what they can say there."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeAlias, TypeVar

from starlette.responses import HTMLResponse, Response

from pipeline.door.desk import disputes as about_disputes
from pipeline.door.desk import pages
from pipeline.door.desk.desk import Desk
from pipeline.door.desk.feedback import mistaken_of, right_of
from pipeline.door.desk.front import front as front_of
from pipeline.door.desk.front import guides
from pipeline.door.desk.guidelines import changes, read
from pipeline.door.desk.hours import worked
from pipeline.door.desk.judged import About, gold_of, judged, overturned_of, own
from pipeline.door.desk.own_data import as_json, counts, own_data
from pipeline.door.desk.snapshot import Row
from pipeline.door.desk.visit import Visit
from pipeline.store.newest import newest_snapshot
from tasks import _markup

Given: TypeAlias = Mapping[str, str]
OneT = TypeVar("OneT")

NUMBER = re.compile(r"[0-9]{1,6}")
ASKS_EVERY = 240
"""Seconds: who gives no sign of life for longer counts as gone, and their waiting as nothing."""
LONGEST_WAIT = 3600
"""Seconds that a page left open counts as somebody who waits."""
AT_ONCE = 10
"""Cases on a page."""
LONGEST = 2000
"""Characters of a remark."""
MOST = 200
"""Answers to questions that one person may write."""


@dataclass(frozen=True)
class Part:
    """Some of a long list."""

    number: int
    pages: int
    total: int


def front(desk: Desk, visit: Visit, given: Given) -> Response:
    """The work page; where there was no task for somebody, it asks again by itself for as long as they may wait."""
    found = front_of(visit, desk.theirs, desk.notes)
    times = 1 + (int(given["waited"]) if NUMBER.fullmatch(given.get("waited", "")) else 0)
    asks = found.is_starved and times <= LONGEST_WAIT // ASKS_EVERY
    said_of = {"right_of": right_of, "mistaken_of": mistaken_of}
    return _page("front", visit, f=found, asks=(ASKS_EVERY, times) if asks else None, **said_of)


def hours(desk: Desk, visit: Visit, _: Given) -> Response:
    """The hours of this week, day by day, and how they are counted."""
    monday = visit.words.this_week(visit.now)
    steps = desk.theirs.steps(visit.who.annotator, monday)
    done = visit.seen.known.done.get(visit.who.annotator, ())
    days = [monday + timedelta(days=at) for at in range(7)]
    told = [
        (day, worked(steps, done, day, min(visit.now, day + timedelta(days=1))))
        for day in days
        if day <= visit.now
    ]
    return _page("hours", visit, days=told, week=worked(steps, done, monday, visit.now))


def gold(desk: Desk, visit: Visit, given: Given) -> Response:
    """How somebody did on tasks whose answer is known, with those they missed."""
    found = gold_of(visit.seen.known, visit.who.annotator, visit.now)
    return _judged(desk, visit, given, "gold", found.missed, gold=found)


def overturned(desk: Desk, visit: Visit, given: Given) -> Response:
    """The answers that were decided otherwise."""
    found = overturned_of(visit.seen.known, visit.who.annotator)
    return _judged(desk, visit, given, "overturned", found)


def disputes(desk: Desk, visit: Visit, given: Given) -> Response:
    """What somebody disagreed with, and what was said to it."""
    found = about_disputes.disputes_of(visit.seen.known, desk.notes, visit.who.annotator)
    shown, part = _part(found, given)
    return _page("disputes", visit, disputes=shown, part=part)


def asked(desk: Desk, visit: Visit, _: Given) -> Response:
    """What stands on record about somebody, in plain words, with what they say to it."""
    notes = desk.notes.of(visit.who.annotator, "answer")
    return _page("asked", visit, asked=visit.seen.known.asked.get(visit.who.annotator, ()), notes=notes)


def guidelines(desk: Desk, visit: Visit, _: Given) -> Response:
    """The guidelines that somebody works by."""
    return _page("guidelines", visit, guides=guides(visit, desk.notes))


def guideline(desk: Desk, visit: Visit, given: Given) -> Response | None:
    """One guideline, with what has changed since somebody last looked."""
    guide = next((one for one in guides(visit, desk.notes) if one.task_type == given["task_type"]), None)
    if guide is None:
        return None
    versions = visit.seen.known.guidelines[guide.task_type]
    text = str(versions[-1]["text"])
    before = next((row["text"] for row in reversed(versions) if row["version"] == guide.looked), None)
    passages = changes(str(before), text) if guide.changed and before is not None else ()
    return _page("guideline", visit, guide=guide, html=read(text), passages=passages)


def data(desk: Desk, visit: Visit, _: Given) -> Response:
    """What is kept of somebody, in figures, and how to have it forgotten."""
    found = _own_data(desk, visit)
    request = next(iter(desk.notes.of(visit.who.annotator, "forget")), None)
    email = desk.theirs.address(visit.who.annotator) or (visit.person and visit.person.email) or ""
    return _page("data", visit, counts=counts(found), request=request, email=email)


def data_file(desk: Desk, visit: Visit, _: Given) -> Response:
    """All of it, to take away."""
    name = f"headrace-{visit.who.annotator}.json"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(as_json(_own_data(desk, visit)), media_type="application/json", headers=headers)


def disagree(desk: Desk, visit: Visit, given: Given) -> str | None:
    """Write down that somebody disagrees with how one of their own answers was judged."""
    known, annotator = visit.seen.known, visit.who.annotator
    about: About = "gold" if given.get("about") == "gold" else "overturned"
    rows = own(known, annotator, given.get("about", ""), visit.now)
    row = next((row for row in rows if row["task_id"] == given.get("task")), None)
    if row is None:
        return None
    remark = said(given.get("remark", ""))
    if remark:
        about_disputes.disagree(desk.notes, annotator, judged(known, about, row), remark, visit.now)
    return f"/desk/{about}?page={_number(given)}"


def looked(desk: Desk, visit: Visit, given: Given) -> str | None:
    """Write down that somebody has read a guideline as it is now."""
    guide = next((one for one in guides(visit, desk.notes) if one.task_type == given.get("task_type")), None)
    if guide is None:
        return None
    if given.get("version") == guide.version != guide.looked:
        desk.notes.put(
            "looked", visit.who.annotator, {"task_type": guide.task_type, "version": guide.version}
        )
    return f"/desk/guidelines/{guide.task_type}"


def answer(desk: Desk, visit: Visit, given: Given) -> str | None:
    """Write down what somebody says to a question about them."""
    annotator, kind, remark = visit.who.annotator, given.get("kind", ""), said(given.get("remark", ""))
    if kind not in {row["kind"] for row in visit.seen.known.asked.get(annotator, ())}:
        return None
    if remark and len(desk.notes.of(annotator, "answer")) < MOST:
        desk.notes.put("answer", annotator, {"kind": kind, "remark": remark})
    return "/desk/asked"


def forget(desk: Desk, visit: Visit, given: Given) -> str | None:
    """Write down that somebody wants to be forgotten; a lead acts on it."""
    annotator = visit.who.annotator
    if given.get("sure") == "yes":
        payload = {"remark": said(given.get("remark", ""))}
        desk.notes.put("forget", annotator, payload, note_id=f"forget-{annotator}")
    return "/desk/data"


def said(text: str) -> str:
    """What somebody typed, as it can be stored and shown."""
    return _markup.storable(text).strip()[:LONGEST]


def _judged(
    desk: Desk, visit: Visit, given: Given, about: About, rows: Sequence[Row], **more: object
) -> Response:
    shown, part = _part(rows, given)
    swapped = desk.theirs.swapped(visit.who.annotator, [row["task_id"] for row in shown])
    found = [judged(visit.seen.known, about, row) for row in shown]
    written = about_disputes.disputes_of(visit.seen.known, desk.notes, visit.who.annotator)
    return _page(
        about,
        visit,
        judged=[(one, one.case(swapped)) for one in found],
        disputes={one.dispute_id: one for one in written},
        part=part,
        **more,
    )


def _own_data(desk: Desk, visit: Visit) -> dict[str, object]:
    with newest_snapshot(desk.reader.place) as store:
        return own_data(visit.who.annotator, visit.person, store, desk.ledger, visit.now)


def _part(given: Sequence[OneT], asked_for: Given) -> tuple[Sequence[OneT], Part]:
    pages_of_it = max(1, -(-len(given) // AT_ONCE))
    number = min(_number(asked_for), pages_of_it)
    return given[(number - 1) * AT_ONCE : number * AT_ONCE], Part(number, pages_of_it, len(given))


def _number(given: Given) -> int:
    """Which page is asked for; the first where that is no number."""
    return max(1, int(given["page"])) if NUMBER.fullmatch(given.get("page", "")) else 1


def _page(template: str, visit: Visit, **content: object) -> Response:
    return HTMLResponse(pages.render(template, visit, **content))
