"""What a store says of a small world beside what was done in it: events, hours, the bottleneck."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Protocol

from pipeline.door.base import Visitor
from pipeline.progress.analysis import analyse, prepare
from pipeline.progress.metrics.hours import PersonHours, hours
from pipeline.progress.metrics.window import whole
from pipeline.progress.reading import columns_of, table_of
from pipeline.progress.teams import team_of
from pipeline.store import StorePlace
from pipeline.store.log import EventLog
from schemas.project import Project

HOURS_OFF = 0.01
EVENTS = ("signed_on", "served", "submitted", "starved", "signed_off")


class Lived(Protocol):
    """What was done in a world."""

    folder: Path
    project: Project
    now: datetime
    short: str
    """The cell with too few hours."""
    did: Counter[tuple[str, str, int]]
    """Event, who and when, in seconds."""
    seconds: defaultdict[tuple[str, str], float]
    """Who, and busy, starved or there."""
    who: dict[str, Visitor]


def held(world: Lived) -> list[str]:
    """What the store's log says beside what people did; what is off."""
    with StorePlace(world.folder).reading() as store, EventLog.of_store(store, world.now) as log:
        team = team_of(world.project, store)
        rows = log.rows("SELECT event, actor, ts FROM log WHERE actor IS NOT NULL")
        flow = analyse(log, team, world.now, runs=0)
        completed = table_of(prepare(columns_of(log), team, world.now).columns)
    with EventLog.of_arrow(completed) as log:
        span = whole(log)
        worked = span and hours(log, span, team)
    names = {who.annotator: name for name, who in world.who.items()}
    said = Counter(
        (row["event"], names[row["actor"]], round(row["ts"].timestamp()))
        for row in rows
        if row["event"] in EVENTS
    )
    only_said, only_did = said - world.did, world.did - said
    print(
        f"{sum(world.did.values())} events, {len(only_said)} said and not done, {len(only_did)} done and not said"
    )
    missed = [f"events: {one} {many}" for one, many in [*only_said.items(), *only_did.items()][:10]]
    missed += _hours_off(world, worked.people if worked else (), names)
    found = flow.bottleneck
    print(
        f"{flow.data_quality.served} served, {flow.data_quality.starved} starved; {found.cause} in {found.where}"
    )
    for one in flow.loads:
        print(f"  {one.resource}: {one.load:.2f} {one.interval}")
    if (found.cause, found.where) != ("skill_shortage", world.short):
        missed.append(f"bottleneck: {found.cause} in {found.where}")
    return missed


def _hours_off(world: Lived, people: Iterable[PersonHours], names: dict[str, str]) -> list[str]:
    missed = []
    for one in people:
        name = names[one.person]
        for told, what in ((one.labeling, "busy"), (one.starved, "starved"), (one.at_work or 0.0, "there")):
            true = world.seconds[name, what] / 3600
            print(f"  {name:4} {what:8} {told:7.2f} h, {true:7.2f} h in truth")
            if abs(told - true) > HOURS_OFF * max(true, 1.0):
                missed.append(f"hours: {name} {what} {told:.3f} for {true:.3f}")
    return missed
