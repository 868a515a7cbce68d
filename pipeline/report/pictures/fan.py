"""A target's fan: how many will be accepted by when, and how sure that is."""

from datetime import date, datetime

from markupsafe import Markup

from pipeline.report.pictures.frame import (
    ceiling,
    days,
    frame,
    joined,
    number,
    polygon,
    polyline,
    stretched,
    ticks,
)
from schemas.flow import TargetForecast


def fan(target: TargetForecast, said: str) -> Markup:
    """The bands of 5 to 95 and 15 to 85 of 100 runs, the middle run, the target and its day; two moments or more."""
    moments = [point[0] for point in target.fan]
    first, last = moments[0], max(moments[-1], _midnight(target.by, moments[0]))
    top = ceiling(max(target.target, *(point[5] for point in target.fan)) * 1.05)
    span = max((last - first).total_seconds(), 1.0)
    xs = [(moment - first).total_seconds() / span for moment in moments]
    ys = [[value / top for value in point[1:]] for point in target.fan]

    def band(low: int, high: int, colour: str) -> Markup:
        up = [(x, y[high]) for x, y in zip(xs, ys, strict=True)]
        down = [(x, y[low]) for x, y in zip(xs, ys, strict=True)]
        return polygon([*up, *reversed(down)], colour)

    middle = polyline([(x, y[2]) for x, y in zip(xs, ys, strict=True)], "middle")
    drawn = stretched([band(0, 4, "wide"), band(1, 3, "near"), middle])
    due = (_midnight(target.by, first) - first).total_seconds() / span
    marks = joined([drawn, _wanted(target.target / top), _due(due)])
    return frame(marks, said, ys=ticks(top), xs=days(first.date(), last.date()), height=180)


def _wanted(at: float) -> Markup:
    y = number(100 - 100 * at)
    return Markup('<line class="mark full" x1="0" x2="100%" y1="{0}%" y2="{0}%"/>').format(y)


def _due(at: float) -> Markup:
    x = number(100 * min(max(at, 0.0), 1.0))
    return Markup('<line class="mark due" x1="{0}%" x2="{0}%" y1="0" y2="100%"/>').format(x)


def _midnight(on: date, like: datetime) -> datetime:
    """The end of a day, as the moments tell time."""
    return datetime.fromordinal(on.toordinal() + 1).replace(tzinfo=like.tzinfo)
