"""Values cross as data: they arrive as they were, and what is no data does not arrive at all."""

import os
from collections import Counter, OrderedDict, defaultdict, deque, namedtuple
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any, NoReturn

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.verification.sandbox.guest.raised import exception, raise_said, told
from pipeline.verification.sandbox.guest.tests import same
from pipeline.verification.sandbox.guest.wire import Frames, Gone, NotData, TooMuch, from_data, to_data

PLAIN = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text()
    | st.binary()
    | st.decimals(allow_nan=False)
    | st.fractions()
    | st.datetimes()
    | st.timedeltas()
    | st.complex_numbers(allow_nan=False)
)
HASHABLE = st.recursive(
    PLAIN, lambda inner: st.tuples(inner, inner) | st.frozensets(inner, max_size=3), max_leaves=4
)
VALUES = st.recursive(
    HASHABLE,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(HASHABLE, inner, max_size=3)
        | st.sets(HASHABLE, max_size=3)
        | st.tuples(inner)
    ),
    max_leaves=8,
)
Point = namedtuple("Point", "x y")  # noqa: PYI024 - what programs use


class Whole(int):
    """A number that is equal to everything."""

    def __eq__(self, other: object) -> bool:
        return True

    __hash__ = int.__hash__


def none(value: Any) -> NoReturn:
    raise NotData(type(value).__name__)


def _nothing(data: Any) -> NoReturn:
    raise KeyError(str(data))


def flat(data: Any) -> Any:
    return from_data(data["v"], none)


def crossed(value: Any) -> Any:
    ours, theirs = os.pipe()
    Frames(theirs, 1 << 20).send(to_data(value, none))
    found = from_data(Frames(ours, 1 << 20).receive(), flat)
    os.close(ours)
    os.close(theirs)
    return found


@given(VALUES)
@settings(deadline=None, max_examples=60)
def test_a_value_arrives_as_it_was(value: Any) -> None:
    found = crossed(value)
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    ("value", "arrives"),
    [
        (Point(1, 2), (1, 2)),
        (OrderedDict(a=1), OrderedDict(a=1)),
        (Counter("aab"), Counter("aab")),
        (defaultdict(list, a=[1]), defaultdict(list, a=[1])),
        (defaultdict(lambda: 3, a=1), defaultdict(None, a=1)),
        (Whole(3), 3),
        (deque([1, 2]), deque([1, 2])),
        (bytearray(b"x"), bytearray(b"x")),
        (range(2, 9, 3), range(2, 9, 3)),
        ([10**5000], [10**5000]),
        ("\ud800", "\ud800"),
        (date(2026, 1, 2), date(2026, 1, 2)),
        ([datetime(2026, 1, 2), timedelta(1)], [datetime(2026, 1, 2), timedelta(1)]),  # noqa: DTZ001 - as programs have them
        ((Decimal("1.50"), Fraction(1, 3)), (Decimal("1.50"), Fraction(1, 3))),
    ],
)
def test_of_a_class_of_its_own_only_what_it_is_made_of_arrives(value: Any, arrives: Any) -> None:
    assert crossed(value) == arrives
    assert type(crossed(value)) is type(arrives)


def test_what_is_no_data_does_not_cross() -> None:
    deep: list[Any] = []
    deep.append(deep)
    for value in (print, object(), deep, [lambda: 1], {1: open}):
        with pytest.raises(NotData):
            to_data(value, none)
    with pytest.raises(TooMuch):
        Frames(1, 10).send("x" * 11)


@pytest.mark.parametrize(
    "data",
    [
        {"t": "set", "v": [[1]]},
        {"t": "fraction", "v": [1, 0]},
        {"t": "int", "v": "zz"},
        {"t": "int", "v": [1]},
        {"t": "dict", "v": [[1]]},
        {"t": "dict", "v": 3},
        {"t": "decimal", "v": "much"},
        {"t": "date", "v": "today"},
        {"t": "range", "v": [1, 2, 0]},
        {"t": ["list"], "v": 1},
        {"v": 1},
        {},
    ],
)
def test_what_no_honest_side_says_ends_the_line(data: Any) -> None:
    with pytest.raises(Gone):
        from_data(data, _nothing)


@pytest.mark.parametrize(
    "written", [b"", b"\0\0", b"\0\0\0\5[1", b"\x7f\0\0\0", b"\0\0\0\1x", b"\0\1\0\0" + b"[" * 65536]
)
def test_a_line_that_holds_no_frame_ends(written: bytes) -> None:
    ours, theirs = os.pipe()
    if len(written) < 60_000:
        os.write(theirs, written)
    os.close(theirs)
    with pytest.raises(Gone):
        Frames(ours, 1 << 20).receive()
    os.close(ours)


def test_an_exception_keeps_its_name_its_kind_and_its_words() -> None:
    class OddError(KeyError):
        pass

    with pytest.raises(KeyError) as caught:
        raise_said(told(OddError("which")))
    assert type(caught.value).__name__ == "OddError"
    assert str(caught.value) == "'which'"
    with pytest.raises(UnicodeDecodeError):
        raise_said(told(UnicodeDecodeError("utf-8", b"x", 0, 1, "bad")))
    with pytest.raises(Exception, match="7") as ended:
        raise_said(told(SystemExit(7)))
    assert isinstance(ended.value, Exception)
    assert exception(("Odd", "KeyError")) is exception(("Odd", "KeyError"))


@pytest.mark.parametrize(
    ("found", "wanted", "is_same"),
    [
        ((1, [2, (3,)]), [1, [2, [3]]], True),
        ([1, 2], [2, 1], False),
        ([1], [1, 2], False),
        (frozenset({2, 1}), [1, 2], True),
        ({1: 2}, {"1": 2}, True),
        ({1: 2}, {"1": 2, "2": 3}, False),
        ([1], {"0": 1}, False),
        ({}, [], False),
        (1.0000000001, 1, True),
        (1.01, 1.0, False),
        (float("nan"), 0.0, False),
        (float("inf"), float("inf"), True),
        ("1", 1, False),
        (None, None, True),
        (None, [], False),
        ([], None, False),
        ("ab", ["a", "b"], False),
    ],
)
def test_what_a_program_gave_is_held_against_json(found: Any, wanted: Any, is_same: bool) -> None:  # noqa: FBT001 - a case
    assert same(found, wanted) is is_same
