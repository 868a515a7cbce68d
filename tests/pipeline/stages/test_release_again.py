"""A release never changes: it can be made again byte for byte, additions leave it alone, a preview is none."""

import errno
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pipeline.releasing.frozen import rebuild
from pipeline.releasing.making import make_rows
from pipeline.releasing.notes import NOTES
from pipeline.releasing.splits import Assigned
from pipeline.stages import release as stage
from pipeline.stages.release import release
from schemas.errors import StoreError, UsageError
from schemas.facts import ReleaseFact
from schemas.releases import SplitFact
from schemas.rows import PreferenceRow
from schemas.steering import RedoFact, WithdrawalFact
from tasks import task_types
from tests.pipeline.releasing.read import files, manifest, rows, votes

Say = Callable[[int], Any]
NEW = {"prompt": "New?", "candidates": [{"text": "a"}, {"text": "b"}], "license": "MIT"}


@pytest.fixture
def labeled(effort: Any, say: Say) -> Any:
    """Six settled tasks, released as 0.1.0."""
    label(effort, say, -2)
    release(effort.ctx)
    return effort


def label(effort: Any, say: Say, preference: int, *names: str) -> None:
    effort.run()
    for name in names or ("ana", "ben"):
        effort.vote(f"{name}@people.example", say(preference))
    effort.run()


def change_one(effort: Any, say: Say) -> str:
    """Have one task settled otherwise; its id."""
    remote, task = effort.ctx.store.rows("SELECT remote_task_id, task_id FROM pushes ORDER BY 1 LIMIT 1")[
        0
    ].values()
    for annotation in effort.studio.task(remote).annotations:
        effort.studio.edit(annotation.id, say(3)({}))
    effort.run()
    return str(task)


def add_one(effort: Any, say: Say, **more: Any) -> None:
    effort.write([{**NEW, **more}], mode="a")
    label(effort, say, -1)


def test_a_version_is_made_again_byte_for_byte_whatever_came_later(
    labeled: Any, say: Say, tmp_path: Path
) -> None:
    first = files(labeled.folder / "releases" / "0.1.0")
    change_one(labeled, say)
    add_one(labeled, say)
    assert release(labeled.ctx)[1] == "1.0.0"
    rebuild(labeled.ctx.store, "0.1.0", tmp_path / "again")
    assert files(tmp_path / "again") == first
    shutil.rmtree(labeled.folder / "releases" / "0.1.0")
    tally, version, folder = release(labeled.ctx, "0.1.0")
    assert (tally.done, version) == (0, "0.1.0")
    assert files(folder) == first


def test_what_is_no_release_cannot_be_made_again(labeled: Any, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="headrace releases"):
        rebuild(labeled.ctx.store, "7.0.0", tmp_path)


def test_additions_alone_leave_the_last_release_as_it_is(labeled: Any, say: Say) -> None:
    before = {row["row_id"]: row for row in rows(labeled.folder / "releases" / "0.1.0")}
    changed = change_one(labeled, say)
    gone = labeled.ctx.store.value("SELECT max(task_id) FROM tasks WHERE task_id <> ?", [changed])
    now = labeled.ctx.clock()
    labeled.ctx.store.put([RedoFact(task_id=gone, reason="unclear", condition="true", redone_at=now)])
    add_one(labeled, say)
    _, version, folder = release(labeled.ctx, additions_only=True)
    after = {row["row_id"]: row for row in rows(folder)}
    assert version == "0.2.0"
    assert {key: after[key] for key in before} == before
    assert len(after) == len(before) + 1
    said = manifest(folder)
    assert {one.task_id: one.reason for one in said.held_back} == {changed: "correction", gone: "correction"}
    assert "asked anew" in next(one.detail for one in said.held_back if one.task_id == gone)
    assert said.policies.additions_only is True
    assert said.bump is not None
    assert (said.bump.kind, said.bump.reason) == ("minor", "1 row added")
    assert labeled.ctx.store.count("held_back") == 2
    assert said.held_back[0].row_id in (labeled.folder / "releases" / NOTES).read_text()
    assert {row["task_id"] for row in votes(folder)} == {row["task_id"] for row in after.values()}
    assert release(labeled.ctx)[1] == "1.0.0"


