"""A project folder with its store on disk, and a Label Studio in memory that people work in."""

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from pipeline.care.doctor import Examination, examine
from pipeline.context import Quiet, run_stage
from pipeline.label_studio.fake import FakeLabelStudio
from pipeline.label_studio.ticking import Ticking
from pipeline.opening import EMBEDDED, Studio, writing
from pipeline.stages import STAGES, load
from pipeline.store import StorePlace
from schemas.base import Json
from schemas.project import Project, parse_project
from tasks import task_types
from tests.pipeline.care.shelf import furnish

EFFORT = {
    "name": "effort",
    "sources": [{"reader": "jsonl", "path": "problems.jsonl", "domain": "reasoning", "language": "en"}],
    "tasks": [{"type": "preference_pair", "overlap": 2}],
}


def prefer(preference: int) -> list[dict[str, Json]]:
    """What somebody submits who prefers so."""
    kind = task_types()["preference_pair"]
    return kind.result(kind.label(preference=preference))


@dataclass
class Patient:
    """A project, and the hands of those who work on it or spoil it."""

    folder: Path
    studio: FakeLabelStudio
    clock: Ticking
    project: Project = field(default_factory=lambda: parse_project(EFFORT))
    found: Examination = field(init=False)
    """What the last examination found."""

    def problems(self, count: int) -> None:
        lines = [
            json.dumps({"prompt": f"What is {n} + {n}?", "candidates": [f"{2 * n}", f"{2 * n + 1}"]})
            for n in range(count)
        ]
        (self.folder / "problems.jsonl").write_text("\n".join(lines))

    @property
    def seam(self) -> Studio:
        return Studio(EMBEDDED, lambda: self.studio)

    def run(self, *stages: str) -> None:
        with writing(self.folder, self.project, self.seam, "run", progress=Quiet()) as ctx:
            for name in stages or STAGES:
                run_stage(ctx, name, load(name))

    def vote(self, email: str, preference: int = 2, most: int = 99) -> list[int]:
        """One person answers what the queue has for them; the annotations' ids."""
        person, project_id = self.studio.person(email), self.project_id
        given: list[int] = []
        while len(given) < most and (task := self.studio.next_task(project_id, person.id)) is not None:
            given.append(self.studio.annotate(task, person.id, prefer(preference), 20.0))
        return given

    def rows(self, sql: str) -> list[dict[str, Any]]:
        with StorePlace(self.folder).writing("look") as store:
            return store.rows(sql)

    @property
    def project_id(self) -> int:
        return int(self.rows("SELECT min(project_id) AS id FROM remote_projects")[0]["id"])

    @property
    def remote_ids(self) -> list[int]:
        return [row["id"] for row in self.rows("SELECT remote_task_id AS id FROM pushes ORDER BY id")]

    def examine(self) -> Examination:
        self.found = examine(self.folder, self.project, self.seam, progress=Quiet())
        return self.found

    def spoil(self, sql: str) -> None:
        """Change the facts behind everybody's back."""
        with StorePlace(self.folder).writing("spoil") as store:
            store.temporary(sql)


@pytest.fixture(scope="module")
def grown(tmp_path_factory: pytest.TempPathFactory) -> Patient:
    """Six tasks in Label Studio, answered by two people; all stages have run."""
    clock = Ticking()
    made = Patient(tmp_path_factory.mktemp("grown"), FakeLabelStudio(clock), clock)
    made.problems(6)
    made.run()
    made.vote("ann@example.com")
    made.vote("ben@example.com")
    made.run()
    made.run()
    return made


@pytest.fixture
def patient(grown: Patient, tmp_path: Path) -> Patient:
    """A copy of it, to be spoiled."""
    made = Patient(
        shutil.copytree(grown.folder, tmp_path / "effort"), FakeLabelStudio(grown.clock), grown.clock
    )
    made.studio.restore(grown.studio.snapshot())
    return made


@pytest.fixture
def failing(patient: Patient) -> Callable[[], dict[str, int]]:
    """The names of the checks that find something, with how much."""
    return lambda: {check.name: check.count for check in patient.examine().checks if not check.ok}


@pytest.fixture
def folder(patient: Patient) -> Path:
    """The patient's folder with both sides in it, as files."""
    return furnish(patient.folder)
