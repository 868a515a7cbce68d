"""Gold that wants a lead's eye: worn, probably wrong, about to run out."""

from datetime import timedelta

import pytest

from benchmarks.measuring.planted_people import Shape
from pipeline.assessing.upkeep import doubtful_gold, shortages, worn_gold
from pipeline.store import Store
from tests.pipeline.assessing.crew import SAID, answers, crew, gold, known, label
from tests.pipeline.filled import START, Filled


@pytest.fixture
def filled() -> Filled:
    return Filled(Store(":memory:"))


def shown(task: str, right: str, purpose: str = "gold") -> list[object]:
    return [
        type(vote)(
            vote.annotator, task, vote.cell, vote.task_type, vote.purpose, vote.right, vote.distance, vote.at
        )
        for vote in answers(right, purpose=purpose)
    ]


def test_what_was_answered_often_or_suddenly_known_is_worn() -> None:
    votes = [*shown("often", "+-" * 15), *shown("leaked", "-" * 12 + "+" * 12), *shown("fresh", "+" * 20)]
    found = worn_gold(votes)  # type: ignore[arg-type] # they are gold votes
    assert {task: one.reason for task, one in found.items()} == {
        "often": "shown often",
        "leaked": "known suddenly",
    }


def test_a_newcomers_test_does_not_wear_out_by_being_done() -> None:
    assert worn_gold(shown("test", "+" * 40, purpose="entry")) == {}  # type: ignore[arg-type] # as above


def test_an_answer_that_good_people_do_not_give_is_doubted_until_somebody_has_looked(filled: Filled) -> None:
    made = crew(filled, "", seed=4, shape=Shape(people=9, planted=0, labels=60, overlap=6))
    known(filled, made, 40)
    wrong = label((int(made.truth[3]) + 1) % len(SAID))
    filled.store.temporary("DELETE FROM gold WHERE task_id = 't3'")
    gold(filled, "t3", wrong)
    (first, *_) = doubtful_gold(filled.store)
    assert (first.item, first.set_aside) == ("t3", True)
    assert first.agreed < first.of
    gold(filled, "t3", wrong, START + timedelta(hours=1), by="ann-lead")
    assert "t3" not in [one.item for one in doubtful_gold(filled.store)]


def test_a_cell_whose_gold_is_nearly_all_worn_runs_short(filled: Filled) -> None:
    made = crew(filled, "", shape=Shape(people=4, planted=0, labels=8, overlap=2))
    known(filled, made, 4)
    worn = [vote for at in range(3) for vote in shown(f"t{at}", "+-" * 15)]
    (one,) = shortages(filled.store, worn)  # type: ignore[arg-type] # as above
    assert (one.cell, one.left, one.of) == ("en/preference_pair", 1, 4)
    assert list(shortages(filled.store, [])) == []
