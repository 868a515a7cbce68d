"""Spans of errors: the region that states one, and which regions state none."""

import pytest
from pydantic import ValidationError

from schemas.base import Json
from tasks._spans import ErrorSpan, result, said
from tasks.base import Answers, ParseError, Region

SPAN = ErrorSpan(start=2, text="cd", kind="fluency", severity="major")


def region(start: int, end: int) -> Region:
    value: Json = {"globalOffsets": {"start": start, "end": end}, "hypertextlabels": ["fluency/major"]}
    return {"from_name": "spans", "to_name": "marked", "type": "hypertextlabels", "value": value}


def test_a_region_holds_what_label_studio_needs_to_show_it() -> None:
    made = result("spans", "marked", SPAN)
    nowhere = made["value"]["start"] if isinstance(made["value"], dict) else None
    assert made == {
        "from_name": "spans",
        "to_name": "marked",
        "type": "hypertextlabels",
        "value": {
            "start": nowhere,
            "end": nowhere,
            "startOffset": 2,
            "endOffset": 4,
            "globalOffsets": {"start": 2, "end": 4},
            "text": "cd",
            "hypertextlabels": ["fluency/major"],
        },
    }
    assert isinstance(nowhere, str)
    assert said("spans", "abcdef", Answers([made])) == (SPAN,)


def test_a_span_may_reach_from_the_first_character_to_the_last() -> None:
    (span,) = said("spans", "abcdef", Answers([region(0, 6)]))
    assert (span.start, span.end, span.text) == (0, 6, "abcdef")


@pytest.mark.parametrize(("start", "end"), [(2, 2), (3, 2), (-1, 2), (0, 7), (6, 7)])
def test_a_span_lies_within_the_text(start: int, end: int) -> None:
    with pytest.raises(ParseError, match="'spans': should lie within 6 characters"):
        said("spans", "abcdef", Answers([region(start, end)]))


def test_a_span_of_nothing_is_none() -> None:
    for start, text in ((0, ""), (-1, "a")):
        with pytest.raises(ValidationError):
            ErrorSpan(start=start, text=text, kind="fluency", severity="major")
