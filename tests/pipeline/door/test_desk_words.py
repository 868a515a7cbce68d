"""The languages of the desk: every text in each, with the same places to fill."""

import re
import tomllib
from datetime import UTC, datetime
from pathlib import Path
from string import Formatter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.door.desk.snapshot import NOT_ASKED
from pipeline.door.desk.words import FOLDER, LANGUAGES, Words, language_of, texts
from tasks import names

ROOT = Path(__file__).parents[3]
ABOUT_NOBODY = {
    "machine disagrees",
    "no prefill",
    "project gone",
    "server restored",
    "double",
    "changed uid",
    "copied task",
    "foreign task",
    "unreadable",
    "worn gold",
    "doubtful gold",
    "gold runs out",
    "would be settled otherwise",
}


def places(text: str) -> set[str | None]:
    """What a text leaves to be filled."""
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def test_there_is_one_file_for_each_language() -> None:
    assert {path.stem for path in FOLDER.glob("*.toml")} == {*LANGUAGES}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_is_there_in_every_language_with_the_same_places(language: str) -> None:
    first, other = texts(LANGUAGES[0]), texts(language)
    assert first.keys() == other.keys()
    exempt = {"gold.score", "done.active"}
    for key in first:
        assert places(first[key]) == places(other[key]) or key in exempt, key
        assert other[key].strip() == other[key] != ""


def test_every_chinese_text_is_chinese() -> None:
    for key, text in texts("zh").items():
        plain = re.sub(r"\{[^}]*\}", "", text)
        assert re.search(r"[\u4e00-\u9fff]", plain) or not re.search(r"[A-Za-z]{2}", plain), key


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_that_a_template_asks_for_is_there(language: str) -> None:
    asked: set[str] = set()
    for path in (FOLDER.parent / "templates").glob("*.j2"):
        asked |= set(re.findall(r"""\bt\(["']([a-z_.0-9]+[a-z0-9])["']""", path.read_text(encoding="utf-8")))
    known = texts(language)
    missing = {key for key in asked if key not in known and f"{key}.other" not in known}
    assert len(asked) > 60
    assert missing == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_kind_of_work_has_a_name(language: str) -> None:
    assert {f"kind.{name}" for name in names()} <= texts(language).keys()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_finding_about_a_person_is_told_in_plain_words(language: str) -> None:
    table = (ROOT / "docs/reference/findings.md").read_text(encoding="utf-8")
    kinds = set(re.findall(r"^\| `([a-z ]+)` \|", table, re.MULTILINE)) - ABOUT_NOBODY - {*NOT_ASKED}
    assert len(kinds) > 10
    assert {f"finding.{kind.replace(' ', '_')}" for kind in kinds} <= texts(language).keys()


def test_texts_are_one_table_deep_so_that_translators_find_their_way() -> None:
    for language in LANGUAGES:
        tomllib.loads((FOLDER / f"{language}.toml").read_text(encoding="utf-8"))
    assert max(key.count(".") for key in texts("en")) == 2


@pytest.mark.parametrize(
    ("cookie", "asked", "language"),
    [
        (None, "", "en"),
        (None, "zh-CN,zh;q=0.9,en;q=0.8", "zh"),
        (None, "fr,en;q=0.3,zh;q=0.4", "zh"),
        (None, "de", "en"),
        (None, "zh;q=0", "en"),
        (None, "zh;q=much", "en"),
        ("en", "zh", "en"),
        ("zh", "en", "zh"),
        ("../../etc", "zh", "zh"),
    ],
)
def test_the_language_is_the_chosen_one_or_the_browsers(
    cookie: str | None, asked: str, language: str
) -> None:
    assert language_of(cookie, asked) == language


@given(cookie=st.none() | st.text(max_size=20), asked=st.text(max_size=60))
@settings(deadline=None, max_examples=50)
def test_whatever_a_browser_asks_for_some_language_is_spoken(cookie: str | None, asked: str) -> None:
    assert language_of(cookie, asked) in LANGUAGES


def test_days_and_hours_are_told_as_one_tells_them() -> None:
    at = datetime(2020, 11, 22, 15, 43, tzinfo=UTC)
    english, chinese = Words("en", "Asia/Shanghai"), Words("zh", "Asia/Shanghai")
    assert english.moment(at) == "22 November 2020, 23:43"
    assert chinese.moment(at) == "2020年11月22日 23:43"
    assert english.lasting(3 * 3600 + 12 * 60) == "3 h 12 min"
    assert chinese.lasting(12 * 60) == "12 分钟"
    assert english.this_week(at).isoformat() == "2020-11-16T00:00:00+08:00"
    assert english.today(at).isoformat() == "2020-11-22T00:00:00+08:00"


def test_a_cell_is_told_in_everyday_words() -> None:
    assert Words("en").cell("zh/code_review/rust") == "Code review (rust), in Chinese"
    assert Words("zh").cell("zh/code_review/rust") == "代码审查（rust）（中文）"  # noqa: RUF001 - Chinese brackets
    assert Words("en").cell("und/step_review") == "Step-by-step review"
    assert Words("en").cell("fr/own_kind") == "Own kind, in French"
