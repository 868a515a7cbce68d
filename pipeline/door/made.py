"""What the door answers by itself where the page asks around a task: as little as it can do with."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from pipeline.door.base import Visitor
from pipeline.door.cutting import Object, Project


def whoami(who: Visitor) -> Object:
    """Who the page says that one is: a name and what labeling takes, no address, no organisation."""
    return {
        **person(who),
        "permissions": [
            *("projects.view", "tasks.view", "actions.perform"),
            *("annotations.view", "annotations.create", "annotations.change"),
        ],
        "active_organization": 1,
        "active_organization_meta": {"title": "", "email": ""},
        "custom_hotkeys": {},
        "date_joined": datetime(2000, 1, 1, tzinfo=UTC).isoformat(),
    }


def person(who: Visitor) -> Object:
    """The one person whom the page knows."""
    return {
        "id": who.account,
        "first_name": who.name,
        "last_name": "",
        "username": who.name,
        "email": "",
        "initials": who.name[:2].upper(),
        "avatar": None,
        "phone": "",
        "allow_newsletters": False,
    }


def columns(project: Project) -> Object:
    """The columns of a list of tasks: the page reads a task by them, so what it shows of the data is among them."""
    names = sorted(project.variables)
    hidden = {
        "visibility_defaults": {"explore": False, "labeling": False},
        "project_defined": False,
        "target": "tasks",
    }
    of_data = [{**hidden, "id": name, "title": name, "type": "Unknown", "parent": "data"} for name in names]
    number = {**hidden, "id": "id", "title": "ID", "type": "Number", "help": ""}
    whole = {"id": "data", "title": "data", "type": "List", "target": "tasks", "children": names}
    return {"columns": [*of_data, number, {**whole, "project_defined": False}]}


def view(project_id: int, who: Visitor) -> Object:
    """The one list of tasks that there is: an empty one."""
    data = {
        "title": "Default",
        "type": "list",
        "target": "tasks",
        "ordering": [],
        "hiddenColumns": {"explore": [], "labeling": []},
        "columnsWidth": {},
        "columnsDisplayType": {},
        "gridWidth": 4,
        "filters": {"conjunction": "and", "items": []},
    }
    return {"id": 1, "data": data, "order": 0, "user": who.account, "project": project_id}


NO_TASKS: Mapping[str, Any] = {"total_annotations": 0, "total_predictions": 0, "total": 0, "tasks": []}
NO_LINKS: Mapping[str, Any] = {"count": 0, "next": None, "previous": None, "results": []}
VERSION: Mapping[str, Any] = {
    "release": "",
    "edition": "Community",
    "label-studio-os-package": {
        "version": "",
        "latest_version_from_pypi": None,
        "latest_version_upload_time": None,
        "current_version_is_outdated": False,
    },
}
