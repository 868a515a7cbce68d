"""Splits: a prompt is given one by its hash, together with all that are nearly the same, and keeps it for ever."""

import heapq
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Any, NamedTuple, TypeAlias

import pyarrow as pa

from pipeline.context import Context
from pipeline.releasing.clusters import Clusters, Near
from pipeline.store import Store
from schemas.releases import SplitFact

GIVEN = """
SELECT prompt_id, split, cluster FROM prompt_splits JOIN (SELECT unnest(?::VARCHAR[]) AS prompt_id) USING (prompt_id)
"""
STAMP = "SELECT count(*) AS prompts, max(set_at) AS newest FROM prompt_splits"
SAID = """
SELECT prompt_id, any_value(json_extract(payload, '$.prompt')) AS said
FROM records JOIN (SELECT unnest(?::VARCHAR[]) AS prompt_id) USING (prompt_id)
WHERE records.rowid >= ? AND records.rowid < ? GROUP BY prompt_id ORDER BY prompt_id
"""
RELEASED = """
SELECT rec.prompt_id, arg_max(r.split, e.made_at) AS split
FROM release_rows r JOIN releases e USING (version)
JOIN record_tasks t ON t.task_id = r.task_id JOIN records rec USING (record_id)
GROUP BY rec.prompt_id
"""
"""Where prompts stand in releases that were made before splits were kept."""
_RECORDS_AT_ONCE = 200_000


@dataclass(frozen=True, slots=True)
class Assigned:
    """Where prompts belong."""

    split_of: Mapping[str, str]
    """The split of each prompt that has one."""
    bridging: Mapping[str, str]
    """Those that are nearly the same as prompts of several splits, and so belong to none, each with why in one line."""


class _Home(NamedTuple):
    """Where a prompt belongs."""

    split: str
    cluster: str


@dataclass(frozen=True, slots=True)
class _Given:
    """What is decided of new prompts."""

    home: dict[str, _Home] = field(default_factory=dict)
    bridging: dict[str, str] = field(default_factory=dict)

    def give(self, prompts: Iterable[str], home: _Home) -> None:
        self.home.update(dict.fromkeys(prompts, home))

    @property
    def split(self) -> dict[str, str]:
        return {prompt_id: home.split for prompt_id, home in self.home.items()}


def assign(ctx: Context, prompts: Iterable[str]) -> Assigned:
    """The splits of some prompts, by their ids; those that have none yet are given one, on record.

    Their words are read from the records. Those known to have one (`prompt_splits`) need not be asked for. One that
    would bridge two splits is given none, and is tried again when it is asked for again.
    """
    _inherit(ctx)
    asked = list(dict.fromkeys(prompts))
    known = {row["prompt_id"]: row["split"] for row in _given(ctx.store, asked)}
    new = sorted(prompt_id for prompt_id in asked if prompt_id not in known)
    if not new:
        return Assigned(known, {})
    given = _by_likeness(ctx, new) if len(_names(ctx)) > 1 else _alone(ctx, new)
    return Assigned(known | given.split, given.bridging)


def by_hash(prompt_id: str, shares: Mapping[str, float]) -> str:
    """The split that a prompt's hash falls to: each has its share of all hashes."""
    point = int(prompt_id[:13], 16) / 16**13 * sum(shares.values())
    reached = accumulate(shares.values())
    return next((name for name, upto in zip(shares, reached, strict=True) if point < upto), [*shares][-1])


def _names(ctx: Context) -> set[str]:
    """All splits that a prompt is in, or could come to."""
    found = ctx.store.rows("SELECT DISTINCT split FROM prompt_splits")
    return {*ctx.project.release.splits, *(row["split"] for row in found)}


def _alone(ctx: Context, new: Sequence[str]) -> _Given:
    """Where there is one split, nothing can straddle any."""
    given, shares = _Given(), ctx.project.release.splits
    for prompt_id in new:
        given.give([prompt_id], _Home(by_hash(prompt_id, shares), prompt_id))
    _put(ctx, given)
    return given


def _by_likeness(ctx: Context, new: Sequence[str]) -> _Given:
    """New prompts with those that are nearly the same; what is kept of known ones is brought up to date first."""
    clusters = Clusters(ctx)
    if not clusters.keeps(_stamp(ctx.store)):
        clusters.drop()
        known = [row["prompt_id"] for row in ctx.store.rows("SELECT prompt_id FROM prompt_splits")]
        clusters.keep(clusters.sketched(_said(ctx.store, known)), frozenset(known))
    sketched = clusters.sketched(_said(ctx.store, new))
    given = _decided(ctx, sketched.ids, clusters.near(sketched))
    _put(ctx, given)
    clusters.keep(sketched, given.home)
    clusters.mark(_stamp(ctx.store))
    return given


