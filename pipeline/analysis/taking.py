"""Another project's votes taken over: its tasks and annotations as facts of ours, which settle and release as our own.

An annotation is kept as if it had been given on the task type's own page, so that `check` reads it like any other. The
tasks are not pushed: the other project is never written to, and votes that are still missing are asked for in ours.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from pydantic import ValidationError

from pipeline import attempts
from pipeline.analysis.adopting import BATCH, Adoption
from pipeline.analysis.adoption import FieldMap, item_of, label_of
from pipeline.cells import cell_of
from pipeline.context import Context, Tally
from pipeline.corpus.rows import record_fact
from pipeline.label_studio.base import RemoteAnnotation, RemoteTask
from pipeline.people.pseudonyms import Pseudonyms
from pipeline.revisions import Sight
from pipeline.syncing.keeping import latest_of
from schemas.base import Item
from schemas.errors import ProjectError
from schemas.facts import GeneratedFact, RecordFact, RecordTaskFact, RejectFact, TaskFact
from schemas.project import TaskConfig
from schemas.records import Record, Source
from tasks.base import ParseError


@dataclass(frozen=True)
class Origin:
    """What a project's problems have in common."""

    domain: str
    language: str | None = None


@dataclass
class Taken:
    """One task of ours, with all that was said of its item over there."""

    record: RecordFact
    task: TaskFact
    remote: RemoteTask


class Taking:
    """One project's votes on their way to labels of one task type."""

    def __init__(self, ctx: Context, adoption: Adoption, fields: FieldMap, origin: Origin) -> None:
        self._ctx, self._adoption, self._fields, self._origin = ctx, adoption, fields, origin
        self._config = _config(ctx, fields.task_type.name)
        self._server = f"{ctx.server}/adopted/{adoption.project.id}"
        self._sight = Sight(self._server, ctx.clock(), Pseudonyms(ctx))
        self._rejects: list[RejectFact] = []

    def take(self) -> Tally:
        """Take over what is there now; a second time at once there is nothing to do."""
        tally = Tally()
        taken = list(self._read().values())
        for start in range(0, len(taken), BATCH):
            self._keep(taken[start : start + BATCH], tally)
        self._ctx.reject(tally, self._rejects)
        return tally

    def _read(self) -> dict[str, Taken]:
        """Tasks by our id; those that show the same item are one."""
        found: dict[str, Taken] = {}
        changes = self._ctx.label_studio.changes(self._adoption.project.id, None)
        for remote in self._ctx.progress.track(changes, f"adopt as {self._fields.task_type.name}"):
            try:
                one = self._taken(remote)
            except (ParseError, ValidationError) as error:
                self._reject("no item", f"task {remote.id}", error, {"remote_task": remote.id})
                continue
            before = found.setdefault(one.task.task_id, one)
            if before is not one:
                before.remote = _together(before.remote, one.remote)
        return found

    def _taken(self, remote: RemoteTask) -> Taken:
        item = item_of(self._fields, remote.data)
        record = Record.model_validate(
            {
                "prompt": getattr(item, "prompt", None),
                "programming_language": getattr(item, "programming_language", None),
                "domain": self._origin.domain,
                "language": self._origin.language,
                "source": Source(dataset=f"Label Studio project {self._adoption.project.id}", row=remote.id),
            }
        )
        cell = cell_of(record, self._config.type, self._config.facet)
        task = attempts.task(self._ctx, self._config, attempts.Subject(item.id, cell, item.model_dump_json()))
        stated = tuple(self._stated(remote, item))
        return Taken(record_fact(record, self._ctx.clock()), task, remote.replace(annotations=stated))

    def _stated(self, remote: RemoteTask, item: Item) -> Iterator[RemoteAnnotation]:
        """The annotations that state a label, as the task type's own page would have them; skips as they are."""
        for annotation in remote.annotations:
            if annotation.skipped:
                yield annotation
                continue
            answers = self._adoption.submission(remote, annotation).judgements
            try:
                label = label_of(self._fields, item, answers)
            except (ParseError, ValidationError) as error:
                evidence = {"remote_task": remote.id, "remote_id": annotation.id}
                self._reject(
                    "says no label", f"task {remote.id}, annotation {annotation.id}", error, evidence
                )
            else:
                yield annotation.replace(result=tuple(self._fields.task_type.result(label)))

    def _reject(self, reason: str, where: str, error: Exception, evidence: object) -> None:
        line = " ".join(str(error).split())[:500]
        subject = f"{self._server}/{where}/{line}"
        self._rejects.append(self._ctx.rejection("adopt", subject, reason, f"{where}: {line}", evidence))

    def _keep(self, taken: Sequence[Taken], tally: Tally) -> None:
        over_there = replace(self._ctx, server=self._server)
        latest = latest_of(over_there, [one.task.task_id for one in taken])
        seen = [
            fact
            for one in taken
            for fact in self._sight.revisions(one.task.task_id, one.remote, latest.get(one.task.task_id, {}))
        ]
        with self._ctx.store.transaction():
            self._ctx.store.put(one.record for one in taken)
            self._ctx.store.put(self._asked(one) for one in taken)
            self._ctx.store.put(one.task for one in taken)
            self._ctx.store.put(
                RecordTaskFact(record_id=one.record.record_id, task_id=one.task.task_id) for one in taken
            )
            new = self._ctx.store.put(seen)
        tally.done += new
        tally.skipped += len(seen) - new

    def _asked(self, one: Taken) -> GeneratedFact:
        """That the record gives no other items of the type: what was asked about it over there is what there is."""
        return GeneratedFact(
            record_id=one.record.record_id,
            task_type=one.task.task_type,
            version=one.task.version,
            items=1,
            generated_at=self._ctx.clock(),
        )


def _together(one: RemoteTask, other: RemoteTask) -> RemoteTask:
    return one.replace(
        annotations=(*one.annotations, *other.annotations),
        updated_at=max(one.updated_at, other.updated_at),
        broken=(*one.broken, *other.broken),
    )


def _config(ctx: Context, name: str) -> TaskConfig:
    """The entry under which the tasks go on: without one nobody says how many votes they need."""
    found = [config for config in ctx.project.tasks if config.type == name]
    if not found:
        raise ProjectError(
            f"project.toml: a [[tasks]] entry of type {name!r} was expected, there is none; add one"
        )
    return found[0]
