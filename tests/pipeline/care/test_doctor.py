"""The doctor sees each way in which the two sides can come to disagree, and tells it from what is only on its way."""

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from pipeline.care.doctor import examine, speak
from pipeline.context import Quiet
from pipeline.label_studio.base import UID, NewTask
from pipeline.opening import EMBEDDED, Studio
from pipeline.store import StorePlace
from schemas.errors import LabelStudioUnreachable, StoreBusy

if TYPE_CHECKING:
    from pipeline.label_studio.base import LabelStudio

Failing = Callable[[], dict[str, int]]


def details(patient: Any, name: str) -> tuple[str, ...]:
    """What the last examination gives as examples."""
    (check,) = [check for check in patient.found.checks if check.name == name]
    examples: tuple[str, ...] = check.examples
    return examples


def test_both_sides_agree_after_the_stages_have_run(patient: Any, failing: Failing) -> None:
    assert failing() == {}
    found = patient.found
    assert found.agrees
    assert (found.tasks, found.annotations) == (6, 12)


def test_examining_changes_nothing_on_either_side(patient: Any) -> None:
    store = StorePlace(patient.folder).path
    before = store.read_bytes(), patient.studio.snapshot()
    patient.examine()
    assert (store.read_bytes(), patient.studio.snapshot()) == before


@pytest.mark.proof
def test_what_was_said_since_the_last_sync_is_counted_and_no_disagreement(patient: Any) -> None:
    patient.problems(9)
    patient.run()
    patient.vote("ann@example.com")
    found = patient.examine()
    assert found.agrees
    (stages,) = [check for check in found.checks if check.name == "stages"]
    assert "3 annotations not synced yet" in stages.detail


def test_an_edit_and_a_deletion_since_the_last_sync_are_only_on_their_way(patient: Any) -> None:
    first, second, *_ = patient.rows("SELECT remote_id FROM annotations ORDER BY remote_id")
    patient.studio.edit(first["remote_id"], [])
    patient.studio.delete_annotation(second["remote_id"])
    found = patient.examine()
    assert found.agrees
    (stages,) = [check for check in found.checks if check.name == "stages"]
    assert "1 annotations not synced yet" in stages.detail
    assert "1 taken back since the last sync" in stages.detail


def test_a_task_that_somebody_deleted_is_missing_until_a_sync_has_it_on_record(
    patient: Any, failing: Failing
) -> None:
    gone = patient.remote_ids[2]
    patient.studio.delete_task(gone)
    assert failing() == {"tasks_missing": 1}
    assert f"expected as {gone} in project {patient.project_id}" in details(patient, "tasks_missing")[0]
    patient.run("sync")
    assert failing() == {}


@pytest.mark.proof
def test_a_copy_is_a_double_until_a_sync_has_it_on_record(patient: Any, failing: Failing) -> None:
    copy = patient.studio.copy_task(patient.remote_ids[0])
    assert failing() == {"tasks_doubled": 1}
    assert f"task {copy} " in details(patient, "tasks_doubled")[0]
    patient.run("sync")
    assert failing() == {}


def test_a_task_of_somebody_else_is_foreign(patient: Any, failing: Failing) -> None:
    patient.studio.push(patient.project_id, [NewTask(data={"prompt": "mine"})])
    assert failing() == {"tasks_foreign": 1}


def test_a_changed_uid_is_told_with_the_one_to_put_back(patient: Any, failing: Failing) -> None:
    first = patient.remote_ids[0]
    data = patient.studio.data(first)
    uid, data[UID] = data[UID], "another"
    assert failing() == {"tasks_changed": 1}
    assert f"expected the uid {uid}, found another" in details(patient, "tasks_changed")[0]


@pytest.mark.proof
def test_a_push_that_was_cut_off_is_in_doubt_and_then_mended(patient: Any, failing: Failing) -> None:
    patient.problems(9)
    patient.run("ingest", "screen", "generate", "push")
    patient.spoil("UPDATE sends SET answered_at = NULL; DELETE FROM pushes WHERE remote_task_id > 16")
    assert failing() == {"tasks_in_doubt": 2}
    patient.run("push", "sync")
    assert failing() == {}


def test_a_task_there_that_nothing_here_knows_of_is_unrecorded(patient: Any, failing: Failing) -> None:
    patient.spoil("DELETE FROM pushes WHERE remote_task_id = (SELECT min(remote_task_id) FROM pushes)")
    assert failing() == {"tasks_unrecorded": 1}


