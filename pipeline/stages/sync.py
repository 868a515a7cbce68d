"""Fetch what people have said since the last time."""

import json
import secrets
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any

from pipeline.context import Context, Tally
from pipeline.label_studio.base import RemoteAnnotation, RemoteTask
from pipeline.remote import check_server
from schemas.base import content_id
from schemas.facts import AnnotationFact, PersonFact, RejectFact, RemoteProjectFact, SyncFact

BATCH = 200
OVERLAP = timedelta(seconds=120)
"""How far each sync reaches back behind the last one: a change is dated before it is committed."""
SIMULATED = "@simulated.invalid"
"""The end of every simulated annotator's address; the account itself says so, whatever a store remembers."""
UNKNOWN = "unknown"
"""The annotator of an annotation whose account is gone."""


def sync(ctx: Context) -> Tally:
    """Read the tasks that changed in Label Studio, with all their annotations, and keep every revision seen."""
    check_server(ctx)
    tally = Tally()
    people = _People(ctx)
    for project in ctx.store.facts(RemoteProjectFact, "server = ?", [ctx.server]):
        known = ctx.store.facts(SyncFact, "server = ? AND project_id = ?", [ctx.server, project.project_id])
        seen_until = known[0].seen_until if known else None
        since = seen_until - OVERLAP if seen_until is not None else None
        changes = ctx.progress.track(
            ctx.label_studio.changes(project.project_id, since), f"sync {project.cell}"
        )
        for tasks in _batches(changes):
            _keep(ctx, tasks, people, tally)
            seen_until = max([task.updated_at for task in tasks] + ([seen_until] if seen_until else []))
        if not known or seen_until != known[0].seen_until:
            fact = SyncFact(
                server=ctx.server, project_id=project.project_id, seen_until=seen_until, synced_at=ctx.clock()
            )
            ctx.store.put([fact], replace=True)
    return tally


def _batches(tasks: Iterable[RemoteTask]) -> Iterator[list[RemoteTask]]:
    batch: list[RemoteTask] = []
    for task in tasks:
        batch.append(task)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


class _People:
    """Pseudonyms: a new account gets one when it is first seen."""

    def __init__(self, ctx: Context) -> None:
        self._ctx = ctx
        self._known = {
            person.person_id: person for person in ctx.store.facts(PersonFact, "server = ?", [ctx.server])
        }

    def of(self, person_id: int | None) -> tuple[str, bool]:
        """The annotator's pseudonym, and whether they are simulated."""
        if person_id is None:
            return UNKNOWN, False
        if person_id not in self._known:
            self._meet()
        person = self._known.get(person_id)
        return (person.annotator, person.simulated) if person else (UNKNOWN, False)

    def _meet(self) -> None:
        new = [
            PersonFact(
                annotator=f"ann-{secrets.token_hex(4)}",
                server=self._ctx.server,
                person_id=account.id,
                email=account.email,
                name=account.name,
                simulated=account.email.endswith(SIMULATED),
                seen_at=self._ctx.clock(),
            )
            for account in self._ctx.label_studio.people()
            if account.id not in self._known
        ]
        self._ctx.store.put(new)
        self._known |= {person.person_id: person for person in new}


def _keep(ctx: Context, tasks: list[RemoteTask], people: _People, tally: Tally) -> None:
    """Put the revisions of a batch of tasks that are new, and those that say an annotation is gone."""
    uids = [task.uid for task in tasks if task.uid is not None]
    ours = {
        row["task_id"]
        for row in ctx.store.rows("SELECT task_id FROM tasks WHERE list_contains(?, task_id)", [uids])
    }
    latest: dict[str, dict[str, dict[str, Any]]] = {}
    for row in ctx.store.rows("SELECT * FROM latest_annotations WHERE list_contains(?, task_id)", [uids]):
        latest.setdefault(row["task_id"], {})[row["annotation_id"]] = row
    found: list[AnnotationFact] = []
    rejects: list[RejectFact] = []
    for task in tasks:
        if task.uid is None or task.uid not in ours:
            continue
        seen = [_fact(ctx, task.uid, annotation, people) for annotation in task.annotations]
        found += seen
        found += _gone(ctx, latest.get(task.uid, {}), {fact.annotation_id for fact in seen}, task.updated_at)
        rejects += [_broken(ctx, task, reason) for reason in task.broken]
    with ctx.store.transaction():
        new = ctx.store.put(found)
        ctx.reject(tally, rejects)
    tally.done += new
    tally.skipped += len(found) - new


def _fact(ctx: Context, task_id: str, annotation: RemoteAnnotation, people: _People) -> AnnotationFact:
    annotator, simulated = people.of(annotation.person_id)
    annotation_id = content_id([ctx.server, annotation.id, annotation.created_at.isoformat()])
    result = json.dumps(annotation.result, ensure_ascii=True)
    said = [annotation_id, annotation.updated_at.isoformat(), result, annotation.skipped, annotator, task_id]
    return AnnotationFact(
        revision_id=content_id(said),
        annotation_id=annotation_id,
        task_id=task_id,
        annotator=annotator,
        server=ctx.server,
        remote_id=annotation.id,
        result=result,
        lead_seconds=annotation.lead_seconds,
        skipped=annotation.skipped,
        deleted=False,
        simulated=simulated,
        created_at=annotation.created_at,
        updated_at=annotation.updated_at,
        synced_at=ctx.clock(),
    )


def _gone(
    ctx: Context, known: dict[str, dict[str, Any]], present: set[str], since: datetime
) -> Iterator[AnnotationFact]:
    """A revision for each annotation that was there and is not any more."""
    for annotation_id, row in known.items():
        if annotation_id in present or row["deleted"]:
            continue
        updated_at = max(since, row["updated_at"])
        changes = {
            "revision_id": content_id([row["revision_id"], "deleted"]),
            "deleted": True,
            "updated_at": updated_at,
            "synced_at": ctx.clock(),
        }
        yield AnnotationFact.model_validate({**row, **changes})


def _broken(ctx: Context, task: RemoteTask, reason: str) -> RejectFact:
    return ctx.rejection("sync", f"{task.uid}/{reason}", "unreadable", reason, {"remote_task": task.id})
