"""Why one annotation does not count as a vote, or as a decision."""

from collections.abc import Iterator
from typing import Any

from pipeline.context import Context
from pipeline.findings import finding
from pipeline.people.pseudonyms import is_unknown
from pipeline.people.roster import Purpose, Roster
from schemas.steering import FindingFact

VOTERS = "SELECT count(*) FROM annotations WHERE list_contains(?, revision_id) AND annotator = ?"


def why_void(ctx: Context, roster: Roster, row: dict[str, Any]) -> Iterator[FindingFact]:
    """The findings that keep an annotation's revision from counting; none where it counts."""
    if is_unknown(row["annotator"]):
        return
    if row["edited_by"] is not None:
        yield _void(
            ctx, row, "edited by another", f"{row['edited_by']} saved it last; what its annotator said stands"
        )
    purpose: Purpose = "adjudicate" if "case_id" in row else "label"
    if (why := roster.why_not(row["annotator"], row["cell"], row["created_at"], purpose)) is not None:
        yield _void(ctx, row, *why)
    if "case_id" in row and ctx.store.value(VOTERS, [row["revisions"], row["annotator"]]):
        yield _void(
            ctx, row, "own case", "expected of somebody else, has voted on it; the decision does not count"
        )


def _void(ctx: Context, row: dict[str, Any], kind: str, detail: str) -> FindingFact:
    return finding(
        ctx,
        kind,
        row["revision_id"],
        f"annotation {row['remote_id']} ({row['cell']}): {detail}",
        {name: row[name] for name in ("remote_id", "created_at")},
        cell=row["cell"],
        task_id=row["task_id"],
        annotator=row["annotator"],
        revision_id=row["revision_id"],
        void=True,
    )