@pytest.mark.proof
@pytest.mark.parametrize(
    ("sql", "says"),
    [
        ("DELETE FROM annotations WHERE remote_id = {id}", "is not in the store"),
        ("UPDATE annotations SET deleted = true WHERE remote_id = {id}", "is taken back in the store"),
        ("UPDATE annotations SET result = '[]' WHERE remote_id = {id}", "says something else in the store"),
        ("UPDATE annotations SET task_id = 'another' WHERE remote_id = {id}", "is of task another"),
        (
            "UPDATE annotations SET annotator = 'ann-other' WHERE remote_id = {id}",
            "by ann-other in the store",
        ),
    ],
)
def test_an_annotation_that_the_store_has_otherwise_is_a_disagreement(
    patient: Any, failing: Failing, sql: str, says: str
) -> None:
    remote_id = patient.rows("SELECT min(remote_id) AS id FROM annotations")[0]["id"]
    patient.spoil(sql.format(id=remote_id))
    assert failing() == {"annotations_there": 1}
    (line,) = details(patient, "annotations_there")
    assert line.startswith(f"annotation {remote_id} of task ")
    assert says in line


def test_an_annotation_that_only_the_store_has_is_a_disagreement_unless_it_is_lost(
    patient: Any, failing: Failing
) -> None:
    patient.spoil("""
        INSERT INTO annotations
        SELECT * REPLACE ('made-up' AS revision_id, 'made-up' AS annotation_id, 9999 AS remote_id)
        FROM annotations LIMIT 1
    """)
    assert failing() == {"annotations_here": 1}
    assert details(patient, "annotations_here")[0].startswith("annotation 9999 of ")
    patient.spoil("UPDATE annotations SET lost = true WHERE remote_id = 9999")
    assert failing() == {}


def test_a_task_that_waits_for_other_votes_than_is_on_record_is_told(patient: Any, failing: Failing) -> None:
    patient.spoil("UPDATE remote_states SET overlap = 7 WHERE task_id = (SELECT min(task_id) FROM pushes)")
    assert failing() == {"asked": 1}


@pytest.mark.proof
def test_a_server_put_back_to_an_older_state_is_noticed_and_mended_by_the_stages(
    patient: Any, failing: Failing
) -> None:
    backup = patient.studio.snapshot()
    patient.problems(8)
    patient.run()
    patient.vote("ann@example.com")
    patient.run()
    patient.studio.restore(backup)
    assert failing() == {"restored": 1, "tasks_missing": 2}
    for _ in range(2):
        patient.run()
    assert failing() == {}


def test_a_project_that_is_gone_is_told(patient: Any, failing: Failing) -> None:
    patient.studio.delete_project(patient.project_id)
    assert failing() == {"projects": 1, "tasks_missing": 6}


def test_without_a_label_studio_that_answers_nothing_is_said_to_agree(patient: Any) -> None:
    def nobody() -> "LabelStudio":
        raise LabelStudioUnreachable("Label Studio: should run, does not; start it with: headrace up")

    found = examine(patient.folder, patient.project, Studio(EMBEDDED, nobody), progress=Quiet())
    assert not found.agrees
    assert found.tasks == 0
    assert [check.examples for check in found.checks if check.name == "label_studio"] == [
        ("Label Studio: should run, does not; start it with: headrace up",)
    ]


def test_another_label_studio_than_the_one_with_the_tasks_is_refused(patient: Any) -> None:
    found = examine(
        patient.folder,
        patient.project,
        Studio("https://other.example", lambda: patient.studio),
        progress=Quiet(),
    )
    assert not found.agrees
    (other,) = [check for check in found.checks if not check.ok]
    assert other.name == "label_studio"
    assert "found 'https://other.example'" in other.examples[0]


def test_a_store_that_is_none_is_one_check_that_fails(patient: Any) -> None:
    StorePlace(patient.folder).path.write_bytes(b"no store at all")
    found = patient.examine()
    assert [check.name for check in found.checks if not check.ok] == ["store"]
    assert not found.agrees


def test_a_new_project_agrees_without_a_store_or_a_server(tmp_path: Any, patient: Any) -> None:
    new = tmp_path / "new"
    new.mkdir()
    found = examine(new, patient.project, Studio(EMBEDDED, lambda: patient.studio), progress=Quiet())
    assert found.agrees
    assert list(new.iterdir()) == []


def test_it_waits_for_a_writer_and_then_says_who_it_is(patient: Any) -> None:
    with StorePlace(patient.folder).writing("headrace push"), pytest.raises(StoreBusy, match="headrace push"):
        examine(patient.folder, patient.project, patient.seam, wait=0, progress=Quiet())


@pytest.mark.proof
def test_many_disagreements_are_counted_and_twenty_are_shown(patient: Any) -> None:
    patient.problems(40)
    patient.run("ingest", "screen", "generate", "push", "sync")
    for remote_id in patient.remote_ids[6:36]:
        patient.studio.delete_task(remote_id)
    said: list[str] = []
    speak(patient.examine(), said.append)
    assert len(details(patient, "tasks_missing")) == 20
    assert any(line.startswith("PROBLEM  tasks_missing") and "30 against" in line for line in said)
    assert any("and 10 more" in line for line in said)
    assert said[-1].startswith("both sides do not agree")


def test_its_json_is_json(patient: Any) -> None:
    found = json.loads(json.dumps(patient.examine().to_json()))
    assert found["agrees"] is True
    assert found["compared"] == {"tasks": 6, "annotations": 12}
    assert {"name", "ok", "count", "detail", "examples"} <= set(found["checks"][0])
