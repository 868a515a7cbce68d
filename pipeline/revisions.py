"""Revisions of annotations: what a sync saw of a task, as facts; nothing that was seen is ever overwritten."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias

from pipeline.label_studio.base import RemoteAnnotation, RemoteTask
from pipeline.people import UNKNOWN, Pseudonyms
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

    def revisions(self, task_id: str, task: RemoteTask, latest: Latest) -> Iterator[AnnotationFact]:
        """What a task's annotations are now, and a revision for each that was there and is not any more."""
        present: set[str] = set()
        for annotation in task.annotations:
            fact = self._revision(task_id, annotation, latest)
            present.add(fact.annotation_id)
            yield fact
        # where something could not be read, what is missing may be that and not gone
        if not task.broken:
            yield from self.gone(latest, present)

    def gone(self, latest: Latest, present: set[str]) -> Iterator[AnnotationFact]:
        """A revision for each annotation that is not there any more."""
        for annotation_id, row in latest.items():
            if annotation_id not in present and not row["deleted"]:
                revision_id = content_id([row["revision_id"], "deleted"])
                changes = {"revision_id": revision_id, "deleted": True, "synced_at": self.at}
                yield AnnotationFact.model_validate({**row, **changes})

    def _revision(self, task_id: str, annotation: RemoteAnnotation, latest: Latest) -> AnnotationFact:
        annotation_id = content_id([self.server, annotation.id, annotation.created_at.isoformat()])
        before = latest.get(annotation_id)
        annotator, simulated = self._author(annotation.person_id, annotation_id, before)
        result = json.dumps(annotation.result, ensure_ascii=True)
        updated_at = annotation.updated_at.isoformat()
        said = [annotation_id, updated_at, result, annotation.skipped, annotator, task_id]
        # one that was gone and is back is a revision of its own, though it says what it said before
        back = [before["revision_id"]] if before is not None and before["deleted"] else []
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
        )

    def _author(
        self, person_id: int | None, annotation_id: str, before: Mapping[str, Any] | None
    ) -> tuple[str, bool]:
        """The pseudonym and whether they are simulated; an account that went away takes nothing back."""
        if before is not None and not before["annotator"].startswith(UNKNOWN):
            return before["annotator"], before["simulated"]
        person = self.people.of(person_id) if person_id is not None else None
        return (person.annotator, person.simulated) if person else (f"{UNKNOWN}-{annotation_id[:8]}", False)
