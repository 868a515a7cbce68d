"""The doctor: whether both sides agree, task by task and annotation by annotation, and what else needs care.

It changes nothing on either side. The writer's lock is held meanwhile, so that no stage moves what is compared.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pipeline.care import door, surroundings
from pipeline.care.checks import MOST, Check, shortened
from pipeline.care.comparing import lay_out, read_there
from pipeline.care.questions import BEHIND, QUESTIONS, Question
from pipeline.context import Context, Progress
from pipeline.opening import Studio
from pipeline.remote import check_server
from pipeline.stamps import went_back
from pipeline.store import Store, StorePlace
from schemas.errors import LabelStudioError, StoreBusy, StoreError
from schemas.project import Project

STAMPS = "SELECT p.*, y.stamp AS ours FROM there_projects p JOIN syncs y USING (project_id) WHERE NOT gone"


@dataclass
class Examination:
    """What the doctor found."""

    checks: list[Check] = field(default_factory=list)
    tasks: int = 0
    annotations: int = 0

    @property
    def agrees(self) -> bool:
        """Whether both sides could be compared and agree; warnings do not count."""
        return all(check.ok for check in self.checks if not check.warning)

    def to_json(self) -> dict[str, Any]:
        """As `--json` prints it."""
        return {
            "agrees": self.agrees,
            "compared": {"tasks": self.tasks, "annotations": self.annotations},
            "checks": [check.to_json() for check in self.checks],
        }


def examine(
    folder: Path, project: Project, studio: Studio, *, wait: float = 60.0, progress: Progress
) -> Examination:
    """Examine a project; StoreBusy where another command writes for longer than the wait."""
    found = Examination()
    try:
        with _store(StorePlace(folder), wait) as store:
            context = Context(folder, project, store, studio.connect, studio.name, progress)
            found.checks.append(Check("store", ok=True, detail="opens, and is of this version"))
            _compare(context, found)
            found.checks += [*surroundings.of(context), *door.of(context)]
    except StoreBusy:
        raise
    except StoreError as error:
        found.checks.append(
            Check("store", ok=False, count=1, detail="cannot be used", examples=(str(error),))
        )
    found.checks.append(surroundings.room(folder))
    return found


@contextmanager
def _store(place: StorePlace, wait: float) -> Iterator[Store]:
    """The store itself, read-only, with every writer kept out; an empty one where there is none yet."""
    if not place.path.exists():
        with Store(":memory:") as store:
            yield store
        return
    with place.holding("headrace doctor", wait), Store(place.path, read_only=True) as store:
        yield store


def _compare(ctx: Context, found: Examination) -> None:
    lay_out(ctx.store)
    try:
        check_server(ctx)
        version = ctx.label_studio.version() if ctx.store.count("remote_projects") else None
        read_there(ctx)
    except LabelStudioError as error:
        found.checks.append(
            Check("label_studio", ok=False, count=1, detail="cannot be compared with", examples=(str(error),))
        )
        return
    detail = f"answers, version {version}" if version else "not needed yet: nothing was pushed"
    found.checks.append(Check("label_studio", ok=True, detail=detail))
    found.checks += [_restored(ctx.store), *(_asked(ctx.store, one) for one in QUESTIONS), _behind(ctx.store)]
    if version:
        found.checks.append(surroundings.version(version))
    found.tasks = ctx.store.count("there_tasks")
    found.annotations = ctx.store.value("SELECT count(*) FROM there_annotations WHERE NOT skipped")


def _asked(store: Store, question: Question) -> Check:
    count, examples = shortened(store, question.sql)
    return Check(question.name, ok=count == 0, count=count, detail=question.agreed, examples=examples)


def _restored(store: Store) -> Check:
    lines = [
        f"project {row['project_id']} ({row['cell']}): last written to at {row['ours']}, knows only of "
        f"{row['stamp'] or 'nothing'}; run headrace sync, then headrace push: they mend what is missing there"
        for row in store.rows(STAMPS)
        if went_back(row["stamp"], row["ours"])
    ]
    detail = "Label Studio was not put back to an older state"
    return Check("restored", ok=not lines, count=len(lines), detail=detail, examples=tuple(lines[:MOST]))


def _behind(store: Store) -> Check:
    counts = {what: int(store.value(sql)) for what, sql in BEHIND.items()}
    parts = [f"{count:,} {what}" for what, count in counts.items() if count]
    detail = f"before them: {', '.join(parts)}" if parts else "nothing is before them"
    return Check("stages", ok=True, warning=True, count=sum(counts.values()), detail=detail)


def speak(found: Examination, tell: Callable[[str], None]) -> None:
    """Tell an examination to people, what is wrong with its examples."""
    for check in found.checks:
        mark = "ok" if check.ok else "warning" if check.warning else "PROBLEM"
        number = "" if check.ok else f"{check.count:,} against: "
        tell(f"{mark:<8} {check.name:<18} {number}{check.detail}")
        for line in () if check.ok else check.examples:
            tell(f"           {line}")
        if not check.ok and check.count > len(check.examples):
            tell(f"           … and {check.count - len(check.examples):,} more")
    compared = f"{found.tasks:,} tasks and {found.annotations:,} annotations compared"
    tell(f"both sides agree: {compared}" if found.agrees else f"both sides do not agree: {compared}")
