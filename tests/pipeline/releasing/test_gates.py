"""Gates: met where the figures show it, refused with the figures where they do not, and never guessed."""

from typing import Any

import pytest

from pipeline.releasing.gates import falls_short, gates, refuse
from schemas.errors import GateRefused, ProjectError
from schemas.manifest import Gate, Manifest
from schemas.project import parse_project
from tests.pipeline.papers.described import described


def asked(candidate: Manifest | None = None, **requires: Any) -> dict[str, Gate]:
    """The gates of a project that requires this, by their names."""
    project = parse_project({"name": "p", "release": {"requires": requires}})
    return {gate.name: gate for gate in gates(project.release.requires, candidate or described())}


def with_gates(**requires: Any) -> Manifest:
    return described(policies={"gates": [gate.model_dump() for gate in asked(**requires).values()]})


def with_figure(name: str, **figure: Any) -> Manifest:
    """The described release with one figure of preference_pair changed."""
    figures = [one.model_dump() for one in described().estimates]
    changed = [
        {**one, **figure} if (one["name"], one["of"]) == (name, "preference_pair") else one for one in figures
    ]
    return described(estimates=changed)


def test_a_project_that_requires_nothing_has_no_gate() -> None:
    assert asked() == {}


@pytest.mark.parametrize(("least", "met"), [(0.62, True), (0.63, False), (0.71, False)])
def test_agreement_must_be_shown_by_the_whole_interval(least: float, *, met: bool) -> None:
    gate = asked(alpha={"preference_pair": least})["alpha.preference_pair"]
    assert gate.met is met
    assert gate.said == f"at least {least:g} was expected, found 0.71 (0.62 to 0.79, 95 times in 100; of 120)"
    assert gate.found == {"value": 0.71, "low": 0.62, "high": 0.79, "n": 120}


@pytest.mark.parametrize(("least", "met"), [(0.71, True), (0.72, False)])
def test_the_best_estimate_is_enough_where_the_project_says_so(least: float, *, met: bool) -> None:
    found = asked(alpha={"preference_pair": least}, judged_by="estimate")
    assert found["alpha.preference_pair"].met is met


def test_a_plain_number_is_asked_of_every_task_type() -> None:
    assert set(asked(alpha=0.1)) == {"alpha.preference_pair", "alpha.step_review"}
    assert set(asked(gold_accuracy=0.1)) == {"gold_accuracy.preference_pair", "gold_accuracy.step_review"}


def test_work_that_no_row_is_from_has_no_gate_and_a_misspelt_one_is_never_met() -> None:
    also = described(policies={"overlap": {"step_review": 3, "preference_pair": 2, "code_review": 2}})
    found = asked(also, alpha={"preference_pair": 0.1, "code_review": 0.9, "step_reveiw": 0.1})
    assert {name: gate.met for name, gate in found.items()} == {
        "alpha.preference_pair": True,
        "alpha.step_reveiw": False,
    }


def test_too_few_tasks_are_no_verdict_and_no_pass() -> None:
    gate = asked(alpha={"step_review": -0.9})["alpha.step_review"]
    assert not gate.met
    assert "12 tasks with two answers are too few to judge by (50 are needed)" in gate.said


def test_where_one_answer_is_nearly_all_ac1_is_read() -> None:
    lopsided = with_figure("top_share", value=0.97)
    gate = asked(lopsided, alpha={"preference_pair": 0.75})["alpha.preference_pair"]
    assert gate.met
    assert "found 0.80 (0.76 to 0.84, 95 times in 100; of 120), AC1 in place of alpha, as 97.0 %" in gate.said
    assert not asked(lopsided, alpha={"preference_pair": 0.77})["alpha.preference_pair"].met


def test_what_nobody_measured_is_not_met() -> None:
    found = asked(described(estimates=[]), alpha=0.1, gold_accuracy=0.1, error=0.9)
    assert len(found) == 5
    assert not any(gate.met for gate in found.values())
    assert "nothing is known of preference_pair" in found["gold_accuracy.preference_pair"].said
    assert "audit_share" in found["error"].said


def test_what_cannot_be_said_is_not_met_and_told() -> None:
    alike = with_figure("alpha", value=None, low=None, high=None, said="one label only")
    gate = asked(alike, alpha={"preference_pair": 0.1})["alpha.preference_pair"]
    assert not gate.met
    assert gate.said.endswith("nothing can be said of preference_pair: one label only")


