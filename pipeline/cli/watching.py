"""What `watch` does besides its rounds: a look at the flow now and then, and telling what is new about it."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pipeline.alerts.webhook import Webhook
    from schemas.flow import Flow
    from schemas.snapshots import AlertFact


@dataclass
class Lookout:
    """Looks at the flow every so many seconds, at the first time at once."""

    every: float
    webhook: "Webhook | None" = None
    raised: "list[AlertFact]" = field(default_factory=list)
    """All alerts so far."""
    _next: float = 0.0
    _told: str | None = None

    def look(self, wait: float) -> dict[str, Any]:
        """Look if it is time, and tell each alert once; returns what this round's JSON says of it."""
        if time.monotonic() < self._next:
            return _said(None, ())
        self._next = time.monotonic() + self.every
        look = _taken(wait)
        self._complain(look.fault)
        for alert in look.alerts:
            self._tell(alert, look)
        self.raised += look.alerts
        return _said(look.flow, look.alerts)

    def _complain(self, fault: str | None) -> None:
        """What went wrong is told once, until it is another thing."""
        from pipeline.cli.output import note

        if fault and fault != self._told:
            note(fault)
        self._told = fault

    def _tell(self, alert: "AlertFact", look: "Look") -> None:
        from pipeline.alerts.webhook import content_of
        from pipeline.cli.output import note

        note(f"ALERT {alert.said}")
        if self.webhook is None:
            return
        sentence = look.flow.sentence if look.flow else ""
        if failed := self.webhook.post(content_of(alert, look.project, sentence)):
            note(f"webhook: the alert was not taken ({failed}); it is kept: headrace report --alerts")


@dataclass(frozen=True)
class Look:
    """What came of one look at the flow."""

    project: str = ""
    flow: "Flow | None" = None
    alerts: "Sequence[AlertFact]" = ()
    fault: str | None = None


def _taken(wait: float) -> Look:
    """The flow and the alerts it raises, put on record; or what went wrong."""
    from pipeline.alerts.watching import take
    from pipeline.cli.flowing import looked_at, moment_or_now
    from pipeline.cli.session import reading, writing
    from schemas.errors import HeadraceError

    now = moment_or_now(None)
    try:
        with reading() as (folder, project, store):
            flow, fault = looked_at(store, project, folder, now)
        if flow is None:
            return Look(fault=fault)
        with writing("watch", wait) as ctx:
            return Look(project.name, flow, take(ctx.store, flow, now))
    except HeadraceError as error:
        return Look(fault=f"flow: {error}")


def _said(flow: "Flow | None", alerts: "Sequence[AlertFact]") -> dict[str, Any]:
    return {
        "sentence": flow.sentence if flow else None,
        "alerts": [alert.model_dump(mode="json", exclude={"alert_id"}) for alert in alerts],
    }
