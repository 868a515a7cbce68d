"""The flow's part of the page, as text and in a browser."""

import json
from pathlib import Path
from typing import Any

import pytest

from pipeline.report import flow_page, flow_panels, html
from pipeline.report.flow_words import DAY_PARTS, HOUR_PARTS, STATES
from pipeline.report.progress import measure
from schemas.flow import Bottleneck, DataQuality, Flow, Forecast
from schemas.project import Project
from tests.pipeline.report.flow_example import NOW, SHORTAGE, flow
from tests.pipeline.report.page import BEYOND, Page, colours, contrast

DEMO = Project(name="demo")
HOSTILE = """zh/x"><script>alert(1)</script><img src=x onerror='alert(2)'>{{ 7 * 7 }}\x1b\u202e"""
PANELS = [panel.name for panel in flow_panels.PANELS]
PICTURES = {
    "hours": "hours",
    "cumulative_flow": "accumulation",
    "throughput": "throughput",
    "days": "days",
    "ageing": "ageing",
    "rework": "rework",
    "effort": "effort",
}
"""Metric = the panel that shows it."""


def text_of(made: Any, found: Flow | None) -> str:
    return html.render(measure(made.store, DEMO, NOW), found)


def page_of(made: Any, found: Flow | None) -> Page:
    return Page(text_of(made, found))


def sections(made: Any, found: Flow | None) -> list[str | None]:
    return [section["id"] for section in page_of(made, found).all("section")]


def renamed(found: Flow, name: str) -> Flow:
    """The flow with a cell, a person and its words by another name."""
    text = found.model_dump_json()
    for old in ("zh/code_review", "ann-07", "vendor-a", "a second answer", "486 rows stood twice"):
        text = text.replace(json.dumps(old)[1:-1], json.dumps(name)[1:-1])
    return Flow.model_validate_json(text)


def empty() -> Flow:
    """The flow of a log that says nothing."""
    nothing = Bottleneck(cause="none")
    quality = DataQuality(events=0, tasks=0, first=None, last=None)
    return Flow(
        as_of=NOW,
        sentence="",
        bottleneck=nothing,
        bottlenecks=(nothing,),
        loads=(),
        little_ratio=None,
        forecast=Forecast(),
        metrics={},
        data_quality=quality,
    )


def test_the_sentence_comes_first_then_every_panel_of_the_flow_then_the_rest(busy: Any) -> None:
    text = text_of(busy, flow())
    assert text.index("22\u00a0% likely to reach its 4,000") < text.index("5 of 16 tasks settled")
    shown = sections(busy, flow())
    assert shown[: len(PANELS)] == PANELS
    assert shown[len(PANELS) :] == sections(busy, None)


def test_without_a_flow_the_page_is_as_before(busy: Any) -> None:
    assert not set(sections(busy, None)) & set(PANELS)
    assert "5 of 16 tasks settled" in text_of(busy, None).split("<h1>")[1].split("</h1>")[0].replace(
        "\u00a0", " "
    )


def test_an_empty_flow_has_no_panel_but_what_it_stands_on(made: Any) -> None:
    assert sections(made, empty()) == ["quality"]


@pytest.mark.parametrize(("metric", "panel"), PICTURES.items())
def test_a_panel_without_facts_is_left_out(made: Any, metric: str, panel: str) -> None:
    less = {name: one for name, one in flow().metrics.items() if name != metric}
    assert panel in sections(made, flow())
    assert panel not in sections(made, flow(metrics=less))


def test_metrics_that_came_as_json_are_drawn_the_same(made: Any) -> None:
    again = Flow.model_validate_json(flow().model_dump_json())
    assert text_of(made, again) == text_of(made, flow())


def test_names_from_outside_are_only_ever_text(made: Any) -> None:
    page = page_of(made, renamed(flow(), HOSTILE))
    assert not page.all("script")
    assert not page.all("img")
    assert not page.handlers()
    assert "<script>alert(1)</script>" in page.text
    assert "{{ 7 * 7 }}" in page.text
    assert not {"\x1b", "\u202e"} & set(page.text)


def test_the_page_loads_nothing_and_leads_nowhere(busy: Any) -> None:
    page = page_of(busy, flow())
    assert page.addresses() == ["data:,"]
    assert not [attributes for _, attributes in page.elements if "style" in attributes]
    assert "url(" not in text_of(busy, flow())


