"""Figures of a release in words."""

from datetime import date

_LEAST = 0.01
"""Per cent: what is nearer to none or all than this is told as such."""


def percent(share: float) -> str:
    """A share as people read it: 12 %, 1.8 %, 0.05 %, 99.6 %; 0 and 100 are said of none and all alone."""
    edge = 100 * min(share, 1 - share)
    if 0 < edge < _LEAST:
        return f"under {_LEAST} %" if share < 1 / 2 else f"over {100 - _LEAST} %"
    digits = 0 if edge == 0 or edge >= 10 else 1 if edge >= 1 else 2  # noqa: PLR2004 - places behind the point
    return f"{100 * share:.{digits}f} %"


def of_all(some: int, every: int, what: str) -> str:
    """So many of all: `12 % of the rows (1,200 of 10,000)`."""
    if not every:
        return f"none: there are no {what}"
    return f"{percent(some / every)} of the {what} ({some:,} of {every:,})"


def day(at: date) -> str:
    """A day as a card writes it."""
    return at.strftime("%Y-%m-%d")


def plural(number: int, one: str, many: str | None = None) -> str:
    """`1 row`, `1,200 rows`."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"
