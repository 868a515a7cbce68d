"""Tasks are cut into lots that a request can carry, none lost, none moved."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.label_studio.base import UID, NewTask
from pipeline.label_studio.batches import batches
from pipeline.label_studio.wire import importable
from schemas.errors import LabelStudioRefused

texts = st.lists(st.text(max_size=40), max_size=30)


def tasks(texts: list[str]) -> list[NewTask]:
    return [NewTask(data={UID: str(at), "text": text}) for at, text in enumerate(texts)]


def size(lot: list[NewTask]) -> int:
    return len(json.dumps([importable(task) for task in lot], ensure_ascii=False).encode())


@settings(deadline=None, max_examples=20)
@given(texts=texts, limit=st.integers(1, 400), most=st.integers(1, 7))
def test_lots_keep_the_order_and_the_limits(texts: list[str], limit: int, most: int) -> None:
    made = tasks(texts)
    lots = list(batches(iter(made), limit, most))
    assert [task for lot in lots for task in lot] == made
    assert all(0 < len(lot) <= most for lot in lots)
    assert all(len(lot) == 1 or size(lot) <= limit for lot in lots)


def test_lots_are_as_full_as_they_may_be() -> None:
    assert [len(lot) for lot in batches(tasks(["a"] * 2500))] == [1000, 1000, 500]
    assert [len(lot) for lot in batches(tasks(["汉" * 200_000] * 7))] == [3, 3, 1]


def test_a_seed_weighs_too() -> None:
    seeded = [NewTask(data={UID: "a"}, seed=({"text": "x" * 1_500_000},))] * 2
    assert [len(lot) for lot in batches(seeded)] == [1, 1]


def test_a_huge_task_is_a_lot_of_its_own() -> None:
    assert [len(lot) for lot in batches(tasks(["a", "b" * 5_000_000, "c", "d"]))] == [1, 1, 2]


def test_a_task_that_no_request_can_carry_is_refused_by_name() -> None:
    cut = batches(tasks(["a", "b" * 3000]), largest=2000)
    with pytest.raises(LabelStudioRefused, match=r"task '1': expected at most 2,000 bytes .*, found 3,"):
        list(cut)
