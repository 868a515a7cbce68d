"""Exports as a whole: what is refused before any work, what stands on disk, and nothing half done."""

import hashlib
import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from exports import _shards, writing
from exports.account import Account
from pipeline.context import Quiet
from pipeline.exporting import making
from pipeline.exporting.choosing import fitting, folder_of
from pipeline.exporting.making import Wanted, export
from pipeline.released.opened import Opened
from schemas.errors import SourceError, StoreError, UsageError
from schemas.records import Message
from schemas.rows import PreferenceRow, PromptCompletionRow, StepwiseRow, UnpairedRow
from tests.exports.released import Sets, release_of

PAIRS = [
    PreferenceRow(id=f"{number:032x}", prompt=f"p{number // 2}", chosen="good", rejected="bad")
    for number in range(10)
]
STEPS = [StepwiseRow(id="f" * 32, prompt="p", completions=("1",), labels=(True,))]
GOOD = [UnpairedRow(id="e" * 32, prompt="p", completion="c", label=True)]
SETS: Sets = {
    "pairs": {"train": PAIRS[:7], "test": PAIRS[7:]},
    "steps": {"train": STEPS},
    "reviews": {"test": GOOD},
}


@pytest.fixture
def release(tmp_path: Path) -> Opened:
    folder = tmp_path / "release"
    folder.mkdir()
    return release_of(folder, SETS, simulated=True)


def files(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }


def test_an_export_holds_rows_their_ids_an_account_and_a_page(release: Opened, tmp_path: Path) -> None:
    account = export(release, Wanted("trl_preference"), tmp_path / "out")
    found = files(tmp_path / "out")
    assert set(found) == {
        "README.md",
        "export.json",
        "pairs/test-00000-of-00001.parquet",
        "pairs/test-00000-of-00001.parquet.row_ids.txt",
        "pairs/train-00000-of-00001.parquet",
        "pairs/train-00000-of-00001.parquet.row_ids.txt",
    }
    assert Account.model_validate_json(found["export.json"]) == account
    assert account.made == 10
    assert account.choices == {"form": "conversational", "between": "\n\n", "margin": True}
    assert account.release.version == "1.2.3"
    for file in account.files:
        assert hashlib.sha256(found[file.path]).hexdigest() == file.sha256
        assert len(found[file.path]) == file.bytes
    ids = found["pairs/train-00000-of-00001.parquet.row_ids.txt"].decode().splitlines()
    assert ids == [row.id for row in PAIRS[:7]]
    assert "Simulated labels" in found["README.md"].decode()


def test_the_same_release_makes_the_same_bytes(release: Opened, tmp_path: Path) -> None:
    for name in sorted({name for fits in fitting(release).values() for name in fits}):
        for place in ("one", "two"):
            export(release, Wanted(name), tmp_path / place / name)
        assert files(tmp_path / "one" / name) == files(tmp_path / "two" / name), name


