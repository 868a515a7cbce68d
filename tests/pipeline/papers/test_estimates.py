"""The figures that a release tells of itself: of its own task types, of all cells and weeks together."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from pipeline.assessing.agreement import Agreed
from pipeline.assessing.errors import AcceptedErrors, Estimate
from pipeline.papers.estimates import agreement, by_name, errors, gold
from pipeline.papers.words import of_all, percent, plural
from pipeline.quality.gold import GoldVote

NOTHING = Estimate(share=None, low=0.0, high=1.0, looked_at=0, wrong=0)
SOME = Estimate(share=0.03, low=0.01, high=0.08, looked_at=100, wrong=3)


def erring(task_type: str | None, estimate: Estimate = SOME, **changes: Any) -> AcceptedErrors:
    given = {
        "cell": None,
        "accepted": 500,
        "by_people": 500,
        "by_adjudicators": 0,
        "by_machine": 0,
        "single": 0,
        "unseen": 0,
        "audit": estimate,
        "gold": NOTHING,
        "by": "nothing" if estimate is NOTHING else "audit",
        "doubt": None,
    }
    return AcceptedErrors.model_validate({**given, "task_type": task_type, "estimate": estimate, **changes})


def agreed(task_type: str, **changes: Any) -> Agreed:
    given = {
        "version": 1,
        "dimension": "label",
        "of": "compared",
        "cell": None,
        "week": None,
        "measure": "alpha",
        "value": 0.7,
        "low": 0.6,
        "high": 0.8,
        "ac1": 0.75,
        "ac1_low": 0.7,
        "ac1_high": 0.8,
        "raw": 0.9,
        "prevalence": {"a": 0.5},
        "top_share": 0.5,
        "tasks": 200,
        "tasks_in_all": 200,
        "annotators": 4,
        "verdict": "acceptable",
    }
    return Agreed.model_validate({**given, "task_type": task_type, **changes})


def test_errors_are_told_of_all_together_and_of_its_own_task_types() -> None:
    found = list(errors([erring(None, unseen=40), erring("a"), erring("a", cell="en/a"), erring("b")], {"a"}))
    assert [(one.name, one.of, one.value, one.low, one.high, one.n) for one in found] == [
        ("error", "all", 0.03, 0.01, 0.08, 100),
        ("error", "a", 0.03, 0.01, 0.08, 100),
    ]
    assert found[0].said == "3 of 100 labels looked at again came out wrong; nothing tells of 40 others"


def test_an_error_that_nobody_looked_for_has_no_interval() -> None:
    unknown, doubt = errors([erring(None, NOTHING, doubt=0.04)], set())
    assert (unknown.value, unknown.low, unknown.high, unknown.n) == (None, None, None, 0)
    assert (doubt.name, doubt.value, doubt.n) == ("doubt", 0.04, 500)
    assert unknown.said == "no label was looked at again"


def test_an_error_of_too_few_says_that_some_were_looked_at() -> None:
    (few,) = errors([erring(None, NOTHING.replace(looked_at=7, wrong=1), by="nothing")], set())
    assert (few.value, few.n) == (None, 7)
    assert few.said == "7 labels were looked at again, too few to tell (20 are needed)"


def test_agreement_is_of_all_cells_and_weeks_before_and_after_sorting_out() -> None:
    given = [
        agreed("a"),
        agreed("a", of="accepted", value=0.9),
        agreed("a", dimension="lines", value=0.4, tasks_in_all=900, measure="kendall_w"),
        agreed("a", cell="en/a"),
        agreed("a", week=date(2026, 3, 2)),
        agreed("b"),
    ]
    found = by_name(agreement(given, {"a"}))
    assert {key: one.value for key, one in found.items() if key[0].startswith("alpha")} == {
        ("alpha", "a"): 0.7,
        ("alpha_of_accepted", "a"): 0.9,
        ("alpha", "a/lines"): 0.4,
    }
    assert (found["ac1", "a"].low, found["ac1", "a"].value) == (0.7, 0.75)
    assert found["alpha", "a/lines"].said == "acceptable (Kendall's W), on a sample of 900"
    assert {of for _, of in found} == {"a", "a/lines"}


def test_gold_is_told_by_task_type_and_who_passed_was_asked_nothing() -> None:
    def vote(right: bool | None, task_type: str = "a") -> GoldVote:  # noqa: FBT001 - as the field is
        at = datetime(2026, 3, 2, tzinfo=UTC)
        return GoldVote("ann", "t", f"en/{task_type}", task_type, "gold", right, 0.0, at)

    (found,) = gold(
        [vote(right=True), vote(right=False), vote(right=None), vote(right=True, task_type="b")], {"a"}
    )
    assert (found.name, found.of, found.value, found.n) == ("gold_accuracy", "a", 0.5, 2)
    assert found.said == "1 of 2 answers right"


@pytest.mark.parametrize(
    ("share", "said"),
    [
        (0.0, "0 %"),
        (1.0, "100 %"),
        (0.123, "12 %"),
        (0.018, "1.8 %"),
        (0.0004, "0.04 %"),
        (0.996, "99.60 %"),
        (0.00001, "under 0.01 %"),
        (0.99999, "over 99.99 %"),
    ],
)
def test_a_share_is_never_rounded_to_none_or_all(share: float, said: str) -> None:
    assert percent(share) == said


def test_counts_are_told_in_words() -> None:
    assert of_all(0, 0, "rows") == "none: there are no rows"
    assert of_all(1, 4, "rows") == "25 % of the rows (1 of 4)"
    assert (plural(1, "row"), plural(1200, "row"), plural(2, "was", "were")) == (
        "1 row",
        "1,200 rows",
        "2 were",
    )
