"""A run of screens over shards: first each record alone, then those that are left against each other."""

import json
from collections import defaultdict
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeAlias, TypeVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from pipeline.corpus import Corpus
from pipeline.engine import Engine
from pipeline.screening._comparing import Alike, Compare, compare, cut, repeats
from pipeline.screening._meeting import Field, Meet, Places, meet, places_of
from pipeline.screening.base import Across
from pipeline.screening.choosing import Choice, Chosen
from pipeline.screening.running import FINDINGS, Look, look

_KEYS_A_JOB, _KEYS_WORTH_A_JOB = 4_000_000, 1_000_000
"""The most that a job goes through, and the least for which another one is begun."""
_WEIGHT_A_JOB = 20_000_000
Track = Callable[[Iterable[Any], str, int], Iterator[Any]]
T = TypeVar("T")
_Held: TypeAlias = tuple[Chosen[Across], str, float]
"""Which screen found a record, the record it is like, and how much."""


def _unseen(things: Iterable[T], what: str, total: int) -> Iterator[T]:
    del what, total
    yield from things


@dataclass(frozen=True)
class Session:
    """Screens new shards of a corpus, against those that were screened before. The same for any engine and sharding."""

    corpus: Corpus
    choice: Choice
    engine: Engine
    every: bool = False
    """True has every screen look at every record; the first verdict that rejects still is the one that counts."""
    track: Track = field(default=_unseen)

    @cached_property
    def folder(self) -> str:
        """Where the files of this run lie; a run that was cut off is taken up where its shards were looked at."""
        return f"screening/{self.choice.id}"

    def findings(
        self, new: Sequence[str], known: Sequence[str] = (), gone: Places | None = None
    ) -> Iterator[tuple[str, pa.Table]]:
        """Each new shard with its FINDINGS, in the order given, all of them at once or none.

        `gone` are the positions of records in known shards that did not go on: nothing is held against them.
        See `unsketched` for what must be there of `known`.
        """
        if not self.choice.alone and not self.choice.across:
            yield from ((shard, FINDINGS.empty_table()) for shard in new)
            return
        self._look(new, known)
        across = self._held(new, known, np.zeros(0, np.int64) if gone is None else gone)
        for shard in new:
            yield shard, self._findings_of(shard, across)

    def unsketched(self, known: Sequence[str]) -> list[str]:
        """Those known shards that were screened before a screen was asked for, or whose sketches are lost.

        What went on of them must lie in the file `refill` (record_id, position, payload) before `findings`.
        """
        there = set(self.corpus.files.names("sketches"))
        return [shard for shard in known if self._lacking(shard, there)]

    def refill(self, shard: str) -> str:
        """Where the records of a known shard are to be put, so that they can be sketched."""
        return f"{self.folder}/known/{_plain(shard)}"

    def keep(self, shard: str) -> None:
        """Keep the sketches of a shard whose verdicts are on record: later ones are held against them."""
        for chosen in self.choice.across:
            self.corpus.files.move(self._new_sketch(chosen, shard), _kept_sketch(chosen, shard))

    def end(self) -> None:
        """Remove the files of this run, and of those that were cut off before it."""
        self.corpus.files.remove(*self.corpus.files.names("screening"))

    def _look(self, new: Sequence[str], known: Sequence[str]) -> None:
        """Look at what has not been looked at, and sketch what has not been sketched."""
        files = self.corpus.files
        there = set(files.names("screening")) | set(files.names("sketches"))
        jobs = [
            Look(
                self.corpus,
                shard,
                self.choice.alone,
                self.choice.across,
                self._found(shard),
                tuple(self._new_sketch(chosen, shard) for chosen in self.choice.across),
                self.every,
            )
            for shard in new
            if self._found(shard) not in there
        ]
        for shard in known:
            if lacking := self._lacking(shard, there):
                names = tuple(_kept_sketch(one, shard) for one in lacking)
                jobs.append(Look(self.corpus, self.refill(shard), (), lacking, None, names))
        for _ in self.track(self.engine.run(look, jobs), "screen", len(jobs)):
            pass

    def _lacking(self, shard: str, there: Container[str]) -> tuple[Chosen[Across], ...]:
        return tuple(one for one in self.choice.across if _kept_sketch(one, shard) not in there)

    def _held(self, new: Sequence[str], known: Sequence[str], gone: Places) -> Mapping[int, list[_Held]]:
        """What is found of records that are like others, by their positions."""
        found: dict[int, list[_Held]] = defaultdict(list)
        across = self.choice.across
        if not across:
            return found
        kept = [tuple(_kept_sketch(chosen, shard) for shard in known) for chosen in across]
        made = [tuple(self._new_sketch(chosen, shard) for shard in new) for chosen in across]
        old, added = (np.setdiff1d(self._positions(files[0]), gone) for files in (kept, made))
        positions, order = np.concatenate([old, added]), f"{self.folder}/order"
        self.corpus.write(order, pa.table({"position": positions}))
        fields = [
            Field(self.corpus, before, now, order, len(old)) for before, now in zip(kept, made, strict=True)
        ]
        alike = [self._alike(chosen, field) for chosen, field in zip(across, fields, strict=True)]
        said = repeats(alike, [chosen.options.verdict == "reject" for chosen in across])
        names = fields[0].names({repeat.kept for repeat in said})
        for repeat in said:
            held = (across[repeat.screen], names[repeat.kept], repeat.likeness)
            found[int(positions[repeat.place])].append(held)
        return found

    def _alike(self, chosen: Chosen[Across], field: Field) -> Alike:
        """The pairs that are alike."""
        where, buckets, weights = (
            f"{self.folder}/{chosen.screen.name}",
            chosen.screen.buckets,
            field.weights(),
        )
        keys = len(weights) * buckets
        parts = max(
            1, min(buckets, max(keys // _KEYS_A_JOB, min(keys // _KEYS_WORTH_A_JOB, self.engine.workers)))
        )
        each = [tuple(map(int, part)) for part in np.array_split(np.arange(buckets), parts)]
        meets = [Meet(field, part, f"{where}/met-{number}") for number, part in enumerate(each)]
        done = self.track(self.engine.run(meet, meets), chosen.screen.title, len(meets))
        pairs = np.zeros(0, np.uint64)
        for job, _ in done:
            pairs = np.union1d(pairs, self._column(job.out, "pair"))
        later, earlier = places_of(pairs)
        compares = []
        for number, here in enumerate(cut(weights[later] + weights[earlier], _WEIGHT_A_JOB)):
            job = Compare(field, chosen, f"{where}/pairs-{number}", f"{where}/alike-{number}")
            self.corpus.write(job.pairs, pa.table({"pair": pairs[here]}))
            compares.append(job)
        done = self.track(self.engine.run(compare, compares), chosen.screen.title, len(compares))
        out = [job.out for job, _ in done]
        return Alike(
            np.concatenate([np.zeros(0, np.uint64), *(self._column(name, "pair") for name in out)]),
            np.concatenate([np.zeros(0), *(self._column(name, "likeness") for name in out)]),
        )

    def _positions(self, names: Iterable[str]) -> Places:
        return np.concatenate([np.zeros(0, np.int64), *(self._column(name, "position") for name in names)])

    def _column(self, name: str, column: str) -> npt.NDArray[Any]:
        batches = [
            batch.column(column).to_numpy() for batch in self.corpus.read(name, (column,), batch=100_000)
        ]
        return np.concatenate(batches) if batches else np.zeros(0, np.uint64)

    def _findings_of(self, shard: str, across: Mapping[int, list[_Held]]) -> pa.Table:
        """What was found of a shard's records, in the order of the screens."""
        found = pa.Table.from_batches(self.corpus.read(self._found(shard)), FINDINGS)
        if not across:
            return found
        asked = np.fromiter(across, np.int64, len(across))
        rows: list[dict[str, Any]] = []
        for batch in self.corpus.read(shard, ("position", "record_id"), batch=100_000):
            here = batch.filter(pa.array(np.isin(batch.column("position").to_numpy(), asked)))
            for one in here.to_pylist():
                rows += [{**one, **_told(*held)} for held in across[one["position"]]]
        return pa.concat_tables([found, pa.Table.from_pylist(rows, FINDINGS)])

    def _found(self, shard: str) -> str:
        return f"{self.folder}/found/{_plain(shard)}"

    def _new_sketch(self, chosen: Chosen[Across], shard: str) -> str:
        return f"{self.folder}/sketches/{chosen.screen.name}/{_plain(shard)}"


def _kept_sketch(chosen: Chosen[Across], shard: str) -> str:
    return f"sketches/{chosen.screen.name}-{chosen.screen.version}/{_plain(shard)}"


def _told(chosen: Chosen[Across], kept: str, likeness: float) -> dict[str, Any]:
    """What FINDINGS say of a record that is like another, but for whose they are."""
    found = chosen.screen.found(kept, likeness)
    return {
        "screen": chosen.screen.name,
        "title": chosen.screen.title,
        "verdict": chosen.options.verdict,
        "reason": found.reason,
        "evidence": json.dumps(found.evidence, ensure_ascii=True),
    }


def _plain(shard: str) -> str:
    return shard.removeprefix("records/")
