"""A pool from the newest snapshot: everything copied out, so that the snapshot can be let go of at once."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, NoReturn

from pipeline.assessing.upkeep import worn_gold
from pipeline.context import Context
from pipeline.door.base import Purpose
from pipeline.door.gold_rates import gives_concern
from pipeline.door.pool import Account, Answer, Open, Pool, Test, WhyNot
from pipeline.people.roster import Roster
from pipeline.people.whos_who import everybody
from pipeline.planning.effort import medians
from pipeline.planning.gold import gold_votes
from pipeline.planning.newcomers import counted, entries, results
from pipeline.quality.gold import GoldVote
from pipeline.store import Store
from schemas.project import Project, TaskConfig
from schemas.team import task_type_of
from tasks import is_current, task_types
from tasks.base import TaskType

USUAL = 1.0
"""The priority of a task that no condition speaks of."""
LATELY = timedelta(hours=25)
"""How far back answers and settled tasks matter: a little longer than they may be changed."""

DEALT = """
CREATE OR REPLACE TEMP TABLE dealt AS
SELECT w.uid, w.purpose, w.cell, w.task_type, w.version, w.missing::BIGINT AS missing, w.paused, w.gold, t.task_id,
    t.attempt, p.server, p.project_id, p.remote_task_id, epoch(coalesce(j.asked_at, t.generated_at)) AS born
FROM wanted w
JOIN pushes p ON p.task_id = w.uid
JOIN remote_states s ON s.task_id = w.uid AND NOT s.gone
LEFT JOIN adjudications j ON j.adjudication_id = w.uid
JOIN tasks t ON t.task_id = coalesce(j.task_id, w.uid)
LEFT JOIN gold_tasks g ON g.task_id = w.uid
WHERE CASE WHEN w.gold IS NULL THEN w.missing > 0 ELSE g.in_force END
"""
OPEN = """
SELECT d.* EXCLUDE (server),
    list(DISTINCT coalesce(o.prompt_id, r.prompt_id)) FILTER (r.record_id IS NOT NULL) AS prompts,
    list(DISTINCT lower(trim(r.payload ->> '$.extra.author'))) FILTER (r.payload ->> '$.extra.author' <> '') AS authors
FROM dealt d
LEFT JOIN record_tasks rt USING (task_id) LEFT JOIN records r USING (record_id)
LEFT JOIN records o ON o.record_id = r.payload ->> '$.translation_of'
WHERE d.server = ? GROUP BY ALL ORDER BY d.born, d.uid
"""
SAID = """
SELECT uid, list(DISTINCT annotator) AS people, count(DISTINCT annotator) FILTER (said) AS given FROM (
    SELECT d.uid, a.annotator, NOT a.skipped AND NOT a.deleted AS said
    FROM dealt d JOIN annotations a ON a.task_id = d.uid
    UNION ALL  -- who voted does not judge
    SELECT d.uid, a.annotator, false FROM dealt d JOIN annotations a USING (task_id)
    WHERE d.purpose = 'adjudicate' AND NOT a.skipped)
GROUP BY uid
"""
ANSWERS = """
SELECT task_id AS uid, annotator, min(created_at) AS at, arg_max(remote_id, updated_at) AS remote_id,
    arg_max(skipped, updated_at) AS skipped
