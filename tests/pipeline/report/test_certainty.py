"""How sure labels are, drawn and said."""

from typing import get_args

import pytest

from pipeline.assessing.truth import Certainty
from pipeline.quality.choosing import candidates
from pipeline.quality.coded import Coded
from pipeline.quality.judged import METHODS
from pipeline.report.certainty import WORDS, by_words, sureness
from pipeline.resolving.telling import SOMEBODY
from tasks.base import Agreed


def certainty(**columns: object) -> Certainty:
    given = {
        "cell": "en/preference_pair", "method": "blend", "labels": 12, "told": 10,
        "below_80": 2, "below_90": 3, "below_95": 5, "differ": 1,
    }  # fmt: skip
    return Certainty.model_validate({**given, **columns})


def test_a_bar_goes_from_the_surest_to_the_least_sure() -> None:
    parts = sureness(certainty())
    assert [(part.x, part.width) for part in parts] == [(0, 50), (50, 20), (70, 10), (80, 20)]
    assert parts[0].said == "5 of 10 95 % sure or more (50 %)"
    assert parts[-1].said == "2 of 10 less than 80 % sure (20 %)"


@pytest.mark.parametrize("told", [0, 10])
def test_what_is_not_there_is_not_drawn(told: int) -> None:
    parts = sureness(certainty(told=told, below_80=0, below_90=0, below_95=0))
    assert [part.width for part in parts] == ([100] if told else [])


def test_every_method_has_everyday_words() -> None:
    of_votes = candidates(Coded.of([("1", "a", "x"), ("1", "b", "y")]), None, "ordinal")
    named = {*of_votes, *SOMEBODY.values(), *(name for names in METHODS.values() for name in names)}
    assert set(METHODS) == set(get_args(Agreed))
    assert named == set(WORDS)
    assert by_words("own_method") == "own method"
