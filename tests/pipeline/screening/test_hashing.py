"""Words as numbers: the same wherever they stand, and others for other words."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.screening import _hashing
from pipeline.screening._hashing import hashed
from pipeline.screening._words import words


@given(st.lists(st.lists(st.text("ab0é ", max_size=6), max_size=5).map(" ".join), max_size=5))
@settings(deadline=None, max_examples=50)
def test_words_are_counted_and_known_again(texts: list[str]) -> None:
    said = [text.encode() for text in texts]
    numbers, counts = hashed(said)
    assert counts.tolist() == [len(one.split()) for one in said]
    every = [word for one in said for word in one.split()]
    known = dict(zip(every, numbers.tolist(), strict=True))
    assert [known[word] for word in every] == numbers.tolist()
    assert len(set(known.values())) == len(known)


def test_words_differ_by_each_letter_their_order_and_their_length() -> None:
    made = [b"a", b"b", b"ab", b"ba", b"aa", b"aaa", b"aaaa", b"aab", b"aba", b"baa", b"a" * 100, b"a" * 101]
    made += [str(n).encode() for n in range(100_000)]
    numbers, _ = hashed([b" ".join(made)])
    assert len(np.unique(numbers)) == len(made)
    assert len(np.unique(numbers >> np.uint64(32))) > 0.999 * len(made)  # each half is as good as a hash


def test_a_number_is_odd_where_the_word_holds_a_figure() -> None:
    numbers, _ = hashed([b"one 2 x3y -4.5 five"])
    assert (numbers & np.uint64(1)).tolist() == [0, 1, 1, 1, 0]


def test_long_texts_are_read_in_windows(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = [b" ".join(b"%x" % (n * n) for n in range(size)) for size in (0, 1, 500, 3)]
    whole = [one.tolist() for one in hashed(texts)]
    monkeypatch.setattr(_hashing, "_WINDOW", 64)
    assert [one.tolist() for one in hashed(texts)] == whole


def test_of_a_word_without_end_the_beginning_and_the_length_count() -> None:
    long = b"x" * (3 * _hashing._WINDOW)
    numbers, counts = hashed([long, long + b"y", b"y" + long, b"z", long])
    assert counts.tolist() == [1, 1, 1, 1, 1]
    assert numbers[0] == numbers[4]
    assert len(set(numbers.tolist())) == 4


def test_words_hold_no_byte_that_ends_a_text() -> None:
    assert b"\0" not in words("a\0b") + words("é\0b")
    assert words("a\0b").split() == [b"a", b"b"]
    assert words("One, two. Three...  (four)\u00a0five!").split() == [
        b"one",
        b"two",
        b"three..",
        b"four",
        b"five",
    ]
