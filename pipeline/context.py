"""What a stage may touch, its account of itself, and the way it is run."""

import json
import uuid
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias, TypeVar

from pipeline.label_studio.base import LabelStudio
from pipeline.store import Store
from schemas.base import content_id
from schemas.errors import HeadraceError
from schemas.facts import RejectFact, RunFact
from schemas.project import Project

if TYPE_CHECKING:
    from pipeline.corpus import Corpus
    from pipeline.engine import Engine

T = TypeVar("T")


class Progress(Protocol):
    """Shows how far a long work is: a bar on a terminal, nothing in a pipe."""

    def track(self, things: Iterable[T], what: str, total: int | None = None) -> Iterator[T]:
        """Hand the things on, one by one, and show how many have gone by."""


class Quiet:
    """No progress shown."""

    def track(self, things: Iterable[T], what: str, total: int | None = None) -> Iterator[T]:
        """Hand the things on."""
        del what, total
        yield from things


@dataclass
class Tally:
    """A stage's account of itself: what it did anew, what was done already, what it refused and why."""

    done: int = 0
    skipped: int = 0
    rejected: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0

    def add(self, other: "Tally") -> None:
        """Take another run of the same stage in."""
        self.done += other.done
        self.skipped += other.skipped
        self.rejected.update(other.rejected)
        self.seconds += other.seconds

    def to_json(self, stage: str) -> dict[str, Any]:
        """As `--json` prints it."""
        return {
            "stage": stage,
            "done": self.done,
            "skipped": self.skipped,
            "rejected": dict(sorted(self.rejected.items())),
            "seconds": round(self.seconds, 3),
        }


@dataclass(frozen=True)
class Context:
    """All that a stage may touch; made once, in the command line."""

    folder: Path
    project: Project
    store: Store
    connect: Callable[[], LabelStudio]
    server: str = "embedded"
    """What the facts call the Label Studio in use: its address, or `embedded`, whose port may change."""
    progress: Progress = field(default_factory=Quiet)
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)

    @cached_property
    def label_studio(self) -> LabelStudio:
        """Label Studio, connected on first use: stages that do not need it run without."""
        return self.connect()

    @cached_property
    def engine(self) -> "Engine":
        """What does many jobs at once, as `[engine]` says."""
        from pipeline.engine import engine_of

        return engine_of(self.project.engine)

    @cached_property
    def corpus(self) -> "Corpus":
        """Where records lie as they were read."""
        from pipeline.corpus import corpus_of

        return corpus_of(self.project.engine, self.folder)

    def reject(self, tally: Tally, rejects: Iterable[RejectFact]) -> None:
        """Put rejects on record, and count those that are new by their reason."""
        given = list({reject.reject_id: reject for reject in rejects}.values())
        known = {
            row["reject_id"]
            for row in self.store.rows(
                "SELECT reject_id FROM rejects WHERE list_contains(?, reject_id)",
                [[r.reject_id for r in given]],
            )
        }
        new = [reject for reject in given if reject.reject_id not in known]
        self.store.put(new)
        tally.rejected.update(reject.reason for reject in new)

    def rejection(
        self, stage: str, subject: str, reason: str, detail: str, evidence: object = None
    ) -> RejectFact:
        """A reject, dated now; the same refusal of the same thing is one reject for ever."""
        return RejectFact(
            reject_id=content_id([stage, subject, reason]),
            stage=stage,
            subject=subject,
            reason=reason,
            detail=detail,
            evidence=json.dumps(evidence, ensure_ascii=True, default=str),
            rejected_at=self.clock(),
        )


Stage: TypeAlias = Callable[[Context], Tally]


def run_stage(ctx: Context, name: str, stage: Stage) -> Tally:
    """Run a stage, time it, and put its run on record, also when it fails."""
    started = ctx.clock()
    try:
        tally = stage(ctx)
    except HeadraceError as error:
        with _best_effort():
            ctx.store.put([_run(ctx, name, started, Tally(), str(error))])
        raise
    tally.seconds = (ctx.clock() - started).total_seconds()
    ctx.store.put([_run(ctx, name, started, tally, None)])
    return tally


def _run(ctx: Context, stage: str, started: datetime, tally: Tally, error: str | None) -> RunFact:
    return RunFact(
        run_id=uuid.uuid4().hex,
        stage=stage,
        started_at=started,
        ended_at=ctx.clock(),
        done=tally.done,
        skipped=tally.skipped,
        rejected=json.dumps(dict(tally.rejected), sort_keys=True),
        error=error,
    )


@contextmanager
def _best_effort() -> Iterator[None]:
    """The first error is the one to tell; a store that fails as well must not hide it."""
    try:
        yield
    except HeadraceError:
        return
