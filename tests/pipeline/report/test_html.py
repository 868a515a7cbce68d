"""The page, as text and in a browser."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from pipeline.report import html
from pipeline.report.bars import stack
from pipeline.report.progress import measure
from pipeline.report.words import STANDING
from schemas.errors import HeadraceError
from schemas.project import Project
from tests.pipeline.report.page import BEYOND, Page, colours, contrast

NOW = datetime(2026, 12, 5, 14, 3, tzinfo=UTC)
DEMO = Project(name="demo")
HOSTILE = """en/step_review/"><script>alert(1)</script><img src=x onerror='alert(2)'>{{ 7 * 7 }}\x1b\u202e"""


def page_of(made: Any) -> Page:
    return Page(html.render(measure(made.store, DEMO, NOW)))


def test_the_page_begins_with_the_headline_and_shows_every_panel(busy: Any) -> None:
    page = page_of(busy)
    assert "5 of 16 tasks settled (31\u00a0%)" in page.text
    shown = [section["id"] for section in page.all("section")]
    assert shown == [
        "states",
        "cells",
        "queues",
        "adjudication",
        "annotators",
        "accord",
        "errors",
        "findings",
        "rejects",
        "runs",
    ]


def test_agreement_is_drawn_and_said(made: Any) -> None:
    made.record()
    made.task("en/preference_pair", "open")
    assert "accord" not in [section["id"] for section in page_of(made).all("section")]
    made.task("en/preference_pair", "accepted")
    page = page_of(made)
    assert "accord" in [section["id"] for section in page.all("section")]
    assert "100 %, interval 21\u2013100 %" in [svg.get("aria-label") for svg in page.all("svg")]


def test_an_empty_store_makes_a_page_without_panels(made: Any) -> None:
    page = page_of(made)
    assert page.all("section") == []
    assert "no records yet" in page.text


def test_every_state_is_explained_in_everyday_words(busy: Any) -> None:
    text = page_of(busy).text
    assert not [state.name for state in STANDING if state.meaning not in text]


def test_names_from_outside_are_only_ever_text(made: Any) -> None:
    made.record()
    made.task(HOSTILE, "open")
    made.task("zh/step_review", "accepted")
    made.reject("ingest", "x", HOSTILE)
    made.run("sync", NOW, error=HOSTILE)
    page = Page(html.render(measure(made.store, Project.model_construct(name=HOSTILE), NOW)))
    assert not page.all("script")
    assert not page.all("img")
    assert not page.handlers()
    assert "<script>alert(1)</script>" in page.text
    assert "{{ 7 * 7 }}" in page.text
    assert not {"\x1b", "\u202e"} & set(page.text)


def test_the_page_loads_nothing_and_its_policy_forbids_it(busy: Any) -> None:
    page = page_of(busy)
    policies = [meta["content"] for meta in page.all("meta") if meta.get("http-equiv")]
    assert policies == ["default-src 'none'; style-src 'unsafe-inline'; img-src data:"]
    assert page.addresses() == ["data:,"]
    assert "url(" not in html.render(measure(busy.store, DEMO, NOW))


def test_the_page_is_made_for_screen_readers(busy: Any) -> None:
    page = page_of(busy)
    tables = page.all("table")
    assert len(tables) == len(page.all("caption")) == 10
    assert all(head["scope"] in {"row", "col", "rowgroup"} for head in page.all("th"))
    drawings = [svg for svg in page.all("svg") if svg.get("aria-hidden") != "true"]
    assert drawings
    assert all(svg.get("role") == "img" and svg.get("aria-label") for svg in drawings)


def test_simulated_work_is_marked_above_the_panels(made: Any) -> None:
    made.record()
    made.task("en/step_review", "accepted", simulated=True)
    text = html.render(measure(made.store, DEMO, NOW))
    assert text.index("<strong>SIMULATED</strong>") < text.index("<section")


def test_work_of_people_is_not_marked_simulated(busy: Any) -> None:
    assert "SIMULATED" not in page_of(busy).text


def test_no_name_of_a_person_is_on_the_page(busy: Any) -> None:
    text = page_of(busy).text
    assert "ann-0a" in text
    assert not [name for name in ("Li Wei", "Souza", "vendor.example") if name in text]


def test_the_same_progress_gives_the_same_bytes(busy: Any) -> None:
    assert html.render(measure(busy.store, DEMO, NOW)) == html.render(measure(busy.store, DEMO, NOW))


def test_the_page_is_written_whole_in_the_place_of_the_old_one(busy: Any, tmp_path: Path) -> None:
    path = tmp_path / "report.html"
    path.write_text("old")
    html.write(measure(busy.store, DEMO, NOW), path)
    assert path.read_text(encoding="utf-8").startswith("<!doctype html>")
    assert [file.name for file in tmp_path.iterdir()] == ["report.html"]


def test_a_place_that_cannot_be_written_is_one_line(busy: Any, tmp_path: Path) -> None:
    with pytest.raises(HeadraceError, match=r"^.*report\.html: the report should be writable there, .*$"):
        html.write(measure(busy.store, DEMO, NOW), tmp_path / "no" / "report.html")


def test_a_bar_is_full_and_its_smallest_part_can_be_seen() -> None:
    parts = stack({state.name: 0 for state in STANDING} | {"open": 999_999, "disputed": 1})
    assert [part.state for part in parts] == ["open", "disputed"]
    assert sum(part.width for part in parts) == pytest.approx(100)
    assert parts[1].width > 0.7
    assert (parts[0].number, parts[1].number) == ("999,999", "")
    assert parts[1].said == "1 of 1,000,000 disputed (<1 %)"


def test_text_stands_out_in_light_and_dark(made: Any) -> None:
    light_block, dark_block = html.render(measure(made.store, DEMO, NOW)).split("prefers-color-scheme", 1)
    light = colours(light_block)
    dark = light | colours(dark_block)
    for theme, pale in ((light, light["on-light"]), (dark, "#ffffff")):
        on = {
            "ready": pale,
            "open": pale,
            "in_labeling": theme["on-light"],
            "labeled": theme["on-deep"],
            "disputed": theme["on-light"],
            "accepted": theme["on-light"],
            "released": theme["on-deep"],
        }
        pairs = [(theme[state.name], on[state.name]) for state in STANDING]
        pairs += [(theme[page], theme[ink]) for page in ("page", "card") for ink in ("ink", "soft", "error")]
        pairs += [(theme["warn-page"], theme["warn-ink"])]
        assert [pair for pair in pairs if contrast(*pair) < 4.5] == []
        assert contrast(theme["card"], theme["edge"]) >= 3
        assert contrast(theme["card"], theme["mark"]) >= 3


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_overflows_on_a_desk_or_a_telephone(
    busy: Any, tmp_path: Path, browser: Any, scheme: str
) -> None:
    busy.task("en/step_review/" + "x" * 300, "open")
    busy.task(HOSTILE, "accepted")
    path = tmp_path / "report.html"
    html.write(measure(busy.store, Project.model_construct(name="demo " + "y" * 200), NOW), path)
    said: list[str] = []
    for width in (1440, 400):
        page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
        page.on("console", lambda message: said.append(message.text))
        page.on("dialog", lambda dialog: said.append(dialog.message))
        page.goto(path.as_uri())
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert page.evaluate(BEYOND) == []
        assert page.locator("section#cells .bar").first.bounding_box()["width"] > 100
    assert said == []
