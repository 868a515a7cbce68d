"""A page as a browser would read it, and its colours as an eye would tell them apart."""

import re
from html.parser import HTMLParser

BEYOND = """[...document.querySelectorAll('main *')].filter(one => {
    const box = one.getBoundingClientRect();
    return box.width > 1 && box.right > innerWidth + 0.5 }).map(one => one.outerHTML.slice(0, 80))"""
"""What of the page stands beyond its right edge, to be asked of a browser."""


class Page(HTMLParser):
    """What a browser would make of the page: its elements with their attributes, and its text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]

    def handlers(self) -> list[dict[str, str | None]]:
        """The elements that would run a script when something happens to them."""
        return [
            attributes for _, attributes in self.elements if any(name.startswith("on") for name in attributes)
        ]

    def addresses(self) -> list[str | None]:
        """What the page would load or lead to."""
        where = {"src", "href", "srcset", "action"}
        return [
            value for _, attributes in self.elements for name, value in attributes.items() if name in where
        ]


def colours(block: str) -> dict[str, str]:
    """The colours that a part of the style names."""
    return dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", block))


def contrast(one: str, other: str) -> float:
    """How far two colours stand apart, as WCAG has it: from 1 to 21."""
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def _luminance(colour: str) -> float:
    parts = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
