"""What each annotator has done, under their pseudonym, and how near the others' answers are to theirs."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from functools import cache
from typing import Any

from pipeline.assessing.gold_tests import gold_tests, states
from pipeline.assessing.people import Rightness, newest
from pipeline.planning.gold import gold_votes
from pipeline.quality.gold import GoldScore, by_person
from pipeline.quality.intervals import wilson
from pipeline.quality.sequential import State
from pipeline.store import Store
from schemas.base import Frozen
from tasks import AnyTaskType, task_types

WORK = """
WITH void AS (  -- what was said and gives no vote, since a finding says so
    SELECT l.annotation_id FROM latest_annotations l ANTI JOIN own_annotations o USING (annotation_id)
    WHERE NOT l.deleted),
work AS (
    SELECT a.annotator, bool_or(a.simulated) AS simulated,
        count(*) FILTER (t.task_id IS NOT NULL AND NOT a.skipped AND l.revision_id IS NOT NULL) AS labels,
        count(*) FILTER (NOT a.skipped AND j.subject IS NOT NULL) AS rejects,
        count(*) FILTER (t.task_id IS NOT NULL AND NOT a.skipped AND v.annotation_id IS NOT NULL) AS void,
        count(*) FILTER (t.task_id IS NOT NULL AND a.skipped) AS skips,
        quantile_cont(a.lead_seconds, 0.5) FILTER (l.revision_id IS NOT NULL) AS median_lead_seconds,
        min(a.created_at) AS first_seen_at, max(greatest(a.created_at, a.updated_at)) AS last_seen_at
    FROM latest_annotations a
    LEFT JOIN tasks t USING (task_id)
    LEFT JOIN labels l USING (revision_id)
    LEFT JOIN void v ON v.annotation_id = a.annotation_id
    LEFT JOIN (SELECT DISTINCT subject FROM rejects WHERE stage = 'check') j ON j.subject = a.revision_id
    WHERE NOT a.deleted
    GROUP BY a.annotator),
decided AS (SELECT adjudicator AS annotator, count(*) AS decisions FROM current_decisions GROUP BY adjudicator)
SELECT work.*, coalesce(decisions, 0) AS decisions, annotator IN (SELECT annotator FROM paused_people) AS paused
FROM work LEFT JOIN decided USING (annotator) ORDER BY labels DESC, decisions DESC, annotator
"""

DISPUTED = """
SELECT v.annotator, count(*) AS tasks FROM votes v JOIN standing_tasks t USING (task_id)
WHERE t.state = 'disputed' GROUP BY v.annotator
"""

PAIRS = """
WITH cast_votes AS MATERIALIZED (
    SELECT v.task_id, v.annotator, v.payload, t.task_type, t.version FROM votes v JOIN tasks t USING (task_id)),
texts AS MATERIALIZED (  -- numbers in the place of texts: there are many pairs, and few texts
    SELECT task_type, version, payload, row_number() OVER () AS label
    FROM (SELECT DISTINCT task_type, version, payload FROM cast_votes)),
said AS MATERIALIZED (
    SELECT c.task_id, c.annotator, x.label, count(*) OVER (PARTITION BY c.task_id) - 1 AS others
    FROM cast_votes c JOIN texts x USING (task_type, version, payload)),
pairs AS (
    SELECT v.annotator, v.others, v.label AS one, o.label AS other, count(*) AS pairs
    FROM said v JOIN said o ON o.task_id = v.task_id AND o.annotator <> v.annotator GROUP BY ALL)
SELECT a.task_type, a.version, p.annotator, p.others, CASE WHEN one <> other THEN a.payload END AS label,
    CASE WHEN one <> other THEN b.payload END AS other, sum(p.pairs)::BIGINT AS pairs
FROM pairs p JOIN texts a ON a.label = p.one JOIN texts b ON b.label = p.other
GROUP BY ALL ORDER BY ALL
"""
"""Each distinct pair of two people's answers to one task, once; those that are equal need no distance.

