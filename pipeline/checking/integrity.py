"""What stands out about people, as findings: evidence with an interval for a lead to look at, never an act.

Told when it is first seen, and again only when it got clearly worse, or somebody was paused for it and goes on so.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pipeline.assessing.gold_tests import GoldTested, gold_tests, worst
from pipeline.assessing.people import Noticed, assess, is_due, newest, pause_command
from pipeline.checking.kinds import DROPPED, FAILS, KINDS, PEOPLE_KINDS
from pipeline.checking.model_labels import model_labels
from pipeline.context import Context
from pipeline.findings import finding
from pipeline.quality.gold import GoldVote
from pipeline.quality.sequential import BAD, GOOD
from pipeline.quality.signs import MEANINGS
from schemas.steering import FindingFact

LAST = """
SELECT f.kind, f.annotator, f.evidence, f.found_at,
    coalesce((SELECT max(p.set_at) FROM person_pauses p WHERE p.annotator = f.annotator), '-infinity') AS paused_at
FROM findings f WHERE list_contains(?, f.kind) ORDER BY f.found_at
"""


@dataclass(frozen=True)
class Told:
    """Something about somebody that may be worth telling."""

    kind: str
    annotator: str
    about: str
    """What tells it from another of its kind about the same person."""
    value: float
    low: float
    high: float
    rises: bool
    """Whether a higher figure is worse."""
    since: datetime
    detail: str
    evidence: Mapping[str, Any]
    cell: str | None = None


def find(ctx: Context, golden: Sequence[GoldVote]) -> Iterator[FindingFact]:
    """Findings about people that are new or clearly worse; people are assessed anew where that is due."""
    now, told = ctx.clock(), list[Told]()
    if is_due(ctx.store, now):
        ctx.store.put([assess(ctx.store, now, model_labels(ctx))])
        told += _noticed(newest(ctx.store)[0].noticed)
    told += _on_gold(gold_tests(golden, newest(ctx.store)[0].aside))
    if told:
        yield from _new(ctx, told)


def _noticed(noticed: Iterable[Noticed]) -> Iterator[Told]:
    for one in noticed:
        both = (one.annotator, one.other) if one.kind == "twins" and one.other else (one.annotator,)
        for name, other in zip(both, (one.other, one.annotator), strict=False):
            yield Told(
                kind=KINDS[one.kind],
                annotator=name,
                about=f"{one.kind}/{other or ''}",
                value=one.value,
                low=one.low,
                high=one.high,
                rises=one.kind != "random",
                since=one.since,
                detail=f"{MEANINGS[one.kind]}: {one.said.replace(name, str(other))}",
                evidence={"sign": one.kind, "n": one.n, "other": other, "tasks": one.tasks},
            )


def _on_gold(tests: Iterable[GoldTested]) -> Iterator[Told]:
    for test in worst(tests):
        where = test.cell or "all cells"
        if test.state == "failed":
            yield Told(
                kind=FAILS,
                annotator=test.annotator,
                about=where,
                value=test.right / test.of,
                low=test.low,
                high=test.high,
                rises=False,
                since=test.dropped.began if test.dropped else test.since,
                detail=f"{test.right} of {test.of} right in {where}: nearer to {BAD:.0%} than to {GOOD:.0%}",
                evidence={"n": test.of, "right": test.right, "tasks": test.missed[:10]},
                cell=test.cell,
            )
        elif test.dropped is not None:
            drop = test.dropped
            yield Told(
                kind=DROPPED,
                annotator=test.annotator,
                about=f"{where}/{drop.noticed.isoformat()}",
                value=drop.right / drop.of,
                low=drop.low,
                high=drop.high,
                rises=False,
                since=drop.began,
                detail=f"{drop.right} of the last {drop.of} right in {where}, which was more before",
                evidence={"n": drop.of, "right": drop.right, "tasks": test.missed[:10]},
                cell=test.cell,
            )


def _new(ctx: Context, told: Iterable[Told]) -> Iterator[FindingFact]:
    last: dict[tuple[str, str, str], dict[str, Any]] = {}
    times: dict[tuple[str, str, str], int] = {}
    for row in ctx.store.rows(LAST, [list(PEOPLE_KINDS)]):
        before = json.loads(row["evidence"])
        key = row["kind"], row["annotator"], before["about"]
        last[key], times[key] = {**row, **before}, times.get(key, 0) + 1
    paused = {row["annotator"] for row in ctx.store.rows("SELECT annotator FROM paused_people")}
    for one in told:
        key = one.kind, one.annotator, one.about
        if one.annotator in paused or (key in last and not _is_worse(one, last[key])):
            continue
        figures = {
            "about": one.about,
            "value": one.value,
            "low": one.low,
            "high": one.high,
            "since": one.since,
        }
        yield finding(
            ctx,
            one.kind,
            "/".join((one.annotator, one.about, str(times.get(key, 0) + 1))),
            f"{one.annotator}: {one.detail}; look at it: headrace people show {one.annotator}; to stop it: "
            f"{pause_command(one.annotator, one.since)}",
            {**figures, **one.evidence},
            annotator=one.annotator,
            cell=one.cell,
        )


def _is_worse(now: Told, before: Mapping[str, Any]) -> bool:
    """Whether it surely got worse since it was told, or goes on after a pause."""
    if before["paused_at"] > before["found_at"]:
        return True
    return bool(now.low > before["value"] if now.rises else now.high < before["value"])
