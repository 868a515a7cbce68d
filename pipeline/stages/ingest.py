"""Read records from the sources into the corpus."""

from collections.abc import Iterable, Iterator
from functools import cached_property

import pyarrow as pa

from pipeline.context import Context, Tally
from pipeline.corpus.base import Corpus
from pipeline.corpus.columns import strings
from pipeline.corpus.filling import Draft
from pipeline.corpus.journal import FOLDER, Journal, Key, Part, Plan, Run, next_piece
from pipeline.corpus.known import Known
from pipeline.corpus.pieces import EACH, Piece, cut
from pipeline.corpus.reading import Read, drafts, read
from pipeline.corpus.settling import known_in, settle
from pipeline.sources import fingerprint, reader_of
from pipeline.sources.base import FileReader, Span
from pipeline.sources.files import File, where
from schemas.base import content_id
from schemas.errors import ProjectError
from schemas.facts import RejectFact, SourceFact
from schemas.project import SourceConfig
from schemas.screening import ShardFact

OLDER = """
SELECT record_id FROM records ANTI JOIN screened ON admitted_as = records.record_id
UNION SELECT record_id FROM screened WHERE list_contains(?, shard)
"""
"""Records that are known although no shard holds them: from before there was a corpus, or of shards that are gone."""


WAITING = "row_count > (SELECT count(*) FROM screened WHERE screened.shard = shards.shard)"


def ingest(ctx: Context) -> Tally:
    """Read every source that has changed since the last time; a record that is known already is skipped."""
    if not ctx.project.sources:
        raise ProjectError("project.toml: at least one [[sources]] was expected, there is none; add one")
    tally = Tally()
    intake = _Intake(ctx, tally)
    lost = intake.lost()
    for source in ctx.project.sources:
        source_id = content_id(source.model_dump(mode="json"))
        now = fingerprint(source, ctx.folder)
        last = ctx.store.facts(SourceFact, "source_id = ?", [source_id])
        if last and now is not None and last[0].fingerprint == now and source_id not in lost:
            tally.skipped += last[0].row_count
            continue
        rows = _Source(intake, source, source_id, now).read()
        fact = SourceFact(
            source_id=source_id,
            name=source.path or source.reader,
            fingerprint=now,
            row_count=rows,
            read_at=ctx.clock(),
        )
        ctx.store.put([fact], replace=True)
    return tally


