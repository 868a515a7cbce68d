"""What a lead reads first."""

import json
import re
from datetime import date
from typing import Any, get_args

import pytest

from pipeline.report.everyday import called, hours, kind, lower, said, upper
from pipeline.report.sentence import parts, sentence, told
from schemas.flow import (
    CAUSES,
    UNMEETABLE,
    Bottleneck,
    Cause,
    Coverage,
    Flow,
    Forecast,
    Load,
    PresentWork,
    Remedy,
    TargetForecast,
)
from tests.pipeline.report.flow_example import FINE, NOW, SHORT, SHORTAGE, ahead, flow

WHERE: dict[str, str | None] = {
    "skill_shortage": SHORT,
    "overlap_shortage": SHORT,
    "absent_person": "ann-3f",
    "slow_adjudication": None,
    "ambiguous_guideline": "code_review",
    "slow_screening": None,
    "starved_intake": None,
    "bursty_intake": None,
    "none": None,
}
JARGON = re.compile(r"\b(P50|P85|P95|rho|LP|WIP|utilisation|percentile|winsor\w*|dual|quantile)\b|_")


def of(cause: Cause, **more: Any) -> Flow:
    """The flow with this one bottleneck."""
    made = Bottleneck(cause=cause, where=WHERE[cause], load=1.3, **more)
    return flow(bottleneck=made, bottlenecks=(made,))


def numbers(value: Any) -> set[float]:
    """Every number in a JSON value, also those that stand in its texts."""
    if isinstance(value, dict):
        return set().union(*(numbers(one) for one in value.values())) | numbers(list(value))
    if isinstance(value, list):
        return set().union(*map(numbers, value)) if value else set()
    if isinstance(value, str):
        return {float(one.replace(",", "")) for one in re.findall(r"\d[\d,]*(?:\.\d+)?", value)}
    return {float(value)} if isinstance(value, (int, float)) else set()


def test_the_sentence_tells_the_target_the_cause_the_relief_and_what_would_change_nothing() -> None:
    assert sentence(flow()) == (
        "31 January: Chinese code review is 22 % likely to reach its 4,000, 1,146 short in the middle case. "
        "It runs at 157 % of its capacity: 2 people, 31 h a week, for 49 h of work. "
        "1 more person for Chinese code review from 7 December makes it 81 %; "
        "1 more person for English step review changes nothing. "
        "Past forecasts: the truth came no later than the day called 85 % safe in 11 of 13."
    )


@pytest.mark.parametrize("cause", CAUSES)
def test_every_number_of_the_sentence_is_in_the_json(cause: Cause) -> None:
    made = of(cause, evidence=("36 % go to a decision, 12 % elsewhere",), remedies=SHORTAGE.remedies)
    known = numbers(json.loads(made.model_dump_json()))
    roundings = {round(x) for x in known} | {round(x, 1) for x in known} | {round(100 * x) for x in known}
    assert numbers(sentence(made)) - {85.0} <= roundings  # 85 is the name of a day, not a figure
    assert numbers(sentence(made))


@pytest.mark.parametrize("cause", CAUSES)
@pytest.mark.parametrize("basis", ["measured", "declared"])
def test_every_cause_has_a_sentence_of_its_own_without_jargon(cause: Cause, basis: Any) -> None:
    words = sentence(of(cause, basis=basis))
    others = {sentence(of(other, basis=basis)) for other in CAUSES if other != cause}
    assert words not in others
    assert not JARGON.search(words), words
    assert ("Nothing is measured yet" in words) == (basis == "declared")
    assert all(part.endswith(".") for part in parts(of(cause, basis=basis)))


def test_work_that_nobody_may_do_is_told_in_words_and_not_in_per_cent() -> None:
    nobody = Bottleneck(cause="slow_adjudication", load=UNMEETABLE)
    words = sentence(flow(bottleneck=nobody, bottlenecks=(nobody,)))
    assert "holds the labeling back: no hours would do, since too few people there may do it." in words
    assert "9,900" not in words


def test_every_cause_of_the_schema_is_tried() -> None:
    assert set(WHERE) == set(get_args(Cause))


