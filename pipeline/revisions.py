"""Revisions of annotations: what a sync saw of a task, as facts; nothing that was seen is ever overwritten.

An annotation that is not there any more was taken back, or Label Studio was restored from a backup that knows nothing
of it yet. The task tells: its own time goes forward when an annotation is deleted, and back when the server goes back.
Where that cannot tell any more, what was said stands: people work on in a restored server, and a task that stands
there anew never had what was said of the one before.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias

from pipeline.label_studio.base import RemoteAnnotation, RemoteTask
from pipeline.people.pseudonyms import UNKNOWN, Pseudonyms, is_unknown
from schemas.base import content_id
from schemas.facts import AnnotationFact

Latest: TypeAlias = Mapping[str, Mapping[str, Any]]
"""The newest revision that the store has of each annotation of a task, by the annotation's id."""


@dataclass(frozen=True)
class Sight:
    """One look at a server: when, where, and who is who."""

    server: str
    at: datetime
    people: Pseudonyms
    restored: bool = False
    """Whether the server went back to an older state since the look before."""

    def revisions(
        self, task_id: str, task: RemoteTask, latest: Latest, *, anew: bool = False
    ) -> Iterator[AnnotationFact]:
        """What a task's annotations are now, and a revision for each that was there and is not any more.

        `anew` says that it stands there in the place of one that is gone.
        """
        present: set[str] = set()
        for annotation in task.annotations:
            fact = self._revision(task_id, annotation, latest)
            present.add(fact.annotation_id)
            yield fact
        # where something could not be read, what is missing may be that and not gone
        if not task.broken:
            missing = {key: row for key, row in latest.items() if key not in present}
            for key, row in missing.items():
                if anew or self.restored or row["updated_at"] > task.updated_at:
                    yield from self.lost({key: row})
                else:
                    yield from self._taken_back(row)

    def lost(self, latest: Latest) -> Iterator[AnnotationFact]:
        """What was said where the task itself, or the server's memory of it, is gone: it stands."""
        for row in latest.values():
            if not row["deleted"] and not row["lost"]:
                yield self._again(row, "lost", lost=True)

    def _taken_back(self, row: Mapping[str, Any]) -> Iterator[AnnotationFact]:
        if not row["deleted"] and not row["lost"]:
            yield self._again(row, "deleted", deleted=True)

    def _again(self, row: Mapping[str, Any], what: str, **changes: bool) -> AnnotationFact:
        revision_id = content_id([row["revision_id"], what])
        return AnnotationFact.model_validate(
            {**row, **changes, "revision_id": revision_id, "synced_at": self.at}
        )

    def _revision(self, task_id: str, annotation: RemoteAnnotation, latest: Latest) -> AnnotationFact:
        annotation_id = content_id([self.server, annotation.id, annotation.created_at.isoformat()])
        before = latest.get(annotation_id)
        annotator, simulated = self._author(annotation.person_id, annotation_id, before)
        result = json.dumps(annotation.result, ensure_ascii=True)
        updated_at = annotation.updated_at.isoformat()
        said = [annotation_id, updated_at, result, annotation.skipped, annotator, task_id]
        back = [before["revision_id"]] if before is not None and _is_back(annotation, before) else []
        return AnnotationFact(
            revision_id=content_id([*said, *back]),
            annotation_id=annotation_id,
            task_id=task_id,
            annotator=annotator,
            server=self.server,
            remote_id=annotation.id,
            result=result,
            lead_seconds=annotation.lead_seconds,
            skipped=annotation.skipped,
            deleted=False,
            simulated=simulated,
            created_at=annotation.created_at,
            updated_at=annotation.updated_at,
            synced_at=self.at,
            edited_by=self._editor(annotation, annotator, before),
        )

    def _editor(
        self, annotation: RemoteAnnotation, annotator: str, before: Mapping[str, Any] | None
    ) -> str | None:
        """Who saved it last, where that is somebody else and they changed what it says."""
        if annotation.edited_by in (None, annotation.person_id):
            return None
        if before is not None and before["result"] == json.dumps(annotation.result, ensure_ascii=True):
            known: str | None = before["edited_by"]
            return known
        person = self.people.of(annotation.edited_by)
        editor = person.annotator if person else UNKNOWN
        return editor if editor != annotator else None

    def _author(
        self, person_id: int | None, annotation_id: str, before: Mapping[str, Any] | None
    ) -> tuple[str, bool]:
        """The pseudonym and whether they are simulated; an account that went away takes nothing back."""
        if before is not None and not is_unknown(before["annotator"]):
            return before["annotator"], before["simulated"]
        person = self.people.of(person_id) if person_id is not None else None
        return (person.annotator, person.simulated) if person else (f"{UNKNOWN}-{annotation_id[:8]}", False)


def _is_back(annotation: RemoteAnnotation, before: Mapping[str, Any]) -> bool:
    """Whether it was gone, or was changed, and is as it was before: a revision of its own, though it says the same."""
    return bool(before["deleted"] or before["lost"] or before["updated_at"] > annotation.updated_at)
