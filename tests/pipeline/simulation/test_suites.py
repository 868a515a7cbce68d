"""How detectors are scored on suites of made-up projects."""

import pyarrow as pa
import pytest

from benchmarks.bottlenecks import misses
from benchmarks.measuring.obvious import OBVIOUS, cause_of
from benchmarks.measuring.suites import (
    FORMS,
    OURS,
    Case,
    Share,
    Verdict,
    headrace,
    judge,
    log_of,
    shares,
    suite,
)
from pipeline.progress.analysis import find_bottleneck
from pipeline.simulation.worlds import Truth
from schemas.flow import CAUSES
from schemas.team import Team


def says_screening(table: pa.Table, team: Team) -> tuple[str, str | None]:
    assert len(table) > 0
    assert team.people
    return "slow_screening", None


def test_a_suite_has_each_cause_with_each_seed() -> None:
    cases = suite(range(1000, 1003), "reduced")
    assert len(set(cases)) == len(cases) == 3 * len(CAUSES)
    assert {case.form for case in cases} == {"reduced"}


def test_a_case_is_judged_by_us_and_by_all_obvious_detectors() -> None:
    verdicts = {verdict.detector: verdict for verdict in judge(Case("slow_screening", 3), says_screening)}
    assert set(verdicts) == {OURS, *OBVIOUS}
    assert verdicts[OURS].right
    assert verdicts["longest queue"].said == ("slow_screening", None)
    wrong = judge(Case("none", 3), says_screening)[0]
    assert not wrong.right
    assert not wrong.right_resource


def test_what_is_judged_is_what_the_product_says() -> None:
    table, team, truth = log_of(Case("skill_shortage", 3, "reduced"))
    said = headrace(table, team)
    found = find_bottleneck(table, team)
    assert said == (found.cause, found.where)
    assert truth.is_named_by(*said)


def test_a_promise_is_missed_over_all_by_cause_or_by_false_alarms() -> None:
    kept = {"none": Share(20, 20), "slow_screening": Share(16, 20), "all": Share(96, 100)}
    assert misses("complete", kept) == []
    assert misses("complete", kept | {"all": Share(94, 100)}) == ["complete: all 0.940 < 0.95"]
    assert misses("complete", kept | {"none": Share(18, 20)}) == ["complete: none 0.900 < 0.95"]
    assert misses("reduced", kept | {"none": Share(18, 20)}) == []
    assert misses("dirtied", kept | {"slow_screening": Share(11, 20)}) == [
        "dirtied: slow_screening 0.550 < 0.6"
    ]
    assert misses("reduced and dirtied", dict.fromkeys(kept, Share(0, 20))) == []


@pytest.mark.parametrize("form", FORMS)
def test_each_form_is_the_same_for_the_same_seed(form: str) -> None:
    case = next(case for case in suite([5], "complete") if case.cause == "overlap_shortage")
    asked = Case(case.cause, case.seed, next(one for one in FORMS if one == form))
    table, _, truth = log_of(asked)
    again, _, same = log_of(asked)
    assert table.equals(again)
    assert truth == same
    assert ("served" in table["event"].to_pylist()) != form.startswith("reduced")


def test_an_obvious_detector_speaks_of_the_resource_it_points_to() -> None:
    assert cause_of(None) == ("none", None)
    assert cause_of("screening") == ("slow_screening", None)
    assert cause_of("adjudication") == ("slow_adjudication", None)
    assert cause_of("zh/code_review") == ("skill_shortage", "zh/code_review")


def test_a_place_that_is_as_right_counts() -> None:
    truth = Truth("skill_shortage", "zh/a", frozenset({"zh/b"}))
    assert truth.is_named_by("skill_shortage", "zh/a")
    assert truth.is_named_by("skill_shortage", "zh/b")
    assert not truth.is_named_by("skill_shortage", "en/a")
    assert not truth.is_named_by("overlap_shortage", "zh/a")


def test_shares_count_by_cause_and_over_all() -> None:
    case = Case("none", 1)
    verdicts = [
        Verdict(case, "a", ("none", None), ("none", None), right=True, right_resource=True),
        Verdict(case, "a", ("x", None), ("none", None), right=False, right_resource=True),
        Verdict(Case("slow_screening", 1), "a", ("x", None), ("y", None), right=False, right_resource=False),
    ]
    assert shares(verdicts)["a"] == {"none": Share(1, 2), "slow_screening": Share(0, 1), "all": Share(1, 3)}
    assert shares(verdicts, resource=True)["a"]["none"] == Share(2, 2)
    assert Share(40, 40).interval[0] == pytest.approx(0.912, abs=0.001)
