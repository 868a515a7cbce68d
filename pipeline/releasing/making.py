"""Rows are made when labels are settled, so that a release has only to choose among them."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Literal, NamedTuple

from pipeline.context import Context
from pipeline.released.rows import Beside, facts
from pipeline.releasing import tables
from pipeline.releasing.standing import has_parts, know_kinds, stand
from schemas.base import Item, Label, content_id
from schemas.releases import MadeFact, RowFact
from schemas.rows import PassedRow, Row
from tasks import AnyTaskType, task_types
from tasks._escape import escape_of

LOT, AT_ONCE = 20_000, 2_000
"""Labels that are looked up together, and of these those whose rows are made together, a whole number of times:
it is what memory holds."""
UNMADE = """
CREATE OR REPLACE TEMP TABLE unmade AS
WITH due AS MATERIALIZED (
    SELECT r.task_id FROM resolutions r
    ANTI JOIN (FROM made SEMI JOIN kinds USING (task_type, version, recipe)) m ON m.made_id = r.resolution_id
    WHERE r.payload IS NOT NULL),
newest AS (
    SELECT * FROM resolutions SEMI JOIN due USING (task_id)
    QUALIFY row_number() OVER (PARTITION BY task_id ORDER BY resolved_at DESC, resolution_id) = 1)
SELECT row_number() OVER () - 1 AS n, resolution_id
FROM newest n JOIN tasks t USING (task_id) JOIN kinds k USING (task_type, version)
ANTI JOIN made m ON m.made_id = n.resolution_id AND m.recipe = k.recipe
WHERE n.payload IS NOT NULL
"""
"""Settled labels that are in force and were not read yet."""
SETTLED = """
WITH chosen AS MATERIALIZED ({chosen}),
shown AS (  -- the votes that an adjudicator saw are voices too
    SELECT r.resolution_id, any_value(j.revisions) AS seen, bool_or(a.simulated) AS simulated
    FROM chosen JOIN resolutions r USING (resolution_id) JOIN decisions d ON d.revision_id = r.revisions[1]
    JOIN adjudications j USING (adjudication_id)
    LEFT JOIN annotations a ON list_contains(j.revisions, a.revision_id) GROUP BY r.resolution_id)
SELECT r.resolution_id, r.payload AS label, r.method, r.agreement, r.votes, r.posterior, r.guideline,
    r.simulated OR coalesce(s.simulated, false) AS simulated,
    list_sort(list_concat(r.revisions, coalesce(s.seen, []))) AS revisions,
    t.task_id, t.task_type, t.version, t.cell, t.attempt, t.payload AS item