def test_two_bottlenecks_are_both_told_in_their_order() -> None:
    second = Bottleneck(cause="slow_adjudication", load=1.12)
    words = sentence(flow(bottlenecks=(SHORTAGE, second)))
    assert words.index("It runs at 157 %") < words.index(
        "Once that is mended, next comes slow adjudication, at 112 % of capacity."
    )


def test_thin_data_are_said_to_be_thin() -> None:
    doubted = SHORTAGE.model_copy(
        update={"confidence": "low", "doubts": ("Only 9 answers of zh/code_review were timed.",)}
    )
    words = sentence(flow(bottleneck=doubted, bottlenecks=(doubted,)))
    assert "This is a guess on thin data: only 9 answers of Chinese code review were timed." in words


def test_a_forecast_that_was_not_scored_often_enough_is_uncalibrated() -> None:
    forecast = flow().forecast.model_copy(update={"coverage": Coverage(scored=4, before_p85=4)})
    assert "uncalibrated: only 4 earlier ones could be compared" in sentence(flow(forecast=forecast))
    forecast = forecast.model_copy(update={"coverage": Coverage()})
    assert "uncalibrated: none of its kind" in sentence(flow(forecast=forecast))


def test_without_targets_the_work_in_hand_is_told() -> None:
    work = PresentWork(p50=ahead(9), p85=ahead(12), p95=None, open=812)
    words = sentence(flow(forecast=Forecast(present_work=work)))
    assert words.startswith(
        "No target is set; the 812 tasks in hand are settled by 14 December in the middle case"
    )
    assert "Chinese code review holds the labeling back: it runs at 157 %" in words
    nothing = sentence(
        flow(forecast=Forecast(present_work=PresentWork(p50=None, p85=None, p95=None, open=812)))
    )
    assert "will not be settled within the time looked at" in nothing


def test_with_no_log_and_no_plan_it_says_that_nothing_can_be_told() -> None:
    nothing = Bottleneck(cause="none", basis="declared")
    words = sentence(flow(bottleneck=nothing, bottlenecks=(nothing,), loads=(), forecast=Forecast()))
    assert words == (
        "No target is set. Nothing is measured yet; from what was declared: "
        "what holds the labeling back cannot be told: nothing was measured and too little is declared."
    )


def test_nothing_is_not_said_to_be_in_the_way_where_a_load_is_over_what_there_is() -> None:
    nothing = Bottleneck(cause="none", load=1.57)
    words = sentence(flow(bottleneck=nothing, bottlenecks=(nothing,)))
    assert "No cause is proved, though Chinese code review, the busiest, seems to run at 157 %" in words
    easy = sentence(flow(bottleneck=nothing, bottlenecks=(nothing,), loads=flow().loads[:1]))
    assert "Nothing holds the labeling back: English step review, the busiest, runs at 62 %" in easy


def test_a_target_elsewhere_in_danger_is_not_hidden() -> None:
    targets = dict(flow().forecast.targets)
    targets[FINE] = targets[FINE].model_copy(update={"probability": 0.1})
    forecast = flow().forecast.model_copy(update={"targets": targets})
    assert "1 other target is in danger too." in sentence(flow(forecast=forecast))


def test_a_target_that_is_reached_or_missed_is_told_as_such() -> None:
    def of_target(**changed: Any) -> str:
        one = TargetForecast(**{**flow().forecast.targets[SHORT].model_dump(), **changed})
        return sentence(flow(forecast=Forecast(targets={SHORT: one})))

    assert of_target(accepted=4100, probability=1.0).startswith("Chinese code review has reached its 4,000.")
    past = of_target(by=date(2026, 11, 30), probability=0.0)
    assert past.startswith("Chinese code review missed its 4,000: 530 were accepted by 30 November.")


def test_hours_are_not_set_against_a_load_that_they_do_not_explain() -> None:
    shared = Load(resource=SHORT, load=1.57, people=4, hours_needed=49, hours_available=140)
    assert "157 % of its capacity: 49 h of work a week, and 4 people who have other work too." in sentence(
        flow(loads=(shared,))
    )


