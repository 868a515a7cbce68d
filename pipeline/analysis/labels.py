"""The labels table: of each person's submissions for a task the last one, a row for each control."""

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from pipeline.analysis.controls import SCALES, Judgement, Kind
from pipeline.analysis.findings import Findings
from pipeline.analysis.submissions import Submission
from pipeline.quality.agreement import Scale

LONG_TEXT, MANY_TEXTS, SHARE_OF_TEXTS = 200, 20, 0.25
"""Where an export does not say which: texts so long, or so many different ones, were written and not chosen."""
_LONG_AGO = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class LabelRow:
    """One label: a row of the labels table."""

    item: str
    annotator: str
    label: str
    """A text or number as it is; JSON for what is a list of values or a ranking."""
    ts: datetime | None
    dimension: str
    lead_seconds: float | None
    annotation: str


@dataclass(frozen=True, slots=True)
class Dimension:
    """What one control asks, and how its labels are compared."""

    name: str
    kind: Kind
    scale: Scale | None
    """None where labels are only counted."""


def current(submissions: Iterable[Submission], findings: Findings) -> list[Submission]:
    """The submission that counts for each person and task: the last one; skips are none."""
    last: dict[tuple[str, str], Submission] = {}
    for one in submissions:
        key = one.item, one.annotator
        before = last.get(key)
        if before is not None:
            where = f"task {one.item}, {one.annotator}"
            if before.annotation == one.annotation:
                findings.add("annotation that is there twice", where)
            else:
                findings.add("answered again by the same person: the last answer counts", where)
        if before is None or _turn(before) <= _turn(one):
            last[key] = one
    return list(last.values())


def _turn(one: Submission) -> tuple[datetime, int]:
    return one.at or _LONG_AGO, int(one.annotation) if one.annotation.isdigit() else -1


def labels(
    submissions: list[Submission], findings: Findings, *, typed: bool = True
) -> tuple[list[Dimension], list[LabelRow]]:
    """The dimensions, by name, and their rows. `typed` is False where choices and written texts look alike."""
    dimensions = _dimensions(submissions, typed=typed)
    rows = [row for one in submissions for dimension in dimensions for row in _row(one, dimension, findings)]
    return dimensions, rows


def _row(one: Submission, dimension: Dimension, findings: Findings) -> Iterable[LabelRow]:
    judgement = one.judgements.get(dimension.name)
    if judgement is None and dimension.kind == "regions":
        judgement = Judgement("regions", ())  # nothing marked is an answer too
    if judgement is None:
        return
    if dimension.kind not in (judgement.kind, "text"):  # written texts came as choices
        findings.add(
            "answer of another kind than most of its control", f"task {one.item}, {dimension.name!r:.80}"
        )
        return
    label = written(judgement, many=dimension.scale == "set")
    yield LabelRow(one.item, one.annotator, label, one.at, dimension.name, one.lead_seconds, one.annotation)


def written(judgement: Judgement, *, many: bool) -> str:
    """A judgement as a label: a JSON list where there may be `many` values, else a text."""
    if many:
        return json.dumps(sorted(set(judgement.values)), ensure_ascii=False)
    return "\n".join(judgement.values)


def _dimensions(submissions: list[Submission], *, typed: bool) -> list[Dimension]:
    kinds: dict[str, Counter[Kind]] = {}
    several: set[str] = set()
    texts: dict[str, Counter[str]] = {}
    for one in submissions:
        for name, judgement in one.judgements.items():
            kinds.setdefault(name, Counter())[judgement.kind] += 1
            if len(judgement.values) > 1:
                several.add(name)
            if not typed and judgement.kind == "choices":
                texts.setdefault(name, Counter()).update(judgement.values)
    found = []
    for name in sorted(kinds):
        kind = max(sorted(kinds[name]), key=lambda one: kinds[name][one])
        kind = "text" if _are_written(texts.get(name, Counter())) else kind
        scale = SCALES[kind]
        found.append(Dimension(name, kind, "set" if scale and name in several else scale))
    return found


def _are_written(texts: Counter[str]) -> bool:
    """Whether texts look like sentences of people's own rather than choices."""
    many = len(texts) > MANY_TEXTS and len(texts) > SHARE_OF_TEXTS * texts.total()
    return many or any(len(text) > LONG_TEXT for text in texts)
