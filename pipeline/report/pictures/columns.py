"""Upright bars over days: how many a day."""

from collections.abc import Sequence
from datetime import date

from markupsafe import Markup

from pipeline.report.pictures.frame import ceiling, days, frame, number, stretched, ticks


def columns(on: Sequence[date], counts: Sequence[float], said: str) -> Markup:
    """One bar a day, in their order; one day or more."""
    top = ceiling(max(counts))
    first, span = on[0], (on[-1] - on[0]).days + 1
    width = 1000 / span
    bars = [
        Markup('<rect class="fill s1" x="{}" y="{}" width="{}" height="{}"><title>{}</title></rect>').format(
            number((day - first).days * width + width * 0.1),
            number(1000 - 1000 * count / top),
            number(width * 0.8),
            number(1000 * count / top),
            f"{day}: {count:,.10g}",
        )
        for day, count in zip(on, counts, strict=True)
    ]
    return frame(stretched(bars), said, ys=ticks(top), xs=days(first, on[-1]), height=140)