@pytest.mark.parametrize(("most", "met"), [(0.05, True), (0.04, False)])
def test_the_error_is_held_to_the_upper_end(most: float, *, met: bool) -> None:
    gate = asked(error=most)["error"]
    assert gate.met is met
    assert "found 2.0 % (0.50 % to 5.0 %, 95 times in 100; of 150)" in gate.said
    assert asked(error={"all": 0.02}, judged_by="estimate")["error"].met


def test_people_are_held_to_the_lower_end_of_their_gold() -> None:
    assert asked(gold_accuracy={"preference_pair": 0.82})["gold_accuracy.preference_pair"].met
    assert not asked(gold_accuracy={"preference_pair": 0.83})["gold_accuracy.preference_pair"].met


def test_rows_that_leak_a_benchmark_are_counted() -> None:
    assert asked(contamination=0)["contamination"].met
    leaking = described(contamination={"rows": 6, "leaks": 2})
    assert not asked(leaking, contamination=1)["contamination"].met
    assert asked(leaking, contamination=2)["contamination"].met
    assert (
        "there are none; name them under [screens]"
        in asked(described(contamination=None), contamination=0)["contamination"].said
    )


def test_cells_must_hold_their_rows() -> None:
    found = asked(counts={"en/preference_pair": 4, "zh/step_review/*": 3, "fr/code_review": 1})
    assert {name: gate.met for name, gate in found.items()} == {
        "counts.en/preference_pair": True,
        "counts.fr/code_review": False,
        "counts.zh/step_review/*": False,
    }
    assert found["counts.zh/step_review/*"].said == "at least 3 rows were expected, found 2"


@pytest.mark.parametrize(
    ("allowed", "others"),
    [
        (["permissive", "unknown"], []),
        (["permissive"], ["unknown"]),
        (["Apache-2.0"], ["MIT", "unknown"]),
        (["*"], []),
    ],
)
def test_sources_must_be_licensed_so(allowed: list[str], others: list[str]) -> None:
    gate = asked(licenses=allowed)["licenses"]
    assert gate.met is not bool(others)
    assert isinstance(gate.found, dict)
    assert sorted(gate.found) == others


def test_a_release_that_falls_short_is_refused_with_the_figures_of_each_gate() -> None:
    with pytest.raises(GateRefused) as refused:
        refuse(with_gates(alpha={"preference_pair": 0.8}, gold_accuracy={"preference_pair": 0.5}, error=0.01))
    alpha, error = str(refused.value).splitlines()
    assert alpha.startswith(
        "release.requires.alpha.preference_pair: at least 0.8 was expected, found 0.71 (0.62 to 0.79"
    )
    assert error.startswith("release.requires.error: at most 1.0 % was expected, found 2.0 %")
    assert "headrace sign 0.2.0 --as NAME --exception WHY" in alpha
    assert refused.value.exit_code == 3


def test_an_exception_lets_a_gate_pass_and_no_other() -> None:
    short = with_gates(alpha={"preference_pair": 0.8}, error=0.01)
    excepted = [
        gate.model_copy(update={"exception": "because"} if gate.name == "error" else {})
        for gate in short.policies.gates
    ]
    candidate = short.model_copy(
        update={"policies": short.policies.model_copy(update={"gates": tuple(excepted)})}
    )
    assert [gate.name for gate in falls_short(candidate)] == ["alpha.preference_pair"]


def test_a_release_that_meets_all_is_not_refused() -> None:
    refuse(
        with_gates(
            alpha={"preference_pair": 0.6},
            gold_accuracy={"preference_pair": 0.8},
            error=0.05,
            contamination=0,
        )
    )


@pytest.mark.parametrize(
    "requires",
    [
        {"alpha": 2},
        {"gold_accuracy": 90},
        {"contamination": -1},
        {"counts": {"en/x": 0}},
        {"eror": 0.1},
        {"judged_by": "luck"},
    ],
)
def test_a_gate_that_makes_no_sense_is_refused_when_the_project_is_read(requires: dict[str, Any]) -> None:
    with pytest.raises(ProjectError, match="requires"):
        parse_project({"name": "p", "release": {"requires": requires}})