def test_a_wrong_pairing_is_refused_with_the_formats_that_fit(release: Opened, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"takes StepwiseRow, pairs holds PreferenceRow; .*trl_preference"):
        export(release, Wanted("trl_stepwise", sets=("pairs",)), tmp_path / "out")
    with pytest.raises(UsageError, match=r"takes Prm800kRow; pairs \(PreferenceRow\) fits csv"):
        export(release, Wanted("prm800k"), tmp_path / "out")
    assert not (tmp_path / "out").exists()
    assert "processbench" in fitting(release)["steps"]


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        (Wanted("trl_preferense"), "did you mean 'trl_preference'"),
        (Wanted("trl_preference", sets=("pears",)), "did you mean 'pairs'"),
        (Wanted("trl_preference", choices={"marginal": "true"}), "did you mean 'margin'"),
        (Wanted("trl_preference", choices={"margin": "perhaps"}), "margin: input should be a valid boolean"),
        (Wanted("trl_stepwise", choices={"neutral": "half"}), "neutral: input should be 'right', 'wrong'"),
        (Wanted("prm800k", choices={"a": "b"}), "nothing to choose"),
    ],
)
def test_what_does_not_exist_is_refused_with_what_was_meant(
    release: Opened, tmp_path: Path, wanted: Wanted, said: str
) -> None:
    with pytest.raises(UsageError, match=said):
        export(release, wanted, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_conversations_are_not_made_texts(tmp_path: Path) -> None:
    said = (Message(role="user", content="p"),)
    rows = [PreferenceRow(id="0" * 32, prompt=said, chosen=said, rejected=said)]
    release = release_of(tmp_path, {"pairs": {"train": rows}})
    with pytest.raises(
        UsageError, match="pairs cannot be trl_preference as chosen: its prompts are conversations"
    ):
        export(release, Wanted("trl_preference", choices={"form": "standard"}), tmp_path / "out")
    assert export(release, Wanted("trl_preference"), tmp_path / "out").made == 1


def test_a_prompt_is_taken_once_through_all_batches(
    release: Opened, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(making, "BATCH", 3)
    account = export(release, Wanted("trl-prompt-only", sets=("pairs",)), tmp_path / "once")
    assert account.sets["pairs"]["train"].made == 4
    assert account.left_out() == {"an earlier row has its prompt": 3 + 1}
    assert account.files[1].rows == 2
    kept = export(release, Wanted("trl_prompt_only", ("pairs",), {"repeated": "keep"}), tmp_path / "kept")
    assert kept.made == 10


def test_a_split_is_cut_into_files_of_so_many_rows(
    release: Opened, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(making, "BATCH", 2)
    monkeypatch.setattr(_shards.Shards.__init__, "__defaults__", (4,))
    whole: dict[str, list[Any]] = {}
    for name in ("trl_unpaired", "jsonl"):
        account = export(release, Wanted(name, ("pairs",)), tmp_path / name)
        rows = [file for file in account.files if not file.path.endswith(".txt")]
        assert all(file.rows <= 4 for file in rows)
        for file in rows:
            path = tmp_path / name / file.path
            ids = path.with_name(f"{path.name}.row_ids.txt").read_text().splitlines()
            read = (
                pq.read_table(path).to_pylist()
                if path.suffix == ".parquet"
                else path.read_text().splitlines()
            )
            assert len(ids) == len(read) == file.rows
            whole.setdefault(name, []).extend(ids)
    assert [path for path in files(tmp_path / "trl_unpaired") if path.endswith("of-00004.parquet")]
    assert sorted(whole["jsonl"] * 2) == sorted(whole["trl_unpaired"])


def test_an_export_takes_the_place_of_an_earlier_one_and_of_nothing_else(
    release: Opened, tmp_path: Path
) -> None:
    place = tmp_path / "out"
    export(release, Wanted("jsonl"), place)
    assert export(release, Wanted("jsonl", choices={"columns": "row"}), place).choices == {"columns": "row"}
    assert "votes" not in json.loads(
        (place / "pairs" / "test-00000-of-00001.jsonl").read_text().splitlines()[0]
    )
    with pytest.raises(StoreError, match="something else is there"):
        export(release, Wanted("csv"), place)
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(".")]


def test_what_ends_halfway_leaves_nothing_behind(
    release: Opened, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    export(release, Wanted("jsonl"), tmp_path / "out")
    before = files(tmp_path / "out")

    def full(self: Any, data: bytes) -> int:
        del self, data
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(_shards.Hashed, "write", full)
    for name in ("jsonl", "parquet", "csv"):
        place = tmp_path / ("out" if name == "jsonl" else name)
        with pytest.raises(StoreError, match="No space left on device"):
            export(release, Wanted(name), place)
    assert files(tmp_path / "out") == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out", "release"]


def test_what_a_killed_export_left_is_cleared_away(release: Opened, tmp_path: Path) -> None:
    with subprocess.Popen(["true"]) as ended:
        pass
    mine, theirs = (tmp_path / f".out.{pid}.tmp" for pid in (ended.pid, os.getppid()))
    for left in (mine, theirs):
        left.mkdir()
    export(release, Wanted("jsonl"), tmp_path / "out")
    assert not mine.exists()
    assert theirs.exists()


def test_where_nothing_is_left_that_is_said(tmp_path: Path) -> None:
    bad = [UnpairedRow(id="0" * 32, prompt="p", completion="c", label=False)]
    release = release_of(tmp_path, {"reviews": {"train": bad}})
    with pytest.raises(UsageError, match="leaves all out: 1 because the answer is not good"):
        export(release, Wanted("trl_prompt_completion"), tmp_path / "out")
    assert not (tmp_path / "out").exists()


SAID = {"a": "so it is\n#### 42", "b": "\\sqrt{x}", "c": "Nobody knows.\nWe asked around."}


@pytest.fixture
def answered(tmp_path: Path) -> Opened:
    folder = tmp_path / "answered"
    folder.mkdir()
    rows = [PromptCompletionRow(id=name * 32, prompt=name, completion=text) for name, text in SAID.items()]
    return release_of(folder, {"answers": {"train": rows}})


def test_right_answers_that_cannot_be_compared_are_reported(answered: Opened, tmp_path: Path) -> None:
    golds = export(answered, Wanted("verl"), tmp_path / "out").golds
    assert golds is not None
    assert (golds.rows, golds.numbers, golds.checked, golds.unreadable) == (3, 1, 2, 1)
    assert golds.examples == ("c" * 32,)
    assert "c" * 32 in (tmp_path / "out" / "README.md").read_text()
    assert export(answered, Wanted("trl_prompt_completion"), tmp_path / "sft").golds is None


@pytest.mark.proof
@pytest.mark.parametrize(("solution", "bad"), [("final", 1), ("as_it_stands", 2)])
def test_right_answers_are_read_as_the_reward_reads_them(
    answered: Opened, tmp_path: Path, solution: str, bad: int
) -> None:
    wanted = Wanted("trl_prompt_only", choices={"solution": solution})
    golds = export(answered, wanted, tmp_path / "out").golds
    assert golds is not None
    assert golds.unreadable == bad
    assert "c" * 32 in golds.examples


def test_long_rows_are_read_few_at_a_time(
    release: Opened, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = export(release, Wanted("jsonl", ("pairs",)), tmp_path / "whole")
    monkeypatch.setattr(making, "MOST_BYTES", 1)
    seen = []

    class Seen(Quiet):
        def track(self, things: Any, what: str, total: int | None = None) -> Any:
            seen.append((what, total))
            return things

    apart = export(release, Wanted("jsonl", ("pairs",)), tmp_path / "apart", Seen())
    assert seen == [("pairs test", 3), ("pairs train", 7)]
    assert [file.sha256 for file in apart.files] == [file.sha256 for file in whole.files]


def test_seen_knows_what_came_before() -> None:
    seen = writing.Seen("prompt_id")
    batch = pa.RecordBatch.from_pydict({"prompt_id": ["b", "a", "b", "c", "a"]})
    assert seen.new(batch)["prompt_id"].to_pylist() == ["b", "a", "c"]
    again = pa.RecordBatch.from_pydict({"prompt_id": ["d", "c", "d"]})
    assert seen.new(again)["prompt_id"].to_pylist() == ["d"]


# Releases that are not as headrace writes them


def changed(release: Opened, columns: dict[str, pa.Array | None]) -> Opened:
    """The release, its pairs with other columns."""
    folder = release.place.folder
    assert folder is not None
    path = folder / "data" / "pairs" / "train-00000-of-00001.parquet"
    table = pq.read_table(path)
    for name, values in columns.items():
        table = table.drop_columns([name]) if name in table.column_names else table
        table = table if values is None else table.append_column(name, values)
    pq.write_table(table, path)
    return Opened(folder)


@pytest.mark.parametrize(
    "columns", [{"prompt": pa.array(range(7))}, {"chosen": pa.array([["a"]] * 7)}, {"margin": None}]
)
def test_columns_of_another_kind_are_refused(
    release: Opened, tmp_path: Path, columns: dict[str, Any]
) -> None:
    with pytest.raises(SourceError, match="pairs: the columns of PreferenceRow were expected in train"):
        export(changed(release, columns), Wanted("trl_preference"), tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_columns_that_a_later_headrace_adds_are_passed_over_or_on(release: Opened, tmp_path: Path) -> None:
    later = changed(release, {"later": pa.array(range(7))})
    other = release_of(tmp_path / "later", {"pairs": {"train": PAIRS[:7]}})
    assert changed(other, {"later": pa.array(range(7))}).sets
    assert export(later, Wanted("trl_preference"), tmp_path / "trl").made == 10
    account = export(Opened(tmp_path / "later"), Wanted("parquet"), tmp_path / "parquet")
    assert "later" in account.columns["pairs"]


def test_a_version_that_leads_elsewhere_names_no_folder(tmp_path: Path) -> None:
    assert folder_of(release_of(tmp_path / "a", SETS, version="1.0.0-rc.1")) == "1.0.0-rc.1"
    with pytest.raises(UsageError, match="--out DIR"):
        folder_of(release_of(tmp_path / "b", SETS, version="../../elsewhere"))


def test_what_a_release_calls_itself_stays_on_its_line(release: Opened, tmp_path: Path) -> None:
    folder = release.place.folder
    assert folder is not None
    path = folder / "manifest.json"
    said = json.loads(path.read_text()) | {"name": "a\n---\nconfigs: `x`"}
    path.write_text(json.dumps(said))
    export(Opened(folder), Wanted("jsonl"), tmp_path / "out")
    page = (tmp_path / "out" / "README.md").read_text()
    assert "\n# a --- configs: 'x' 1.2.3 as jsonl\n" in page
    assert page.count("\nconfigs:") == 1
