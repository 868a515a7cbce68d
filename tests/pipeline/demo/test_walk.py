"""The demo from end to end on a Label Studio in memory: all of the walk but HTTP."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import pytest

from pipeline.context import Quiet, Tally
from pipeline.demo.accounts import ACCOUNTS, FILE, Account, tokens
from pipeline.demo.annotators import Handed, Seat
from pipeline.demo.people import PEOPLE
from pipeline.demo.project import project_toml
from pipeline.demo.summary import Summary, lines
from pipeline.demo.truth import truth
from pipeline.demo.walk import Tell, Workplace, walk
from pipeline.label_studio.base import UID, NewTask
from pipeline.label_studio.fake import FakeLabelStudio
from pipeline.label_studio.server import Server
from pipeline.opening import Studio
from pipeline.store import StorePlace
from schemas.errors import HeadraceError, LabelStudioRefused, ProjectError

T = TypeVar("T")
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


class Interrupting:
    """Progress that somebody interrupts after some answers."""

    def __init__(self, after: int) -> None:
        self._after = after

    def track(self, things: Iterable[T], what: str, total: int | None = None) -> Iterator[T]:
        for number, thing in enumerate(things, start=1):
            yield thing
            if what == "label" and number == self._after:
                assert total == 308
                raise KeyboardInterrupt


def office(studio: FakeLabelStudio) -> Callable[[Path, Tell], Workplace]:
    """What gives the walk a Label Studio in memory."""

    def seats() -> list[Seat]:
        return [FakeSeat(studio, person.email) for person in PEOPLE]

    return lambda *_: Workplace(SERVER, Studio("fake", lambda: studio), seats)


def quiet(folder: Path, studio: FakeLabelStudio) -> tuple[Summary, dict[str, Tally]]:
    return walk(folder, lambda _: None, Quiet(), office(studio))


def everything(studio: FakeLabelStudio, folder: Path) -> list[Any]:
    """All that Label Studio holds of the project in a folder."""
    with StorePlace(folder).reading() as store:
        projects = [row["project_id"] for row in store.rows("SELECT project_id FROM remote_projects")]
    return [task for project in sorted(projects) for task in studio.changes(project, None)]


@dataclass
class Walked:
    """What a whole walk left behind."""

    folder: Path
    studio: FakeLabelStudio
    summary: Summary
    tallies: dict[str, Tally]
    told: list[str]


@pytest.fixture(scope="module")
def walked(tmp_path_factory: pytest.TempPathFactory) -> Walked:
    folder, studio, told = tmp_path_factory.mktemp("walk") / "demo", FakeLabelStudio(), list[str]()
    summary, tallies = walk(folder, told.append, Quiet(), office(studio))
    return Walked(folder, studio, summary, tallies, told)


def test_every_task_is_answered_by_two_different_people(walked: Walked) -> None:
    tasks = everything(walked.studio, walked.folder)
    assert len(tasks) == 154
    assert all(
        len({one.person_id for one in task.annotations}) == len(task.annotations) == 2 for task in tasks
    )


def test_all_six_take_their_turns(walked: Walked) -> None:
    tasks = everything(walked.studio, walked.folder)
    share = Counter(one.person_id for task in tasks for one in task.annotations)
    assert len(share) == 6
    assert max(share.values()) - min(share.values()) <= 6


def test_the_counts_of_the_summary_reconcile(walked: Walked) -> None:
    counts = walked.summary.counts
    assert counts.annotations == counts.simulated_annotations == counts.labels + counts.rejects == 308
    assert counts.tasks == sum(one.tasks for one in walked.summary.task_types) == 154
    assert counts.disputed == sum(one.tasks - one.agreed for one in walked.summary.task_types) > 0
    assert counts.unfinished == 0


def test_each_person_is_as_often_right_as_the_truth_says(walked: Walked) -> None:
    with StorePlace(walked.folder).reading() as store:
        rows = store.rows(
            "SELECT p.email, t.item_id FROM votes JOIN people p USING (annotator) JOIN tasks t USING (task_id)"
        )
    for person, told in zip(PEOPLE, walked.summary.annotators, strict=True):
        asked = [truth()[row["item_id"]] for row in rows if row["email"] == person.email]
        right = sum(known.agrees(person.label(known.item, known.label)) for known in asked)
        assert (told.labels, told.right, told.stated) == (len(asked), right, person.accuracy)


def test_two_who_agree_are_more_often_right_than_one_alone(walked: Walked) -> None:
    alone = sum(one.right for one in walked.summary.annotators) / 308
    agreed = sum(one.right for one in walked.summary.task_types)
    assert alone < agreed / sum(one.agreed for one in walked.summary.task_types)


def test_the_release_and_the_report_say_that_they_are_simulated(walked: Walked) -> None:
    made = walked.summary.made
    assert '"simulated": true' in (made.release / "manifest.json").read_text()
    assert "simulated" in (made.release / "README.md").read_text()
    assert "simulated" in made.report.read_text()


def test_every_step_is_told_in_one_line(walked: Walked) -> None:
    stages = "demo ingest generate push (label) sync check resolve release"
    assert [line.split()[0] for line in walked.told] == stages.split()
    assert all("\n" not in line for line in walked.told)


def test_a_second_walk_adds_nothing(walked: Walked) -> None:
    before = everything(walked.studio, walked.folder)
    summary, tallies = quiet(walked.folder, walked.studio)
    assert {name: tally.done for name, tally in tallies.items()} == dict.fromkeys(walked.tallies, 0)
    assert everything(walked.studio, walked.folder) == before
    assert summary == walked.summary


def test_an_interrupted_walk_goes_on_where_it_stopped(walked: Walked, tmp_path: Path) -> None:
    studio = FakeLabelStudio()
    with pytest.raises(KeyboardInterrupt):
        walk(tmp_path, lambda _: None, Interrupting(after=100), office(studio))
    assert sum(len(task.annotations) for task in everything(studio, tmp_path)) == 100
    summary, _ = quiet(tmp_path, studio)
    tasks = everything(studio, tmp_path)
    assert all(
        len({one.person_id for one in task.annotations}) == len(task.annotations) == 2 for task in tasks
    )
    assert summary.counts == walked.summary.counts.replace(disputed=summary.counts.disputed)


def test_a_project_of_somebody_elses_is_refused_and_left_alone(tmp_path: Path) -> None:
    project = tmp_path / "project.toml"
    project.write_text('name = "mine"\n')
    with pytest.raises(ProjectError, match="the demo's project was expected"):
        quiet(tmp_path, FakeLabelStudio())
    assert [path.name for path in tmp_path.iterdir()] == ["project.toml"]
    assert project.read_text() == 'name = "mine"\n'


def test_a_demo_with_other_sources_is_refused(tmp_path: Path) -> None:
    (tmp_path / "project.toml").write_text(project_toml().replace("pairs.jsonl", "mine.jsonl"))
    with pytest.raises(ProjectError, match="found another"):
        quiet(tmp_path, FakeLabelStudio())


@pytest.mark.parametrize("found", ["notes.txt", "pairs.jsonl", ".headrace"])
def test_a_folder_with_something_else_in_it_is_refused(tmp_path: Path, found: str) -> None:
    (tmp_path / found).write_text("mine")
    with pytest.raises(ProjectError, match=f"found '{found}' in it"):
        quiet(tmp_path, FakeLabelStudio())
    assert (tmp_path / found).read_text() == "mine"


def test_a_task_of_somebody_elses_in_the_queue_is_a_refusal_in_one_line(tmp_path: Path) -> None:
    studio = FakeLabelStudio()
    with pytest.raises(KeyboardInterrupt):
        walk(tmp_path, lambda _: None, Interrupting(after=1), office(studio))
    with StorePlace(tmp_path).reading() as store:
        project = store.value("SELECT min(project_id) FROM remote_projects")
    studio.push(project, [NewTask(data={UID: "another"})])
    with pytest.raises(LabelStudioRefused, match="found somebody else's") as refused:
        quiet(tmp_path, studio)
    assert "\n" not in str(refused.value)


def test_without_reasoning_gym_nothing_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.demo.walk.find_spec", lambda _: None)
    with pytest.raises(HeadraceError, match="headrace\\[synthetic\\]"):
        quiet(tmp_path / "demo", FakeLabelStudio())
    assert list(tmp_path.iterdir()) == []


def test_the_summary_for_people_shows_the_password_only_where_it_may(walked: Walked) -> None:
    shown = "\n".join(lines(walked.summary, "headrace -C demo", "demo", "a-password"))
    hidden = "\n".join(lines(walked.summary, "headrace -C demo", "demo", None))
    assert "a-password" in shown
    assert "a-password" not in hidden
    assert "server.json" in hidden
    assert "a-password" not in str(walked.summary.to_json())


def test_the_summary_for_people_fits_a_screen_and_names_the_next_commands(walked: Walked) -> None:
    told = lines(walked.summary, "headrace -C demo", "demo", None)
    assert len(told) <= 30
    assert all(len(line) <= 120 for line in told if "/" not in line)
    text = "\n".join(told)
    for command in ("run", "report", "down"):
        assert f"headrace -C demo {command}" in text
    assert "SIMULATED" in text


def test_accounts_on_file_are_used_without_asking_anybody(tmp_path: Path) -> None:
    known = [
        Account(email=person.email, password="secret", token=f"token of {person.name}") for person in PEOPLE
    ]
    (tmp_path / ".headrace").mkdir()
    (tmp_path / ".headrace" / FILE).write_bytes(ACCOUNTS.dump_json(known))
    assert tokens(tmp_path, SERVER) == [f"token of {person.name}" for person in PEOPLE]


def test_a_damaged_file_of_accounts_is_refused_in_one_line(tmp_path: Path) -> None:
    (tmp_path / ".headrace").mkdir()
    (tmp_path / ".headrace" / FILE).write_text("[]]")
    with pytest.raises(ProjectError, match="six accounts were expected"):
        tokens(tmp_path, SERVER)


def test_passwords_are_on_file_before_an_account_is_made_and_for_their_owner_alone(tmp_path: Path) -> None:
    with pytest.raises(HeadraceError):
        tokens(tmp_path, SERVER)  # nothing answers at port 1
    path = tmp_path / ".headrace" / FILE
    assert path.stat().st_mode & 0o777 == 0o600
    accounts = ACCOUNTS.validate_json(path.read_bytes())
    assert [account.email for account in accounts] == [person.email for person in PEOPLE]
    assert len({account.password for account in accounts}) == 6
    assert all(account.token is None for account in accounts)
