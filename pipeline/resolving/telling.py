"""Telling how sure labels are, once they are settled and again when people are known better; nothing is moved."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from itertools import groupby
from typing import Any

from pipeline.context import Context
from pipeline.findings import finding
from pipeline.quality.consensus import one_judgement
from pipeline.quality.learned import Learned, Said, Weighing
from pipeline.quality.overlap import settled
from pipeline.resolving.models import Models
from pipeline.resolving.narrowed import UNTOLD, only
from pipeline.resolving.settling import BY_VOTES
from pipeline.terms import Terms
from schemas.base import Label, Vote
from schemas.project import Overlap
from schemas.steering import FindingFact
from schemas.truths import TruthFact
from tasks import AnyTaskType, task_types

BATCH = 5_000
MOVED = 0.005
"""A posterior that moved by less is not told again."""
DIGITS, LINE = 4, 120
ADJUDICATOR, MACHINE = "adjudicator", "machine"
SOMEBODY = {"adjudicated": ADJUDICATOR, "machine": MACHINE}
"""By how a task was settled, who decided it where no method did."""
FLIPPED = "would be settled otherwise"
TOLD_NOW = """
CREATE OR REPLACE TEMP TABLE told_now AS
WITH settled AS (
    SELECT r.resolution_id, r.task_id, r.method, r.payload, r.revisions, t.cell, t.task_type
    FROM current_resolutions r JOIN tasks t USING (task_id)
    WHERE r.payload IS NOT NULL AND list_contains([{current}], t.task_type || '/' || t.version)),
due AS (
    SELECT s.*, NULL AS told_by, NULL::DOUBLE AS posterior, NULL AS others
    FROM settled s ANTI JOIN truths h ON h.resolution_id = s.resolution_id
    UNION ALL
    SELECT s.*, h.method, h.posterior, h.others FROM settled s JOIN current_truths h USING (resolution_id)
    WHERE list_contains([{stale}], s.task_type))
SELECT *, row_number() OVER (ORDER BY task_type, task_id) AS place FROM due
"""
"""Labels that nothing was told of, and those of task types whose people are known anew."""
TYPES = "SELECT task_type, min(place) AS first, max(place) AS last FROM told_now GROUP BY task_type ORDER BY task_type"
CASES = "SELECT * FROM told_now WHERE place BETWEEN ? AND ? ORDER BY place"
BEHIND = """
WITH behind AS (
    SELECT task_id, unnest(revisions) AS revision_id FROM told_now
    WHERE method <> 'adjudicated' AND place BETWEEN $1 AND $2
    UNION ALL
    SELECT n.task_id, unnest(j.revisions) FROM told_now n
    JOIN decisions d ON d.revision_id = n.revisions[1] JOIN adjudications j USING (adjudication_id)
    WHERE n.method = 'adjudicated' AND n.place BETWEEN $1 AND $2)
