"""Releases: the same facts make the same bytes, simulated labels never get in unsaid, every row leads back."""

import hashlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pipeline.lineage import in_words, lineage
from pipeline.released.differing import difference, shown
from pipeline.released.opened import Opened
from pipeline.releasing.asking import asker
from pipeline.releasing.splits import by_hash
from pipeline.stages.release import release
from schemas.base import content_id
from schemas.errors import GateRefused, UsageError
from schemas.facts import ReleaseFact
from tasks import task_types
from tasks._escape import Escape
from tests.pipeline.releasing.read import files, manifest, rows

KIND = task_types()["preference_pair"]

Say = Callable[[int], Any]


def label(effort: Any, say: Say, domain: str = "people.example", preference: int = -2) -> None:
    effort.run()
    effort.vote(f"ana@{domain}", say(preference))
    effort.vote(f"ben@{domain}", say(preference))
    effort.run()


def test_a_release_holds_rows_a_manifest_and_a_card(effort: Any, say: Say) -> None:
    label(effort, say)
    tally, version, folder = release(effort.ctx)
    assert (tally.done, version) == (6, "0.1.0")
    found, said = files(folder), manifest(folder)
    assert {name for name in found if "/" not in name} == {
        "README.md",
        "croissant.json",
        "manifest.json",
        "votes.parquet",
    }
    assert "data/preference_pair/train-00000-of-00001.parquet" in found
    assert {file.path for file in said.files} == found.keys() - {"manifest.json"}
    for file in said.files:
        assert (hashlib.sha256(found[file.path]).hexdigest(), len(found[file.path])) == (
            file.sha256,
            file.bytes,
        )
    assert (said.counts.rows, said.counts.by, said.counts.votes) == (6, {"people": 6}, {"2": 6})
    assert (said.licenses, said.languages) == ({"MIT": 6}, {"en": 4, "zh": 2})
    assert said.simulated is False
    assert [row["row_id"] for row in rows(folder)] == sorted(row["row_id"] for row in rows(folder))
    assert all({"prompt", "chosen", "rejected"} <= row.keys() for row in rows(folder))


def test_the_same_facts_make_the_same_bytes(effort: Any, say: Say, tmp_path: Path) -> None:
    label(effort, say)
    first = files(release(effort.ctx)[2])
    again = release(effort.ctx)
    assert again[0].done == 0
    assert files(again[2]) == first
    assert files(release(effort.ctx, out=tmp_path / "elsewhere")[2]) == first


def test_versions_follow_what_changed(effort: Any, say: Say) -> None:
    label(effort, say)
    assert release(effort.ctx)[1] == "0.1.0"
    effort.write([{"prompt": "New?", "candidates": [{"text": "a"}, {"text": "b"}]}], mode="a")
    label(effort, say)
    assert release(effort.ctx)[1] == "0.2.0"
    task = effort.ctx.store.value("SELECT remote_task_id FROM pushes LIMIT 1")
    for annotation in effort.studio.task(task).annotations:
        effort.studio.edit(annotation.id, say(3)({}))
    effort.run()
    _, version, folder = release(effort.ctx)
    assert version == release(effort.ctx)[1] == "1.0.0"
    bump = manifest(folder).bump
    assert bump is not None
    assert (bump.kind, bump.reason, bump.changed, bump.added) == ("major", "1 row changed", 1, 0)


def test_a_row_goes_for_a_reason_where_its_label_makes_none_any_more(effort: Any, say: Say) -> None:
    label(effort, say)
    before = release(effort.ctx)[2]
    task = effort.remote()[0]
    for annotation in effort.studio.task(task).annotations:
        effort.studio.edit(annotation.id, say(0)({}))
    effort.run()
    after = release(effort.ctx)[2]
    releases = Opened(before), Opened(after)
    with difference(*releases, asker(effort.ctx.store, releases[1].manifest.version)) as found:
        (row,) = shown(found.rows(), 10)
    assert (row["change"], row["why"]) == ("removed", "corrected vote")


def test_a_version_that_exists_or_is_none_is_refused(effort: Any, say: Say) -> None:
    label(effort, say)
    release(effort.ctx)
    effort.write([{"prompt": "New?", "candidates": [{"text": "a"}, {"text": "b"}]}], mode="a")
    label(effort, say)
    with pytest.raises(UsageError, match="frozen"):
        release(effort.ctx, "0.1.0")
    with pytest.raises(UsageError, match=r"1\.2"):
        release(effort.ctx, "1.2")
    with pytest.raises(UsageError, match="above"):
        release(effort.ctx, "0.0.9")
    with pytest.raises(UsageError, match=r"0\.2\.0 at least was expected \(1 row added\)"):
        release(effort.ctx, "0.1.1")
    assert release(effort.ctx, "3.1.4")[1] == "3.1.4"


