"""Texts side by side: which blanks mean something, and how many words two share in one order."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks._wording import apart, kept, same
from tests.tasks.drawing import a_few

words = st.lists(st.sampled_from("abc"), min_size=1, max_size=12)


def shared(one: list[str], other: list[str]) -> int:
    """The length of the longest common subsequence, word by word."""
    row = [0] * (len(other) + 1)
    for word in one:
        before = row
        row = [0]
        for at, same_word in enumerate(other):
            row.append(before[at] + 1 if word == same_word else max(row[at], before[at + 1]))
    return row[-1]


@a_few
@given(words, words)
def test_the_distance_is_the_share_of_words_that_are_not_in_one_order(
    one: list[str], other: list[str]
) -> None:
    expected = 1 - 2 * shared(one, other) / (len(one) + len(other))
    assert apart(" ".join(one), " ".join(other)) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("one", "other", "far"),
    [
        ("a b c a b b a", "c b a b a c", 1 - 8 / 13),
        ("a a b a b b", "b a b a a b", 1 - 8 / 12),
        ("a b a c a b a", "a c a b a c a", 1 - 10 / 14),
        ("a", "b", 1.0),
        ("", "a", 1.0),
        ("f\n  x", "f\nx", 0.01),
        ("f  x", "f x\n", 0.0),
    ],
)
def test_texts_are_as_far_apart_as_their_words(one: str, other: str, far: float) -> None:
    assert apart(one, other) == apart(other, one) == pytest.approx(far)


def test_what_a_line_begins_with_means_something_and_other_blanks_nothing() -> None:
    assert same("  a  b \n", "\n  a b")
    assert not same("  a b", " a b")
    assert not same("a b", "ab")
    assert kept("\n \r\n  a\r b \n\n") == "  a\n b"
