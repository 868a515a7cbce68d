"""Why a row of one release is another in the next, as far as the two releases tell."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, TypeAlias

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.released.merging import A, B
from schemas.manifest import Manifest

Column: TypeAlias = pa.Array | pa.ChunkedArray
Ask: TypeAlias = Callable[[Column], Column]
"""What a project knows of tasks whose rows went: a reason, or null where it knows none."""

ADDED, REMOVED, CHANGED, MOVED, BEHIND = "added", "removed", "changed", "moved", "behind"
CHANGES: Final = (ADDED, REMOVED, CHANGED, MOVED, BEHIND)
"""What can be otherwise of a row; `behind`: it says the same, and what stands behind it is another."""
NOT_TOLD: Final = "not told"
WHYS: Final[Mapping[str, str]] = {
    "new label": "a label that was not settled before",
    "new vote": "more votes stand behind it",
    "corrected vote": "as many votes stand behind it, and one is another",
    "vote taken back": "fewer votes stand behind it",
    "adjudication": "an adjudicator decided it",
    "redo": "its item was asked anew",
    "withdrawal": "its record was withdrawn",
    "source revision": "its source says otherwise, or stands in another revision",
    "held back": "it was held back, as the release lists, or is no longer",
    "other method": "the same votes were settled another way",
    "other gate": "the rules of the release are others",
    "other split": "it stands in another split",
    "dispute": "its votes do not agree any more",
    "made gold": "its item measures people now",
    "other question": "its task type asks something else now",
    "made otherwise": "the same label makes another row",
    NOT_TOLD: "the releases do not tell; the project they come from may",
}
"""Every reason there is, in words."""
_PLACE, _TURN = "\x1f", "\x1e"
"""Between the parts of a source, and between sources."""


def nobody(tasks: Column) -> Column:
    """What is known of tasks where there is no project to ask."""
    return pa.nulls(len(tasks), pa.string())


def change_of(pairs: pa.Table) -> Column:
    """What is otherwise of each row; null where nothing is."""
    same_place = pc.and_(_same(pairs, "set"), _same(pairs, "split"))
    return _first(
        [
            (pc.is_null(pairs[A + "row_id"]), ADDED),
            (pc.is_null(pairs[B + "row_id"]), REMOVED),
            (pc.invert(_same(pairs, "row_hash")), CHANGED),
            (pc.invert(same_place), MOVED),
            (pc.invert(_same_behind(pairs)), BEHIND),
        ],
        None,
    )


@dataclass(slots=True)
class Seen:
    """What is known of rows that came and went, for the reasons of the others."""

    redone: list[Column] = field(default_factory=list)
    """The questions of rows that came with a later attempt."""
    came: list[Column] = field(default_factory=list)
    """Where the rows that came were read."""
    went: list[Column] = field(default_factory=list)
    """Where those were read that went."""
    alone: dict[str, list[Column]] = field(default_factory=lambda: {ADDED: [], REMOVED: []})
    """The tasks of rows that came, and of those that went."""

    def see(self, pairs: pa.Table) -> None:
        """Take in rows that differ."""
        added = pairs.filter(pc.equal(pairs["change"], ADDED))
        removed = pairs.filter(pc.equal(pairs["change"], REMOVED))
        again = added.filter(pc.greater(added[B + "attempt"], 1))
        self.redone.append(_question(again, B))
        self.came.append(pc.list_flatten(_read_at(added[B + "sources"])))
        self.went.append(pc.list_flatten(_read_at(removed[A + "sources"])))
        self.alone[ADDED].append(pc.unique(added[B + "task_id"]))
        self.alone[REMOVED].append(pc.unique(removed[A + "task_id"]))

    def tasks(self, change: str) -> pa.Array:
        """The tasks of rows that came, or went."""
        return _set(self.alone[change])


class Whys:
    """The reasons, once all rows that differ were seen."""

    def __init__(self, a: Manifest, b: Manifest, seen: Seen, ask: Ask) -> None:
        self._redone = _set(seen.redone)
        self._came, self._went = _set(seen.came), _set(seen.went)
        self._withdrawn = pa.array([one.record_id for one in b.withdrawn], pa.string())
        self._held_then = pa.array([one.row_id for one in a.held_back], pa.string())
        self._held_now = pa.array([one.row_id for one in b.held_back], pa.string())
        self._other_rules = _rules(a) != _rules(b)
        self._ask = ask

    def of(self, pairs: pa.Table) -> Column:
        """Why each row differs. Of a row that came or went, the other side may tell of the same task."""
        change = pairs["change"]
        both = pc.and_(pc.is_valid(pairs[A + "task_id"]), pc.is_valid(pairs[B + "task_id"]))
        return pc.if_else(
            both,
            self._of_both(pairs),
            pc.if_else(pc.equal(change, ADDED), self._came_by(pairs), self._went_by(pairs)),
        )

    def _of_both(self, pairs: pa.Table) -> Column:
        """Of a task that both releases have."""
        votes, method = pc.invert(_same(pairs, "votes_id")), _same(pairs, "method")
        more, fewer = (
            pc.and_(votes, pc.fill_null(compare(pairs[B + "votes"], pairs[A + "votes"]), fill_value=False))
            for compare in (pc.greater, pc.less)
        )
        settled = pc.and_(pc.and_(method, _same(pairs, "decided_by")), _same(pairs, "guideline_version"))
        decided = pc.fill_null(pc.equal(pairs[B + "decided_by"], "adjudicator"), fill_value=False)
        undecided = pc.invert(_same(pairs, "decided_by"))
        rows = pc.and_(pc.is_valid(pairs[A + "row_id"]), pc.is_valid(pairs[B + "row_id"]))
        return _first(
            [
                (pc.and_(decided, pc.or_(votes, undecided)), "adjudication"),
                (more, "new vote"),
                (fewer, "vote taken back"),
                (votes, "corrected vote"),
                (pc.invert(settled), "other method"),
                (pc.and_(rows, pc.invert(_same_sources(pairs))), "source revision"),
                (pc.equal(pairs["change"], MOVED), "other split"),
            ],
            "made otherwise",
        )

    def _came_by(self, pairs: pa.Table) -> Column:
        return _first(
            [
                (pc.is_in(pairs[B + "row_id"], self._held_then), "held back"),
                (pc.fill_null(pc.greater(pairs[B + "attempt"], 1), fill_value=False), "redo"),
                (_any_in(_read_at(pairs[B + "sources"]), self._went), "source revision"),
            ],
            "new label",
        )

    def _went_by(self, pairs: pa.Table) -> Column:
        records = _inner(pairs[A + "sources"], "record_id")
        gone = pc.if_else(
            pc.is_null(pairs[B + "task_id"]), pairs[A + "task_id"], pa.scalar(None, pa.string())
        )
        return _first(
            [
                (_any_in(records, self._withdrawn), "withdrawal"),
                (pc.is_in(pairs[A + "row_id"], self._held_now), "held back"),
                (pc.is_in(_question(pairs, A), self._redone), "redo"),
                (_any_in(_read_at(pairs[A + "sources"]), self._came), "source revision"),
            ],
            pc.fill_null(self._ask(gone), "other gate" if self._other_rules else NOT_TOLD),
        )


def _rules(release: Manifest) -> list[object]:
    """What decides whether a settled label is released."""
    policies = release.policies
    asked = [(gate.name, gate.asked) for gate in policies.gates]
    return [asked, policies.screens, policies.verification, policies.additions_only]


def _first(cases: Sequence[tuple[Column, str]], otherwise: str | Column | None) -> Column:
    """The word of the first case that is so."""
    found = pa.scalar(otherwise, pa.string()) if isinstance(otherwise, str | None) else otherwise
    for case, word in reversed(cases):
        found = pc.if_else(case, pa.scalar(word), found)
    return found


def _same(pairs: pa.Table, name: str) -> Column:
    """Whether a column says the same of both; nothing is the same as nothing."""
    return _equal(pairs[A + name], pairs[B + name])


def _equal(a: Column, b: Column) -> Column:
    return pc.fill_null(pc.equal(a, b), pc.and_(pc.is_null(a), pc.is_null(b)))


def _same_behind(pairs: pa.Table) -> Column:
    same = _same_sources(pairs)
    for name in ("votes_id", "votes", "method", "decided_by", "guideline_version"):
        same = pc.and_(same, _same(pairs, name))
    return same


def _same_sources(pairs: pa.Table) -> Column:
    """Whether the same records of the same revisions stand behind it."""
    if pairs[A + "sources"].equals(pairs[B + "sources"]):
        return pa.repeat(pa.scalar(value=True), pairs.num_rows)
    a, b = (
        pc.binary_join(_inner(pairs[side + "sources"], "record_id", "dataset", "revision", "row"), _TURN)
        for side in (A, B)
    )
    return _equal(a, b)


def _question(pairs: pa.Table, side: str) -> Column:
    """What was asked of which prompt: the same of an item's every attempt."""
    return pc.binary_join_element_wise(pairs[side + "task_type"], pairs[side + "prompt_id"], _PLACE)