def test_simulated_labels_never_enter_a_release_that_does_not_say_so(
    effort: Any, make_effort: Callable[..., Any], say: Say
) -> None:
    label(effort, say, domain="simulated.invalid")
    with pytest.raises(GateRefused, match="simulated"):
        release(effort.ctx)
    assert not (effort.folder / "releases").exists()
    willing = make_effort(release={"simulated": True})
    label(willing, say, domain="simulated.invalid")
    folder = release(willing.ctx)[2]
    said = manifest(folder)
    assert said.simulated is True
    assert said.counts.simulated_rows == said.counts.rows == 6
    assert "Simulated labels" in (folder / "README.md").read_text()
    assert all(row["simulated"] is True for row in rows(folder))
    for table in ("annotations", "labels", "resolutions"):
        assert willing.ctx.store.value(f"SELECT bool_and(simulated) FROM {table}") is True  # noqa: S608 - ours


def test_one_simulated_voice_marks_the_label(make_effort: Callable[..., Any], say: Say) -> None:
    effort = make_effort(release={"simulated": True})
    effort.run()
    effort.vote("ana@people.example", say(1))
    effort.vote("bot@simulated.invalid", say(1))
    effort.run()
    assert manifest(release(effort.ctx)[2]).counts.simulated_rows == 6


def test_questions_that_simulated_people_passed_are_no_simulated_rows(
    make_effort: Callable[..., Any],
) -> None:
    effort = make_effort(release={"simulated": True})
    effort.run()
    passed = KIND.result(KIND.label(escape=Escape(kind="cannot_judge")))
    for name, say in (("ana", passed), ("ben", passed)):
        effort.vote(f"{name}@simulated.invalid", lambda _, say=say: list(say))
    effort.run()
    _, _, folder = release(effort.ctx)
    said = manifest(folder)
    assert (said.counts.rows, said.counts.passed, said.counts.simulated_rows) == (0, 6, 0)
    assert said.simulated is True
    (fact,) = effort.ctx.store.facts(ReleaseFact)
    assert fact.simulated is True
    unwilling = make_effort(release={"simulated": False})
    unwilling.ctx = replace(unwilling.ctx, store=effort.ctx.store)
    with pytest.raises(GateRefused, match="12 of 12 labels and decisions are simulated"):
        release(unwilling.ctx)


def test_a_gate_that_cannot_be_measured_refuses(make_effort: Callable[..., Any], say: Say) -> None:
    effort = make_effort(release={"requires": {"alpha": 0.6}})
    label(effort, say)
    with pytest.raises(GateRefused, match="alpha"):
        release(effort.ctx)


def test_nothing_settled_is_nothing_to_release(effort: Any) -> None:
    effort.run()
    with pytest.raises(GateRefused, match="none yet"):
        release(effort.ctx)


def test_a_tie_is_settled_and_makes_no_row(effort: Any, say: Say) -> None:
    label(effort, say, preference=0)
    folder = release(effort.ctx)[2]
    assert manifest(folder).counts.rows == 0
    states = {
        row["state"]
        for row in effort.ctx.store.rows("SELECT state FROM record_states WHERE stage = 'release'")
    }
    assert states == {"no_row"}


@pytest.mark.proof
def test_every_row_leads_back_to_its_annotations_and_its_record(effort: Any, say: Say) -> None:
    label(effort, say)
    folder = release(effort.ctx)[2]
    for row in rows(folder):
        chain = lineage(effort.ctx.store, row["row_id"])
        assert chain["row"]["content"]["chosen"] == row["chosen"]
        assert len(chain["resolution"]["labels"]) == 2
        assert {vote["annotation"]["annotation_id"] for vote in chain["resolution"]["labels"]}
        assert chain["records"][0]["record"]["prompt"] == row["prompt"]
        assert chain["records"][0]["record"]["source"]["dataset"] == "problems.jsonl"
        assert any("annotation" in line for line in in_words(chain))
    with pytest.raises(UsageError, match="no released row"):
        lineage(effort.ctx.store, "0000")


@pytest.mark.proof
def test_conversations_make_conversational_rows(effort: Any, say: Say) -> None:
    effort.write(
        [
            {
                "prompt": [
                    {"role": "user", "content": "Hi?"},
                    {"role": "assistant", "content": "Yes?"},
                    {"role": "user", "content": "Why?"},
                ],
                "candidates": ["a", "b"],
            }
        ],
        mode="a",
    )
    label(effort, say)
    folder = release(effort.ctx)[2]
    found = rows(folder)
    assert len(found) == 7
    assert all(row["prompt"][-1]["role"] == "user" for row in found)
    assert all(row["chosen"][0]["role"] == "assistant" for row in found)
    assert {one.name: one.conversational for one in manifest(folder).sets} == {"preference_pair": True}


def test_a_prompt_keeps_its_split_and_shares_are_kept() -> None:
    splits = {"train": 0.8, "validation": 0.1, "test": 0.1}
    found = [by_hash(content_id(number), splits) for number in range(2000)]
    assert found == [by_hash(content_id(number), splits) for number in range(2000)]
    for name, share in splits.items():
        assert abs(found.count(name) / 2000 - share) < 0.03
    assert {by_hash(content_id(number), {"train": 1.0}) for number in range(50)} == {"train"}
