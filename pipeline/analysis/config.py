"""A labeling config's controls: what a project asks, and which answers may hold several values."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from xml.etree import ElementTree as ET

from pipeline.analysis.controls import LABELS, Kind
from schemas.errors import LabelStudioError

_KINDS: Mapping[str, Kind] = {
    "choices": "choices",
    "rating": "rating",
    "number": "number",
    "pairwise": "pairwise",
    "ranker": "ranker",
    "taxonomy": "taxonomy",
    "datetime": "datetime",
    "textarea": "text",
}
_PLACEHOLDER = re.compile(r"\\\{\\\{.*?\\\}\\\}")


@dataclass(frozen=True)
class Control:
    """One control of a config."""

    name: str
    """With `{{idx}}` in it where a Repeater makes several of it."""
    kind: Kind
    many: bool
    """Whether an answer may hold several values; its labels are lists then."""


class Controls:
    """All controls of a project. LabelStudioError where the config is no XML."""

    def __init__(self, config: str) -> None:
        try:
            root = ET.fromstring(config)  # noqa: S314 - expat itself bounds what entities grow to
        except ET.ParseError as error:
            raise LabelStudioError(
                f"labeling config: should be XML, is not ({error}); mend it in Label Studio"
            ) from None
        found = [_control(tag) for tag in root.iter() if tag.get("name") and tag.get("toName")]
        self._exact = {one.name: one for one in found}
        self._patterns = [(_pattern(one.name), one) for one in found if "{{" in one.name]

    def __getitem__(self, name: str) -> Control | None:
        """The control that makes answers of a name; None where the config has none."""
        repeated = (one for pattern, one in self._patterns if pattern.fullmatch(name))
        return self._exact.get(name) or next(repeated, None)

    def regions(self) -> list[str]:
        """The controls with which nothing marked is an answer too."""
        return [one.name for one in self._exact.values() if one.kind == "regions" and "{{" not in one.name]


def _pattern(name: str) -> re.Pattern[str]:
    return re.compile(_PLACEHOLDER.sub(r"\\w+", re.escape(name)))


def _control(tag: ET.Element) -> Control:
    name = tag.tag.lower()
    kind: Kind = "regions" if name.endswith(LABELS) else _KINDS.get(name, "other")
    several = tag.get("choice") == "multiple" or tag.get("perRegion", "").lower() == "true"
    return Control(tag.get("name", ""), kind, several or kind in ("regions", "taxonomy"))