@pytest.mark.proof
def test_additions_alone_never_keep_what_was_withdrawn(labeled: Any) -> None:
    record = labeled.ctx.store.value("SELECT min(record_id) FROM records")
    now = labeled.ctx.clock()
    labeled.ctx.store.put([WithdrawalFact(record_id=record, reason="r", condition="true", withdrawn_at=now)])
    with pytest.raises(UsageError, match=r"1 of 0\.1\.0 are of records that were withdrawn"):
        release(labeled.ctx, additions_only=True)
    _, version, folder = release(labeled.ctx)
    assert version == "1.0.0"
    assert [one.record_id for one in manifest(folder).withdrawn] == [record]


@pytest.mark.proof
def test_a_conversation_makes_all_rows_beside_it_new_ones(labeled: Any, say: Say, tmp_path: Path) -> None:
    first = files(labeled.folder / "releases" / "0.1.0")
    talk = [
        {"role": "user", "content": "Hi?"},
        {"role": "assistant", "content": "?"},
        {"role": "user", "content": "!"},
    ]
    add_one(labeled, say, prompt=talk)
    with pytest.raises(UsageError, match="holds conversations since"):
        release(labeled.ctx, additions_only=True)
    _, version, folder = release(labeled.ctx)
    assert (version, manifest(folder).bump.reason) == ("1.0.0", "6 rows changed, 1 added")  # type: ignore[union-attr] # it has one
    assert all(row["chosen"][0]["role"] == "assistant" for row in rows(folder))
    rebuild(labeled.ctx.store, "0.1.0", tmp_path / "again")
    assert files(tmp_path / "again") == first


@pytest.mark.proof
def test_a_preview_is_marked_and_frozen_nowhere(labeled: Any, say: Say) -> None:
    add_one(labeled, say)
    tally, version, folder = release(labeled.ctx, preview=True)
    assert (tally.done, version, folder.name) == (0, "0.2.0", "0.2.0-preview")
    assert manifest(folder).preview is True
    assert "preview" in (folder / "README.md").read_text().lower()
    assert len(rows(folder)) == 7
    assert labeled.ctx.store.count("releases") == 1
    content = manifest(folder).content
    _, version, released = release(labeled.ctx)
    assert (version, manifest(released).content) == ("0.2.0", content)
    assert manifest(released).preview is False


@pytest.mark.proof
def test_a_preview_asks_no_gate(make_effort: Callable[..., Any], say: Say) -> None:
    effort = make_effort(release={"requires": {"alpha": 0.9}})
    label(effort, say, -2)
    folder = release(effort.ctx, preview=True)[2]
    assert [gate.met for gate in manifest(folder).policies.gates] == [False]


@pytest.mark.proof
def test_the_same_rows_decided_otherwise_are_a_patch(labeled: Any) -> None:
    remote = labeled.remote()[0]
    labeled.ctx.store.temporary("UPDATE tasks SET overlap = 3")
    labeled.run()
    labeled.answer("cem", remote, -2)
    labeled.run()
    votes_now = {row["votes"] for row in rows(release(labeled.ctx)[2])}
    newest = labeled.ctx.store.facts(ReleaseFact)[-1]
    assert (newest.version, votes_now) == (
        "0.1.0",
        {2},
    )  # a settled label stays settled: one more vote is no news
    labeled.ctx.store.temporary("UPDATE truths SET posterior = 0.5")
    _, version, folder = release(labeled.ctx)
    assert (version, manifest(folder).bump.reason) == ("0.1.1", "the same rows")  # type: ignore[union-attr] # it has one
    assert manifest(folder).content == newest.content


