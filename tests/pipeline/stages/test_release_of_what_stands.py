"""A release holds what stands: not what was withdrawn or is asked anew; and its rows lead back to every decision."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from pipeline.lineage import in_words, lineage
from pipeline.stages.release import release
from schemas.errors import GateRefused
from schemas.steering import RedoFact, WithdrawalFact
from tasks import task_types
from tasks._adjudication import Decision
from tests.pipeline.filled import finding
from tests.pipeline.releasing.read import rows

Say = Callable[[int], Any]
KIND = task_types()["preference_pair"]


def label(effort: Any, say: Say, *preferences: int) -> None:
    effort.run()
    for name, preference in zip(("ana", "ben"), preferences, strict=True):
        effort.vote(f"{name}@people.example", say(preference))
    effort.run()


def decide(effort: Any, decision: Decision) -> None:
    """What one adjudicator decides of all cases there are."""
    effort.run("generate", "push")
    assert len(effort.decide("dee", decision)) == 6
    effort.run()


def tasks_of(effort: Any, version: str) -> set[str]:
    rows = effort.ctx.store.rows("SELECT task_id FROM release_members WHERE version = ?", [version])
    return {row["task_id"] for row in rows}


def withdraw(effort: Any, record_id: str) -> None:
    now = effort.ctx.clock()
    effort.ctx.store.put(
        [WithdrawalFact(record_id=record_id, reason="r", condition="true", withdrawn_at=now)]
    )


def redo(effort: Any, task_id: str) -> None:
    now = effort.ctx.clock()
    effort.ctx.store.put([RedoFact(task_id=task_id, reason="new guideline", condition="true", redone_at=now)])


def a_row(effort: Any, task_id: str) -> str:
    row: str = effort.ctx.store.value("SELECT row_id FROM release_rows WHERE task_id = ?", [task_id])
    return row


@pytest.mark.proof
def test_what_is_withdrawn_stays_in_its_release_and_is_in_no_later_one(effort: Any, say: Say) -> None:
    label(effort, say, -2, -2)
    _, first, folder = release(effort.ctx)
    before = (folder / "manifest.json").read_bytes()
    gone = effort.ctx.store.rows("SELECT * FROM record_tasks")[0]
    withdraw(effort, gone["record_id"])
    _, second, later = release(effort.ctx)
    assert (first, second) == ("0.1.0", "1.0.0")
    assert tasks_of(effort, first) - tasks_of(effort, second) == {gone["task_id"]}
    assert json.loads((later / "manifest.json").read_text())["counts"]["records"] == 5
    assert (folder / "manifest.json").read_bytes() == before
    chain = lineage(effort.ctx.store, a_row(effort, gone["task_id"]))
    assert chain["releases"] == ["0.1.0"]
    assert chain["records"][0]["withdrawn_at"] is not None


def test_a_shared_task_has_the_provenance_of_the_record_that_stays(effort: Any, say: Say) -> None:
    two = {
        "prompt": "Why?",
        "candidates": [{"text": "a"}, {"text": "b"}],
        "language": "en",
        "license": "CC0-1.0",
    }
    effort.write([two, {**two, "candidates": [*two["candidates"], {"text": "c"}], "license": "MIT"}])
    label(effort, say, -2, -2)
    assert effort.count("tasks") == 3
    manifest = json.loads((release(effort.ctx)[2] / "manifest.json").read_text())
    assert manifest["licenses"] == {"CC0-1.0": 1, "MIT": 1}
    withdraw(effort, effort.ctx.store.value("SELECT record_id FROM records WHERE license = 'CC0-1.0'"))
    effort.run()
    manifest = json.loads((release(effort.ctx, out=effort.folder / "again")[2] / "manifest.json").read_text())
    assert manifest["licenses"] == {"MIT": 1}
    assert (manifest["counts"]["tasks"], manifest["counts"]["records"]) == (3, 1)


def test_an_item_is_released_by_its_newest_attempt_alone(effort: Any, say: Say) -> None:
    label(effort, say, -2, -2)
    release(effort.ctx)
    old = effort.ctx.store.rows("SELECT * FROM tasks")[0]
    redo(effort, old["task_id"])
    assert tasks_of(effort, release(effort.ctx)[1]) == tasks_of(effort, "0.1.0") - {old["task_id"]}
    label(effort, say, 3, 3)
    version = release(effort.ctx)[1]
    (new,) = tasks_of(effort, version) - tasks_of(effort, "0.1.0")
    chain = lineage(effort.ctx.store, a_row(effort, new))
    (before,) = chain["attempts_before"]
    assert (chain["task"]["attempt"], before["attempt"]) == (2, 1)
    assert (before["task_id"], before["ended_by"], before["reason"]) == (
        old["task_id"],
        "redo",
        "new guideline",
    )
    assert [vote["label"]["preference"] for vote in before["labels"]] == [-2, -2]
    assert [vote["label"]["preference"] for vote in chain["resolution"]["labels"]] == [3, 3]
    assert any("asked anew" in line for line in in_words(chain))


@pytest.mark.proof
def test_a_decision_leads_back_to_the_adjudicator_and_the_votes_it_was_about(effort: Any, say: Say) -> None:
    label(effort, say, -3, 3)
    with pytest.raises(GateRefused):
        release(effort.ctx)
    decide(effort, Decision(label=KIND.label(preference=2)))
    folder = release(effort.ctx)[2]
    counts = json.loads((folder / "manifest.json").read_text())["counts"]
    assert (counts["labels"], counts["annotators"], counts["decisions"], counts["adjudicators"]) == (
        12,
        2,
        6,
        1,
    )
    assert "adjudicator 6" in (folder / "README.md").read_text()
    chain = lineage(effort.ctx.store, rows(folder)[0]["row_id"])
    decision = chain["resolution"]["decision"]
    adjudicator = effort.ctx.store.value("SELECT annotator FROM people WHERE email LIKE 'dee@%'")
    assert (decision["adjudicator"], decision["label"]["preference"]) == (adjudicator, 2)
    assert decision["annotation"]["lead_seconds"] == 30.0
    assert [vote["label"]["preference"] for vote in chain["resolution"]["labels"]] == [-3, 3]
    said = "\n".join(in_words(chain))
    assert f"decided by {adjudicator}" in said
    assert "dee@" not in said


@pytest.mark.proof
def test_what_was_sent_back_is_released_by_its_next_attempt(effort: Any, say: Say) -> None:
    label(effort, say, -3, 3)
    decide(effort, Decision(label=None, reason="The prompt is cut off"))
    with pytest.raises(GateRefused):
        release(effort.ctx)
    label(effort, say, 1, 1)
    folder = release(effort.ctx)[2]
    chain = lineage(effort.ctx.store, rows(folder)[0]["row_id"])
    (before,) = chain["attempts_before"]
    assert (before["ended_by"], before["reason"]) == ("sent_back", "The prompt is cut off")
    assert [vote["label"]["preference"] for vote in before["labels"]] == [-3, 3]
    kind = json.loads((folder / "manifest.json").read_text())["task_types"][0]
    assert (kind["tasks"], kind["compared"], kind["disputed"]) == (6, 12, 6)


@pytest.mark.proof
def test_votes_of_simulated_people_make_the_decision_on_them_a_simulated_one(effort: Any, say: Say) -> None:
    effort.run()
    effort.vote("ana@simulated.invalid", say(-3))
    effort.vote("ben@simulated.invalid", say(3))
    effort.run()
    decide(effort, Decision(label=KIND.label(preference=2)))
    with pytest.raises(GateRefused, match="simulated"):
        release(effort.ctx)


def test_votes_that_did_not_count_and_annotations_that_were_lost_are_shown(effort: Any) -> None:
    effort.run()
    remote, task = effort.ctx.store.rows("SELECT remote_task_id, task_id FROM pushes")[0].values()
    for name, preference in (("ana", 3), ("ben", -2)):
        effort.answer(name, remote, preference)
    effort.run("sync")
    void = effort.ctx.store.value("SELECT revision_id FROM annotations ORDER BY created_at LIMIT 1")
    effort.ctx.store.put(
        [
            finding(
                "paused", subject=void, task_id=task, revision_id=void, void=True, detail="was paused",
                found_at=effort.ctx.clock(),
            )
        ]
    )  # fmt: skip
    effort.run()
    effort.answer("cem", remote, -2)
    effort.run()
    effort.studio.delete_task(remote)
    effort.run("sync", "check")
    release(effort.ctx)
    resolution = lineage(effort.ctx.store, a_row(effort, task))["resolution"]
    assert [vote["label"]["preference"] for vote in resolution["labels"]] == [-2, -2]
    assert all(vote["annotation"]["lost"] for vote in resolution["labels"])
    (other,) = resolution["not_counted"]
    assert other["label"]["preference"] == 3
    assert [(one["kind"], one["void"]) for one in other["findings"]] == [("paused", True)]
