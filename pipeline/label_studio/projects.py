"""The projects of a real Label Studio: found by their marker, made, looked at and stamped."""

from collections.abc import Iterator
from itertools import count
from time import monotonic

from pipeline.label_studio.base import LEADING, ProjectSpec, RemoteProject
from pipeline.label_studio.refusals import check_ours
from pipeline.label_studio.transport import Params, Transport
from pipeline.label_studio.wire import Project, Projects, clean, stamp_in, stamped
from schemas.base import Json
from schemas.errors import LabelStudioGone

_TITLE = 50
_BRIEFLY: Params = {"include": "id"}
"""An answer without counts of all the tasks and annotations that there are."""
_SURE = 5.0
"""Seconds for which a project that was ours is taken to be so still."""
_SETTINGS = "expert_instruction,show_skip_button,show_collab_predictions,model_version"
_OWN = f"id,description,maximum_annotations,{_SETTINGS}"
_ALL = "id,title,description,label_config,maximum_annotations,task_number"


class HttpProjects:
    """What is asked of projects; headrace writes to those that bear a marker only."""

    def __init__(self, transport: Transport) -> None:
        self._http = transport
        self._seen: dict[int, float] = {}

    def ensure(self, spec: ProjectSpec, known: int | None) -> int:
        """As LabelStudio.ensure_project."""
        if known is not None:
            project = self.own(known)
            if spec.marker not in project.lines():  # a restored server gives ids out again
                raise _gone(known, self._http.address)
        else:
            found = [project for project in self._every() if spec.marker in project.lines()]
            if not found:
                return self._create(spec)
            project = min(found, key=lambda one: one.id)
        if changed := _changed(project, spec):
            self._http.write("PATCH", f"api/projects/{project.id}/", changed)
        return project.id

    def look(self, project_id: int) -> RemoteProject:
        """As LabelStudio.look."""
        project = self._one(project_id, _ALL)
        return RemoteProject(
            id=project.id,
            title=clean(project.title or ""),
            config=clean(project.label_config or ""),
            overlap=project.maximum_annotations,
            tasks=project.task_number or 0,
            stamp=stamp_in(project.description or ""),
        )

    def stamp(self, project_id: int, stamp: str) -> None:
        """As LabelStudio.stamp."""
        description = stamped(self.own(project_id).description or "", stamp)
        self._http.write("PATCH", f"api/projects/{project_id}/", {"description": description}, _BRIEFLY)

    def own(self, project_id: int) -> Project:
        """The project, as long as it is ours to write to."""
        project = self._one(project_id, _OWN)
        check_ours(project_id, project.lines())
        self._seen[project_id] = monotonic()
        return project

    def still_own(self, project_id: int) -> None:
        """Refuse a project that is not ours; between requests that follow each other it is looked at once."""
        if monotonic() - self._seen.get(project_id, -_SURE) >= _SURE:
            self.own(project_id)

    def _one(self, project_id: int, include: str) -> Project:
        answer = self._http.read("api/projects/", {"ids": project_id, "include": include})
        found = [one for one in Projects.model_validate(answer).results if one.id == project_id]
        if not found:
            raise _gone(project_id, self._http.address)
        return found[0]

    def _every(self) -> Iterator[Project]:
        params: Params = {"page_size": 100, "include": f"id,description,{_SETTINGS}"}
        for page in count(1):
            answer = Projects.model_validate(self._http.read("api/projects/", {**params, "page": page}))
            yield from answer.results
            if answer.next is None:
                return

    def _create(self, spec: ProjectSpec) -> int:
        body = {
            "title": clean(spec.title)[:_TITLE],
            "description": spec.marker,
            "label_config": clean(spec.config),
            "maximum_annotations": spec.overlap,
            "sampling": "Sequential sampling",
            "skip_queue": "REQUEUE_FOR_OTHERS",
            "show_skip_button": spec.skippable,
            "show_collab_predictions": spec.seeded,
            "evaluate_predictions_automatically": False,
            "model_version": LEADING,  # it takes no other one later
            **_instruction(spec),
        }
        return Project.model_validate(self._http.write("POST", "api/projects/", body)).id


def _changed(project: Project, spec: ProjectSpec) -> dict[str, Json]:
    """The settings of a project that are not what they should be."""
    changed: dict[str, Json] = {}
    if (project.expert_instruction or "") != clean(spec.instruction):
        changed |= _instruction(spec)
    if project.show_skip_button not in (None, spec.skippable):
        changed["show_skip_button"] = spec.skippable
    if spec.seeded and project.show_collab_predictions is False and project.model_version == LEADING:
        changed["show_collab_predictions"] = True
    return changed


def _gone(project_id: int, address: str) -> LabelStudioGone:
    return LabelStudioGone(
        f"project {project_id} in Label Studio: expected at {address!r}, found none; "
        "see whether somebody deleted it, or whether this is another server"
    )


def _instruction(spec: ProjectSpec) -> dict[str, Json]:
    return {"expert_instruction": clean(spec.instruction), "show_instruction": bool(spec.instruction)}
