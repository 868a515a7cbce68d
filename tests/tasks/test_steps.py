"""Steps: where one ends, which stand on one page, and that no formula and no code is cut through."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from schemas.records import Record
from tasks import task_types
from tasks._steps import KEYS, How, chains, cut_at, earlier, problem, reference, split, windows
from tasks.base import NoItem
from tests.tasks.drawing import a_few

FENCED = "```python\nx = 1\n\ny = 2\n```"
DISPLAYS = (
    "$$\nx\n\ny\n$$",
    "\\[\nx\n\ny\n\\]",
    "\\(x\n\n+ y\\)",
    "\\begin{align*}\nx &= 1 \\\\[2pt]\n\ny &= 2\n\\end{align*}",
    "\\begin{cases}\n\\begin{pmatrix}1\n\n2\\end{pmatrix}\n\nx\n\\end{cases}",
    FENCED,
    "~~~\na\n\nb\n~~~",
    "````\n```\n\n```\n````",
)


def record(*candidates: object, **fields: object) -> Record:
    return Record.model_validate(
        {"prompt": "1+1?", "domain": "reasoning", "candidates": list(candidates), **fields}
    )


@pytest.mark.parametrize(
    ("text", "steps", "cut"),
    [
        ("a\n\nb\nc\n \nd\n", ("a", "b\nc", "d"), "blank_line"),
        ("a\nb\r\nc\rd", ("a", "b", "c", "d"), "line"),
        ("one", ("one",), "line"),
        ("a\n\n\n\n  - b", ("a", "  - b"), "blank_line"),
        (" \n", (), "line"),
    ],
)
def test_a_text_is_cut_at_blank_lines_or_else_at_line_breaks(
    text: str, steps: tuple[str, ...], cut: str
) -> None:
    assert split(text) == (steps, cut)


def test_a_text_is_cut_at_its_lines_where_that_is_asked_for() -> None:
    assert cut_at("a\n\nb\nc", "line").steps == ("a", "b", "c")
    assert cut_at("a\n\nb\nc", "blank_line").steps == ("a", "b\nc")


@pytest.mark.parametrize("display", DISPLAYS)
@pytest.mark.parametrize("how", ["blank_line", "line"])
def test_no_formula_and_no_code_is_cut_through(display: str, how: How) -> None:
    found = chains(record({"text": f"First.\n\n{display}\n\nLast."}), how)
    assert found[0].steps == ("First.", display, "Last.")


@pytest.mark.parametrize("opened", ["$$", "\\[", "\\(", "\\begin{align}", "\\\\[2pt]", "costs $$5 or"])
def test_what_is_opened_and_never_closed_holds_nothing_together(opened: str) -> None:
    assert split(f"a {opened} b\n\nc\n\nd").steps == (f"a {opened} b", "c", "d")


def test_a_line_break_in_an_aligned_formula_opens_none() -> None:
    assert split("a \\\\[2pt] b\n\nc\n\n\\] d").steps == ("a \\\\[2pt] b", "c", "\\] d")


def test_code_that_is_never_closed_goes_on_to_the_end() -> None:
    assert split("a\n\n```\nb\n\nc").steps == ("a", "```\nb\n\nc")


@a_few
@given(st.lists(st.sampled_from((*DISPLAYS, "So.", "a $x$ b", "1. one")), min_size=1, max_size=8))
def test_steps_joined_again_are_the_text(parts: list[str]) -> None:
    assert list(cut_at("\n\n".join(parts), "blank_line").steps) == parts


@a_few
@given(st.text(alphabet="ab$`~\\[](){} \n", max_size=200))
def test_no_text_loses_a_letter(text: str) -> None:
    for cut in ("blank_line", "line"):
        steps = cut_at(text, cut).steps
        assert "".join("".join(steps).split()) == "".join(text.split())
        assert all(step.strip() for step in steps)


def test_given_steps_come_first_and_text_is_cut_where_there_are_none() -> None:
    found = chains(record({"steps": ["a", " ", "b"]}, {"text": "c\n\nd\ne"}), "given_or_split")
    assert found == [(("a", "b"), "given"), (("c", "d\ne"), "blank_line")]


def test_a_text_is_cut_as_the_option_says_and_needs_a_candidate() -> None:
    text = record({"text": "a\n\nb\nc"})
    assert [chain.steps for chain in chains(text, "line")] == [("a", "b", "c")]
    assert [chain.steps for chain in chains(text, "blank_line")] == [("a", "b\nc")]
    assert [chain.steps for chain in chains(text, "split")] == [("a", "b\nc")]
    with pytest.raises(NoItem, match="'candidates': steps are asked for of at least one, there is none"):
        chains(record(), "line")


def test_only_given_steps_will_do_where_the_option_says_so() -> None:
    with pytest.raises(NoItem, match="'candidates': steps are asked for, none has any"):
        chains(record({"text": "a\nb"}), "given")
    (cut,) = chains(record({"text": "a\nb", "steps": ["ab"]}), "split")
    assert cut.steps == ("a", "b")


@pytest.mark.parametrize("name", ["step_review", "first_error"])
@pytest.mark.parametrize("how", ["lines", None, 3, ["line"]])
def test_an_unknown_way_to_cut_is_refused_by_name(name: str, how: object) -> None:
    with pytest.raises(ValidationError, match="'given', 'blank_line', 'line'"):
        task_types()[name].options.model_validate({"steps": how})


def test_the_same_steps_twice_are_one_chain() -> None:
    assert len(chains(record({"text": "a\nb"}, {"text": "a\r\nb", "model": "y"}), "split")) == 1


@a_few
@given(st.integers(1, 400), st.integers(1, 60))
def test_windows_hold_every_step_once_and_are_of_about_one_length(count: int, most: int) -> None:
    found = [range(count)[window] for window in windows(count, most)]
    assert [at for window in found for at in window] == list(range(count))
    assert max(map(len, found)) <= most
    assert max(map(len, found)) - min(map(len, found)) <= 1
    assert len(found) == -(-count // most)


def test_what_is_right_is_shown_behind_a_click_or_not_at_all() -> None:
    known = record(reference={"answer": "unmistakable", "solution": "because"})
    shown = reference(known, show=True)
    assert shown == {"reference": "unmistakable", "solution": "because"}
    assert reference(known, show=False) == {}
    assert reference(record(reference={"answer": " "}), show=True) == {}
    html = problem("What?", shown["reference"], shown["solution"])
    assert html.index("What?") < html.index("<details") < html.index("unmistakable") < html.index("because")
    assert "<details" not in problem("What?", None, None)


def test_the_steps_before_a_page_are_behind_a_click() -> None:
    assert earlier(()) == ""
    html = earlier(("<b>one</b>", "two"))
    assert "The 2 steps before these" in html
    assert "&lt;b&gt;one" in html


def test_thirty_steps_have_plain_keys_that_nothing_else_has() -> None:
    assert len(set(KEYS)) == len(KEYS) == 30
    assert not set("gbnmpu") & set(KEYS)
