"""Where a guideline is unclear: what people who pass gold take for each other, and where their differences lie."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import groupby
from typing import Any

import numpy as np

from pipeline.assessing.dimensions import bare
from pipeline.assessing.gold_tests import gold_tests
from pipeline.planning.gold import gold_votes
from pipeline.quality import ambiguity, confusable
from pipeline.quality.coarse import coarse
from pipeline.quality.coded import Coded
from pipeline.store import Store
from schemas.base import Frozen
from tasks import AnyTaskType, is_current, task_types

MOST_VOTES = 50_000
"""So many votes of a task type are looked at, the newest."""
OFTEN = 0.5
"""A pair of labels is told of that is confused this much as often as by lot."""
MOST_PAIRS = 5
"""So many pairs of labels are told of, of each guideline and clause: those that are taken for each other most."""
TYPES = "SELECT DISTINCT task_type, version FROM tasks ORDER BY ALL"
VOTED = f"""
SELECT * FROM (
    SELECT v.task_id, v.annotator, v.payload, v.guideline, t.cell, CASE WHEN g.in_force THEN g.clause END AS clause
    FROM every_vote v JOIN tasks t USING (task_id) LEFT JOIN gold_tasks g USING (task_id)
    WHERE t.task_type = ? AND t.version = ? ORDER BY v.submitted_at DESC, v.revision_id LIMIT {MOST_VOTES})
ORDER BY guideline, task_id, annotator
"""  # noqa: S608 - a number of ours
GUIDELINES = "SELECT version, min(since) AS since FROM guidelines WHERE task_type = ? GROUP BY version"


class Confused(Frozen):
    """Two labels, and how often one person says the one of a task of which another says the other."""

    task_type: str
    guideline: str
    """The version of the guideline under which they were given; empty where none was on record."""
    since: datetime | None
    """From when on that was in force."""
    clause: str | None
    """The clause of gold tasks; None: all tasks together."""
    labels: tuple[str, str]
    score: float
    """How often, against labels given by lot: 1 is as often."""
    low: float
    high: float
    """95 in 100."""
    tasks: int
    """On which people say the one and the other."""
    people: int
    by_one: str | None
    """The person whose doing it is; None where it is the guideline's rather."""
    stands_out: bool
    """Whether it is confused much more than other pairs, and at least half as often as by lot; both for sure."""
    unclear: bool
    """Whether it stands out, and not by one person's doing."""
    look_at: tuple[str, ...]
    """Tasks to look at, those most evenly split first."""


class Differing(Frozen):
    """How much more people differ on a clause, in a cell, or with a person than elsewhere, each by itself."""

    task_type: str
    guideline: str
    cause: str
    """`clause` (of gold tasks), `cell` or `person`."""
    name: str
    odds: float
    """1 as elsewhere."""
    low: float
    high: float
    differing: float
    """The share of pairs of answers that differ there."""
    tasks: int
    named: bool
    """Whether it is clear enough to be called the cause."""
    look_at: tuple[str, ...]
    """Those on which people differ most."""


class Ambiguities(Frozen):
    """All that is known of where guidelines are unclear."""

    confused: tuple[Confused, ...] = ()
    differing: tuple[Differing, ...] = ()


def ambiguities(store: Store) -> Ambiguities:
    """Of each task type and guideline version, of today's versions of task types; what is worst first."""
    failing = [test for test in gold_tests(gold_votes(store)) if test.state == "failed"]
    confused: list[Confused] = []
    differing: list[Differing] = []
    for kind in store.rows(TYPES):
        name = kind["task_type"]
        if not is_current(name, kind["version"]):
            continue
        bad = {test.annotator for test in failing if test.cell is None or test.cell.split("/")[1] == name}
        rows = store.rows(VOTED, [name, kind["version"]])
        since = {row["version"]: row["since"] for row in store.rows(GUIDELINES, [name])}
        for said in _by_guideline(task_types()[name], rows):
            confused += said.confused(bad, since.get(said.guideline))
            differing += said.differing()
    return Ambiguities(confused=tuple(confused), differing=tuple(differing))


