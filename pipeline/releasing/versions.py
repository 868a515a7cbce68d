"""Versions of releases: semantic versioning with Croissant's meaning for data.

Major: rows changed or went; minor: rows were only added; patch: the rows are the same.
"""

import re

from pipeline.releasing.rows import Content
from pipeline.store import Store
from schemas.errors import UsageError
from schemas.facts import ReleaseFact

VERSION = re.compile(r"(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)")


def newest(store: Store) -> ReleaseFact | None:
    """The release with the highest version; None before the first."""
    return max(store.facts(ReleaseFact), key=lambda release: parts(release.version), default=None)


def parts(version: str) -> tuple[int, ...]:
    """A version's three numbers; raises UsageError where it has not three."""
    if not VERSION.fullmatch(version):
        raise UsageError(f"release: a version should be like 1.2.0, is {version!r}; name another, or none")
    return tuple(map(int, version.split(".")))


def following(store: Store, content: Content, last: ReleaseFact | None) -> str:
    """The version that content calls for after the last release."""
    if last is None:
        return "1.0.0"
    rows = store.rows("SELECT row_id, split, payload FROM release_rows WHERE version = ?", [last.version])
    before = {row["row_id"]: (row["split"], row["payload"]) for row in rows}
    now = {row.id: (member.split, row.model_dump_json()) for member in content.members for row in member.rows}
    major, minor, patch = parts(last.version)
    if any(now.get(row_id) != row for row_id, row in before.items()):
        return f"{major + 1}.0.0"
    return f"{major}.{minor + 1}.0" if now.keys() - before.keys() else f"{major}.{minor}.{patch + 1}"
