"""Prompts that are nearly the same, found as screening finds near duplicates, by the prompts' words alone.

What is compared of prompts that have a split (their sketches) lies in the corpus under `prompts/known`. It can be
dropped at any time: it is made anew from the records.
"""

import json
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from pyarrow import parquet
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from pipeline.context import Context
from pipeline.corpus import Corpus
from pipeline.screening import screen
from pipeline.screening._comparing import Compare, compare
from pipeline.screening._meeting import Field, Meet, meet, places_of
from pipeline.screening.base import Across
from pipeline.screening.choosing import Chosen, options_of
from pipeline.screening.running import Look, look
from schemas.errors import EngineError

Places: TypeAlias = npt.NDArray[np.int64]

_HOME, _KNOWN, _RUN, _STAMP = "prompts", "prompts/known", "prompts/run", "prompts/known.json"
_A_SHARD = 20_000
_PAIRS_A_JOB, _KEYS_A_JOB = 1_000_000, 1_000_000


@dataclass(frozen=True, slots=True)
class Sketched:
    """New prompts, ready to be compared."""

    ids: Sequence[str]
    files: tuple[str, ...]
    first: int
    """The position of the first of them."""


@dataclass(frozen=True, slots=True)
class Near:
    """Pairs of prompts that are nearly the same, at least one of the two being new; places count from 0."""

    earlier: Places
    later: Places
    old: int
    """Places below it are of prompts that have a split."""
    names: Mapping[int, str]
    """The ids of those in pairs, by their places."""

    def groups(self) -> Iterator[tuple[Places, list[tuple[int, int]]]]:
        """The places of prompts that hang together, and the pairs among them."""
        if not len(self.earlier):
            return
        places, ends = np.unique(np.concatenate([self.earlier, self.later]), return_inverse=True)
        one, other = np.split(ends, 2)
        graph = coo_array((np.ones(len(one), np.int8), (one, other)), shape=(len(places), len(places)))
        _, group = connected_components(graph, directed=False)
        members, pairs = np.argsort(group, kind="stable"), np.argsort(group[one], kind="stable")
        cuts = np.flatnonzero(np.diff(group[members])) + 1
        of_pairs = np.flatnonzero(np.diff(group[one][pairs])) + 1
        for some, these in zip(np.split(members, cuts), np.split(pairs, of_pairs), strict=True):
            ends = zip(self.earlier[these].tolist(), self.later[these].tolist(), strict=True)
            yield places[some], list(ends)


