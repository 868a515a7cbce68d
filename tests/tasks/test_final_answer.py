r"""The final answer of a solution: in the dialects that models write."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks._final_answer import as_maths, final_answer
from tests.tasks.drawing import a_few


@pytest.mark.parametrize(
    ("text", "final"),
    [
        ("so $x = \\boxed{\\frac{14}{3}}$.", "$\\frac{14}{3}$"),
        ("first \\boxed{1}, no: \\boxed{2}", "$2$"),
        ("a \\fbox{3}", "$3$"),
        ("4 * 2 = <<4*2=8>>8\n#### 8", "8"),
        ("#### 1\nno\n#### 2 ", "2"),
        ("So the answer is 18.", "18"),
        ("**Final Answer:** 3/4", "3/4"),
        ("So in the end **the answer is $\\frac{3}{6}$**.", "$\\frac{3}{6}$"),
        ("The answer is: 4", "4"),
        ("A: 26", "26"),
        ("Answer = yes", "yes"),
        ("所以答案是 42。", "42"),
        ("答案:42", "42"),
        ("답: 42 \\boxed{43}", "$43$"),
    ],
)
def test_a_named_answer_is_found(text: str, final: str) -> None:
    assert final_answer(text) == final


@pytest.mark.parametrize(
    "text",
    [
        "",
        "18",
        "We answered nothing.",
        "\\boxed{}",
        "\\boxed{1",
        f"\\boxed{{{'1' * 300}}}",
        "#### ",
        "answers: 3",
    ],
)
def test_where_none_is_named_there_is_none(text: str) -> None:
    assert final_answer(text) is None


def test_what_is_long_is_no_final_answer() -> None:
    assert final_answer(f"The answer is {'very ' * 60}long") is None


@pytest.mark.parametrize("text", ["\\frac{1}{2}", "18", "-1.5", "x^{2}", " 3 "])
def test_bare_latex_and_numbers_become_maths(text: str) -> None:
    assert as_maths(text) == f"${text.strip()}$"


@pytest.mark.parametrize("text", ["$\\frac{1}{2}$", "\\(\\pi\\)", "two", "1,000", "", "\\pi\n\\pi", "$5"])
def test_other_text_is_left_as_it_is(text: str) -> None:
    assert as_maths(text) == text


@a_few
@given(st.text(alphabet="\\boxed{}# answer is:A1$.\n"))
def test_whatever_is_found_stands_in_the_text(text: str) -> None:
    found = final_answer(text)
    assert found is None or found.strip("$") in text
