"""`headrace release` and `headrace releases`: what they say, and in JSON."""

import shutil
from pathlib import Path
from typing import Any

import pytest

from pipeline.store import StorePlace
from tests.pipeline.documented import examples
from tests.pipeline.releasing.settled import settle

JSON = Path(__file__).parents[3] / "docs" / "reference" / "json.md"


@pytest.fixture
def settled(folder: Any) -> Any:
    """A project with three settled tasks."""
    with StorePlace(folder.path).writing("test") as store:
        settle(store, 3)
    return folder


def test_a_release_says_why_it_has_its_number(settled: Any) -> None:
    preview = settled.run("release", "--preview").out
    assert "preview of 0.1.0: 3 rows" in preview
    assert "nothing is frozen" in preview
    made = settled.run("release").out
    assert "release 0.1.0: 3 tasks, in " in made
    assert "0.1.0, since it is the first" in made
    assert "nothing new since then" in settled.run("release").out


def test_releases_are_told_as_documented(settled: Any) -> None:
    documented = examples(JSON)
    made = settled.run("release", "--json").json
    assert made.keys() == documented["release"].keys()
    assert made["bump"].keys() == documented["release"]["bump"].keys()
    (listed,) = settled.run("releases", "--json").json["releases"]
    assert listed.keys() == documented["releases"]["releases"][0].keys()
    assert listed["content"] == made["content"]


def test_a_release_whose_folder_is_gone_is_told_and_written_again(settled: Any) -> None:
    settled.run("release")
    card = settled.path / "releases" / "0.1.0" / "README.md"
    before = card.read_bytes()
    shutil.rmtree(card.parent)
    assert "headrace release 0.1.0 writes it again" in settled.run("releases").out
    assert settled.run("release", "0.1.0").code == 0
    assert card.read_bytes() == before
    assert "writes it again" not in settled.run("releases").out
