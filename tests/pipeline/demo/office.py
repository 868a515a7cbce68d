"""A Label Studio in memory with a seat for everybody of the demo."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.context import Quiet, Tally
from pipeline.demo.annotators import Handed, Seat
from pipeline.demo.people import EVERYBODY
from pipeline.demo.steps import Tell, Workplace
from pipeline.demo.summary import Summary
from pipeline.demo.walk import walk
from pipeline.label_studio.base import UID
from pipeline.label_studio.fake import FakeLabelStudio
from pipeline.label_studio.server import Server
from pipeline.opening import Studio

SERVER = Server(port=1, username="admin@headrace.localhost", password="a-password", token="a-token")


@dataclass
class FakeSeat:
    """A person's place in a Label Studio in memory."""

    studio: FakeLabelStudio
    email: str

    def next_task(self, project_id: int) -> Handed | None:
        found = self.studio.next_task(project_id, self.studio.person(self.email).id)
        return Handed(id=found, uid=str(self.studio.data(found).get(UID))) if found is not None else None

    def submit(self, task_id: int, result: Sequence[Mapping[str, Any]], lead_seconds: float) -> None:
        self.studio.annotate(task_id, self.studio.person(self.email).id, result, lead_seconds)


def office(studio: FakeLabelStudio) -> Callable[[Path, Tell], Workplace]:
    """What gives the walk a Label Studio in memory."""

    def seats() -> list[Seat]:
        return [FakeSeat(studio, person.email) for person in EVERYBODY]

    return lambda *_: Workplace(SERVER, Studio("fake", lambda: studio), seats)


def quiet(folder: Path, studio: FakeLabelStudio) -> tuple[Summary, dict[str, Tally]]:
    return walk(folder, lambda _: None, Quiet(), office(studio))
