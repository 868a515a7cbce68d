"""What was read of a source, run by run, kept beside the shards: so that nothing is read twice."""

from collections import Counter
from dataclasses import dataclass, field
from typing import TypeAlias

from pydantic import TypeAdapter

from pipeline.corpus.files import Files

Key: TypeAlias = tuple[str, int, str]
"""Which content: where a file lies from the project's folder, its size, its stamp. What is read as one has its
fingerprint for a stamp."""
Part: TypeAlias = tuple[int, int, int | None, int]
"""A span: the file's number in the plan, start, end, rows before it."""

FOLDER = "reading"
_WHOLE: Part = (0, 0, None, 0)
"""What a piece without spans stands for."""


@dataclass(frozen=True)
class Plan:
    """What a run reads; written before it begins, then never changed."""

    first: int
    """The number of its first piece among all pieces of all plans: an earlier one is read earlier."""
    files: tuple[Key, ...]
    pieces: tuple[tuple[Part, ...], ...]

    @property
    def name(self) -> str:
        """What its run is called."""
        return f"{self.first:07d}"

    @property
    def end(self) -> int:
        """The number behind its last piece."""
        return self.first + max(1, len(self.pieces))


@dataclass
class Done:
    """How far a run has come: pieces are settled in their order, and their drafts too."""

    rows: list[list[int]] = field(default_factory=list)
    """For each settled piece, how many rows each of its spans had."""
    passed: list[int] = field(default_factory=list)
    """The same for what is settled of the next piece."""
    drafts: int = 0
    """How many drafts of the next piece are settled."""
    shards: int = 0
    """How many shards the run has made: a store that knows fewer is older than this, or another one."""


_PLAN, _DONE = TypeAdapter(Plan), TypeAdapter(Done)


@dataclass
class Run:
    """A plan, and how far it has come."""

    plan: Plan
    done: Done

    @property
    def left(self) -> range:
        """The numbers, within the plan, of the pieces that are not settled."""
        return range(len(self.done.rows), len(self.plan.pieces))

    @property
    def count(self) -> int:
        """How many rows are settled."""
        return sum(map(sum, self.done.rows)) + sum(self.done.passed)

    def settle(self, rows: tuple[int, ...], *, new: bool) -> None:
        """A draft of the next piece is settled, with so many rows of each span; whether it made a shard."""
        self.done.shards += new
        self.done.passed = [a + b for a, b in zip(self.done.passed or [0] * len(rows), rows, strict=True)]
        self.done.drafts += 1

    def finish(self) -> None:
        """The next piece is settled."""
        parts = self.plan.pieces[len(self.done.rows)]
        self.done.rows.append(self.done.passed or [0] * max(1, len(parts)))
        self.done.passed, self.done.drafts = [], 0

    def read(self) -> dict[Key, int]:
        """The files that were read to their ends, with their rows."""
        unread = {part[0] for number in self.left for part in self.plan.pieces[number] or [_WHOLE]}
        rows: Counter[int] = Counter()
        for parts, counts in zip(self.plan.pieces, self.done.rows, strict=False):
            for part, count in zip(parts or [_WHOLE], counts, strict=True):
                rows[part[0]] += count
        return {key: rows[number] for number, key in enumerate(self.plan.files) if number not in unread}


class Journal:
    """The runs of one source."""

    def __init__(self, files: Files, source_id: str) -> None:
        self._files, self._folder = files, f"{FOLDER}/{source_id}"

    def runs(self) -> list[Run]:
        """All runs that are known, the oldest first."""
        names = set(self._files.names(self._folder))
        return [self._run(name, names) for name in sorted(names) if name.endswith(".plan.json")]

    def begin(self, plan: Plan) -> Run:
        """Put a plan down."""
        run = Run(plan, Done())
        self.note(run)
        self._files.put(self._plan(plan), _PLAN.dump_json(plan))
        return run

    def note(self, run: Run) -> None:
        """Put down how far a run has come."""
        self._files.put(self._done(run.plan), _DONE.dump_json(run.done))

    def forget(self, run: Run) -> None:
        """A run of which nothing can be known again."""
        self._files.remove(self._plan(run.plan), self._done(run.plan))

    def _plan(self, plan: Plan) -> str:
        return f"{self._folder}/{plan.name}-{plan.end:07d}.plan.json"

    def _done(self, plan: Plan) -> str:
        return f"{self._folder}/{plan.name}-{plan.end:07d}.done.json"

    def _run(self, name: str, names: set[str]) -> Run:
        plan = _PLAN.validate_json(self._files.get(name))
        done = self._done(plan)
        return Run(plan, _DONE.validate_json(self._files.get(done)) if done in names else Done())


def next_piece(files: Files) -> int:
    """The number behind all pieces that any plan holds."""
    ends = (name.rsplit("-", 1)[-1] for name in files.names(FOLDER) if name.endswith(".plan.json"))
    return max((int(end.split(".")[0]) for end in ends), default=0)
