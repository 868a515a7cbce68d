"""Preference pairs: which answers are compared, in which order, and what becomes of the preference."""

from itertools import pairwise

import pytest

from schemas.records import Record
from tasks.base import Answers, NoItem, ParseError, say_choices
from tasks.preference_pair import PreferencePairItem, PreferencePairLabel, task_type

ITEM = PreferencePairItem(prompt="Why?", answer_a="Because A.", answer_b="Because B.")


def record(*texts: str, prompt: object = "Why?") -> Record:
    candidates = [{"text": text} for text in texts]
    return Record.model_validate({"prompt": prompt, "domain": "reasoning", "candidates": candidates})


def test_every_two_different_answers_make_a_pair() -> None:
    items = list(task_type.items(record("x", "y", "z", "y"), {}))
    pairs = {frozenset((item.answer_a, item.answer_b)) for item in items}
    assert pairs == {frozenset("xy"), frozenset("xz"), frozenset("yz")}
    assert len(items) == 3


@pytest.mark.parametrize("texts", [(), ("x",), ("x", "x"), ("x", " x\n")])
def test_fewer_than_two_different_answers_make_none(texts: tuple[str, ...]) -> None:
    with pytest.raises(NoItem, match="two different"):
        task_type.items(record(*texts), {})


def test_sides_do_not_depend_on_the_order_of_the_candidates() -> None:
    assert list(task_type.items(record("x", "y"), {})) == list(task_type.items(record("y", "x"), {}))


def test_neither_side_is_favoured() -> None:
    items = [next(iter(task_type.items(record("x", "y", prompt=f"Why {n}?"), {}))) for n in range(400)]
    assert 140 < sum(item.answer_a == "x" for item in items) < 260


@pytest.mark.parametrize("said", ["4", "-4", "1.0", " 1", "+1", "A", ""])
def test_a_preference_off_the_scale_is_refused(said: str) -> None:
    with pytest.raises(ParseError, match="preference"):
        task_type.parse(ITEM, Answers([say_choices("preference", "prompt", said)]))


def test_the_scale_is_ordinal_and_neighbours_are_one_judgement() -> None:
    labels = [PreferencePairLabel(preference=at) for at in range(-3, 4)]
    assert [task_type.position(label) for label in labels] == [-3, -2, -1, 0, 1, 2, 3]
    for one, next_ in pairwise(labels):
        assert task_type.distance(one, next_) <= task_type.tolerance
    for one, second in zip(labels, labels[2:], strict=False):
        assert task_type.distance(one, second) > task_type.tolerance
    assert task_type.distance(labels[0], labels[-1]) == 1.0


def test_below_zero_a_is_chosen_and_above_it_b() -> None:
    (a,) = task_type.rows(ITEM, PreferencePairLabel(preference=-2))
    (b,) = task_type.rows(ITEM, PreferencePairLabel(preference=3))
    assert (a.chosen, a.rejected, a.margin) == ("Because A.", "Because B.", 2.0)
    assert (b.chosen, b.rejected, b.margin) == ("Because B.", "Because A.", 3.0)


def test_no_preference_makes_no_row() -> None:
    assert list(task_type.rows(ITEM, PreferencePairLabel(preference=0))) == []


def test_a_conversation_stays_one() -> None:
    prompt = [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "$\\frac{1}{2}$?"}]
    (item,) = task_type.items(record("x", "y", prompt=prompt), {})
    (row,) = task_type.rows(item, PreferencePairLabel(preference=1))
    assert not isinstance(row.prompt, str)
    assert [message.role for message in row.prompt] == ["system", "user"]
    shown = str(task_type.data(item)["prompt"])
    assert '<span class="role">system</span>' in shown
    assert "<mfrac>" in shown


def test_answers_are_typeset_and_coloured() -> None:
    answer = "So $x^2$:\n```python\nreturn 1\n```"
    data = task_type.data(PreferencePairItem(prompt="p", answer_a=answer, answer_b="b"))
    assert "<msup>" in str(data["answer_a"])
    assert '<span class="k">return</span>' in str(data["answer_a"])


def test_the_summary_says_who_and_why() -> None:
    assert task_type.summary(PreferencePairLabel(preference=2, reason="it\nruns")) == "B better (+2): it runs"
    assert task_type.summary(PreferencePairLabel(preference=0)) == "About the same"
