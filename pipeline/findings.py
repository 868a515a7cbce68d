"""Findings: what went otherwise than it should in Label Studio, put on record once."""

import json
from typing import Any

from pipeline.context import Context
from schemas.base import content_id
from schemas.steering import FindingFact


def finding(
    ctx: Context,
    kind: str,
    subject: str,
    detail: str,
    evidence: object = None,
    **about: Any,  # noqa: ANN401 - the fact's own fields, which it checks
) -> FindingFact:
    """A finding, dated now; the same kind about the same subject is one finding for ever.

    Args:
        ctx: Whose clock dates it.
        kind: A word or two, to count by.
        subject: What it is about, by which it is known.
        detail: One line: what, expected, found, what follows.
        evidence: Enough to find the thing again.
        about: `cell`, `task_id`, `annotator`, `revision_id`, and `void` where that revision does not count.
    """
    given = {"cell": None, "task_id": None, "annotator": None, "revision_id": None, "void": False, **about}
    return FindingFact(
        finding_id=content_id([kind, subject]),
        kind=kind,
        subject=subject,
        detail=detail,
        evidence=json.dumps(evidence, ensure_ascii=True, default=str),
        found_at=ctx.clock(),
        **given,
    )
