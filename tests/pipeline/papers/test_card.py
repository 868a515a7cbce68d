"""The card says first what one must know first, the Hub reads its front matter, and a stranger's words stay words."""

import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import pytest
from datasets import Features, load_dataset
from huggingface_hub import DatasetCard

from pipeline.papers.front_matter import features
from pipeline.papers.writing import papers
from pipeline.released.columns import row_class, schema
from schemas import rows
from tests.pipeline.papers.described import described, written

CLASSES = sorted(
    name
    for name, kind in vars(rows).items()
    if isinstance(kind, type) and issubclass(kind, rows.Row) and kind is not rows.Row
)
FIRST = ["Estimated error", "Decided by machine", "By one vote alone", "Simulated", "Exceptions"]
ALPHA = "alpha.preference_pair"
SHORT = {"name": ALPHA, "asked": 0.8, "met": False, "said": "at least 0.8 was expected, found 0.71"}
WHY = "the pilot guideline was wrong"


def made(folder: Path, **changes: Any) -> dict[str, str]:
    return papers(written(folder, **changes), folder)


def card(folder: Path, **changes: Any) -> str:
    return made(folder, **changes)["README.md"]


def front(text: str) -> dict[str, Any]:
    """The front matter as the Hub's own library reads it."""
    read: dict[str, Any] = DatasetCard(text).data.to_dict()
    return read


def first_lines(text: str) -> list[str]:
    """The lines after the title, without what marks them as a list."""
    body = text.split("\n# ", 1)[1].split("\n\n")[1]
    return [line.removeprefix("- ") for line in body.splitlines()]


def test_the_first_five_lines_say_what_nobody_should_miss(tmp_path: Path) -> None:
    lines = first_lines(card(tmp_path))
    assert [line.split("**")[1].rstrip(":") for line in lines] == FIRST
    error, machine, one_vote, simulated, exceptions = lines
    assert "2.0 % of the labels (0.50 % to 5.0 %, 95 times in 100)" in error
    assert "17 % of the rows (1 of 6)" in machine
    assert "17 % of the rows (1 of 6)" in one_vote
    assert simulated.startswith("**Simulated:** no")
    assert exceptions == "**Exceptions:** none."


def test_an_error_that_nobody_looked_for_is_not_known(tmp_path: Path) -> None:
    lines = first_lines(card(tmp_path, estimates=[]))
    assert lines[0] == "**Estimated error:** not known; no label was looked at again."
    few = {"name": "error", "of": "all", "value": None, "n": 7, "said": "7 labels were looked at again"}
    text = card(tmp_path, estimates=[few])
    assert first_lines(text)[0] == "**Estimated error:** not known; 7 labels were looked at again."
    assert "No label was looked at again" not in text


def test_simulated_labels_are_said_before_anything_else(tmp_path: Path) -> None:
    counts = {
        "simulated_annotators": 2,
        "simulated_labels": 10,
        "simulated_rows": 5,
        "simulated_decisions": 1,
    }
    text = card(tmp_path, simulated=True, counts=counts)
    assert "yes: 83 % of the rows (5 of 6)" in first_lines(text)[3]
    assert "10 of the 13 labels, and 1 of the 1 adjudicators' decisions, behind this release" in text
    assert "simulated" in front(text)["tags"]


def test_where_every_voice_is_simulated_no_crowd_is_claimed(tmp_path: Path) -> None:
    all_made_up = {"simulated_annotators": 3, "simulated_labels": 13, "simulated_decisions": 1}
    assert front(card(tmp_path, simulated=True, counts=all_made_up))["annotations_creators"] == [
        "machine-generated"
    ]
    but_one = {**all_made_up, "simulated_decisions": 0}
    assert front(card(tmp_path, simulated=True, counts=but_one))["annotations_creators"] == [
        "crowdsourced",
        "machine-generated",
    ]


def test_a_signed_exception_stands_on_the_card(tmp_path: Path) -> None:
    signed = {"role": "lead", "digest": "c" * 32, "exception": WHY, "signed_at": "2026-03-05T10:00:00Z"}
    text = card(tmp_path, policies={"gates": [{**SHORT, "exception": WHY}]}, signatures=[signed])
    said = first_lines(text)[4]
    assert f"`{ALPHA}`: at least 0.8 was expected, found 0.71; signed: “{WHY}” (lead, 2026-03-05)" in said
    assert "| exception signed |" in text


def test_a_preview_is_marked_as_one(tmp_path: Path) -> None:
    text = card(tmp_path, preview=True, policies={"gates": [SHORT]})
    assert "# tried 0.2.0 (preview, not a release)" in text
    assert f"none signed; it falls short of {ALPHA}." in first_lines(text)[4]
    assert "preview" in front(text)["tags"]


def test_what_is_missing_is_said(tmp_path: Path) -> None:
    bare: dict[str, Any] = {
        "estimates": [],
        "contamination": None,
        "policies": {"gates": []},
        "signatures": [],
    }
    missing = card(tmp_path, **bare).split("## What is missing\n\n")[1].split("\n\n")[0].splitlines()
    words = (
        "error",
        "Agreement",
        "How good",
        "Gates",
        "signature",
        "Benchmarks",
        "Licences",
        "for",
        "answers",
        "labeled",
    )
    assert len(missing) == len(words)
    assert all(word in line for word, line in zip(words, missing, strict=True))


