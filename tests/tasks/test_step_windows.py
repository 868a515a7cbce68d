"""A chain too long for one page: its parts as tasks, and the rows of the whole put together again."""

import pytest

from schemas.records import Record
from schemas.rows import Prm800kRow, StepwiseRow
from tasks._escape import Escape
from tasks.step_review import MOST, StepReviewItem, StepReviewLabel, task_type

CHAIN = tuple(f"step {number}" for number in range(1, 121))
SOLVED = StepReviewLabel(finish="solved")


def parts(**options: str) -> list[StepReviewItem]:
    record = Record.model_validate({"prompt": "?", "domain": "reasoning", "candidates": [{"steps": CHAIN}]})
    return list(task_type.items(record, options))


def bad(number: int) -> StepReviewLabel:
    """The step with this number on its page is bad."""
    return StepReviewLabel(ratings=(*("good",) * (number - 1), "bad"), finish="found_error")


def together(items: list[StepReviewItem], *labels: StepReviewLabel) -> tuple[StepwiseRow, Prm800kRow] | None:
    made = list(task_type.rows_together(list(zip(items, labels, strict=False))))
    if not made:
        return None
    stepwise, prm = made
    assert isinstance(stepwise, StepwiseRow)
    assert isinstance(prm, Prm800kRow)
    return stepwise, prm


def test_a_chain_of_fifty_is_one_task_and_a_longer_one_several_of_the_same_length() -> None:
    assert [len(item.shown) for item in parts()] == [40, 40, 40]
    whole = parts()[0].replace(window=None)
    assert task_type.part_of(whole) is None
    assert {task_type.part_of(item) for item in parts()} == {(whole.id, start) for start in (0, 40, 80)}
    fifty = Record.model_validate(
        {"prompt": "?", "domain": "reasoning", "candidates": [{"steps": CHAIN[:MOST]}]}
    )
    (one,) = task_type.items(fifty, {})
    assert (one.window, len(one.shown)) == (None, 50)


def test_a_part_shows_its_own_steps_and_those_before_behind_a_click() -> None:
    _, second, _ = parts()
    data = task_type.data(second)
    html, before = str(data["steps"]), str(data["problem"])
    assert "step 41<" in html
    assert "step 80<" in html
    assert "step 40<" not in html
    assert "step 81<" not in html
    assert "The 40 steps before these" in before
    assert "step 40<" in before
    assert "step 41<" not in before
    assert str(data["hint"]).startswith("Steps 41 to 80 of 120, counted from 1 here.")


def test_the_whole_has_rows_once_all_its_parts_are_settled() -> None:
    items = parts()
    assert together(items, SOLVED) is None
    assert together(items, SOLVED, SOLVED) is None
    made = together(items, SOLVED, StepReviewLabel(ratings=("good", "neutral"), finish="solved"), SOLVED)
    assert made is not None
    stepwise, prm = made
    assert stepwise.completions == CHAIN
    assert stepwise.ratings == (1,) * 41 + (0,) + (1,) * 78
    assert prm.label.finish_reason == "solution"


def test_parts_behind_the_error_are_not_waited_for_and_count_for_nothing() -> None:
    items = parts()
    alone = together(items, SOLVED, bad(3))
    assert alone is not None
    assert alone == together(items, SOLVED, bad(3), bad(1))
    stepwise, prm = alone
    assert stepwise.completions == CHAIN[:43]
    assert stepwise.labels == (True,) * 42 + (False,)
    assert prm.question.pre_generated_steps == CHAIN
    assert prm.label.finish_reason == "found_error"


def test_where_steps_behind_an_error_are_rated_every_part_is_waited_for() -> None:
    items = parts(after_error="rate")
    assert together(items, bad(1), SOLVED) is None
    made = together(items, bad(1), SOLVED, bad(40))
    assert made is not None
    assert made[0].labels == (False, *(True,) * 118, False)
    assert made[1].label.finish_reason == "found_error"


def test_a_part_that_is_missing_before_the_error_leaves_no_row() -> None:
    items = parts()
    assert together(items[1:], bad(1), SOLVED) is None
    assert together([items[0], items[2]], SOLVED, bad(1)) is None


def test_corrections_are_found_again_at_their_steps() -> None:
    fixed = bad(3).replace(corrections=((2, "step 43, mended"),))
    made = together(parts(), SOLVED, fixed)
    assert made is not None
    last = made[1].label.steps[-1]
    assert last.completions[0].text == "step 43"
    assert last.human_completion is not None
    assert last.human_completion.text == "step 43, mended"


def test_the_whole_ends_as_its_last_part_does() -> None:
    made = together(parts(), SOLVED, SOLVED, StepReviewLabel(finish="unfinished"))
    assert made is not None
    assert made[1].label.finish_reason == "give_up"


@pytest.mark.parametrize("place", [0, 1, 2])
def test_a_part_by_itself_has_the_rows_that_the_whole_would_have_of_it(place: int) -> None:
    items = parts()
    assert bool(list(task_type.rows(items[place], bad(1)))) == (place == 0)
    assert StepReviewLabel(escape=Escape(kind="bad_problem")).finish is None
