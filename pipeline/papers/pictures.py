"""The pictures on a card: SVG files that need nothing else, and read well on light and dark pages."""

from collections.abc import Callable, Sequence
from html import escape
from typing import NamedTuple

_STYLE = (
    "text{font:13px system-ui,sans-serif;fill:#24292f}.dim{fill:#57606a}.bar{fill:#2f6fbd}.rail{stroke:#d0d7de}"
    ".whisker{stroke:#2f6fbd;stroke-width:2}.dot{fill:#2f6fbd}.asked{stroke:#b35900;stroke-dasharray:4 3}"
    "@media(prefers-color-scheme:dark){text{fill:#e6edf3}.dim{fill:#9198a1}.bar,.dot{fill:#6ea8fe}"
    ".rail{stroke:#3d444d}.whisker{stroke:#6ea8fe}.asked{stroke:#f0883e}}"
)
_WIDTH, _LEFT, _RIGHT, _LINE, _TOP = 640, 200, 110, 26, 12


class Bar(NamedTuple):
    """How many of one kind."""

    title: str
    number: int
    said: str


class Range(NamedTuple):
    """A figure with its interval."""

    title: str
    value: float
    low: float
    high: float
    said: str
    asked: float | None = None
    """What a gate asks for."""


def bars(of: Sequence[Bar], said: str) -> str:
    """Horizontal bars, one a kind."""
    most = max((bar.number for bar in of), default=0) or 1
    wide = _WIDTH - _LEFT - _RIGHT

    def drawn(bar: Bar, y: int) -> str:
        width = wide * bar.number / most
        return _named(bar.title, y) + (
            f'<rect class="bar" x="{_LEFT}" y="{y - 9}" width="{width:.1f}" height="18" rx="2"/>'
            f'<text class="dim" x="{_LEFT + width + 6:.1f}" y="{y}" dy="4.5">{escape(bar.said)}</text>'
        )

    return _picture([drawn(bar, _y(place)) for place, bar in enumerate(of)], said)


def ranges(of: Sequence[Range], said: str, *, start: float = 0.0) -> str:
    """Intervals as whiskers with a dot, from `start` to 1, and dashed what was asked for."""
    wide = _WIDTH - _LEFT - _RIGHT
    at = _scale(start, wide)

    def drawn(one: Range, y: int) -> str:
        asked = ""
        if one.asked is not None:
            x = f"{at(one.asked):.1f}"
            asked = f'<line class="asked" x1="{x}" x2="{x}" y1="{y - 11}" y2="{y + 11}"/>'
        return _named(one.title, y) + (
            f'<line class="rail" x1="{_LEFT}" x2="{_LEFT + wide}" y1="{y}" y2="{y}"/>{asked}'
            f'<line class="whisker" x1="{at(one.low):.1f}" x2="{at(one.high):.1f}" y1="{y}" y2="{y}"/>'
            f'<circle class="dot" cx="{at(one.value):.1f}" cy="{y}" r="5"/>'
            f'<text class="dim" x="{_LEFT + wide + 8}" y="{y}" dy="4.5">{escape(one.said)}</text>'
        )

    ends = _y(len(of))
    axis = "".join(
        f'<text class="dim" x="{at(mark):.1f}" y="{ends}" text-anchor="middle">{mark:g}</text>'
        for mark in (start, (start + 1) / 2, 1.0)
    )
    return _picture([*(drawn(one, _y(place)) for place, one in enumerate(of)), axis], said)


def _scale(start: float, wide: int) -> Callable[[float], float]:
    return lambda value: _LEFT + wide * (min(max(value, start), 1.0) - start) / (1.0 - start)


def _y(place: int) -> int:
    return _TOP + _LINE * place + _LINE // 2


def _named(title: str, y: int) -> str:
    return f'<text x="{_LEFT - 10}" y="{y}" dy="4.5" text-anchor="end">{escape(title)}</text>'


def _picture(lines: Sequence[str], said: str) -> str:
    height = _TOP * 2 + _LINE * len(lines)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_WIDTH}" height="{height}" viewBox="0 0 {_WIDTH} {height}" '
        f'role="img"><title>{escape(said)}</title><style>{_STYLE}</style>{"".join(lines)}</svg>\n'
    )
