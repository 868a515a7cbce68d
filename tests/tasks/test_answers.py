"""Answers side by side: which there are, and an order that nobody's order decides."""

from itertools import permutations

from schemas.records import Record
from tasks._answers import different, shuffled


def record(*texts: str, prompt: str = "Why?") -> Record:
    candidates = [{"text": text} for text in texts]
    return Record.model_validate({"prompt": prompt, "domain": "reasoning", "candidates": candidates})


def test_answers_are_different_by_more_than_their_ends() -> None:
    for texts in permutations(("b", "a", " c\n")):
        assert different(record(*texts)) == [" c\n", "a", "b"]
    assert [text.strip() for text in different(record("a", "a\n", " a"))] == ["a"]


def test_the_order_shown_depends_on_the_problem_and_the_answers_alone() -> None:
    orders = {shuffled(record("a", "b", "c"), texts) for texts in permutations("abc")}
    assert len(orders) == 1
    others = {shuffled(record(prompt=f"Why {n}?"), "abc") for n in range(40)}
    assert len(others) > 1