@pytest.mark.parametrize(
    "step",
    [
        "freeze",
        "put",
        *(
            pytest.param(name, marks=pytest.mark.proof)
            for name in ("write", "papers", "write_texts", "write_notes")
        ),
    ],
)
def test_whatever_breaks_there_is_no_release_or_a_whole_one(
    effort: Any, say: Say, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    label(effort, say, -2)

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(stage, step, full)
    with pytest.raises(StoreError, match="No space left on device"):
        release(effort.ctx)
    monkeypatch.undo()
    home = effort.folder / "releases"
    place = home / "0.1.0"
    assert [path.name for path in home.iterdir()] == (["0.1.0"] if step == "write_notes" else [])
    assert effort.ctx.store.count("releases") == (step in ("put", "write_notes"))
    assert release(effort.ctx)[1] == "0.1.0"
    assert {file.path for file in manifest(place).files} == files(place).keys() - {"manifest.json"}
    assert (home / NOTES).exists()


@pytest.mark.proof
def test_the_notes_have_a_section_a_version_newest_first(labeled: Any, say: Say) -> None:
    add_one(labeled, say)
    release(labeled.ctx)
    said = (labeled.folder / "releases" / NOTES).read_text()
    assert [line[:8] for line in said.splitlines() if line.startswith("## ")] == ["## 0.2.0", "## 0.1.0"]
    assert "Minor: 1 row added." in said


def test_votes_stand_under_pseudonyms_of_their_own(labeled: Any, say: Say) -> None:
    folder = labeled.folder / "releases" / "0.1.0"
    people = {row["annotator"] for row in labeled.ctx.store.rows("SELECT annotator FROM people")}
    said = votes(folder)
    assert len(said) == 12
    assert {vote["role"] for vote in said} == {"vote"}
    names = {vote["annotator"] for vote in said}
    assert len(names) == 2
    everything = b"".join(files(folder).values())
    assert not any(name.encode() in everything for name in (*people, "ana@people.example", "ben@people"))
    add_one(labeled, say)
    assert {vote["annotator"] for vote in votes(release(labeled.ctx)[2])} == names


@pytest.mark.proof
def test_who_was_forgotten_is_listed_by_the_next_release(labeled: Any, say: Say) -> None:
    folder = labeled.folder / "releases" / "0.1.0"
    now = labeled.ctx.clock()
    labeled.ctx.store.temporary("UPDATE people SET forgotten_at = ? WHERE email LIKE 'ana@%'", [now])
    labeled.write([NEW], mode="a")
    label(labeled, say, -2, "ben", "cem")
    said = manifest(release(labeled.ctx)[2])
    assert len(said.forgotten) == 1
    assert set(said.forgotten) < {vote["annotator"] for vote in votes(folder)}


@pytest.mark.proof
def test_a_release_of_an_older_headrace_stays_listed_and_the_next_is_a_major_one(labeled: Any) -> None:
    labeled.ctx.store.temporary(
        "UPDATE releases SET content = NULL, manifest = NULL, papers = NULL, digest = 'old'"
    )
    with pytest.raises(StoreError, match="older headrace"):
        rebuild(labeled.ctx.store, "0.1.0", labeled.folder / "again")
    with pytest.raises(UsageError, match="made by an older one"):
        release(labeled.ctx, additions_only=True)
    _, version, folder = release(labeled.ctx)
    assert version == "1.0.0"
    assert "older headrace" in manifest(folder).bump.reason  # type: ignore[union-attr] # it has one
    assert "## 0.1.0" in (folder.parent / NOTES).read_text()


@pytest.mark.proof
def test_rows_are_made_again_once_their_code_is_another(
    labeled: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = files(labeled.folder / "releases" / "0.1.0")
    assert make_rows(labeled.ctx) == 0
    monkeypatch.setattr("pipeline.releasing.standing.recipe", lambda _: "another")
    margin = PreferenceRow(prompt="p", chosen="c", rejected="r", margin=3)
    monkeypatch.setattr(type(task_types()["preference_pair"]), "rows", lambda *_: [margin])
    assert make_rows(labeled.ctx) == 6
    _, version, folder = release(labeled.ctx)
    assert version == "1.0.0"
    assert {row["margin"] for row in rows(folder)} == {3.0}
    rebuild(labeled.ctx.store, "0.1.0", labeled.folder / "again")
    assert files(labeled.folder / "again") == first


@pytest.mark.proof
def test_a_prompt_between_two_splits_is_left_out_and_said_to_be(
    make_effort: Callable[..., Any], say: Say, monkeypatch: pytest.MonkeyPatch
) -> None:
    effort = make_effort(release={"splits": {"train": 0.5, "test": 0.5}})
    label(effort, say, -2)

    def without_one(_: Any, prompts: Any) -> Assigned:
        first, *others = list(prompts)
        moment = effort.ctx.clock()
        effort.ctx.store.put(
            SplitFact(prompt_id=one, split="test", cluster=one, set_at=moment) for one in others
        )
        return Assigned(dict.fromkeys(others, "test"), {first: "nearly the same as two"})

    monkeypatch.setattr("pipeline.releasing.candidate.assign", without_one)
    folder = release(effort.ctx)[2]
    (held,) = manifest(folder).held_back
    assert (held.reason, held.detail) == ("bridges splits", "nearly the same as two")
    assert held.row_id not in {row["row_id"] for row in rows(folder)}
    assert len(rows(folder, split="test")) == 5
    assert effort.count("release_members") == 5
