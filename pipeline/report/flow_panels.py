"""The panels of the flow: which there are, in which order, and the figures that they draw."""

from collections.abc import Callable
from typing import Generic, NamedTuple, TypeVar

from pipeline.report.flow_figures import accumulation
from schemas.flow import Flow

SubjectT = TypeVar("SubjectT")


class Panel(NamedTuple, Generic[SubjectT]):
    """A section of the page: `panels/<name>.html.j2`, left out where there is nothing to show."""

    name: str
    title: str
    is_shown: Callable[[SubjectT], bool]


def _has_cause(flow: Flow) -> bool:
    return any(one.cause != "none" or one.evidence or one.remedies for one in flow.bottlenecks)


def _is_drawn(flow: Flow) -> bool:
    """An area needs two days."""
    found = accumulation(flow)
    return found is not None and len(found.days) > 1


PANELS: tuple[Panel[Flow], ...] = (
    Panel("bottleneck", "What holds it back, and what would help", _has_cause),
    Panel("targets", "Will the targets be met?", lambda flow: bool(flow.forecast.targets)),
    Panel("present", "When is the work in hand done?", lambda flow: flow.forecast.present_work is not None),
    Panel("loads", "How much is asked of whom", lambda flow: bool(flow.loads)),
    Panel("hours", "Who is busy, and who waits for work", lambda flow: "hours" in flow.metrics),
    Panel("accumulation", "What has piled up", _is_drawn),
    Panel("throughput", "What comes out", lambda flow: "throughput" in flow.metrics),
    Panel("days", "Where the days go", lambda flow: "days" in flow.metrics),
    Panel("ageing", "What has been open for long", lambda flow: "ageing" in flow.metrics),
    Panel("rework", "What is done twice", lambda flow: "rework" in flow.metrics),
    Panel("effort", "What an accepted task takes", lambda flow: "effort" in flow.metrics),
    Panel("quality", "What these figures stand on", lambda _: True),
)


def shown(flow: Flow) -> list[Panel[Flow]]:
    """The panels that have something to show."""
    return [panel for panel in PANELS if panel.is_shown(flow)]