def test_nothing_is_missing_where_all_is_known(tmp_path: Path) -> None:
    figures = [one.model_dump() for one in described().estimates]
    figures += [{**one, "of": "step_review", "n": 90} for one in figures if one["of"] == "preference_pair"]
    kept = [one for one in figures if one["n"] != 12]
    signed = {"role": "lead", "digest": "c" * 32, "signed_at": "2026-03-05T10:00:00Z"}
    text = card(
        tmp_path,
        estimates=kept,
        policies={"gates": [{**SHORT, "met": True}]},
        signatures=[signed],
        licenses={"MIT": 6},
        about={"description": "Pairs.", "creator": "A lab", "annotators": "Two nurses."},
    )
    assert "What is missing" not in text
    assert "Pairs." in text


def test_the_hub_reads_the_front_matter(tmp_path: Path) -> None:
    data = front(card(tmp_path, licenses={"MIT": 6}))
    assert data["license"] == "mit"
    assert data["language"] == ["en", "zh"]
    assert data["language_details"] == ["en", "zh-Hans"]
    assert data["annotations_creators"] == ["crowdsourced", "machine-generated"]
    assert data["size_categories"] == ["n<1K"]
    assert data["source_datasets"] == ["extended|openai/gsm8k", "original"]
    assert "text-generation" in data["task_categories"]
    assert [one["config_name"] for one in data["configs"]] == [
        one["config_name"] for one in data["dataset_info"]
    ]


@pytest.mark.parametrize(
    ("licenses", "hub", "named"),
    [
        ({"Apache 2.0": 3}, "apache-2.0", None),
        ({"ODC-By-1.0": 3}, "odc-by", None),
        ({"MIT": 2, "CC-BY-4.0": 1}, "other", "as-its-sources"),
        ({"my own: terms": 1}, "other", "as-its-sources"),
    ],
)
def test_licences_are_named_as_the_hub_has_them(
    licenses: dict[str, int], hub: str, named: str | None, tmp_path: Path
) -> None:
    data = front(card(tmp_path, licenses=licenses))
    assert (data["license"], data.get("license_name")) == (hub, named)
    assert all(name in data.get("license_details", name) for name in licenses)


def test_what_the_hub_would_refuse_is_left_out(tmp_path: Path) -> None:
    about = {"license": "Our own: terms!", "url": "https://data.lab.example/terms"}
    data = front(card(tmp_path, about=about, languages={"und": 1, "unknown": 1, "en": 3, "x-klingon": 1}))
    assert data["language"] == ["en"]
    assert data["license_name"] == "our-own-terms"
    assert data["license_link"] == about["url"]
    assert "license_link" not in front(card(tmp_path, about={"url": "ask us"}))


@pytest.mark.parametrize("conversational", [False, True])
@pytest.mark.parametrize("name", CLASSES)
def test_columns_are_told_as_datasets_tells_them(name: str, *, conversational: bool) -> None:
    columns = schema(row_class(name), conversational=conversational)
    assert features(columns) == Features.from_arrow_schema(columns)._to_yaml_list()


def test_datasets_loads_each_set_by_its_name(tmp_path: Path) -> None:
    folder = tmp_path / "release"
    manifest = written(folder)
    for path, text in papers(manifest, folder).items():
        (folder / path).parent.mkdir(exist_ok=True)
        (folder / path).write_text(text)
    for one in manifest.sets:
        found = load_dataset(str(folder), one.name, cache_dir=str(tmp_path / "cache"))
        assert {split: rows.num_rows for split, rows in found.items()} == one.splits
    assert load_dataset(str(folder), cache_dir=str(tmp_path / "cache")).keys() == {"train", "test"}


def test_what_others_wrote_is_no_html(tmp_path: Path) -> None:
    sources = [{"dataset": "<script>x</script>|y", "license": "MIT", "records": 1}]
    text = card(tmp_path, sources=sources).split("\n# ", 1)[1]
    assert "<script>" not in text
    assert "&lt;script>x&lt;/script>\\|y" in text


def test_pictures_are_whole_and_ask_for_nothing(tmp_path: Path) -> None:
    drawn = {
        path: text
        for path, text in made(tmp_path, policies={"gates": [SHORT]}).items()
        if path.endswith(".svg")
    }
    assert set(drawn) == {"pictures/votes.svg", "pictures/agreement.svg"}
    for text in drawn.values():
        tree = ET.fromstring(text)  # noqa: S314 - our own picture
        assert tree.find("{http://www.w3.org/2000/svg}title") is not None
        assert "href" not in text
        assert "url(" not in text
    assert 'class="asked"' in drawn["pictures/agreement.svg"]


def test_the_same_manifest_makes_the_same_papers(tmp_path: Path) -> None:
    assert made(tmp_path / "a") == made(tmp_path / "b")


def test_a_release_without_rows_has_a_card_too(tmp_path: Path) -> None:
    counts = {"rows": 0, "votes": {}, "by": {}}
    text = card(tmp_path, sets=[], counts=counts, splits={}, estimates=[])
    assert "It has no rows." in text
    assert front(text)["size_categories"] == ["n<1K"]
