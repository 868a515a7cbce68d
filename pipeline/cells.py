"""Cells: `<language>/<task type>[/<facet>]`, the unit in which work is queued, counted and forecast."""

import re

from schemas.errors import ProjectError
from schemas.records import Record

LONGEST = 64
"""Letters of a facet's value in a cell's name."""
FACETS = ("domain", "programming_language", "topic", "difficulty", "license")


def check_facet(facet: str | None, what: str) -> None:
    """Refuse a facet that no record has: ProjectError in one line."""
    if facet is not None and facet not in FACETS:
        raise ProjectError(f"{what}.facet: should be one of {', '.join(FACETS)}, is {facet!r}; mend it")


def cell_of(record: Record, task_type: str, facet: str | None) -> str:
    """The cell of a record's tasks of one type."""
    parts = [record.primary_language, task_type]
    if facet is not None:
        parts.append(_slug(getattr(record, facet)))
    return "/".join(parts)


def _slug(value: object) -> str:
    """A facet's value as one part of a cell: letters, digits and +#._- of any script, the rest as hyphens."""
    if value is None or not str(value).strip():
        return "unknown"
    return re.sub(r"[^\w+#.-]+", "-", str(value).strip().lower())[:LONGEST].strip("-") or "unknown"
