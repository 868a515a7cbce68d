"""Where people stand on gold: tested cell by cell, and all cells together, so that good people seldom fail anywhere."""

import numpy as np

from pipeline.assessing.gold_tests import gold_tests, states, worst
from tests.pipeline.assessing.crew import answers


def test_who_is_mostly_wrong_fails_and_who_is_mostly_right_does_not() -> None:
    (bad,) = gold_tests(answers("-+--+--"))
    assert (bad.state, bad.right, bad.of, bad.cell) == ("failed", 2, 7, "en/step_review")
    assert bad.low < 2 / 7 < bad.high
    (good,) = gold_tests(answers("+" * 10))
    assert good.state == "passed"
    (new,) = gold_tests(answers("+-"))
    assert new.state == "open"


def test_what_was_missed_is_named_the_newest_first() -> None:
    (one,) = gold_tests(answers("+--"))
    assert one.missed == ("en/step_review-2", "en/step_review-1")


def test_passes_newcomers_tests_and_doubted_gold_say_nothing_of_anybody() -> None:
    assert gold_tests(answers("????")) == []
    assert gold_tests(answers("-----", purpose="entry")) == []
    (one,) = gold_tests(answers("-----+"), aside={f"en/step_review-{at}" for at in range(5)})
    assert (one.right, one.of, one.state) == (1, 1, "open")


def test_few_wrong_answers_in_each_of_many_cells_are_many_together() -> None:
    votes = [vote for at in range(4) for vote in answers("---", cell=f"en/kind{at}")]
    tests = gold_tests(votes)
    assert {test.state for test in tests if test.cell} == {"open"}
    assert [test.state for test in tests if test.cell is None] == ["failed"]
    assert [test.cell for test in worst(tests)] == [None]
    assert states(tests) == {"ann-a": "failed"}


def test_who_fails_in_one_cell_alone_is_told_of_that_cell() -> None:
    votes = answers("-?????????" * 8, cell="zh/code_review") + answers("+" * 80)
    tests = gold_tests(votes)
    assert [test.cell for test in worst(tests)] == ["zh/code_review"]
    assert states(tests) == {"ann-a": "failed"}


def test_of_good_people_no_more_than_one_in_twenty_fails_anywhere_however_many_cells_they_have() -> None:
    chance = np.random.default_rng(5)
    cells = [f"en/kind{at}" for at in range(5)]
    failed = 0
    for _ in range(400):
        said = ["".join("+" if right else "-" for right in chance.random(25) < 0.85) for _ in cells]
        votes = [vote for cell, one in zip(cells, said, strict=True) for vote in answers(one, cell=cell)]
        failed += states(gold_tests(votes))["ann-a"] == "failed"
    assert failed <= 0.05 * 400


def test_a_drop_is_of_somebody_who_was_good_before() -> None:
    (fell,) = gold_tests(answers("+" * 30 + "-+--+--"))
    assert fell.dropped is not None
    assert fell.dropped.of <= 7
    assert fell.dropped.began > fell.since
    (never,) = gold_tests(answers("-+--+--"))
    assert never.dropped is None