def test_every_picture_says_in_words_what_it_shows(busy: Any) -> None:
    page = page_of(busy, flow())
    drawings = [
        svg for svg in page.all("svg") if not (svg.get("class") or "").startswith("swatch") and "x" not in svg
    ]
    assert len([svg for svg in drawings if svg.get("class") == "plot"]) == 5  # two fans, areas, columns, dots
    assert all(svg.get("role") == "img" and svg.get("aria-label") for svg in drawings)
    assert len(page.all("table")) == len(page.all("caption"))
    assert all(head["scope"] in {"row", "col", "rowgroup"} for head in page.all("th"))


def test_what_the_colours_mean_stands_beside_them(busy: Any) -> None:
    text = page_of(busy, flow()).text
    drawn = [one.title for one in (*HOUR_PARTS, *DAY_PARTS)]
    drawn += [one.title for one in STATES if one.name != "held"]  # nothing is parked here
    assert not [title for title in drawn if title not in text]


def test_the_remedies_stand_with_the_load_after_and_the_gain(busy: Any) -> None:
    text = " ".join(page_of(busy, flow()).text.split())
    assert "1 more person for Chinese code review from 7 December" in text
    assert "headrace what-if --add zh/code_review:1@2026-12-07 157 % 81 % +34 %" in text


def test_forecasts_bear_how_earlier_ones_fared(busy: Any) -> None:
    good, doubt = (
        '<p class="badge good">Past forecasts',
        '<p class="badge doubt">The forecast is uncalibrated',
    )
    assert good in text_of(busy, flow())
    forecast = flow().forecast.model_copy(update={"coverage": Forecast().coverage})
    assert doubt in text_of(busy, flow(forecast=forecast))


def test_what_the_log_lacked_is_said(busy: Any) -> None:
    text = page_of(busy, flow()).text
    assert "When people took up a task: worked out from who submitted what when" in text
    assert "486 rows stood twice and were counted once" in text


def test_a_simulated_history_is_marked_above_everything(busy: Any) -> None:
    quality = flow().data_quality
    made_up = quality.model_copy(
        update={"notes": ("SIMULATED: The history in x.parquet was made up.", *quality.notes)}
    )
    text = text_of(busy, flow(data_quality=made_up))
    mark = "<strong>SIMULATED</strong> <span>The history in x.parquet was made up.</span>"
    assert text.index(mark) < text.index("<section")
    assert text.count("was made up") == 1
    assert "SIMULATED" not in text_of(busy, flow())


def test_the_page_of_a_log_alone_bears_the_mark_too() -> None:
    quality = flow().data_quality.model_copy(update={"notes": ("SIMULATED: Nobody ever worked so.",)})
    text = flow_page.render(flow(data_quality=quality), "events.parquet")
    assert text.index("<span>Nobody ever worked so.</span>") < text.index("<section")
    assert "SIMULATED" not in flow_page.render(flow(), "events.parquet")


def test_doubts_stand_with_the_bottleneck(busy: Any) -> None:
    doubted = SHORTAGE.model_copy(update={"doubts": ("the second came within 3 % of it",)})
    assert "The second came within 3\u00a0% of it" in text_of(busy, flow(bottlenecks=(doubted,)))


def test_the_same_flow_gives_the_same_bytes(busy: Any) -> None:
    assert text_of(busy, flow()) == text_of(busy, flow())


def test_shapes_and_text_stand_out_in_light_and_dark(made: Any) -> None:
    light_block, dark_block = text_of(made, flow()).split("prefers-color-scheme", 1)
    light = colours(light_block)
    dark = light | colours(dark_block)
    shapes = ("s1", "s2", "s3", "s4", "s5", "s6", "s8", "well", "high", "over", "mark", "good", "ink", "soft")
    for theme in (light, dark):
        assert [name for name in shapes if contrast(theme["card"], theme[name]) < 3] == []
        assert contrast(theme["card"], theme["mark"]) >= 4.5  # links


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_flow_overflows_neither_a_desk_nor_a_telephone(
    busy: Any, tmp_path: Path, browser: Any, scheme: str
) -> None:
    path = tmp_path / "report.html"
    html.write(measure(busy.store, DEMO, NOW), path, renamed(flow(), "zh/code_review/" + "x" * 200))
    said: list[str] = []
    for width in (1440, 400):
        page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
        page.on("console", lambda message: said.append(message.text))
        page.goto(path.as_uri())
        for one in page.locator("summary").all():
            one.click()
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert page.evaluate(BEYOND) == []
        assert page.locator("#accumulation .plot").bounding_box()["width"] > 250
        assert page.locator("#loads .row").first.bounding_box()["width"] > 100
        page.close()
    assert said == []
