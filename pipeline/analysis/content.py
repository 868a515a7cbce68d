"""All that is said of a project's labels: agreement by dimension, pace, and what is odd."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.analysis.export import Export
from pipeline.analysis.findings import Findings
from pipeline.analysis.labels import Dimension, LabelRow, current, labels
from pipeline.analysis.pace import Paces, paces
from pipeline.analysis.submissions import Submission
from pipeline.quality.agreement import Agreement, agreement, verdict
from schemas.errors import UsageError

COUNTED = ("tasks", "annotations", "skipped", "predictions", "drafts")


@dataclass(frozen=True)
class Judged:
    """One dimension with its agreement."""

    dimension: Dimension
    labels: int
    agreement: Agreement | None
    """None where labels are only counted."""

    @property
    def verdict(self) -> str:
        """What may be concluded."""
        return verdict(self.agreement) if self.agreement else "only counted"

    def to_json(self) -> dict[str, Any]:
        """What is known; `agreement` is null where labels are only counted."""
        found = self.agreement
        return {
            "kind": self.dimension.kind,
            "scale": found.scale if found else None,
            "labels": self.labels,
            "verdict": self.verdict,
            "agreement": found and {
                "alpha": found.alpha,
                "alpha_interval": found.alpha_interval,
                "ac1": found.ac1,
                "raw": found.raw,
                "items": found.items,
                "doubly_labeled": found.doubly_labeled,
                "annotators": found.annotators,
                "prevalence": found.prevalence,
            },
        }  # fmt: skip


@dataclass(frozen=True)
class Analysis:
    """What is said of one export or one Label Studio project."""

    name: str
    counts: Mapping[str, int]
    judged: tuple[Judged, ...]
    rows: tuple[LabelRow, ...]
    """The labels table."""
    paces: Paces
    findings: Findings

    def to_json(self) -> dict[str, Any]:
        """What --json prints."""
        return {
            "name": self.name,
            "counts": {name: self.counts.get(name, 0) for name in COUNTED},
            "dimensions": {one.dimension.name: one.to_json() for one in self.judged},
            "pace": self.paces.to_json(),
            "findings": self.findings.to_json(),
        }


def analysed(
    name: str,
    counts: Mapping[str, int],
    submissions: Iterable[Submission],
    findings: Findings,
    *,
    typed: bool = True,
    only: Iterable[str] = (),
) -> Analysis:
    """Everything there is to say of submissions; `only` names the dimensions wanted, all without any.

    `counts` are of COUNTED, 0 where missing; `typed` is False where choices and written texts look alike. Raises
    UsageError where `only` names a dimension that is none.
    """
    every = list(submissions)
    counting = current((one for one in every if not one.skipped), findings)
    dimensions, rows = labels(counting, findings, typed=typed)
    wanted = set(only) or {one.name for one in dimensions}
    if missing := sorted(wanted - {one.name for one in dimensions}):
        known = ", ".join(repr(one.name) for one in dimensions) or "none"
        raise UsageError(
            f"--control {missing[0]!r:.80}: a control of {name} was expected, found {known}; name one"
        )
    kept = tuple(row for row in rows if row.dimension in wanted)
    by_dimension: dict[str, list[LabelRow]] = {}
    for row in kept:
        by_dimension.setdefault(row.dimension, []).append(row)
    judged = tuple(_judged(one, by_dimension.get(one.name, [])) for one in dimensions if one.name in wanted)
    return Analysis(name, Counter(counts), judged, kept, paces(every), findings)


def _judged(dimension: Dimension, rows: list[LabelRow]) -> Judged:
    rated = ((row.item, row.annotator, row.label) for row in rows)
    return Judged(dimension, len(rows), agreement(rated, dimension.scale) if dimension.scale else None)


def analyse_export(path: Path, only: Iterable[str] = ()) -> Analysis:
    """What an export of Label Studio's, JSON or JSON-MIN, tells; SourceError where it is none."""
    export = Export(path)
    every = list(export.submissions())
    _count_what_is_left_out(export)
    typed = not export.counts["json_min"]
    return analysed(path.name, export.counts, every, export.findings, typed=typed, only=only)


def _count_what_is_left_out(export: Export) -> None:
    for name, reason in (
        ("predictions", "prediction of a model: no vote"),
        ("drafts", "draft that was not submitted: no vote"),
        ("skipped", "skipped: no vote"),
    ):
        export.findings.add(reason, export.path.name, export.counts[name])
