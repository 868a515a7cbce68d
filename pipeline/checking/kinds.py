"""What findings about how somebody works are called."""

from collections.abc import Mapping
from types import MappingProxyType

from pipeline.quality.signs import Kind

KINDS: Mapping[Kind, str] = MappingProxyType(
    {
        "random": "answers at random",
        "constant": "always the same answer",
        "copies_first": "copies answers",
        "copies_previous": "copies answers",
        "copies_person": "copies answers",
        "twins": "same answers as somebody",
        "copies_model": "copies a model",
        "burst": "bursts of answers",
        "too_fast": "too fast",
        "overlapping_times": "overlapping times",
        "even_pace": "pace of a machine",
        "left_open": "pages left open",
    }
)
"""By sign."""
FAILS, DROPPED = "fails gold", "worse on gold"
ON_GOLD = (FAILS, DROPPED)
"""Those that tell how somebody does on gold, also on what they answered just now."""
PEOPLE_KINDS = (*dict.fromkeys(KINDS.values()), *ON_GOLD)
