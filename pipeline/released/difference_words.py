"""The difference between two releases, told to people."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from pipeline.released.differing import Counts, Difference
from pipeline.released.whys import CHANGES, WHYS

_ID: Final = 12
"""Digits of an id that are shown."""


def in_words(found: Difference, listed: Sequence[dict[str, Any]], left_out: int) -> Iterator[str]:
    """The difference for people: a line for all, why, a table by cell, and some rows."""
    yield from in_short(found)
    for title, counts in (("task type", found.task_types), ("cell", found.cells)):
        if len(counts) > 1 or title == "cell":
            yield from _table(title, counts)
    if listed:
        yield ""
    for row in listed:
        yield _row(row)
    if left_out:
        yield f"and {left_out:,} more rows: --rows {left_out + len(listed)}, or --json"


def in_short(found: Difference) -> Iterator[str]:
    """How many rows are otherwise, what that makes of the version, and why."""
    yield f"{found.a} and {found.b}: {_counted(found.all)}, {found.same:,} as they were"
    yield _bumped(found)
    for why, count in found.all.to_json()["reasons"].items():
        yield f"  {count:>6,}  {why:<16}  {WHYS[why]}"


def in_a_line(found: Difference) -> str:
    """How many rows are otherwise, and the reasons, in one line."""
    whys = ", ".join(f"{why} {count:,}" for why, count in found.all.to_json()["reasons"].items())
    return f"{_counted(found.all)}, {found.same:,} as they were" + (f" ({whys})" if whys else "")


def _counted(counts: Counts) -> str:
    words = {"behind": "the same with something else behind them"}
    said = [f"{counts.changes[one]:,} {words.get(one, one)}" for one in CHANGES if counts.changes[one]]
    return ", ".join(said) or "no row is otherwise"


def _bumped(found: Difference) -> str:
    """What the rows make of the version, and whether the release says so too."""
    why = {
        "major": "rows changed, went or moved",
        "minor": "rows only came",
        "patch": "the rows are the same",
    }[found.bump]
    said = found.b.manifest.bump
    same_line = (
        found.b.manifest.previous is not None
        and found.b.manifest.previous.content == found.a.manifest.content
    )
    other = (
        f"; {found.b.manifest.version} calls itself {said.kind}"
        if said is not None and same_line and said.kind not in (found.bump, "chosen")
        else ""
    )
    return f"this makes it a {found.bump} version: {why}{other}"


def _table(title: str, counts: Mapping[str, Counts]) -> Iterator[str]:
    if not counts:
        return
    width = max(len(title), *(len(name) for name in counts))
    yield ""
    yield f"{title:<{width}}" + "".join(f"{change:>10}" for change in CHANGES)
    for name, of in sorted(counts.items()):
        yield f"{name:<{width}}" + "".join(f"{of.changes[change]:>10,}" for change in CHANGES)


def _row(row: dict[str, Any]) -> str:
    before, after = row["before"], row["after"]
    sides = [f"{side['votes']} votes, {side['method']}" for side in (before, after) if side is not None]
    told = " → ".join(dict.fromkeys(sides))
    return f"{row['change']:<8} {row['row_id'][:_ID]}  {row['cell']}  {row['why']}  ({told})"