class Clusters:
    """What is kept of prompts that have a split, and new ones held against them."""

    def __init__(self, ctx: Context) -> None:
        self._ctx = ctx
        self._corpus: Corpus = ctx.corpus

    @cached_property
    def _screen(self) -> Chosen[Across]:
        """Near duplicates by the project's own options, whatever its verdict on them is."""
        asked = screen("near_duplicates")
        assert isinstance(asked, Across)  # noqa: S101 - it is one
        given = self._ctx.project.screens.get(asked.name, "reject")
        return Chosen(asked, options_of(asked, given), None)

    def keeps(self, stamp: Mapping[str, Any]) -> bool:
        """Whether what is kept is of these very prompts, as `mark` was told when it was put there."""
        files = self._corpus.files
        if not files.exists(_STAMP):
            return False
        try:
            kept = json.loads(files.get(_STAMP))
            for name in self._known():
                self._positions(name)
        except (ValueError, pa.ArrowException, EngineError):
            return False  # what cannot be read is made anew
        return bool(kept == {**stamp, "screen": self._screen.screen.version})

    def mark(self, stamp: Mapping[str, Any]) -> None:
        """Say whose sketches are kept."""
        said = {**stamp, "screen": self._screen.screen.version}
        self._corpus.files.put(_STAMP, json.dumps(said, sort_keys=True).encode())

    def drop(self) -> None:
        """Forget all that is kept."""
        self._corpus.files.clear(_HOME)

    def sketched(self, prompts: Iterable[tuple[str, str]]) -> Sketched:
        """Sketch new prompts, each an id and its words or turns as JSON."""
        self._corpus.files.clear(_RUN)
        first = int(max((self._positions(name).max(initial=-1) for name in self._known()), default=-1)) + 1
        ids: list[str] = []
        jobs: list[Look] = []
        for shard in _shards(prompts):
            name, out = (f"{_RUN}/{kind}/{len(jobs):06}" for kind in ("said", "sketches"))
            at = first + len(ids)
            ids += [prompt_id for prompt_id, _ in shard]
            payloads = [f'{{"prompt":{said},"domain":"reasoning"}}' for _, said in shard]
            position = np.arange(at, at + len(shard))
            table = pa.table({"record_id": ids[at - first :], "position": position, "payload": payloads})
            self._corpus.write(name, table)
            jobs.append(Look(self._corpus, name, (), (self._screen,), None, (out,)))
        work = self._ctx.engine.run(look, jobs)
        for _ in self._ctx.progress.track(work, "prompts", len(jobs)):
            pass
        return Sketched(ids, tuple(job.sketches[0] for job in jobs), first)

    def near(self, new: Sketched) -> Near:
        """Hold new prompts against each other and those that are kept."""
        known = self._known()
        old = np.concatenate([np.zeros(0, np.int64), *map(self._positions, known)])
        order = f"{_RUN}/order"
        self._corpus.write(order, pa.table({"position": np.append(old, new.first + np.arange(len(new.ids)))}))
        field = Field(self._corpus, known, new.files, order, len(old))
        earlier, later = self._pairs(field, len(new.ids))
        names = field.names(set(earlier.tolist()) | set(later.tolist()))
        return Near(earlier, later, len(old), names)

    def keep(self, new: Sketched, taken: Container[str]) -> None:
        """Keep the sketches of those new prompts that were given a split."""
        for name in new.files:
            made = self._table(name)
            here = [prompt_id in taken for prompt_id in made["record_id"].to_pylist()]
            self._add(made.filter(pa.array(here, pa.bool_())))
        self._corpus.files.clear(_RUN)

    def _add(self, made: pa.Table) -> None:
        """Put sketches to those that are kept; small files become one, so that there are never many."""
        if not made.num_rows:
            return
        files, merged = self._corpus.files, []
        for name in reversed(self._known()):
            rows = self._positions(name)
            if len(rows) >= _A_SHARD or len(rows) > 2 * made.num_rows:
                break
            made = pa.concat_tables([self._table(name), made])
            merged.append(name)
        name = f"{_KNOWN}/{made['position'][0].as_py():012}.parquet"
        self._write(name, made)
        files.remove(*(one for one in merged if one != name))

    def _pairs(self, field: Field, count: int) -> tuple[Places, Places]:
        """Those that share a bucket and are alike."""
        corpus, engine, chosen = self._corpus, self._ctx.engine, self._screen
        keys = (field.old + count) * chosen.screen.buckets
        parts = min(engine.workers, max(1, keys // _KEYS_A_JOB))
        buckets = np.array_split(np.arange(chosen.screen.buckets), parts)
        meets = [
            Meet(field, tuple(map(int, some)), f"{_RUN}/met-{number}") for number, some in enumerate(buckets)
        ]
        met = np.zeros(0, np.uint64)
        for job, _ in engine.run(meet, meets):
            met = np.union1d(met, self._column(job.out, "pair"))
        jobs = []
        for number, begin in enumerate(range(0, len(met), _PAIRS_A_JOB)):
            pairs = f"{_RUN}/pairs-{number}"
            corpus.write(pairs, pa.table({"pair": met[begin : begin + _PAIRS_A_JOB]}))
            jobs.append(Compare(field, chosen, pairs, f"{_RUN}/alike-{number}"))
        done = [compared.out for compared, _ in engine.run(compare, jobs)]
        alike = np.concatenate([np.zeros(0, np.uint64), *(self._column(name, "pair") for name in done)])
        alike.sort()
        later, earlier = places_of(alike)
        return earlier, later

    def _known(self) -> tuple[str, ...]:
        return tuple(self._corpus.files.names(_KNOWN))

    def _positions(self, name: str) -> Places:
        found: Places = self._column(name, "position")
        return found

    def _column(self, name: str, column: str) -> npt.NDArray[Any]:
        batches = [one.column(column).to_numpy() for one in self._corpus.read(name, (column,), batch=100_000)]
        return np.concatenate(batches) if batches else np.zeros(0, np.uint64)

    def _table(self, name: str) -> pa.Table:
        with self._corpus.files.reading(name) as stream:
            return parquet.read_table(stream)

    def _write(self, name: str, table: pa.Table) -> None:
        with self._corpus.files.writing(name) as stream:  # nothing makes hashes smaller, so nothing is tried
            parquet.write_table(table, stream, compression="none", use_dictionary=False)


def _shards(prompts: Iterable[tuple[str, str]]) -> Iterator[list[tuple[str, str]]]:
    shard: list[tuple[str, str]] = []
    for prompt in prompts:
        shard.append(prompt)
        if len(shard) == _A_SHARD:
            yield shard
            shard = []
    if shard:
        yield shard
