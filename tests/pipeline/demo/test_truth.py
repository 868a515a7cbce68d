"""The planted truth, as labels of the items that the task types make."""

from collections import Counter

from pipeline.demo.pairs import pairs
from pipeline.demo.programs import programs
from pipeline.demo.reasoning import solutions
from pipeline.demo.truth import truth
from tasks import task_types
from tasks.base import Answers
from tasks.code_review import CodeReviewItem, CodeReviewLabel
from tasks.preference_pair import PreferencePairItem, PreferencePairLabel
from tasks.step_review import StepReviewItem, StepReviewLabel


def test_every_record_has_one_item_whose_truth_is_known() -> None:
    counts = Counter(known.task_type for known in truth().values())
    assert counts == {
        "step_review": len(solutions()),
        "code_review": len(programs()),
        "preference_pair": len(pairs()),
    }


def test_items_are_found_by_their_id() -> None:
    assert all(known.item.id == item_id for item_id, known in truth().items())


def test_the_first_error_is_the_planted_step() -> None:
    wrong = {one.record.candidates[0].steps: one.wrong_step for one in solutions()}
    reviews = [known for known in truth().values() if known.task_type == "step_review"]
    assert reviews
    for known in reviews:
        assert isinstance(known.item, StepReviewItem)
        assert isinstance(known.label, StepReviewLabel)
        assert known.label.first_error == wrong[known.item.steps]
        assert known.label.finish == ("solved" if known.label.first_error is None else "found_error")


def test_the_line_at_fault_is_the_planted_one_in_the_code_that_is_shown() -> None:
    lines = {one.record.candidates[0].text: one.line for one in programs()}
    for known in truth().values():
        if isinstance(known.item, CodeReviewItem) and isinstance(known.label, CodeReviewLabel):
            line = lines[known.item.code]
            assert known.label.lines == (() if line is None else (line,))
            assert known.label.verdict == ("correct" if line is None else "incorrect")


def test_the_preferred_side_shows_the_better_answer() -> None:
    better = {one.better: one.strength for one in pairs()}
    sides = set()
    for known in truth().values():
        if isinstance(known.item, PreferencePairItem) and isinstance(known.label, PreferencePairLabel):
            said = known.label.preference
            assert said is not None
            sides.add((said > 0) - (said < 0))
            if said:
                preferred = known.item.answer_a if said < 0 else known.item.answer_b
                assert better[preferred] == abs(said)
    assert sides == {-1, 0, 1}


def test_the_truth_can_be_given_on_the_screen() -> None:
    for known in truth().values():
        kind = task_types()[known.task_type]
        assert kind.parse(known.item, Answers(kind.result(known.label))) == known.label
