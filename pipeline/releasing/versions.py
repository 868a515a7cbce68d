"""Versions of releases: semantic versioning with Croissant's meaning for data.

Major: rows changed, went or moved to another split; minor: rows were only added; patch: the rows are the same.
"""

import re

from pipeline.store import Store
from schemas.errors import UsageError
from schemas.facts import ReleaseFact
from schemas.manifest import Bump, BumpKind

VERSION = re.compile(r"(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)")
FIRST = "0.1.0"
DIFFERENCE = """
SELECT count(*) FILTER (b.row_id IS NULL) AS added, count(*) FILTER (c.row_id IS NULL) AS removed,
    count(*) FILTER (c.row_hash <> b.row_hash) AS changed,
    count(*) FILTER (c.row_hash = b.row_hash AND c.split <> b.split) AS moved
FROM candidate c FULL JOIN (FROM release_rows WHERE version = ?) b ON b.row_id = c.row_id
"""


def newest(store: Store) -> ReleaseFact | None:
    """The release with the highest version; None before the first."""
    return max(store.facts(ReleaseFact), key=lambda release: parts(release.version), default=None)


def parts(version: str) -> tuple[int, ...]:
    """A version's three numbers; raises UsageError where it has not three."""
    if not VERSION.fullmatch(version):
        raise UsageError(f"release: a version should be like 1.2.0, is {version!r}; name another, or none")
    return tuple(map(int, version.split(".")))


def difference(store: Store, last: ReleaseFact | None) -> Bump:
    """How the rows in `candidate` differ from those of the last release, and what that makes of the version."""
    if last is None:
        added = store.count("candidate")
        return Bump(kind="first", reason="the first release", added=added)
    if last.content is None:
        return Bump(kind="major", reason=f"{last.version} was made by an older headrace, in other columns")
    (counts,) = store.rows(DIFFERENCE, [last.version])
    kind: BumpKind = "patch"
    if counts["changed"] or counts["removed"] or counts["moved"]:
        kind = "major"
    elif counts["added"]:
        kind = "minor"
    return Bump(kind=kind, reason=_reason(counts), **counts)


def following(last: str | None, bump: Bump) -> str:
    """The version that a difference calls for after the last one."""
    if last is None:
        return FIRST
    major, minor, patch = parts(last)
    if bump.kind == "major":
        return f"{major + 1}.0.0"
    return f"{major}.{minor + 1}.0" if bump.kind == "minor" else f"{major}.{minor}.{patch + 1}"


def wanted(version: str | None, last: str | None, bump: Bump) -> str:
    """The version that was asked for, or the one that follows.

    Raises UsageError where it is taken, or says of the rows what is not so.
    """
    least = following(last, bump)
    if version is None:
        return least
    asked = parts(version)
    if last is not None and asked <= parts(last):
        raise UsageError(
            f"release: a version above {last} was expected, is {version}; releases are frozen, leave the "
            "version out and the next one is chosen"
        )
    if last is not None and asked < parts(least):
        raise UsageError(
            f"release: {least} at least was expected ({bump.reason}), is {version}; leave the version out and "
            "that one is chosen"
        )
    return version


def _reason(counts: dict[str, int]) -> str:
    words = (
        ("changed", "changed"),
        ("removed", "went"),
        ("moved", "moved to another split"),
        ("added", "added"),
    )
    said = [f"{counts[key]:,} {word}" for key, word in words if counts[key]]
    if not said:
        return "the same rows"
    first, *others = said
    number, word = first.split(" ", 1)
    return ", ".join([f"{number} row{'s' * (number != '1')} {word}", *others])