FROM chosen JOIN resolutions r USING (resolution_id) JOIN tasks t ON t.task_id = r.task_id
LEFT JOIN shown s ON s.resolution_id = r.resolution_id
"""
DUE = SETTLED.format(chosen="SELECT resolution_id FROM unmade WHERE n >= ? AND n < ?")
NUMBERED = f"CREATE OR REPLACE TEMP TABLE due AS SELECT row_number() OVER () - 1 AS n, * FROM ({DUE})"  # noqa: S608 - ours
"""A lot is looked up once: to look up fewer at a time would be to look through all that was said for each."""
SOME = "SELECT * EXCLUDE (n) FROM due WHERE n >= ? AND n < ?"
NAMED = SETTLED.format(chosen="SELECT unnest(?::VARCHAR[]) AS resolution_id")
UNMADE_WHOLES = """
SELECT w.made_id, w.parts FROM wholes w
ANTI JOIN made m ON m.made_id = w.made_id AND m.recipe = w.recipe ORDER BY w.made_id
"""


class Settled(NamedTuple):
    """A settled label with its item, both read."""

    row: dict[str, Any]
    task_type: AnyTaskType
    item: Item
    label: Label


class Recipes(NamedTuple):
    """By what rows are made, and when."""

    of: Mapping[str, str]
    """By task type."""
    moment: datetime


class Made(NamedTuple):
    """What was made of one label, or of a whole."""

    fact: MadeFact
    rows: Sequence[RowFact]


def make_rows(ctx: Context) -> int:
    """Make the rows of all settled labels that have none yet; returns how many labels were read.

    Costs nothing to speak of where nothing was settled since; may be broken off at any point.
    """
    store = ctx.store
    by = Recipes(know_kinds(store), ctx.clock())
    store.temporary(UNMADE)
    due = store.count("unmade")
    if due:
        tables.know_origins(store)
    for start in ctx.progress.track(range(0, due, AT_ONCE), "rows"):
        at = start % LOT
        if not at:
            store.temporary(NUMBERED, [start, start + LOT])
        settled = [_read(row) for row in store.rows(SOME, [at, at + AT_ONCE])]
        _put(ctx, [_alone(by, one) for one in settled])
    store.temporary("DROP TABLE IF EXISTS due")
    if has_parts(store):
        stand(store)
        _make_wholes(ctx, by)
    return due


def _make_wholes(ctx: Context, by: Recipes) -> None:
    wholes = ctx.store.rows(UNMADE_WHOLES)
    for start in range(0, len(wholes), AT_ONCE):
        some = wholes[start : start + AT_ONCE]
        found = ctx.store.rows(NAMED, [[part for whole in some for part in whole["parts"]]])
        settled = {row["resolution_id"]: _read(row) for row in found}
        _put(ctx, [_together(by, one["made_id"], [settled[part] for part in one["parts"]]) for one in some])


def _put(ctx: Context, made: Sequence[Made]) -> None:
    with ctx.store.transaction():
        ctx.store.put([row for one in made for row in one.rows], replace=True)
        ctx.store.put([one.fact for one in made], replace=True)


def _read(row: dict[str, Any]) -> Settled:
    task_type = task_types()[row["task_type"]]
    item = task_type.item.model_validate_json(row["item"])
    return Settled(row, task_type, item, task_type.label.model_validate_json(row["label"]))


def _alone(by: Recipes, one: Settled) -> Made:
    """A label by itself: the part of a whole makes no rows, but where it was passed."""
    escape = escape_of(one.label)
    part = one.task_type.part_of(one.item) if escape is None else None
    made_id = one.row["resolution_id"]
    if part is not None:
        return Made(_fact(by, made_id, [one.row], part), ())
    if escape is None:
        rows = one.task_type.rows(one.item, one.label)
    else:
        prompt = one.task_type.asked(one.item)
        rows = [
            PassedRow(task_type=one.task_type.name, prompt=prompt, kind=escape.kind, reason=escape.reason)
        ]
    return _made(by, made_id, [one], rows)


def _together(by: Recipes, made_id: str, parts: Sequence[Settled]) -> Made:
    """A whole, whose rows stand with the first of its parts."""
    return _made(by, made_id, parts, parts[0].task_type.rows_together([(p.item, p.label) for p in parts]))


def _made(by: Recipes, made_id: str, parts: Sequence[Settled], rows: Iterable[Row]) -> Made:
    found = [part.row for part in parts]
    beside = _beside(by, made_id, found)
    return Made(_fact(by, made_id, found, None), tuple(facts(beside, parts[0].task_type, rows)))


def _fact(
    by: Recipes, made_id: str, rows: Sequence[dict[str, Any]], part: tuple[str, int] | None
) -> MadeFact:
    first = rows[0]
    return MadeFact(
        made_id=made_id,
        task_id=first["task_id"],
        task_type=first["task_type"],
        version=first["version"],
        recipe=by.of[first["task_type"]],
        whole=part[0] if part else None,
        place=part[1] if part else 0,
        resolutions=tuple(row["resolution_id"] for row in rows),
        made_at=by.moment,
    )


def _beside(by: Recipes, made_id: str, rows: Sequence[dict[str, Any]]) -> Beside:
    """Of a whole, what holds of all of its parts."""
    first = rows[0]
    posteriors = [row["posterior"] for row in rows]
    return Beside(
        made_id=made_id,
        recipe=by.of[first["task_type"]],
        task_id=first["task_id"],
        task_type=first["task_type"],
        version=first["version"],
        cell=first["cell"],
        attempt=max(row["attempt"] for row in rows),
        simulated=any(row["simulated"] for row in rows),
        decided_by=_decided_by({row["method"] for row in rows}),
        votes=min(row["votes"] for row in rows),
        agreement=min((row["agreement"] for row in rows if row["agreement"] is not None), default=None),
        posterior=None if None in posteriors else min(posteriors),
        method=_one_or_all(row["method"] for row in rows),
        guideline=_one_or_all(row["guideline"] for row in rows if row["guideline"]) or None,
        votes_id=content_id(sorted(revision for row in rows for revision in row["revisions"])),
    )


def _decided_by(methods: Collection[str]) -> Literal["people", "adjudicator", "machine"]:
    """Whose word it is: of a whole, an adjudicator's where any part is, a machine's where all parts are."""
    if "adjudicated" in methods:
        return "adjudicator"
    return "machine" if methods == {"machine"} else "people"


def _one_or_all(said: Iterable[str]) -> str:
    return "+".join(sorted(set(said)))
