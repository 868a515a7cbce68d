"""Why a task went to somebody: the task that is meant, and its events in words."""

import json
from pathlib import Path

from pipeline.ledger.place import LedgerPlace
from schemas.door import DoorEventFact
from schemas.errors import UsageError

MOST = 3
"""Ids that are named where several are meant."""
SHORTEST = 4
"""Letters of an id that are not a number by themselves."""

_KNOWN = """
SELECT DISTINCT uid FROM leases WHERE uid = :said OR uid LIKE :beginning ESCAPE '!'
    OR CAST(remote_task_id AS TEXT) = :said ORDER BY uid
"""
RULES = {
    "their cells": "in their cells",
    "another prompt": "of another prompt than before",
    "adjudication": "to judge first",
    "priority": "of the highest priority",
    "age": "the oldest, to the hour",
    "same project": "of the kind of work they were at",
    "first made": "the first made",
}
ALONE = {
    "begun before": "they had begun it before",
    "came back": "they came back to it after it had run out",
    "test": "next in the newcomers' test",
    "gold": "gold was due",
}


def meant(folder: Path, said: str) -> str:
    """The task that is meant by its id, its beginning, or its number in Label Studio; UsageError where none is."""
    if not LedgerPlace.is_there(folder):
        raise UsageError(
            f"{folder}: a door was expected to have handed tasks out, it never did; open it with: headrace up --door"
        )
    place = LedgerPlace(folder)
    plain = said.replace("!", "!!").replace("%", "!%").replace("_", "!_")
    beginning = f"{plain}%" if len(said) >= SHORTEST else plain
    with place.reading() as con:
        found = [row["uid"] for row in con.execute(_KNOWN, {"said": said, "beginning": beginning})]
    place.close()
    if said in found:
        return said
    if len(found) == 1:
        return str(found[0])
    if found:
        some = ", ".join(found[:MOST])
        raise UsageError(
            f"TASK: one task was expected, {said!r} may be {len(found)} ({some}, …); give more of the id"
        )
    raise UsageError(
        f"TASK: a task that the door has handed out was expected, {said!r} is none; its number stands in Label Studio, "
        "its id in headrace serve"
    )


def in_words(event: DoorEventFact) -> str:
    """What an event says beside when and who: the rules that chose, or how long it was open and looked at."""
    if event.event == "served":
        return _why(event.why)
    parts = []
    if event.open_seconds is not None:
        parts.append(f"open {_time(event.open_seconds)}")
    if event.active_seconds is not None:
        parts.append(f"active {_time(event.active_seconds)}")
    if event.reason:
        parts.append(event.reason)
    return ", ".join(parts)


def _why(given: str | None) -> str:
    why = json.loads(given or "{}")
    steps = [_step(step) for step in why.get("rules", [])] or ["the only one there was"]
    if why.get("hours"):
        steps.append("outside their hours")
    return "; ".join(steps)


def _step(step: dict[str, object]) -> str:
    rule = str(step["rule"])
    if rule in ALONE:
        return ALONE[rule]
    return f"{RULES.get(rule, rule)}: {step['left']:,} of {step['among']:,}"


def _time(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