The others' answers, not the settled label: with two votes a task is settled only where they agree, so that
everybody would seem to agree with it.
"""


class Accord(Frozen):
    """How near an annotator's labels of one task type are to those of the others on the same tasks."""

    task_type: str
    mean: float
    """1 minus the mean distance to the others' labels, 0..1; each task counts once, however many have labeled it."""
    low: float
    high: float
    tasks: int
    """Those that somebody else has labeled too, in dispute or not."""


class AnnotatorProgress(Frozen):
    """One annotator's work. Skips, rejects and decisions are no labels; what was deleted counts nowhere."""

    annotator: str
    """The pseudonym; names stand in no report."""
    simulated: bool
    labels: int
    rejects: int
    void: int
    """Answers that do not count as votes, since a finding says so."""
    skips: int
    disputed: int
    """Votes of theirs on tasks that are in dispute now."""
    decisions: int
    """What they decided, or sent back, as an adjudicator."""
    paused: bool
    median_lead_seconds: float | None
    accord: tuple[Accord, ...]
    """By task type; where nobody else has labeled the same tasks there is none."""
    gold: GoldScore | None
    """How many of their answers on gold were right; None of who had none."""
    test: State | None
    """What gold says of them so far: `passed`, `failed` in all cells or in any, or `open`; None of who had none."""
    right: tuple[Rightness, ...]
    """How often they are right by what all votes come to, in each kind of work, as people were assessed last."""
    first_seen_at: datetime
    last_seen_at: datetime


def by_annotator(store: Store) -> tuple[AnnotatorProgress, ...]:
    """Everybody who has annotated, the busiest first."""
    disputed = {row["annotator"]: row["tasks"] for row in store.rows(DISPUTED)}
    accords = accord(store.rows(PAIRS), task_types())
    golden, (assessed, _) = gold_votes(store), newest(store)
    gold = by_person(golden)
    tests = states(gold_tests(golden, assessed.aside))
    return tuple(
        AnnotatorProgress(
            **row,
            disputed=disputed.get(row["annotator"], 0),
            accord=accords.get(row["annotator"], ()),
            gold=gold.get(row["annotator"]),
            test=tests.get(row["annotator"]),
            right=tuple(one for one in assessed.people if one.annotator == row["annotator"]),
        )
        for row in store.rows(WORK)
    )


def accord(
    pairs: Iterable[Mapping[str, Any]], types: Mapping[str, AnyTaskType]
) -> dict[str, tuple[Accord, ...]]:
    """Each annotator's accord by task type, from rows as PAIRS gives them.

    Only today's version of a task type counts: versions are never pooled. A label that cannot be read is left out.
    """
    distance = _distances(types)
    sums: dict[tuple[str, str], list[float]] = defaultdict(lambda: [0.0, 0.0])
    for row in pairs:
        apart = distance(row["task_type"], row["version"], row["label"], row["other"])
        if apart is not None:
            weight = row["pairs"] / row["others"]
            total = sums[row["annotator"], row["task_type"]]
            total[0] += (1 - apart) * weight
            total[1] += weight
    found: dict[str, tuple[Accord, ...]] = {}
    for (annotator, task_type), (total_accord, weight) in sorted(sums.items()):
        mean, tasks = total_accord / weight, max(1, round(weight))
        low, high = wilson(mean, tasks)
        one = Accord(task_type=task_type, mean=mean, low=low, high=high, tasks=tasks)
        found[annotator] = (*found.get(annotator, ()), one)
    return found


def _distances(
    types: Mapping[str, AnyTaskType],
) -> Callable[[str, int, str | None, str | None], float | None]:
    """The distance of two labels by task type, version and JSON, worked out once; None where it has no meaning."""

    @cache
    def read(task_type: str, payload: str) -> Any:  # noqa: ANN401 - the type's own label, None where unreadable
        try:
            return types[task_type].label.model_validate_json(payload)
        except ValueError:
            return None

    @cache
    def distance(task_type: str, version: int, label: str | None, other: str | None) -> float | None:
        if task_type not in types or types[task_type].version != version:
            return None
        if label is None or other is None:
            return 0.0
        ends = read(task_type, label), read(task_type, other)
        return None if None in ends else types[task_type].distance(*ends)

    return distance