def _decided(ctx: Context, new: Sequence[str], near: Near) -> _Given:
    """A split for each group of prompts that are nearly the same, but for those that would bridge two."""
    given, shares = _Given(), ctx.project.release.splits
    old = [name for place, name in near.names.items() if place < near.old]
    known = {row["prompt_id"]: _Home(row["split"], row["cluster"]) for row in _given(ctx.store, old)}
    for places, pairs in near.groups():
        ids = sorted(near.names[place] for place in places.tolist())
        seeds = {prompt_id: known[prompt_id] for prompt_id in ids if prompt_id in known}
        if len({home.split for home in seeds.values()}) > 1:
            beside = _beside((near.names[one], near.names[other]) for one, other in pairs)
            _spread(given, seeds, beside, shares)
        else:
            home = seeds[min(seeds)] if seeds else _Home(by_hash(ids[0], shares), ids[0])
            given.give((prompt_id for prompt_id in ids if prompt_id not in known), home)
    for prompt_id in new:
        if prompt_id not in given.home and prompt_id not in given.bridging:
            given.give([prompt_id], _Home(by_hash(prompt_id, shares), prompt_id))
    return given


_Beside: TypeAlias = Mapping[str, Collection[str]]


def _beside(pairs: Iterable[tuple[str, str]]) -> _Beside:
    """The prompts that each one is nearly the same as."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for one, other in pairs:
        found[one].add(other)
        found[other].add(one)
    return found


def _spread(given: _Given, seeds: Mapping[str, _Home], beside: _Beside, shares: Mapping[str, float]) -> None:
    """Let splits reach out from the prompts that have them, the nearest first: who is reached by two is in none."""
    belongs = dict(seeds)
    waiting = [(1, other) for one in seeds for other in beside[one]]
    heapq.heapify(waiting)
    left = sorted(beside.keys() - seeds.keys(), reverse=True)
    while waiting or left:
        steps, prompt_id = heapq.heappop(waiting) if waiting else (0, left.pop())
        if prompt_id in belongs or prompt_id in given.bridging:
            continue
        reached = {belongs[one].split: one for one in sorted(beside[prompt_id]) if one in belongs}
        if len(reached) > 1:
            ends = " and ".join(f"{one[:12]} in {split}" for split, one in sorted(reached.items()))
            given.bridging[prompt_id] = f"nearly the same as {ends}"
            continue
        # none is reached where only those stood between that are in no split themselves
        home = belongs[min(reached.values())] if reached else _Home(by_hash(prompt_id, shares), prompt_id)
        belongs[prompt_id] = home
        given.give([prompt_id], home)
        for other in beside[prompt_id]:
            heapq.heappush(waiting, (steps + 1, other))


def _given(store: Store, prompts: Sequence[str]) -> list[dict[str, Any]]:
    return store.rows(GIVEN, [list(prompts)]) if prompts else []


def _said(store: Store, prompts: Sequence[str]) -> Iterator[tuple[str, str]]:
    """What prompts say, as JSON, each once."""
    seen: set[str] = set()
    end = int(store.value("SELECT coalesce(max(rowid), -1) FROM records")) + 1
    for begin in range(0, end if prompts else 0, _RECORDS_AT_ONCE):
        for row in store.rows(SAID, [list(prompts), begin, begin + _RECORDS_AT_ONCE]):
            if row["prompt_id"] not in seen:
                seen.add(row["prompt_id"])
                yield row["prompt_id"], row["said"]


def _stamp(store: Store) -> dict[str, Any]:
    """Equal while the same prompts have splits."""
    (row,) = store.rows(STAMP)
    return {"store": store.id, "prompts": row["prompts"], "newest": str(row["newest"])}


def _put(ctx: Context, given: _Given) -> None:
    """Put what is decided on record, all of it or nothing."""
    ids = sorted(given.home)
    moment = ctx.clock()
    table = pa.table(
        {
            "prompt_id": pa.array(ids, pa.string()),
            "split": pa.array([given.home[prompt_id].split for prompt_id in ids], pa.string()),
            "cluster": pa.array([given.home[prompt_id].cluster for prompt_id in ids], pa.string()),
            "set_at": pa.array([moment] * len(ids), pa.timestamp("us", "UTC")),
        }
    )
    ctx.store.put_table(SplitFact, table)


def _inherit(ctx: Context) -> None:
    """Let prompts that were released before splits were kept stay where they stood."""
    if ctx.store.value("SELECT 1 FROM prompt_splits LIMIT 1") or not ctx.store.value(
        "SELECT 1 FROM releases LIMIT 1"
    ):
        return
    given = _Given()
    for row in ctx.store.rows(RELEASED):
        given.give([row["prompt_id"]], _Home(row["split"], row["prompt_id"]))
    _put(ctx, given)
