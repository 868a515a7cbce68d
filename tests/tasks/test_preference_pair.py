"""Preference pairs: which answers are compared, in which order, and what becomes of the preference."""

from itertools import pairwise
from typing import Any

import pytest
from pydantic import ValidationError

from schemas.records import Record
from tasks._style import NO_KEY
from tasks.base import Answers, NoItem, ParseError, say_choices
from tasks.preference_pair import ASPECT_KEYS, PreferencePairItem, PreferencePairLabel, task_type

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


@pytest.mark.parametrize("much", [1, 2, 3])
def test_a_slight_preference_is_one_too(much: int) -> None:
    (a,) = task_type.rows(ITEM, PreferencePairLabel(preference=-much))
    (b,) = task_type.rows(ITEM, PreferencePairLabel(preference=much))
    assert (
        (a.chosen, a.rejected, a.margin)
        == (b.rejected, b.chosen, b.margin)
        == ("Because A.", "Because B.", much)
    )


def test_the_scale_has_an_end_on_each_side() -> None:
    assert PreferencePairLabel.scale == (-3.0, 3.0)
    assert task_type.sided
    for off in (-4, 4):
        with pytest.raises(ValidationError, match="preference"):
            PreferencePairLabel(preference=off)


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


ASPECTS = ITEM.replace(aspects=("correctness", "clarity"))


def said(*aspects: str, preference: str = "-2") -> Answers:
    regions = [say_choices("preference", "prompt", preference)]
    regions += [say_choices(f"aspect_{at}", f"aspect_name_{at}", side) for at, side in enumerate(aspects)]
    return Answers(regions)


def test_the_project_says_in_which_aspects_answers_are_compared() -> None:
    (item,) = task_type.items(record("x", "y"), {"aspects": ["correctness", "clarity"]})
    assert item.aspects == ("correctness", "clarity")
    (plain,) = task_type.items(record("x", "y"), {})
    assert plain.aspects == ()
    assert (item.answer_a, item.answer_b) == (plain.answer_a, plain.answer_b)
    assert item.id != plain.id


@pytest.mark.parametrize("said", ["correctness", [""], [" "], [1], ["a", "a"], None, {"a": 1}])
def test_aspects_are_a_list_of_different_names(said: Any) -> None:
    with pytest.raises(ValidationError, match="aspects"):
        task_type.options.model_validate({"aspects": said})


def test_every_aspect_is_answered() -> None:
    assert task_type.parse(ASPECTS, said("a", "same")).aspects == ("a", "same")
    with pytest.raises(ParseError, match="aspect_1"):
        task_type.parse(ASPECTS, said("a"))


def test_an_aspect_or_a_side_that_there_is_not_is_refused() -> None:
    with pytest.raises(ParseError, match="'aspect_2': 2 aspects are asked for"):
        task_type.parse(ASPECTS, said("a", "same", "b"))
    with pytest.raises(ParseError, match="aspects"):
        task_type.parse(ASPECTS, said("a", "left"))


def test_aspects_are_no_part_of_the_scale() -> None:
    one, other = (task_type.parse(ASPECTS, said(*sides)) for sides in (("a", "a"), ("b", "b")))
    assert task_type.distance(one, other) == 0.0


def test_six_aspects_have_keys_and_the_seventh_is_clicked() -> None:
    data: dict[str, Any] = task_type.data(ITEM.replace(aspects=tuple("stuvwxy")))
    keys = [[side["hotkey"] for side in aspect["sides"]] for aspect in data["aspects"]]
    assert keys == [list(row) for row in ASPECT_KEYS] + [[NO_KEY] * 3]


def test_the_name_of_an_aspect_is_text() -> None:
    data: dict[str, Any] = task_type.data(ITEM.replace(aspects=("<b>speed",)))
    (aspect,) = data["aspects"]
    assert aspect["name"] == "&lt;b&gt;speed"


def test_a_way_out_needs_no_preference() -> None:
    label = task_type.parse(ASPECTS, Answers([say_choices("escape", "prompt", "bad_problem")]))
    assert (label.preference, label.aspects) == (None, ())
    assert task_type.summary(label) == "bad problem"
    assert task_type.distance(label, PreferencePairLabel(preference=0)) == 1.0


def test_without_a_preference_nothing_is_said() -> None:
    with pytest.raises(ParseError, match="preference"):
        task_type.parse(ITEM, Answers([]))


def test_the_summary_says_who_and_why() -> None:
    told = PreferencePairLabel(preference=-3, aspects=("a", "same"))
    assert task_type.summary(told) == "A much better (-3) [A, Same]"
    assert task_type.summary(PreferencePairLabel(preference=2, reason="it\nruns")) == "B better (+2): it runs"
    assert task_type.summary(PreferencePairLabel(preference=0)) == "About the same"
