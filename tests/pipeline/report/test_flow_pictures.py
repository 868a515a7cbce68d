"""The pictures: pure functions of figures, where each shape stands where its figure says."""

import re
from datetime import date, timedelta
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markupsafe import Markup

from pipeline.report.pictures import rows
from pipeline.report.pictures.areas import Layer, areas
from pipeline.report.pictures.columns import columns
from pipeline.report.pictures.fan import fan
from pipeline.report.pictures.frame import MOST_DAYS, MOST_TICKS, Tick, ceiling, days, ticks
from pipeline.report.pictures.scatter import Column, scatter
from tests.pipeline.report.flow_example import SHORT, flow

FIRST = date(2026, 12, 1)
HOSTILE = """<script>alert("1")</script>'&"""


def drawn(picture: Markup) -> ET.Element:
    """The picture as what a browser reads; it must be well formed."""
    return ET.fromstring(str(picture))  # noqa: S314 - our own


def per_cent(element: ET.Element, name: str) -> float:
    return float(element.attrib[name].removesuffix("%"))


@settings(deadline=None, max_examples=20)
@given(st.floats(0, 1e9))
def test_an_axis_is_round_short_and_holds_the_most(most: float) -> None:
    marks = ticks(most)
    assert ceiling(most) >= most
    assert 2 <= len(marks) <= MOST_TICKS + 1
    assert marks[0] == Tick(0, "0")
    assert marks[-1].at == pytest.approx(1)


@settings(deadline=None, max_examples=20)
@given(st.integers(0, 4000))
def test_an_axis_of_days_can_be_read_on_a_telephone(span: int) -> None:
    marks = days(FIRST, FIRST + timedelta(days=span))
    assert 1 <= len(marks) <= MOST_DAYS
    assert all(0 <= mark.at <= 1 for mark in marks)
    assert marks[0].label == "1 Dec"


def test_areas_stand_on_each_other() -> None:
    picture = drawn(
        areas(
            [FIRST, FIRST + timedelta(days=1)],
            [Layer("done", "s3", [0, 50]), Layer("open", "s1", [100, 50])],
            "x",
        )
    )
    lower, upper = (one.attrib["points"] for one in picture.iter("polygon"))
    assert lower == "0,1000 1000,500 1000,1000 0,1000"
    assert upper == "0,0 1000,0 1000,500 0,1000"


def test_a_load_over_capacity_passes_its_lines() -> None:
    picture = drawn(rows.load(1.57, (1.4, 1.8), 2.0, "x"))
    (bar,) = picture.iter("rect")
    high, full, whisker = picture.iter("line")
    assert bar.attrib["class"] == "fill over"
    assert per_cent(bar, "width") == pytest.approx(78.5)
    assert (per_cent(high, "x1"), per_cent(full, "x1")) == (42.5, 50)
    assert (per_cent(whisker, "x1"), per_cent(whisker, "x2")) == (70, 90)


@pytest.mark.parametrize(("load", "colour"), [(0.2, "well"), (0.9, "high"), (1.2, "over"), (20.0, "over")])
def test_a_load_has_the_colour_of_its_meaning_and_stays_in_its_bar(load: float, colour: str) -> None:
    (bar,) = drawn(rows.load(load, None, 1.5, "x")).iter("rect")
    assert bar.attrib["class"] == f"fill {colour}"
    assert per_cent(bar, "width") <= 100


def test_parts_stand_side_by_side() -> None:
    parts = [rows.Part("busy", "s1", 30), rows.Part("waiting", "s6", 10)]
    first, second = drawn(rows.stack(parts, 40, "x")).iter("rect")
    assert (per_cent(first, "x"), per_cent(first, "width")) == (0, 75)
    assert (per_cent(second, "x"), per_cent(second, "width")) == (75, 25)
    assert len(list(drawn(rows.stack([rows.Part("none", "s1", 0)], 0, "x")).iter("rect"))) == 1


def test_bars_are_as_high_as_their_counts() -> None:
    picture = drawn(columns([FIRST, FIRST + timedelta(days=3)], [100, 50], "x"))
    first, second = picture.iter("rect")
    assert (first.attrib["height"], second.attrib["height"]) == ("1000", "500")
    assert float(second.attrib["x"]) > 750
    assert [one.text for one in picture.iter("title")][1:] == ["2026-12-01: 100", "2026-12-04: 50"]


def test_a_day_without_anything_is_drawn() -> None:
    (bar,) = drawn(columns([FIRST], [0], "x")).iter("rect")
    assert bar.attrib["height"] == "0"


def test_old_tasks_stand_higher_and_late_ones_are_bigger() -> None:
    picture = drawn(scatter([Column("open", [2, 18], [False, True])], [Tick(10, "85 of 100")], "x"))
    young, old = picture.iter("circle")
    assert per_cent(old, "cy") < per_cent(young, "cy")
    assert float(old.attrib["r"]) > float(young.attrib["r"])
    assert old.attrib["class"] == "dot late"
    assert "85 of 100" in "".join(picture.itertext())


def test_a_fan_shows_its_target_and_its_day_inside_the_frame() -> None:
    picture = drawn(fan(flow().forecast.targets[SHORT], "x"))
    level, due = [one for one in picture.iter("line") if one.attrib["class"].startswith("mark")]
    assert 0 < per_cent(level, "y1") < 100
    assert 0 < per_cent(due, "x1") <= 100
    assert len(list(picture.iter("polygon"))) == 2


@pytest.mark.parametrize(
    "picture",
    [
        areas([FIRST, FIRST + timedelta(days=1)], [Layer(HOSTILE, HOSTILE, [1, 2])], HOSTILE),
        rows.stack([rows.Part(HOSTILE, HOSTILE, 1)], 1, HOSTILE),
        rows.load(1, None, 2, HOSTILE),
        rows.dot(0.5, 0.4, 0.6, 1, HOSTILE),
        scatter([Column(HOSTILE, [1], [True])], [Tick(1, HOSTILE)], HOSTILE),
        columns([FIRST], [1], HOSTILE),
        fan(flow().forecast.targets[SHORT], HOSTILE),
    ],
)
def test_text_is_only_ever_text(picture: Markup) -> None:
    found = drawn(picture)
    assert found.attrib["aria-label"] == HOSTILE
    assert {one.tag for one in found.iter()} <= {
        "svg",
        "title",
        "line",
        "text",
        "rect",
        "circle",
        "polygon",
        "polyline",
    }
    assert not re.search("<script", picture)
