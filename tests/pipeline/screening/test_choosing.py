"""What `[screens]` may say."""

from pathlib import Path

import pytest

from pipeline import screening
from pipeline.screening.base import Across
from pipeline.screening.choosing import choose
from pipeline.screening.subject import Subject
from schemas.errors import ProjectError
from schemas.project import parse_project
from tests.pipeline.screening.shards import record

ROOT = Path(__file__).parents[3]


def screens(**given: object) -> dict[str, object]:
    return dict(parse_project({"name": "x", "screens": given}).screens)


@pytest.mark.parametrize("name", screening.names())
def test_every_screen_says_what_it_is(name: str) -> None:
    found = screening.screen(name)
    assert found.name == name
    assert found.title
    assert found.title == found.title.lower()
    assert "pass" in found.can
    assert "reject" in found.can or "mask" in found.can
    assert found.options.model_fields.keys() >= {"verdict"}


@pytest.mark.parametrize("name", screening.names())
def test_every_screen_and_its_options_are_described(name: str) -> None:
    page = (ROOT / "docs" / "reference" / "screens.md").read_text(encoding="utf-8")
    assert f"\n## `{name}`\n" in page
    for option in screening.screen(name).options.model_fields:
        assert option == "verdict" or f"`{option}`" in page, option


def test_titles_are_the_words_of_one_screen_each() -> None:
    titles = [screening.screen(name).title for name in screening.names()]
    assert len(set(titles)) == len(titles)


def test_a_screen_that_is_none_is_told_with_the_nearest() -> None:
    with pytest.raises(ProjectError, match=r"no screen is called 'near_duplicate'.*near_duplicates"):
        choose(screens(near_duplicate="reject"), Path())  # type: ignore[arg-type] # as parsed


def test_an_option_that_is_none_is_told_with_the_nearest() -> None:
    with pytest.raises(ProjectError, match=r"screens\.near_duplicates.*'jacard'.*jaccard"):
        choose(screens(near_duplicates={"verdict": "reject", "jacard": 0.8}), Path())  # type: ignore[arg-type] # as parsed


def test_a_verdict_that_a_screen_cannot_give_is_told() -> None:
    with pytest.raises(ProjectError, match=r"exact_duplicates: .*pass, reject.*'mask'"):
        choose(screens(exact_duplicates="mask"), Path())  # type: ignore[arg-type] # as parsed


def test_screens_stand_in_the_projects_order_those_of_single_records_first() -> None:
    choice = choose(
        screens(near_duplicates="reject", length="reject", exact_duplicates="pass", secrets="mask"),  # type: ignore[arg-type] # as parsed
        Path(),
    )
    assert [one.screen.name for one in choice.alone] == ["length", "secrets"]
    assert [one.screen.name for one in choice.across] == ["near_duplicates", "exact_duplicates"]
    assert all(isinstance(one.screen, Across) for one in choice.across)


def test_other_options_are_another_choice() -> None:
    ids = {
        choose(screens(near_duplicates={"verdict": "reject", "jaccard": share}), Path()).id  # type: ignore[arg-type] # as parsed
        for share in (0.7, 0.8)
    }
    assert len(ids) == 2


@pytest.mark.parametrize(
    "name", [name for name in screening.names() if isinstance(screening.screen(name), Across)]
)
def test_a_sketch_of_nothing_has_the_columns_of_any(name: str) -> None:
    found = screening.screen(name)
    assert isinstance(found, Across)
    some = record("Why not?")
    made = [
        found.sketch(subjects, found.options())
        for subjects in ([], [Subject(some.id, 0, some.model_dump_json(exclude_none=True))])
    ]
    assert made[0].schema == made[1].schema
    assert [len(one) for one in made] == [0, 1]
    assert set(found.compared) <= set(made[0].column_names)
    assert {f"key_{n}" for n in range(found.buckets)} <= set(made[0].column_names)