FROM annotations WHERE server = ? AND NOT deleted AND created_at > ? GROUP BY task_id, annotator
"""
SETTLED = """
SELECT task_id AS uid FROM current_resolutions WHERE method <> 'reopened' AND resolved_at > $1
UNION SELECT adjudication_id FROM current_resolutions JOIN adjudications USING (task_id)
WHERE method IN ('adjudicated', 'sent_back') AND resolved_at > $1
"""
SYNCED = "SELECT max(started_at) FROM runs WHERE stage = 'sync' AND error IS NULL"
PRIORITIES = """
SELECT d.uid, max(greatest({weights})) AS priority
FROM dealt d JOIN record_tasks rt USING (task_id) JOIN records USING (record_id)
WHERE d.task_type = ? AND ({where}
) GROUP BY d.uid
"""


def fill(store: Store, project: Project, folder: Path, server: str, now: datetime) -> Pool:
    """All there is to deal on a Label Studio by a store, and who may be dealt what."""
    store.temporary(DEALT)
    rows = store.rows(OPEN, [server])
    priorities = _priorities(store, project)
    work = [row for row in rows if row["gold"] is None]
    said, golden = store.rows(SAID), gold_votes(store)
    return Pool(
        tasks={row["uid"]: _open(row, priorities) for row in work if not row["paused"]},
        parked=frozenset(row["uid"] for row in work if row["paused"]),
        gold=_by_cell(rows, "gold"),
        worn=frozenset(worn_gold(golden)),
        tests=_tests(store, project, rows),
        said={row["uid"]: frozenset(row["people"]) for row in said},
        given={row["uid"]: row["given"] for row in said},
        answers={
            (row["uid"], row["annotator"]): Answer(row["at"], row["remote_id"], row["skipped"])
            for row in store.rows(ANSWERS, [server, now - LATELY])
        },
        results=results(store, golden),
        warned=_warned(golden),
        votes=counted(store),
        rates={kind: config.gold.rates for kind, config in _configs(project).items() if config.gold},
        settled=frozenset(row["uid"] for row in store.rows(SETTLED, [now - LATELY])),
        mirrored=_mirrored(),
        usual=_usual(store, project, rows),
        people=_people(project, store),
        why_not=_why_not(project, store, folder),
        synced_at=store.value(SYNCED),
    )


def _open(row: Mapping[str, Any], priorities: Mapping[str, float]) -> Open:
    return Open(
        uid=row["uid"],
        purpose=row["purpose"],
        cell=row["cell"],
        task_type=row["task_type"],
        version=row["version"],
        attempt=row["attempt"],
        project_id=row["project_id"],
        remote_task_id=row["remote_task_id"],
        missing=row["missing"],
        priority=priorities.get(row["uid"], USUAL),
        born=row["born"],
        problems=frozenset(row["prompts"] or ()),
        authors=frozenset(row["authors"] or ()),
        about=row["task_id"],
    )


def _by_cell(rows: Sequence[Mapping[str, Any]], gold: str) -> dict[str, tuple[Open, ...]]:
    """Gold of one kind, by cell, in the order of its making; none of a paused cell, nor of an older version."""
    found: dict[str, list[Open]] = defaultdict(list)
    for row in rows:
        if row["gold"] == gold and not row["paused"] and is_current(row["task_type"], row["version"]):
            found[row["cell"]].append(_open(row, {}))
    return {cell: tuple(tasks) for cell, tasks in found.items()}


def _tests(store: Store, project: Project, rows: Sequence[Mapping[str, Any]]) -> dict[str, Test]:
    """Newcomers' tests, of the cells that are not paused."""
    known = {row["uid"]: _open(row, {}) for row in rows if row["gold"] == "entry" and not row["paused"]}
    found = {
        cell: [known[uid] for uid in one.task_ids if uid in known]
        for cell, one in entries(store, project).items()
    }
    shares = {cell: one.share for cell, one in entries(store, project).items()}
    return {cell: Test(tuple(items), shares[cell]) for cell, items in found.items() if items}


def _configs(project: Project) -> dict[str, TaskConfig]:
    """The entry of [[tasks]] that says how a task type's gold is dealt: the first with any."""
    return {config.type: config for config in reversed(project.tasks) if config.gold is not None}


def _warned(votes: Sequence[GoldVote]) -> frozenset[tuple[str, str]]:
    said: dict[tuple[str, str], list[bool]] = defaultdict(list)
    for vote in votes:
        if vote.right is not None and vote.purpose == "gold":
            said[vote.annotator, vote.cell].append(vote.right)
    return frozenset(who for who, answers in said.items() if gives_concern(answers))


def _mirrored() -> frozenset[str]:
    return frozenset(
        name for name, kind in task_types().items() if type(kind).mirrored_data is not TaskType.mirrored_data
    )


def _usual(store: Store, project: Project, rows: Sequence[Mapping[str, Any]]) -> dict[str, float]:
    minutes = {config.type: config.minutes for config in project.tasks if config.minutes}
    cells = {row["cell"] for row in rows}
    declared = {cell: 60 * found for cell in cells if (found := minutes.get(task_type_of(cell))) is not None}
    return {**declared, **medians(store)}


def _people(project: Project, store: Store) -> dict[str, Account]:
    found = {}
    for somebody in everybody(project.people, store):
        called = {somebody.person.name} if somebody.person else set()
        for account in somebody.accounts:
            names = {*called, account.email, account.annotator}
            found[account.annotator] = Account(
                account.annotator,
                account.simulated,
                somebody.person,
                frozenset(name.casefold() for name in names if name),
            )
    return found


def _why_not(project: Project, store: Store, folder: Path) -> WhyNot:
    """The rule by which `check` decides whether a vote counts: what it would not count is not dealt."""
    roster = Roster(Context(folder=folder, project=project, store=store, connect=_nowhere))

    def why_not(annotator: str, cell: str, at: datetime, purpose: Purpose) -> str | None:
        found = roster.why_not(annotator, cell, at, purpose)
        return found and found[0]

    return why_not


def _nowhere() -> NoReturn:
    raise AssertionError("a pool is filled from the store alone")


def _priorities(store: Store, project: Project) -> dict[str, float]:
    """The priority of each task that a condition speaks of: the highest that fits."""
    found: dict[str, float] = {}
    for config in project.tasks:
        if config.priority:
            weights = ", ".join(
                f"CASE WHEN ({condition}\n) THEN {weight!r} END"
                for condition, weight in config.priority.items()
            )
            sql = PRIORITIES.format(weights=weights, where=config.where or "true")  # checked by `generate`
            rows = store.rows(sql, [config.type])
            found |= {row["uid"]: row["priority"] for row in rows if row["priority"] is not None}
    return found
