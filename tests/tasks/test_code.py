"""Programs are numbered and coloured, and never hold up the work."""

from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks import _code, _markup


@settings(deadline=None, max_examples=50)
@given(
    st.text(alphabet="ab()\"'#: \n\t\r\x0b\x0c\u2028<&", max_size=60),
    st.sampled_from(["python", "c", "nosuch", None]),
)
def test_there_are_as_many_coloured_lines_as_lines(code: str, language: str | None) -> None:
    lines = _markup.program_lines(code, language)
    assert len(lines) == _markup.storable(code).count("\n") + 1
    shown = ["".join(ET.fromstring(f"<p>{line.replace('&nbsp;', ' ')}</p>").itertext()) for line in lines]  # noqa: S314 - ours
    assert "\n".join(shown) == _markup.storable(code)


def test_a_string_over_two_lines_is_coloured_on_both() -> None:
    first, second = _markup.program_lines('"""a\nb"""', "python")
    assert first.startswith('<span class="s')
    assert second.startswith('<span class="s')


def test_a_program_is_a_block_of_numbered_lines() -> None:
    html = _markup.program("x = 1\n\ny", "python")
    assert html.startswith('<pre class="code" dir="ltr"><span class="line"><span class="n">x</span>')
    assert html.count('<span class="line">') == 3


@pytest.mark.parametrize(
    "language", ["python", "Python", "py", "c++", "C#", "rust", "haskell", "sql", "diff"]
)
def test_a_known_language_is_coloured(language: str) -> None:
    (line,) = _markup.program_lines("- if 1", language)
    assert '<span class="' in line


@pytest.mark.parametrize("language", [None, "", "nosuch", "text", "<script>", "python; rm"])
def test_any_other_is_shown_without_colours(language: str | None) -> None:
    assert _markup.program_lines("if x < 1: pass", language) == ("if x &lt; 1: pass",)


def test_a_program_too_long_for_colours_is_shown_whole() -> None:
    code = "x = 1\n" * (_code.LONGEST_PROGRAM // 6 + 1)
    assert _markup.program_lines(code, "python") == tuple(code.split("\n"))


def test_a_lexer_that_takes_too_long_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    assert _code.highlighted("x = 1", "python") != ["x = 1"]
    monkeypatch.setattr(_code, "MOST_SECONDS", -1.0)
    assert _code.highlighted("x = 1", "python") == ["x = 1"]
