"""Gates and signatures from the project file to the card: refused with the figures, let through by a signed reason."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pipeline.context import Context
from pipeline.releasing.preparing import prepared
from pipeline.releasing.signing import sign
from pipeline.stages.release import release
from pipeline.store import Store
from schemas.errors import GateRefused
from tests.pipeline.releasing.settled import context, settle

WHY = "a pilot, for looking at the format"


@pytest.fixture
def labeled(tmp_path: Path) -> Callable[..., Context]:
    """A project whose six tasks are settled by two people each."""

    def make(**release_table: Any) -> Context:
        store = Store(":memory:")
        settle(store, 6)
        return context(tmp_path, store, **release_table)

    return make


def manifest_of(ctx: Context) -> dict[str, Any]:
    read: dict[str, Any] = json.loads((release(ctx)[2] / "manifest.json").read_text())
    return read


def test_a_release_that_falls_short_is_refused_and_leaves_nothing(labeled: Callable[..., Context]) -> None:
    ctx = labeled(requires={"alpha": 0.6, "counts": {"zh/preference_pair": 3}})
    with pytest.raises(GateRefused) as refused:
        release(ctx)
    alpha, counts = str(refused.value).splitlines()
    assert "6 tasks with two answers are too few to judge by" in alpha
    assert "at least 3 rows were expected, found 2" in counts
    assert "headrace sign 0.1.0 --as NAME --exception WHY" in alpha
    assert refused.value.exit_code == 3
    assert not (ctx.folder / "releases").exists()
    assert ctx.store.count("releases") == 0


def test_figures_are_measured_on_what_people_said(labeled: Callable[..., Context]) -> None:
    ctx = labeled(requires={"alpha": 0.9, "counts": {"en/preference_pair": 40}, "licenses": ["MIT"]})
    settle(ctx.store, 54, first=6)
    said = manifest_of(ctx)
    assert {gate["name"]: gate["met"] for gate in said["policies"]["gates"]} == {
        "alpha.preference_pair": True,
        "counts.en/preference_pair": True,
        "licenses": True,
    }
    figures = {(one["name"], one["of"]): one for one in said["estimates"]}
    assert (figures["alpha", "preference_pair"]["value"], figures["alpha", "preference_pair"]["n"]) == (
        1.0,
        60,
    )
    assert figures["raw", "preference_pair"]["value"] == 1.0


def test_a_preview_shows_the_figures_and_refuses_nothing(labeled: Callable[..., Context]) -> None:
    ctx = labeled(requires={"alpha": 0.6})
    folder = release(ctx, preview=True)[2]
    said = json.loads((folder / "manifest.json").read_text())
    assert [(gate["name"], gate["met"]) for gate in said["policies"]["gates"]] == [
        ("alpha.preference_pair", False)
    ]
    assert "it falls short of alpha.preference_pair" in (folder / "README.md").read_text()


def test_a_signed_exception_lets_it_out_and_stands_on_the_card(labeled: Callable[..., Context]) -> None:
    ctx = labeled(requires={"alpha": 0.6, "sign_off": ["lead"]})
    candidate = prepared(ctx, "0.1.0").manifest
    fact, new = sign(ctx, candidate, "rosa", WHY)
    assert new
    assert fact.waived == ("alpha.preference_pair",)
    folder = release(ctx)[2]
    said = json.loads((folder / "manifest.json").read_text())
    assert (said["version"], said["content"]) == ("0.1.0", fact.digest)
    assert [(one["role"], one["exception"]) for one in said["signatures"]] == [("lead", WHY)]
    card = (folder / "README.md").read_text()
    assert WHY in card.split("**Exceptions:**")[1].splitlines()[0]
    assert "rosa" not in "".join(
        path.read_text() for path in folder.rglob("*") if path.suffix in {".md", ".json"}
    )


def test_a_row_more_and_the_signature_is_for_nothing(labeled: Callable[..., Context]) -> None:
    ctx = labeled(requires={"sign_off": ["lead"]})
    sign(ctx, prepared(ctx).manifest, "rosa")
    settle(ctx.store, 1, first=6)
    with pytest.raises(GateRefused, match=r"release\.requires\.sign_off: signatures by 1 lead were expected"):
        release(ctx)
    sign(ctx, prepared(ctx).manifest, "rosa")
    assert manifest_of(ctx)["counts"]["rows"] == 7


def test_a_project_without_gates_is_released_and_told_what_is_missing(
    labeled: Callable[..., Context],
) -> None:
    ctx = labeled(card={"description": "Sums."})
    folder = release(ctx)[2]
    card = (folder / "README.md").read_text()
    assert "**Estimated error:** not known" in card
    missing = card.split("## What is missing")[1].split("\n## ")[0]
    for what in (
        "None is asked for",
        "Nobody has signed it",
        "was looked at again",
        "`creator`",
        "there is no `gold`",
    ):
        assert what in missing
    assert "`description`" not in missing
    assert "Sums." in card
    assert (folder / "croissant.json").exists()


def test_papers_are_among_the_files_of_the_manifest(labeled: Callable[..., Context]) -> None:
    paths = {file["path"] for file in manifest_of(labeled())["files"]}
    assert {"README.md", "croissant.json", "pictures/agreement.svg"} >= paths - {
        "votes.parquet",
        "data/preference_pair/train-00000-of-00001.parquet",
    }
    assert {"README.md", "croissant.json"} <= paths
