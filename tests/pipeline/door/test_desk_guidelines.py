"""What has changed in a guideline, and that nothing in it runs."""

from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.door.desk.guidelines import blocks, changes, read
from tasks import _markup, names
from tasks import guideline as guideline_of

LINES = st.lists(
    st.sampled_from(
        ["# A", "- one", "- two", "  more", "", "text", "| a | b |", "```", "1. x", "<b>&", "$x$"]
    ),
    max_size=12,
)


def test_an_entry_of_a_list_that_changed_is_told_alone() -> None:
    old = "# T\n\nIntro.\n\n- one\n- two\n- three\n"
    found = changes(old, old.replace("- two", "- deux"))
    assert [one.kind for one in found] == ["same", "removed", "added", "same"]
    assert "two" in found[1].html
    assert "deux" in found[2].html
    assert "one" not in found[1].html + found[2].html


def test_what_was_appended_is_new_and_what_was_cut_is_taken_out() -> None:
    assert [one.kind for one in changes("a", "a\n\nb")] == ["same", "added"]
    assert [one.kind for one in changes("a\n\nb", "a")] == ["same", "removed"]
    assert [one.kind for one in changes("a", "a")] == ["same"]


def test_a_table_and_a_program_change_as_a_whole() -> None:
    assert blocks("| a | b |\n|---|---|\n| 1 | 2 |\n\nx") == ["| a | b |\n|---|---|\n| 1 | 2 |", "x"]
    assert blocks("```python\nx = 1\n\ny = 2\n```\nafter") == ["```python\nx = 1\n\ny = 2\n```", "after"]


def test_each_guideline_of_ours_comes_apart_into_blocks_and_nothing_is_lost() -> None:
    for name in names():
        text = guideline_of(name)
        assert "".join("".join(blocks(text)).split()) == "".join(text.split())


@given(old=LINES, new=LINES)
@settings(deadline=None, max_examples=50)
def test_what_stays_and_what_comes_is_the_new_text(old: list[str], new: list[str]) -> None:
    a, b = "\n".join(old), "\n".join(new)
    found = changes(a, b)
    assert bool(found) == bool(blocks(a) or blocks(b))
    if all(one.kind == "same" for one in found):
        assert blocks(a) == blocks(b)


@given(text=st.text(max_size=200), other=st.text(max_size=200))
@settings(deadline=None, max_examples=50)
def test_a_guideline_holds_our_own_elements_only(text: str, other: str) -> None:
    for html in (read(text), *(one.html for one in changes(text, other))):
        inside = html.removeprefix('<div class="hr guideline">').removesuffix("</div>")
        assert _markup.sanitised(inside) == inside
