"""`headrace sign`: exit codes, words and JSON of putting one's name under a release."""

from pathlib import Path
from typing import Any

import pytest

from pipeline.store import StorePlace
from tests.pipeline.documented import examples
from tests.pipeline.releasing.settled import settle

GATES = Path(__file__).parents[3] / "docs" / "reference" / "gates.md"
WHY = "a pilot, for looking at the format"
RELEASE = '\n[release]\nrequires = { alpha = 0.6, sign_off = ["lead"] }\n'


@pytest.fixture
def settled(folder: Any) -> Any:
    """A project with five settled tasks that requires agreement and a signature."""
    project = folder.path / "project.toml"
    project.write_text(project.read_text() + RELEASE)
    with StorePlace(folder.path).writing("test") as store:
        settle(store, 5)
    return folder


def test_what_falls_short_is_refused_with_the_figures(settled: Any) -> None:
    ended = settled.run("sign", "0.1.0", "--as", "rosa")
    assert ended.code == 3
    assert "release.requires.alpha.preference_pair: at least 0.6 was expected" in ended.err
    assert "sign 0.1.0: a release that meets its gates was expected, 1 is not met" in ended.err
    assert settled.run("release").code == 3


def test_an_exception_is_signed_told_and_released(settled: Any) -> None:
    shown = settled.run("sign", "0.1.0", "--as", "rosa", "--exception", WHY, "--json").json
    example = examples(GATES)["sign VERSION"]
    assert shown.keys() == example.keys()
    assert shown["gates"][0].keys() == example["gates"][0].keys()
    assert (shown["role"], shown["waived"], shown["short"], shown["rows"]) == (
        "lead",
        ["alpha.preference_pair"],
        [],
        5,
    )
    again = settled.run("sign", "0.1.0", "--as", "rosa", "--exception", WHY)
    assert "had been signed before" in again.out
    assert "exception alpha.preference_pair" in again.out
    assert again.out.endswith("nothing is missing now: headrace release\n")
    assert settled.run("release").code == 0
    assert WHY in (settled.path / "releases" / "0.1.0" / "README.md").read_text()


@pytest.mark.proof
def test_a_release_can_be_signed_afterwards_and_stays_as_it_is(settled: Any) -> None:
    settled.run("sign", "0.1.0", "--as", "rosa", "--exception", WHY)
    settled.run("release")
    card = (settled.path / "releases" / "0.1.0" / "README.md").read_bytes()
    assert settled.run("sign", "0.1.0", "--as", "tom").code == 0
    assert settled.run("release").code == 0
    assert (settled.path / "releases" / "0.1.0" / "README.md").read_bytes() == card


def test_whoever_looked_at_a_preview_signs_what_they_saw(settled: Any) -> None:
    assert "not met: alpha.preference_pair" in settled.run("release", "--preview").out
    said = ("sign", "0.1.0", "--as", "rosa", "--exception", WHY)
    manifest = settled.path / "releases" / "0.1.0-preview" / "manifest.json"
    seen = manifest.read_text()
    manifest.write_text(seen.replace('"content": "', '"content": "other'))
    ended = settled.run(*said)
    assert (ended.code, ended.is_one_line()) == (2, True)
    assert "look again: headrace release --preview" in ended.err
    manifest.write_text(seen)
    assert settled.run(*said).code == 0


@pytest.mark.parametrize("version", ["1.0", "latest"])
def test_a_version_that_cannot_be_is_refused(settled: Any, version: str) -> None:
    ended = settled.run("sign", version, "--as", "rosa", "--exception", WHY)
    assert ended.code == 2
    assert ended.is_one_line()


def test_nothing_settled_is_nothing_to_sign(folder: Any) -> None:
    ended = folder.run("sign", "0.1.0", "--as", "rosa")
    assert ended.code == 3
    assert "none yet" in ended.err
