"""Whatever happens between releases: the difference is true, each row leads back, no prompt changes its split."""

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from pipeline.lineage import lineage
from pipeline.released import behind
from pipeline.released.differing import difference, shown
from pipeline.released.merging import one_by_one
from pipeline.released.opened import Opened
from pipeline.released.parquet import sha256
from pipeline.released.verifying import Rebuild, verify
from pipeline.released.whys import CHANGED, NOT_TOLD
from pipeline.releasing.asking import asker
from pipeline.releasing.frozen import rebuild
from tests.pipeline.stages.histories import History

SAMPLE, ALL = range(1), range(1, 40)
Rows = dict[str, dict[str, Any]]


def rows_of(release: Opened) -> Rows:
    return {row["row_id"]: row for table in one_by_one(release) for row in table.to_pylist()}


def check_difference(before: Opened, after: Opened, store: Any) -> None:
    """Applied to the first it gives the second; each row has its reason; the version follows from it."""
    was, is_now = rows_of(before), rows_of(after)
    with difference(before, after, asker(store, after.manifest.version)) as found:
        rows = shown(found.rows(), 10_000)
    for row in rows:
        if row["after"] is None:
            del was[row["row_id"]]
        else:
            was[row["row_id"]] = {**was.get(row["row_id"], {}), **row["after"]}
        assert row["why"] != NOT_TOLD, (
            row,
            store.rows("SELECT * FROM resolutions WHERE task_id = ?", [row["task_id"]]),
        )
    names = ("set", "split", "row_hash")
    assert _of(was, names) == _of(is_now, names)
    assert after.manifest.bump is not None
    assert after.manifest.bump.kind == found.bump
    counts = (after.manifest.bump.added, after.manifest.bump.removed, after.manifest.bump.changed)
    assert counts == tuple(found.all.changes[name] for name in ("added", "removed", CHANGED))
    assert _follows(before.manifest.version, after.manifest.version) == found.bump


def _of(rows: Rows, names: tuple[str, ...]) -> dict[str, list[Any]]:
    return {row_id: [row[name] for name in names] for row_id, row in rows.items()}


def _follows(before: str, after: str) -> str | None:
    old, new = ([int(part) for part in version.split(".")] for version in (before, after))
    steps = {
        "major": [old[0] + 1, 0, 0],
        "minor": [old[0], old[1] + 1, 0],
        "patch": [old[0], old[1], old[2] + 1],
    }
    return next((kind for kind, version in steps.items() if version == new), None)


def check_lineage(release: Opened, store: Any) -> None:
    """Each row leads to its votes and records, by the release alone and by the store, and both say the same."""
    votes = {row["revision_id"]: row for row in release.votes().to_pylist()}
    for row_id, row in rows_of(release).items():
        chain = behind.told(release, row_id)
        resolution = chain["resolution"]
        assert resolution["complete"]
        assert chain["records"]
        assert len(resolution["labels"]) >= row["votes"] or resolution["decision"]
        assert behind.in_words(chain)
        theirs = lineage(store, row_id)
        assert release.manifest.version in theirs["releases"]
        if theirs["releases"][-1] == release.manifest.version:
            known = {vote["annotation"]["revision_id"] for vote in theirs["resolution"]["labels"]}
            told = {vote["revision_id"] for vote in resolution["labels"]}
            assert known == told <= votes.keys()


def made_again(store: Any, folder: Path) -> Rebuild:
    """Makes a version again below a folder."""

    def make(version: str) -> dict[str, str]:
        place = folder / version
        place.mkdir()
        rebuild(store, version, place)
        return {
            path.relative_to(place).as_posix(): sha256(path) for path in place.rglob("*") if path.is_file()
        }

    return make


def check_splits(releases: list[Opened]) -> None:
    """A prompt has one split, in all releases together."""
    pairs = {(row["prompt_id"], row["split"]) for release in releases for row in rows_of(release).values()}
    prompts = [prompt for prompt, _ in pairs]
    assert len(prompts) == len(set(prompts))


@pytest.mark.parametrize("seed", [*SAMPLE, *(pytest.param(seed, marks=pytest.mark.proof) for seed in ALL)])
def test_whatever_happens_between_releases_they_tell_the_truth(
    make_effort: Callable[..., Any], tmp_path_factory: pytest.TempPathFactory, seed: int
) -> None:
    effort = make_effort(
        tasks=[{"type": "preference_pair", "overlap": 1}],
        release={"splits": {"train": 0.6, "test": 0.4}},
    )
    history = History(effort, seed)
    history.begin()
    history.go_on(6 if seed in SAMPLE else 12)
    history.release()
    releases = [Opened(folder) for folder in history.releases]
    assert len(releases) > 1, "or this shows nothing"
    for before, after in pairwise(releases):
        check_difference(before, after, effort.ctx.store)
    again = made_again(effort.ctx.store, tmp_path_factory.mktemp("again"))
    for release in releases:
        checks = list(verify(release, again))
        assert checks[-1].name == "made again"
        assert [check for check in checks if not check.held] == []
        check_lineage(release, effort.ctx.store)
    check_splits(releases)