def test_a_remedy_without_a_load_is_told_by_what_it_brings() -> None:
    best = Remedy(change="a clearer guideline", load_after=None, throughput_gain=0.12)
    made = SHORTAGE.model_copy(update={"remedies": (best,)})
    words = sentence(flow(bottleneck=made, bottlenecks=(made,)))
    assert "A clearer guideline brings 12 % more accepted tasks a week." in words


def test_an_even_intake_ends_bursts_though_it_takes_no_load_away() -> None:
    even = Remedy(change="the same tasks, a few each working day", load_after=0.7, throughput_gain=0.0)
    more = Remedy(change="1 more person for zh/code_review, 20 h a week", load_after=0.7, throughput_gain=0.0)
    made = Bottleneck(cause="bursty_intake", load=0.7, remedies=(even, more))
    assert (
        "The same tasks, a few each working day: that would end it; "
        "1 more person for Chinese code review, 20 h a week, changes nothing."
    ) in sentence(flow(bottleneck=made, bottlenecks=(made,)))


def test_a_cell_that_no_work_is_asked_of_yet_is_told_in_words_too() -> None:
    idle = Remedy(
        change="1 more person for en/preference_pair, 10 h a week",
        load_after=SHORTAGE.load,
        throughput_gain=0.0,
        spec="--add en/preference_pair:1:10",
    )
    made = SHORTAGE.model_copy(update={"remedies": (idle,)})
    said = sentence(flow(bottleneck=made, bottlenecks=(made,)))
    assert "1 more person for English preference pair, 10 h a week, changes nothing." in said


def test_a_few_minutes_are_not_told_as_no_hours() -> None:
    assert [hours(value) for value in (0.0, 0.02, 0.05, 2.0, 31.4)] == ["0", "<0.1", "0.1", "2", "31"]


def test_more_intake_is_told_by_what_it_brings_not_by_the_load_it_makes() -> None:
    more = Remedy(
        change="as many tasks come in as are planned: 400 a week", load_after=0.9, throughput_gain=0.6
    )
    made = Bottleneck(cause="starved_intake", load=0.5, remedies=(more,))
    assert "400 a week: that brings 60 % more accepted tasks a week." in sentence(
        flow(bottleneck=made, bottlenecks=(made,))
    )


def test_somebody_who_comes_back_is_told_as_a_sentence() -> None:
    back = Remedy(change="ann-3f comes back", load_after=0.8, throughput_gain=0.1)
    made = Bottleneck(cause="absent_person", where="ann-3f", load=1.2, remedies=(back,))
    assert "ann-3f comes back: that makes it 80 %." in sentence(flow(bottleneck=made, bottlenecks=(made,)))


def test_the_analysis_is_told_with_its_sentence() -> None:
    assert told(flow()).sentence == sentence(flow())
    assert told(flow()).as_of == NOW


@pytest.mark.parametrize(
    ("cell", "words"),
    [
        ("zh/code_review", "Chinese code review"),
        ("en/code_review/rust", "English code review (rust)"),
        ("xx/step_review", "xx step review"),
        ("und/preference_pair", "preference pair"),
        ("adjudication", "adjudication"),
    ],
)
def test_a_cell_is_called_by_its_words(cell: str, words: str) -> None:
    assert called(cell) == words


def test_only_whole_codes_are_put_into_words() -> None:
    assert said("zh/code_review and zh/code_review/rust", ["zh/code_review", "zh/code_review/rust"]) == (
        "Chinese code review and Chinese code review (rust)"
    )
    assert said("zh/code_reviews", ["zh/code_review"]) == "zh/code_reviews"
    assert kind("code_review") == "code review"


def test_names_keep_their_letters_at_the_turn_of_a_sentence() -> None:
    assert lower("Chinese code review") == "Chinese code review"
    assert lower("The guideline") == "the guideline"
    assert upper("ann-3f is missing") == "ann-3f is missing"
    assert upper("zh/code_review waits") == "zh/code_review waits"
    assert upper("those 2") == "Those 2"
