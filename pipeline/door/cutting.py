"""What of Label Studio's answers a person gets, and what of a person's calls Label Studio gets: named, the rest is cut.

Nothing here says whether a task is gold: not its numbers, not its dates, not how many have done it.
"""

import json
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from pipeline.door.base import Handed, Visitor
from pipeline.label_studio.base import LEADING
from tasks import task_types

Object: TypeAlias = dict[str, Any]

OF_A_PROJECT = (
    *("id", "title", "label_config", "parsed_label_config", "expert_instruction", "show_instruction"),
    *("show_skip_button", "enable_empty_annotation", "show_collab_predictions", "model_version", "color"),
    *("reveal_preannotations_interactively", "config_has_control_tags", "sampling", "skip_queue"),
)
"""Settings that the page needs; the same for each of its tasks."""
OF_A_DRAFT = ("id", "result", "lead_time", "was_postponed", "created_at", "updated_at", "annotation")
OF_AN_ANNOTATION = (
    "id",
    "result",
    "lead_time",
    "was_cancelled",
    "created_at",
    "updated_at",
    "draft_created_at",
)
FIXED_OF_A_PROJECT: Mapping[str, Any] = {
    "description": "",
    "maximum_annotations": 1,
    "control_weights": {},
    "is_published": False,
    "is_draft": False,
    "task_count": 1,
    "task_number": 1,
    "annotation_count": 0,
    "num_tasks_with_annotations": 0,
    "queue_total": 1,
    "queue_done": 0,
    "show_annotation_history": False,
    "evaluate_predictions_automatically": False,
    "can_manage_tasks": False,
    "can_manage_annotations": False,
    "can_delete_tasks": False,
    "target_syncing": False,
    "source_syncing": False,
}
VARIABLE = re.compile(r"\$([A-Za-z_][A-Za-z0-9_]*)")

MOST_REGIONS, DEEPEST = 2000, 24
LONGEST_LEAD = 7 * 86400.0


class NotOurs(ValueError):  # noqa: N818 - a refusal, not a fault
    """A body that a page for labeling does not send."""


@dataclass(frozen=True)
class Project:
    """A project's settings, as all of its annotators get them."""

    shown: Object
    variables: frozenset[str]
    """What its labeling config names of a task's data: all that a page gets of it."""
    skippable: bool
    seeded: bool


def project(raw: Mapping[str, Any]) -> Project:
    """A project of Label Studio's, cut."""
    shown = {**{name: raw[name] for name in OF_A_PROJECT if name in raw}, **FIXED_OF_A_PROJECT}
    return Project(
        shown=shown,
        variables=frozenset(VARIABLE.findall(str(raw.get("label_config") or ""))),
        skippable=bool(raw.get("show_skip_button")),
        seeded=bool(raw.get("show_collab_predictions")),
    )


@dataclass(frozen=True)
class Cut:
    """How a task in somebody's hands is cut for them, and what they say of it is put back."""

    who: Visitor
    email: str
    """Of their account in Label Studio, by which it names the author of a draft."""
    handed: Handed
    shown: int
    """The task's number as they see it."""

    def task(self, raw: Mapping[str, Any], project: Project) -> Object:
        """A task, with their own annotation and draft of it."""
        own = [one for one in _objects(raw.get("annotations")) if self.is_own(one)]
        drafts = [one for one in _objects(raw.get("drafts")) if self.is_own_draft(one)]
        said = _objects(raw.get("predictions")) if project.seeded else []
        seeds = [one for one in said if one.get("model_version") == LEADING]
        data = {name: value for name, value in dict(raw["data"]).items() if name in project.variables}
        return {
            "id": self.shown,
            "project": self.handed.project_id,
            "data": self._mirrored_data(data),
            "annotations": [self.annotation(one) for one in own],
            "drafts": [self.draft(one) for one in drafts],
            "predictions": [self._seed(place, one) for place, one in enumerate(seeds, 1)],
            "queue": None,
            "is_labeled": False,
            "allow_skip": project.skippable,
        }

    def annotation(self, raw: Mapping[str, Any]) -> Object:
        """Their own annotation."""
        return {
            **{name: raw.get(name) for name in OF_AN_ANNOTATION},
            "result": self.mirrored(raw.get("result")),
            "ground_truth": False,
            "task": self.shown,
            "project": self.handed.project_id,
            "completed_by": self.who.account,
            "created_username": self.who.name,
        }

    def draft(self, raw: Mapping[str, Any]) -> Object:
        """Their own draft."""
        return {
            **{name: raw.get(name) for name in OF_A_DRAFT},
            "result": self.mirrored(raw.get("result")),
            "task": self.shown,
            "user": self.who.account,
            "created_username": self.who.name,
        }

    def is_own(self, raw: Mapping[str, Any]) -> bool:
        """Whether an annotation is theirs, and the one that the ledger knows where it knows one."""
        by = raw.get("completed_by")
        author = by.get("id") if isinstance(by, Mapping) else by
        return author == self.who.account and self.handed.annotation_id in (None, raw.get("id"))

    def is_own_draft(self, raw: Mapping[str, Any]) -> bool:
        """Whether a draft is theirs."""
        user = raw.get("user")
        return user == self.who.account or (
            isinstance(user, str) and user.casefold() == self.email.casefold() != ""
        )

    def mirrored(self, result: object) -> Any:  # noqa: ANN401 - any JSON
        """A result as the other side sees it, where left and right are swapped for them."""
        if not self.handed.swapped or not isinstance(result, list):
            return result
        kind = task_types().get(self.handed.task_type)
        turned = kind.mirrored_result(result) if kind else None
        return result if turned is None else turned

    def _mirrored_data(self, data: Object) -> Object:
        kind = task_types().get(self.handed.task_type) if self.handed.swapped else None
        turned = kind.mirrored_data(data) if kind else None
        return data if turned is None else turned

    def _seed(self, place: int, raw: Mapping[str, Any]) -> Object:
        return {
            "id": place,
            "task": self.shown,
            "result": self.mirrored(raw.get("result")),
            "model_version": "",
            "score": None,
        }


