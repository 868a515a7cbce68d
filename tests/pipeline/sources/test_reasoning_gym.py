"""Problems made by programs."""

import sys
from pathlib import Path
from typing import Any

import pytest

from pipeline.sources import fingerprint, records
from schemas.errors import SourceError
from schemas.project import SourceConfig
from schemas.records import Record

FOLDER = Path()


def _source(**options: Any) -> SourceConfig:
    return SourceConfig(reader="reasoning_gym", options=options)


def _made(**options: Any) -> list[Record]:
    pytest.importorskip("reasoning_gym", reason="the extra `synthetic` is not installed")
    return [row for row in records(_source(**options), FOLDER) if isinstance(row, Record)]


def test_problems_come_with_their_answers() -> None:
    (found,) = _made(dataset="gsm_symbolic", size=1, seed=1)
    assert (found.domain, found.language, found.license) == ("reasoning", "en", "Apache-2.0")
    assert found.reference is not None
    assert found.reference.answer == "288"
    assert found.extra["metadata"]
    assert found.source is not None
    assert found.source.dataset == "reasoning_gym/gsm_symbolic"
    assert found.source.revision


def test_the_seed_says_which_problems_and_there_always_is_one() -> None:
    first = _made(dataset="leg_counting", size=3)
    assert _made(dataset="leg_counting", size=3, seed=0) == first
    assert not {one.id for one in first} & {
        one.id for one in _made(dataset="leg_counting", size=3, seed=1000)
    }


def test_settings_of_the_generator_go_through() -> None:
    (found,) = _made(dataset="leg_counting", size=1, min_animals=4, max_animals=4)
    animals = found.extra["metadata"]
    assert isinstance(animals, dict)
    assert isinstance(animals["animals"], dict)
    assert len(animals["animals"]) == 4


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({}, "should name a generator, is None"),
        ({"dataset": "gsm_symbolik"}, "did you mean 'gsm_symbolic'"),
        ({"dataset": "gsm_symbolic", "colour": "red"}, "'colour'.*; mend `options`"),
        ({"dataset": "gsm_symbolic", "size": "many"}, "; mend `options`"),
    ],
)
def test_options_that_do_not_fit_are_one_line(options: dict[str, Any], message: str) -> None:
    with pytest.raises(SourceError, match=message) as caught:
        _made(**options)
    assert "\n" not in str(caught.value)


def test_without_the_package_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "reasoning_gym", None)
    with pytest.raises(SourceError, match=r"pip install 'headrace\[synthetic\]'"):
        list(records(_source(dataset="gsm_symbolic"), FOLDER))


def test_other_options_are_another_input() -> None:
    pytest.importorskip("reasoning_gym", reason="the extra `synthetic` is not installed")
    assert fingerprint(_source(dataset="a", seed=1), FOLDER) == fingerprint(
        _source(dataset="a", seed=1), FOLDER
    )
    assert fingerprint(_source(dataset="a", seed=1), FOLDER) != fingerprint(
        _source(dataset="a", seed=2), FOLDER
    )
