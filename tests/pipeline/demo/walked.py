"""What a walk of the demo left behind, and what its Label Studio holds of it."""

from dataclasses import dataclass
from pathlib import Path

from pipeline.context import Tally
from pipeline.demo.summary import Summary
from pipeline.label_studio.base import RemoteTask
from pipeline.label_studio.fake import FakeLabelStudio
from pipeline.store import StorePlace


def everything(studio: FakeLabelStudio, folder: Path, *purposes: str) -> list[RemoteTask]:
    """All that Label Studio holds of the project in a folder, or of some purposes."""
    with StorePlace(folder).reading() as store:
        rows = store.rows("SELECT project_id, purpose FROM remote_projects ORDER BY project_id")
    projects = [row["project_id"] for row in rows if not purposes or row["purpose"] in purposes]
    return [task for project in projects for task in studio.changes(project, None)]


def gold(folder: Path) -> set[str]:
    """The tasks whose answer the project knows."""
    with StorePlace(folder).reading() as store:
        return {row["task_id"] for row in store.rows("SELECT task_id FROM gold")}


def work(studio: FakeLabelStudio, folder: Path) -> list[RemoteTask]:
    """The tasks to label that are no gold."""
    known = gold(folder)
    return [task for task in everything(studio, folder, "label") if task.uid not in known]


def answers(studio: FakeLabelStudio, folder: Path, *purposes: str) -> int:
    return sum(len(task.annotations) for task in everything(studio, folder, *purposes))


def answers_to(walked: "Walked", tasks: str) -> int:
    """The answers to the tasks that a query names."""
    with StorePlace(walked.folder).reading() as store:
        named = {row["task_id"] for row in store.rows(tasks)}
    return sum(
        len(voters(task)) for task in everything(walked.studio, walked.folder, "label") if task.uid in named
    )


def voters(task: RemoteTask) -> list[int | None]:
    return [one.person_id for one in task.annotations]


@dataclass
class Walked:
    """What a whole walk left behind."""

    folder: Path
    studio: FakeLabelStudio
    summary: Summary
    tallies: dict[str, Tally]
    told: list[str]