def history(handed: Iterable[Handed], shown: Mapping[int, int]) -> list[Object]:
    """What the button for the previous task goes through: the oldest first, as Label Studio tells it."""
    return [
        {
            "taskId": shown[one.remote_task_id],
            "annotationId": None if one.annotation_id is None else str(one.annotation_id),
        }
        for one in handed
    ]


def annotation_body(said: Mapping[str, Any], cut: Cut, *, skipped: bool) -> Object:
    """What Label Studio gets of a submitted answer, in the place of what the page sent."""
    return {
        "result": cut.mirrored(_result(said.get("result", []) if skipped else said.get("result"))),
        "lead_time": _lead_time(said.get("lead_time")),
        "was_cancelled": skipped,
        "ground_truth": False,
    }


def draft_body(said: Mapping[str, Any], cut: Cut) -> Object:
    """What Label Studio gets of a draft."""
    return {
        "result": cut.mirrored(_result(said.get("result", []))),
        "lead_time": _lead_time(said.get("lead_time")),
        "was_postponed": said.get("was_postponed") is True,
    }


def read(body: bytes) -> Object:
    """A body that is one JSON object, each name once, without what poisons a server; NotOurs for every other."""
    try:
        said = json.loads(body.decode("utf-8"), object_pairs_hook=_once, parse_constant=_no_number)
    except (ValueError, RecursionError):
        raise NotOurs("one JSON object") from None
    if not isinstance(said, dict):
        raise NotOurs("one JSON object")
    return {name: _clean(value, DEEPEST) for name, value in said.items()}


def whole(value: object) -> int:
    """A number of Label Studio's in a body; 0 for none."""
    if value is None:
        return 0
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 1 << 40:
        raise NotOurs("a number")
    return value


def _once(pairs: Sequence[tuple[str, Any]]) -> Object:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise NotOurs("each name once")
    return found


def _no_number(_: str) -> None:
    raise NotOurs("numbers")


def _clean(value: Any, deep: int) -> Any:  # noqa: ANN401 - any JSON
    """The same without NUL and lone surrogates, which a server takes and then fails on for everybody."""
    if deep == 0:
        raise NotOurs("less depth")
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace").replace("\0", "\ufffd")
    if isinstance(value, list):
        return [_clean(one, deep - 1) for one in value]
    if isinstance(value, dict):
        return {_clean(name, deep): _clean(one, deep - 1) for name, one in value.items()}
    return value


def _result(value: object) -> list[Object]:
    if not isinstance(value, list) or len(value) > MOST_REGIONS:
        raise NotOurs("a list of regions")
    if not all(isinstance(one, dict) for one in value):
        raise NotOurs("a list of regions")
    return value


def _lead_time(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return min(max(float(value), 0.0), LONGEST_LEAD) if math.isfinite(value) else None


def _objects(value: object) -> list[Mapping[str, Any]]:
    return [one for one in value if isinstance(one, Mapping)] if isinstance(value, list) else []