SELECT b.task_id, l.annotator, l.payload FROM behind b JOIN labels l USING (revision_id)
ORDER BY b.task_id, l.annotator, l.revision_id
"""
"""The votes that each label rests on, or that an adjudicator was shown."""


def tell(ctx: Context, models: Models, moment: datetime) -> None:
    """How sure each label is that was settled since; of all labels of a task type where its people are known anew."""
    current = (f"'{name}/{task_type.version}'" for name, task_type in task_types().items())
    stale = [f"'{name}'" for name in models.stale()]
    due = TOLD_NOW.format(current=", ".join(current), stale=", ".join(stale))
    with nullcontext() if stale else only(ctx.store, UNTOLD, due):
        ctx.store.temporary(due)
    for row in ctx.store.rows(TYPES):
        teller = _Teller(ctx, task_types()[row["task_type"]], models.of(row["task_type"]), moment)
        for start in range(row["first"], row["last"] + 1, BATCH):
            _tell(teller, start, min(start + BATCH - 1, row["last"]))
    ctx.store.temporary("DROP TABLE told_now")
    # last, so that what was interrupted is told anew by a model that is learned anew
    ctx.store.put(models.learned(moment))


def _tell(teller: "_Teller", first: int, last: int) -> None:
    store = teller.ctx.store
    cases = store.rows(CASES, [first, last])
    rows = store.rows(BEHIND, [first, last])
    behind = {task_id: list(group) for task_id, group in groupby(rows, lambda row: row["task_id"])}
    entries = Terms(teller.ctx, [case["task_id"] for case in cases])
    told: list[TruthFact] = []
    flips: list[FindingFact] = []
    for case in cases:
        votes = teller.votes(behind.get(case["task_id"], []))
        told += teller.truth(case, votes)
        if case["told_by"] is not None and case["method"] in BY_VOTES:
            config = entries.of(case["task_id"], teller.task_type.name)
            flips += teller.flip(case, votes, config.overlap) if config else ()
    store.put(told)
    store.put(flips)


@dataclass(frozen=True)
class _Teller:
    ctx: Context
    task_type: AnyTaskType
    model: Learned
    moment: datetime

    def truth(self, case: dict[str, Any], votes: list[Vote[Any]]) -> Iterator[TruthFact]:
        """What is to be told of a label; nothing where that was told before, or nearly so."""
        label = self.task_type.label.model_validate_json(case["payload"])
        said = self.model.says(self.task_type, votes) if votes else {}
        method, posterior = SOMEBODY.get(case["method"]), None
        if method is None:
            method = next(iter(said), self.model.lesson.method)
            posterior = self.model.sure(self.task_type, votes, label) if votes else None
        others = {name: self._in_a_line(one) for name, one in said.items()}
        if _is_told(case, method, posterior, others):
            return
        yield TruthFact(
            resolution_id=case["resolution_id"],
            task_id=case["task_id"],
            method=method,
            posterior=None if posterior is None else round(posterior, DIGITS),
            others=json.dumps(others, ensure_ascii=False),
            differ=self._differ(label, [one for one, _ in said.values()]),
            told_at=self.moment,
        )

    def flip(self, case: dict[str, Any], votes: list[Vote[Any]], overlap: Overlap) -> Iterator[FindingFact]:
        """That a label would be another one today; told once, for it stays what it is."""
        label = self.task_type.label.model_validate_json(case["payload"])
        today = settled(self.task_type, overlap, votes, Weighing(self.model)).label if votes else None
        if today is None or one_judgement(self.task_type, today, label):
            return
        before, after = (self.task_type.summary(one) for one in (label, today))
        detail = (
            f"task {case['task_id']}: settled as {before:.{LINE}}, by what is known of its annotators today its votes "
            f"come to {after:.{LINE}}; the label stays until headrace redo asks anew"
        )
        evidence = {
            "label": before,
            "today": after,
            "posterior": self.model.sure(self.task_type, votes, today),
        }
        about = {"cell": case["cell"], "task_id": case["task_id"]}
        yield finding(self.ctx, FLIPPED, case["resolution_id"], detail, evidence, **about)

    def votes(self, rows: list[dict[str, Any]]) -> list[Vote[Any]]:
        """The votes that can still be read."""
        read = ((row["annotator"], _read(self.task_type.name, row["payload"])) for row in rows)
        return [Vote[Any](annotator=who, label=label) for who, label in read if label is not None]

    def _differ(self, label: Label, said: list[Label | None]) -> int:
        """How many of these say something else; most of them are the same."""
        counted = Counter(said).items()
        return sum(n for one, n in counted if one is None or not one_judgement(self.task_type, one, label))

    def _in_a_line(self, said: Said) -> tuple[str | None, float | None]:
        label, sure = said
        line = None if label is None else f"{self.task_type.summary(label):.{LINE}}"
        return line, None if sure is None else round(sure, DIGITS)


def _is_told(
    case: dict[str, Any],
    method: str,
    posterior: float | None,
    others: Mapping[str, tuple[str | None, float | None]],
) -> bool:
    """Whether this was told before, but for what moved too little."""
    if case["told_by"] != method:
        return False
    before, now = case["posterior"], posterior
    if (before is None) != (now is None) or (
        before is not None and now is not None and abs(before - now) >= MOVED
    ):
        return False
    known = json.loads(case["others"])
    return {name: line for name, (line, _) in known.items()} == {
        name: line for name, (line, _) in others.items()
    }


@lru_cache(maxsize=10_000)
def _read(name: str, payload: str) -> Label | None:
    try:
        found: Label = task_types()[name].label.model_validate_json(payload)
    except ValueError:
        return None
    return found
