"""Numbers of tasks as people see them."""

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.door.veil import Veil

VEIL = Veil(b"a key")
NUMBERS = st.integers(min_value=1, max_value=2**32)


@settings(max_examples=100, deadline=None)
@given(NUMBERS)
def test_what_is_shown_is_understood(number: int) -> None:
    shown = VEIL.shown("ann-1", number)
    assert 1 <= shown <= 2**32
    assert VEIL.meant("ann-1", shown) == number


@settings(max_examples=50, deadline=None)
@given(NUMBERS)
def test_what_is_shown_to_one_says_nothing_to_another(number: int) -> None:
    assert VEIL.meant("ann-2", VEIL.shown("ann-1", number)) != number


def test_no_two_tasks_look_alike() -> None:
    assert len({VEIL.shown("ann-1", number) for number in range(1, 5001)}) == 5000


def test_the_order_of_tasks_is_not_kept() -> None:
    shown = [VEIL.shown("ann-1", number) for number in range(1, 2001)]
    rising = sum(a < b for a, b in pairwise(shown)) / 1999
    assert 0.45 < rising < 0.55


def test_another_key_makes_another_order() -> None:
    assert VEIL.shown("ann-1", 7) != Veil(b"another key").shown("ann-1", 7)


def test_what_was_never_shown_means_nothing() -> None:
    assert [VEIL.meant("ann-1", number) for number in (0, -1, 2**32 + 1, 2**70)] == [0, 0, 0, 0]