def _read_at(sources: Column) -> Column:
    """Where each of a row's records was read, whatever stands there."""
    return _inner(sources, "dataset", "config", "split", "row")


def _inner(sources: Column, *names: str) -> pa.Array:
    """Some fields of each source as one text, in lists as the sources are."""
    sources = sources.combine_chunks() if isinstance(sources, pa.ChunkedArray) else sources
    if isinstance(sources, pa.ChunkedArray):  # of none, or too much for one
        sources = pa.concat_arrays([sources.type.wrap_array(one) for one in sources.chunks])
    flat = sources.flatten()
    texts = [pc.fill_null(pc.struct_field(flat, [name]), "") for name in names]
    text = pc.binary_join_element_wise(*texts, _PLACE) if len(texts) > 1 else texts[0]
    lengths = pc.fill_null(pc.list_value_length(sources), 0)
    offsets = pa.concat_arrays([pa.array([0], pa.int32()), pc.cumulative_sum(lengths).cast(pa.int32())])
    return pa.ListArray.from_arrays(offsets, text, mask=pc.is_null(sources))


def _any_in(lists: pa.Array, among: pa.Array) -> Column:
    """Whether anything of each list is among these."""
    if not len(among) or not len(lists):
        return pa.repeat(pa.scalar(value=False), len(lists))
    there = pc.list_parent_indices(lists).filter(pc.is_in(pc.list_flatten(lists), among))
    return pc.is_in(pa.array(range(len(lists)), pa.int64()), there.cast(pa.int64()))


def _set(found: Sequence[Column]) -> pa.Array:
    chunks = [pa.array([], pa.string())]
    for one in found:
        chunks += one.chunks if isinstance(one, pa.ChunkedArray) else [one]
    return pc.unique(pa.concat_arrays(chunks))
