"""The demo's reasoning problems: what is planted is wrong, what is not is right, by the generator's own verifier."""

import re
from itertools import pairwise

import pytest

from pipeline.demo.reasoning import COUNTS, Problem, Solution, solutions, spare_problems
from pipeline.demo.working import Implausible, Slip, Working

EQUALITY = re.compile(r"\$(-?\d+) ([+-]) (\d+) = (-?\d+)\$")


def _problem(generator: str) -> Problem:
    return next(one for one in spare_problems() if one.family.generator == generator)


def _planted(topic: str) -> list[Solution]:
    return [one for one in solutions() if one.record.topic == topic and one.wrong_step is not None]


def test_there_are_at_least_sixty_problems_and_no_two_alike() -> None:
    assert len(solutions()) >= 60
    prompts = [one.record.prompt for one in solutions()] + [one.prompt for one in spare_problems()]
    assert len(set(prompts)) == len(prompts)


def test_two_in_five_have_a_planted_wrong_step() -> None:
    planted = sum(one.wrong_step is not None for one in solutions())
    assert 0.35 <= planted / len(solutions()) <= 0.45


def test_two_thirds_are_english_and_one_third_chinese_in_every_topic() -> None:
    languages = [one.record.language for one in solutions()]
    assert set(languages) == {"en", "zh"}
    assert 0.28 <= languages.count("zh") / len(languages) <= 0.4
    for topic in {one.record.topic for one in solutions()}:
        assert {one.record.language for one in solutions() if one.record.topic == topic} == {"en", "zh"}


def test_chinese_problems_speak_chinese_and_english_ones_do_not() -> None:
    for one in solutions():
        said = one.record.text + one.record.candidates[0].text
        assert bool(re.search("[一-鿿]", said)) == (one.record.language == "zh")


@pytest.mark.parametrize("family", [family for family, _, _ in COUNTS], ids=lambda one: type(one).__name__)
def test_the_verifier_takes_right_solutions_and_refuses_planted_ones(family: object) -> None:
    found = [one for one in spare_problems() if one.family is family]
    assert found
    for problem in found:
        assert problem.verified(problem.answer())
        wrong = problem.wrong()
        assert wrong.wrong is not None
        assert wrong.steps[: wrong.wrong] == problem.right().steps[: wrong.wrong]
        assert wrong.steps[wrong.wrong] != problem.right().steps[wrong.wrong]


def test_a_planted_candidate_does_not_end_in_the_reference_and_a_right_one_does() -> None:
    for one in solutions():
        answer = one.record.reference.answer if one.record.reference else None
        assert answer
        ends = answer.strip("$") in one.record.candidates[0].steps[-1]
        assert ends == (one.wrong_step is None)


def test_in_a_sum_only_the_planted_step_is_wrong_and_the_rest_carries_on() -> None:
    sums = [one for one in solutions() if one.record.topic == "arithmetic"]
    assert {one.wrong_step is None for one in sums} == {True, False}
    for one in sums:
        lines = [EQUALITY.search(step) for step in one.record.candidates[0].steps]
        for at, found in enumerate(lines):
            if found:
                before, by, after = int(found[1]), int(found[3]), int(found[4])
                right = before + by if found[2] == "+" else before - by
                assert (after == right) == (at != one.wrong_step)
        for earlier, later in pairwise([found for found in lines if found]):
            assert earlier[4] == later[1]


def test_fractions_are_latex() -> None:
    simplifications = [one for one in solutions() if one.record.topic == "fractions"]
    assert simplifications
    assert all("$\\frac{" in one.record.text for one in simplifications)


def test_a_planted_step_is_one_of_the_steps() -> None:
    assert _planted("algebra")
    for one in solutions():
        assert one.wrong_step is None or 0 <= one.wrong_step < len(one.record.candidates[0].steps)


def test_a_slip_half_as_large_as_the_number_is_implausible() -> None:
    working = Working("en", Slip(at=0, by=10))
    with pytest.raises(Implausible):
        working.compute(12)


def test_a_slip_changes_the_number_it_is_at_and_no_other() -> None:
    working = Working("zh", Slip(at=1, by=-2))
    assert [working.compute(10), working.compute(20), working.compute(30)] == [10, 18, 30]
    working.say("ten", "十")
    assert working.steps == ["十"]
    assert working.wrong == 0


def test_the_same_problem_is_solved_in_either_language_with_the_same_numbers() -> None:
    problem = _problem("leg_counting")
    other = Problem(problem.family, "zh", problem.entry, problem.verifier)
    assert problem.answer() == other.answer()
    assert problem.prompt != other.prompt
