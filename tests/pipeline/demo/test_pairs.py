"""The demo's preference pairs."""

from collections import Counter

from pipeline.demo.pairs import TOPIC, pairs
from pipeline.demo.reasoning import solutions, spare_problems


def test_there_are_thirty_pairs_of_two_different_answers_in_two_languages() -> None:
    assert len(pairs()) == 30
    assert {one.record.language for one in pairs()} == {"en", "zh"}
    assert all(len({candidate.text for candidate in one.record.candidates}) == 2 for one in pairs())


def test_the_better_answer_is_one_of_the_two_and_is_right() -> None:
    for one, problem in zip(pairs(), spare_problems(), strict=True):
        assert one.better in [candidate.text for candidate in one.record.candidates]
        assert one.better == "\n".join(problem.right().steps)


def test_all_strengths_occur_and_wrong_answers_are_the_strongest() -> None:
    strengths = Counter(one.strength for one in pairs())
    assert set(strengths) == {0, 1, 2, 3}
    for one, problem in zip(pairs(), spare_problems(), strict=True):
        planted = "\n".join(problem.wrong().steps) in [candidate.text for candidate in one.record.candidates]
        assert planted == (one.strength == 3)


def test_pairs_are_known_by_their_topic_and_share_no_prompt_with_step_reviews() -> None:
    assert all(one.record.topic == TOPIC for one in pairs())
    assert TOPIC not in {one.record.topic for one in solutions()}
    assert not {one.record.prompt_id for one in pairs()} & {one.record.prompt_id for one in solutions()}


def test_either_side_of_the_record_can_be_the_better_one() -> None:
    first = [one.record.candidates[0].text == one.better for one in pairs() if one.strength]
    assert set(first) == {True, False}