class _Intake:
    """What all sources have in common: the corpus, and what is known of it."""

    def __init__(self, ctx: Context, tally: Tally) -> None:
        self.ctx, self.tally = ctx, tally
        self.corpus: Corpus = ctx.corpus

    def lost(self) -> set[str]:
        """The sources whose shards are gone although nobody has screened all of them: they are read anew."""
        waiting = self.ctx.store.facts(ShardFact, WAITING)
        gone = [fact for fact in waiting if not self.corpus.files.exists(fact.shard)]
        sources = {fact.source_id for fact in gone}
        for source_id in sources:
            self.corpus.files.clear(f"{FOLDER}/{source_id}")
        self.ctx.store.put([fact.replace(row_count=0) for fact in gone], replace=True)
        return sources

    @cached_property
    def known(self) -> Known:
        """All records that were ever read."""
        shards = [row["shard"] for row in self.ctx.store.rows("SELECT shard FROM shards")]
        known, gone = known_in(self.corpus, shards)
        older = strings([row["record_id"] for row in self.ctx.store.rows(OLDER, [gone])])
        known.take(pa.chunked_array([older]))
        return known

    @property
    def last_piece(self) -> int:
        """The number of the last piece that gave a shard; -1 where there is none."""
        last = self.ctx.store.value("SELECT max(position) FROM shards")
        return -1 if last is None else int(last // EACH)

    @property
    def next_piece(self) -> int:
        """The number of the next piece: it goes behind all that were read, and all that are planned."""
        return max(self.last_piece + 1, next_piece(self.corpus.files))

    def shards(self, source_id: str, run: str) -> int:
        """How many shards of a run are on record."""
        begin = f"records/{source_id}/{run}-"
        return int(self.ctx.store.value("SELECT count(*) FROM shards WHERE starts_with(shard, ?)", [begin]))

    def settle(self, draft: Draft, source_id: str, run: str, name: str) -> bool:
        """Make a draft a shard, put it on record with the rows that make no record, and count; whether it made one."""
        ctx = self.ctx
        shard = f"records/{source_id}/{run}-{self.shards(source_id, run):05d}.parquet"
        settled = settle(self.corpus, draft, shard, self.known)
        fact = ShardFact(
            shard=shard,
            source_id=source_id,
            position=settled.position,
            row_count=settled.new,
            known=settled.known,
            rejected=draft.rejects,
            read_at=ctx.clock(),
        )
        with ctx.store.transaction():
            ctx.store.put([fact] if settled.new else [])
            refused = ctx.store.put(self._refused(draft, name))
        self.tally.done += settled.new
        self.tally.skipped += settled.known
        self.tally.rejected.update({"malformed row": refused} if refused else {})
        return settled.new > 0

    def _refused(self, draft: Draft, name: str) -> Iterator[RejectFact]:
        for batch in self.corpus.read(draft.refused) if draft.rejects else ():
            for row in batch.to_pylist():
                place = f"{row['dataset'] or name}:{row['row']}"
                subject, detail = f"{place}/{row['reason']}", f"{place}: {row['reason']}"
                yield self.ctx.rejection("ingest", subject, "malformed row", detail, {"row": row["row"]})


class _Source:
    """One source on its way into the corpus."""

    def __init__(self, intake: _Intake, source: SourceConfig, source_id: str, now: str | None) -> None:
        self._intake, self._source, self._id, self._now = intake, source, source_id, now
        self._ctx, self._reader = intake.ctx, reader_of(source)
        self._name = source.path or source.reader
        self._journal = Journal(intake.corpus.files, source_id)
        self._files = self._listed()

    def read(self) -> int:
        """Read what was not read before; how many rows the source has."""
        runs = self._runs()
        going = next((run for run in runs[-1:] if self._goes_on(run)), None)
        found = self._found(run for run in runs if run is not going)
        self._intake.tally.skipped += sum(found.values())
        if going is not None:
            self._intake.tally.skipped += going.count
            self._run(going, is_new=not found)
            found |= self._found([going])
        unread = [key for key in self._files if key not in found]
        if unread:
            run = self._journal.begin(self._plan(unread))
            self._run(run, is_new=not found)
            found |= self._found([run])
        if self._now is None:  # nobody can tell whether it is the same the next time
            for run in self._journal.runs():
                self._journal.forget(run)
        return sum(found[key] for key in self._files)

    def _runs(self) -> list[Run]:
        """The runs so far that say something of what there is now."""
        runs = self._journal.runs()
        if any(self._intake.shards(self._id, run.plan.name) < run.done.shards for run in runs):
            for run in runs:  # of another store, or of a later time than one that was restored
                self._journal.forget(run)
            return []
        return runs if self._now is not None else [run for run in runs if run.left]

    def _listed(self) -> dict[Key, File | None]:
        """What there is to read: files, or the source as a whole."""
        if self._source.limit is None and isinstance(self._reader, FileReader):
            listed = self._reader.files(self._source, self._ctx.folder)
            return {(where(file, self._ctx.folder), file.size, file.stamp): file for file in listed}
        return {("", 0, self._now or ""): None}

    def _found(self, runs: Iterable[Run]) -> dict[Key, int]:
        """The rows of what these runs have read to its end, of what there is now."""
        return {key: rows for run in runs for key, rows in run.read().items() if key in self._files}

    def _goes_on(self, run: Run) -> bool:
        """Whether a run that was cut off can go on: what it reads is as it was, and nothing was read since."""
        return bool(
            run.left and set(run.plan.files) <= set(self._files) and self._intake.last_piece < run.plan.end
        )

    def _plan(self, keys: list[Key]) -> Plan:
        listed = [file for key in keys if (file := self._files[key]) is not None]
        pieces: list[tuple[Part, ...]] = [()]
        if isinstance(self._reader, FileReader) and listed:
            numbers = {file: number for number, file in enumerate(listed)}
            groups = cut(self._reader, listed, self._ctx.engine)
            pieces = [tuple((numbers[s.file], s.start, s.end, s.rows) for s in group) for group in groups]
        self._intake.corpus.files.clear(f"incoming/{self._id}")
        return Plan(self._intake.next_piece, tuple(keys), tuple(pieces))

    def _run(self, run: Run, *, is_new: bool) -> None:
        """Read the pieces that are left, and settle them in their order."""
        track, what = self._ctx.progress.track, f"ingest {self._name}"
        pieces = [self._piece(run, number, is_first=is_new and number == 0) for number in run.left]
        if len(pieces) == 1:
            for draft in track(drafts(pieces[0]), what):
                self._settle(run, draft)
            self._finish(run)
        else:
            results = track(self._ctx.engine.run(read, pieces), what, len(pieces))
            for result in _in_order(pieces, results):
                for draft in result.drafts:
                    self._settle(run, draft)
                if result.fault is not None:
                    raise result.fault
                self._finish(run)
        self._intake.corpus.files.clear(f"incoming/{self._id}")

    def _piece(self, run: Run, number: int, *, is_first: bool) -> Piece:
        keys, is_next = run.plan.files, number == run.left.start
        spans = [
            Span(file, start, end, rows)
            for place, start, end, rows in run.plan.pieces[number]
            if (file := self._files[keys[place]]) is not None
        ]
        return Piece(
            corpus=self._intake.corpus,
            folder=str(self._ctx.folder),
            source=self._source,
            spans=tuple(spans),
            draft=f"incoming/{self._id}/{run.plan.name}-{number:05d}",
            position=(run.plan.first + number) * EACH,
            passed=tuple(run.done.passed) if is_next else (),
            drafts=run.done.drafts if is_next else 0,
            read_at=self._ctx.clock(),
            is_first=is_first,
        )

    def _settle(self, run: Run, draft: Draft) -> None:
        new = self._intake.settle(draft, self._id, run.plan.name, self._name)
        run.settle(draft.rows, new=new)
        self._journal.note(run)
        self._intake.corpus.files.remove(draft.name, draft.refused)

    def _finish(self, run: Run) -> None:
        run.finish()
        self._journal.note(run)


def _in_order(pieces: list[Piece], results: Iterator[tuple[Piece, Read]]) -> Iterator[Read]:
    """Results in the order of their pieces, as soon as all before them are there."""
    early: dict[int, Read] = {}
    awaited = iter(pieces)
    following = next(awaited)
    for piece, result in results:
        early[piece.position] = result
        while following.position in early:
            yield early.pop(following.position)
            following = next(awaited, following)