def _by_guideline(task_type: AnyTaskType, rows: Sequence[dict[str, Any]]) -> Iterator["_Said"]:
    classes = coarse(task_type, [row["payload"] for row in rows])
    if classes is None:
        return
    often = Counter(row["payload"] for row in rows if row["payload"] in classes.place)
    names: dict[int, str] = {}
    for payload, _ in often.most_common():
        if classes.place[payload] not in names:
            label = task_type.label.model_validate_json(payload)
            names[classes.place[payload]] = task_type.summary(bare(label))
    said = [row for row in rows if row["payload"] in classes.place]
    for guideline, of_version in groupby(said, lambda row: str(row["guideline"])):
        yield _Said(task_type.name, guideline, list(of_version), classes.place, names)


class _Said:
    """What was said under one guideline."""

    def __init__(
        self,
        task_type: str,
        guideline: str,
        rows: Sequence[Mapping[str, Any]],
        place: Mapping[str, int],
        names: Mapping[int, str],
    ) -> None:
        self.task_type, self.guideline = task_type, guideline
        self._votes = Coded.of(
            (row["task_id"], row["annotator"], f"{place[row['payload']]:03}") for row in rows
        )
        self._names = {f"{at:03}": name for at, name in names.items()}
        self._clause = {row["task_id"]: row["clause"] for row in rows}
        self._cell = {row["task_id"]: row["cell"] for row in rows}

    def confused(self, bad: Collection[str], since: datetime | None) -> Iterator[Confused]:
        """Pairs of labels among people who do not fail gold: of all tasks, then clause by clause."""
        clauses = sorted({clause for clause in self._clause.values() if clause})
        passing = np.array([name not in bad for name in self._votes.annotators])
        for clause in (None, *clauses):
            mine = np.array([clause in (None, self._clause[str(item)]) for item in self._votes.items])
            found = confusable.confusable(self._votes.only(mine[self._votes.item]), passing)
            for pair in found[:MOST_PAIRS]:
                yield self._confused(pair, since, clause)

    def _confused(self, pair: confusable.Confusable, since: datetime | None, clause: str | None) -> Confused:
        one, other = pair.labels
        stands_out = pair.stands_out and pair.interval[0] >= OFTEN
        return Confused(
            task_type=self.task_type,
            guideline=self.guideline,
            since=since,
            clause=clause,
            labels=(self._names[one], self._names[other]),
            score=round(pair.score, 6),
            low=round(pair.interval[0], 6),
            high=round(pair.interval[1], 6),
            tasks=pair.items,
            people=pair.people,
            by_one=pair.by_one,
            stands_out=stands_out,
            unclear=stands_out and pair.by_one is None,
            look_at=pair.tasks,
        )

    def differing(self) -> list[Differing]:
        """Clauses, cells and people, where each is told from the others: the largest odds first."""
        items = [str(item) for item in self._votes.items]
        of_item = [
            ("clause", self._clause[item]) if self._clause[item] else ("cell", self._cell[item])
            for item in items
        ]
        groups = sorted(set(of_item))
        at = np.array([groups.index(one) for one in of_item], dtype=np.intp)
        return [
            Differing(
                task_type=self.task_type,
                guideline=self.guideline,
                cause="person" if one.cause == "person" else groups[int(one.name)][0],
                name=one.name if one.cause == "person" else str(groups[int(one.name)][1]),
                odds=round(one.odds, 6),
                low=round(one.interval[0], 6),
                high=round(one.interval[1], 6),
                differing=round(one.differing, 6),
                tasks=one.items,
                named=one.named,
                look_at=one.tasks,
            )
            for one in ambiguity.differences(self._votes, at, [str(place) for place in range(len(groups))])
            if one.cause == "person" or len(groups) > 1
        ]
