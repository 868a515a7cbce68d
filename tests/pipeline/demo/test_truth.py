"""The planted truth, as labels of the items that the task types make."""

from collections import Counter
from pathlib import Path

from pipeline.demo.checks import checks
from pipeline.demo.pairs import pairs
from pipeline.demo.programs import programs
from pipeline.demo.project import write
from pipeline.demo.reasoning import solutions
from pipeline.demo.truth import truth
from pipeline.generating.gold_file import Known as OfFile
from pipeline.generating.gold_file import lines
from schemas.project import read_project
from tasks import task_types
from tasks.base import Answers
from tasks.code_review import CodeReviewItem, CodeReviewLabel
from tasks.preference_pair import PreferencePairItem, PreferencePairLabel
from tasks.step_review import StepReviewItem, StepReviewLabel

WORK = [known for known in truth().values() if not known.is_gold]


def test_every_record_has_one_item_whose_truth_is_known() -> None:
    counts = Counter(known.task_type for known in WORK)
    assert counts == {
        "step_review": len(solutions()),
        "code_review": len(programs()),
        "preference_pair": len(pairs()),
        "answer_check": len(checks()),
    }


def test_items_are_found_by_their_id() -> None:
    assert all(known.item.id == item_id for item_id, known in truth().items())


def test_the_first_error_is_the_planted_step() -> None:
    wrong = {one.record.candidates[0].steps: one.wrong_step for one in solutions()}
    reviews = [known for known in WORK if known.task_type == "step_review"]
    assert reviews
    for known in reviews:
        assert isinstance(known.item, StepReviewItem)
        assert isinstance(known.label, StepReviewLabel)
        assert known.label.first_error == wrong[known.item.steps]
        assert known.label.finish == ("solved" if known.label.first_error is None else "found_error")


def test_the_line_at_fault_is_the_planted_one_in_the_code_that_is_shown() -> None:
    lines = {one.record.candidates[0].text: one.line for one in programs()}
    for known in WORK:
        if isinstance(known.item, CodeReviewItem) and isinstance(known.label, CodeReviewLabel):
            line = lines[known.item.code]
            assert known.label.lines == (() if line is None else (line,))
            assert known.label.verdict == ("correct" if line is None else "incorrect")


def test_the_preferred_side_shows_the_better_answer() -> None:
    better = {one.better: one.strength for one in pairs()}
    sides = set()
    for known in WORK:
        if isinstance(known.item, PreferencePairItem) and isinstance(known.label, PreferencePairLabel):
            said = known.label.preference
            assert said is not None
            sides.add((said > 0) - (said < 0))
            if said:
                preferred = known.item.answer_a if said < 0 else known.item.answer_b
                assert better[preferred] == abs(said)
    assert sides == {-1, 0, 1}


def test_the_truth_can_be_given_on_the_screen() -> None:
    for known in WORK:
        kind = task_types()[known.task_type]
        assert kind.parse(known.item, Answers(kind.result(known.label))) == known.label


def test_the_gold_files_say_what_is_true_of_eighteen_more_items(tmp_path: Path) -> None:
    write(tmp_path)
    said = [one for config in read_project(tmp_path).tasks if config.gold for one in lines(config, tmp_path)]
    gold = {known.item.id: known for known in truth().values() if known.is_gold}
    assert len(said) == len(gold) == 18
    for one in said:
        assert isinstance(one, OfFile)
        assert one.clause
        assert gold[one.item.id].agrees(one.label)
    assert gold.keys().isdisjoint(known.item.id for known in WORK)
