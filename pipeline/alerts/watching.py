"""A snapshot of the flow, put on record with the alerts that it raises."""

from datetime import datetime, timedelta

from pipeline.alerts.open_work import open_hours
from pipeline.alerts.raising import Seen, raised
from pipeline.store import Store
from schemas.base import canonical_json
from schemas.flow import Flow
from schemas.snapshots import AlertFact, SnapshotFact

LOOKS_BACK = timedelta(days=30)
"""Older snapshots are kept, and raise nothing."""


def snapshot_of(flow: Flow, store: Store, now: datetime) -> SnapshotFact:
    """What an analysis says, as a fact."""
    first = flow.bottleneck
    likely = {cell: round(one.probability, 4) for cell, one in flow.forecast.targets.items()}
    hours = {cell: round(one, 2) for cell, one in open_hours(store, now).items()}
    return SnapshotFact(
        taken_at=now,
        sentence=flow.sentence,
        cause=first.cause,
        subject=first.where,
        load=first.load,
        probabilities=canonical_json(likely),
        open_hours=canonical_json(hours),
    )


def take(store: Store, flow: Flow, now: datetime) -> tuple[AlertFact, ...]:
    """Put a snapshot on record with what it raises; returns the alerts, each told nowhere yet."""
    seen = Seen.of(
        store.facts(SnapshotFact, "taken_at > ? AND taken_at < ?", [now - LOOKS_BACK, now]),
        store.facts(AlertFact, "raised_at > ? AND raised_at < ?", [now - LOOKS_BACK, now]),
    )
    snapshot = snapshot_of(flow, store, now)
    alerts = raised(snapshot, seen, is_sure=flow.bottleneck.confidence != "low")
    with store.transaction():
        store.put([snapshot])
        store.put(alerts)
    return alerts
