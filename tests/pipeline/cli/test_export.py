"""`headrace export`, and the page that describes it."""

import re
from pathlib import Path
from typing import Any

import pytest

from exports import export_formats
from exports.writing import Asked
from schemas.rows import PreferenceRow, StepwiseRow
from tests.exports.drawn import ROW_CLASSES
from tests.exports.released import release_of
from tests.exports.test_every_export_format import part_of
from tests.pipeline.cli.test_people_docs import keys
from tests.pipeline.documented import examples

PAGE = Path(__file__).parents[3] / "docs" / "reference" / "exports.md"
documented = pytest.mark.skipif(
    not (PAGE.parents[2] / "pyproject.toml").is_file(),
    reason="an installed wheel comes without the documentation",
)


@pytest.fixture
def released(folder: Any) -> Any:
    """A project with a release of pairs and of steps."""
    place = folder.path / "releases" / "0.2.0"
    place.mkdir(parents=True)
    pairs = [PreferenceRow(id="a" * 32, prompt="p", chosen="c", rejected="r")]
    steps = [StepwiseRow(id="b" * 32, prompt="p", completions=("1",), labels=(True,), ratings=(None,))]
    release_of(place, {"preference_pair": {"train": pairs}, "step_review": {"train": steps}}, version="0.2.0")
    return folder


def test_a_version_is_exported_into_the_project(released: Any) -> None:
    ended = released.run("export", "0.2.0", "trl-preference")
    assert ended.code == 0, ended.err
    assert "1 rows" in ended.out
    place = released.path / "exports" / "0.2.0" / "trl_preference"
    assert (place / "preference_pair" / "train-00000-of-00001.parquet").exists()


def test_a_folder_is_exported_with_what_was_chosen(released: Any, tmp_path: Path) -> None:
    words = (
        "export",
        str(released.path / "releases" / "0.2.0"),
        "trl_stepwise",
        "--out",
        str(tmp_path / "out"),
    )
    ended = released.run(*words, "--choice", "unrated=wrong", "--json")
    assert ended.json["choices"] == {"neutral": "right", "unrated": "wrong"}
    assert (ended.json["rows"], ended.json["folder"]) == (1, str(tmp_path / "out"))


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("0.2.0", "trl_stepwise", "--set", "preference_pair"), "formats that fit it: csv, helpsteer3"),
        (("0.2.0", "trl_stepwise"), "leaves all out: 1 because no step is rated"),
        (("0.2.0", "trl_preference", "--choice", "margin"), "KEY=VALUE was expected"),
        (("0.2.0", "trl_preferences"), "did you mean 'trl_preference'?"),
        (("9.9.9", "jsonl"), "a release of that version was expected"),
    ],
)
def test_what_cannot_be_done_is_refused_in_one_line(released: Any, words: tuple[str, ...], said: str) -> None:
    ended = released.run("export", *words)
    assert ended.code == 2
    assert ended.is_one_line()
    assert said in ended.err
    assert not (released.path / "exports" / "9.9.9").exists()


def test_without_a_format_those_that_fit_are_named(released: Any) -> None:
    ended = released.run("export", "0.2.0")
    assert "preference_pair (PreferenceRow): csv, helpsteer3" in ended.out
    assert "neutral = 'right'" in ended.out
    assert "trl_stepwise" in released.run("export", "0.2.0", "--json").json["sets"]["step_review"]


# The page


@documented
def test_json_is_printed_as_documented(released: Any) -> None:
    ((command, example),) = examples(PAGE).items()
    printed = released.run(*command.split(), "--json")
    assert printed.code == 0, printed.err
    assert keys(printed.json) == keys(example)
    assert printed.json["sets"].keys() == example["sets"].keys()


@documented
@pytest.mark.parametrize("name", export_formats())
def test_every_format_is_described_with_its_columns_and_choices(name: str) -> None:
    page, made = PAGE.read_text("utf-8"), export_formats()[name]
    assert re.search(rf"^\| `{name}` \| [^|]+ \| {re.escape(made.title)} \|$", page, re.MULTILINE)
    found = re.search(rf"^### `{name}`\n(.*?)(?=^##)", page, re.DOTALL | re.MULTILINE)
    assert found is not None
    described = dict(re.findall(r"^\| `(\w+)` \| `(.*?)` \|", found[1], re.MULTILINE))
    choices = made.choices().model_dump()
    assert described == {key: str(value).replace("\n", "\\n") for key, value in choices.items()}
    if made.accepts:
        for kind in (kind for kind in ROW_CLASSES if made.fits(kind.__name__)):
            for column in Asked(made, made.choices()).schema(part_of(kind, talking=False)).names:
                assert f"`{column}`" in found[1], column
