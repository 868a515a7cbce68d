"""How somebody's work fares, on their desk and as Markdown: their own figures alone, none that tells fresh gold."""

import json
from datetime import timedelta
from typing import Any

import pytest

from pipeline.assessing.people import Assessment, Rightness
from pipeline.demo.mistakes import review
from pipeline.door.desk.feedback import feedback, written
from pipeline.door.desk.own_data import own_data
from pipeline.door.desk.snapshot import read
from pipeline.ledger import LedgerPlace
from pipeline.people.whos_who import find
from pipeline.store import StorePlace
from schemas.assessments import AssessmentFact
from schemas.base import Label
from schemas.door import GoldFact
from schemas.project import parse_project
from tasks import task_types
from tests.pipeline.door.desk_example import (
    ANA,
    HOSTILE,
    JUST_NOW,
    LI,
    LONG_AGO,
    NOW,
    STEPS,
    Example,
    dumped,
    opened,
    prefers,
    publish,
)
from tests.pipeline.filled import finding


def put(example: Example, at: Any, mean: float = 0.9) -> None:
    """That people were assessed at a moment."""
    people = [
        Rightness(
            annotator=who,
            task_type="preference_pair",
            labels=40,
            mean=mean,
            low=0.8,
            high=0.95,
            judged_by="votes",
        )
        for who in (LI, ANA)
    ]
    payload = Assessment(people=tuple(people)).model_dump_json()
    example.put(AssessmentFact(assessed_at=at, votes=100, payload=payload))


@pytest.fixture
def example(tmp_path: Any) -> Any:
    with StorePlace(tmp_path).writing("test") as store:
        made = Example(store)
        made.people()
        yield made


def test_what_gold_said_a_day_ago_is_told_with_its_interval_and_nothing_fresher(example: Any) -> None:
    for preference in (-2, 2):
        example.say(example.gold(-2), LI, prefers(preference))
    example.say(example.gold(-2), LI, prefers(2), JUST_NOW)
    found = feedback(read(example.store, NOW), LI, NOW)
    assert (found.gold.right, found.gold.of) == (1, 2)
    low, high = found.between
    assert low < 0.5 < high
    assert len(found.gold.missed) == 1


def test_how_often_somebody_is_right_is_as_it_was_a_day_ago(example: Any) -> None:
    put(example, LONG_AGO)
    put(example, JUST_NOW, mean=0.81)
    (one,) = feedback(read(example.store, NOW), LI, NOW).right
    assert one["mean"] == 0.9
    put_later = read(example.store, NOW + timedelta(days=2))
    assert feedback(put_later, LI, NOW).right[0]["mean"] == 0.81


def test_how_somebody_does_on_gold_is_no_question_to_them_and_other_signs_are(example: Any) -> None:
    for number, kind in enumerate(("fails gold", "worse on gold", "copies answers")):
        example.put(
            finding(kind, finding_id=f"f{number}", annotator=LI, found_at=JUST_NOW, subject=str(number))
        )
    asked = feedback(read(example.store, NOW), LI, NOW).asked
    assert [row["kind"] for row in asked] == ["copies answers"]


@pytest.mark.parametrize(
    ("language", "words"), [("en", "Tasks whose answer is known"), ("zh", "答案已知的任务")]
)
def test_the_feedback_to_send_holds_one_person_alone_and_no_markup_of_anybodys(
    example: Any, language: str, words: str
) -> None:
    put(example, LONG_AGO)
    example.say(example.gold(-2, clause=f"{HOSTILE} ![x](http://a)"), LI, prefers(2, HOSTILE))
    detail = f"{LI}: gives the answers of {ANA}; look at it: x"
    example.put(finding("copies answers", annotator=LI, detail=detail, found_at=LONG_AGO))
    project = parse_project(
        {"name": "x", "sources": [{"reader": "jsonl", "path": "x", "domain": "reasoning"}]}
    )
    text = written(example.store, find(LI, project.people, example.store), language)
    assert words in text
    assert "0 / 1" in text
    assert ANA not in text
    assert "<script" not in text
    assert "![x]" not in text
    assert "](" not in text


def test_what_is_kept_of_somebody_leaves_out_what_others_said_and_fresh_gold(
    example: Any, tmp_path: Any
) -> None:
    copies = f"{LI}: gives one person's answers again; look at it: headrace people show {LI}"
    evidence = json.dumps({"other": ANA, "tasks": ["t1"]})
    example.put(finding("copies answers", finding_id="f1", annotator=LI, detail=copies, evidence=evidence))
    example.put(finding("fails gold", finding_id="f2", annotator=LI, found_at=JUST_NOW))
    example.put(finding("fails gold", finding_id="f3", annotator=LI, found_at=LONG_AGO, subject="2"))
    put(example, LONG_AGO)
    put(example, JUST_NOW, mean=0.5)
    found = own_data(LI, None, example.store, LedgerPlace(tmp_path), NOW)
    assert [(row["annotator"], row["mean"]) for row in found["assessed"]] == [(LI, 0.9)]
    kept = found["findings"]
    assert {row["finding_id"] for row in kept} == {"f1", "f3"}
    (one,) = [row for row in kept if row["finding_id"] == "f1"]
    assert one["evidence"] is None
    assert one["detail"] == f"{LI}: gives one person's answers again"


def reviewed(example: Example, said: Label, known: Label) -> None:
    """A step review whose known label somebody missed."""
    task = example.task(cell=STEPS, task_type="step_review", version=task_types()["step_review"].version)
    fact = GoldFact(
        task_id=task,
        purpose="gold",
        payload=dumped(known),
        clause=None,
        said_by="gold.jsonl",
        reason="",
        put_at=LONG_AGO,
    )
    example.put(fact)
    example.say(task, LI, said)


@pytest.mark.parametrize(
    ("language", "told"),
    [
        (
            "en",
            (
                "How often your answers are right",
                "90 % (80 to 95 %), of 40 answers",
                "2 times",
                "between 15 and 85 %",
            ),
        ),
        ("zh", ("您的答案有多少是正确的", "80 % 到 95 %", "2 次", "15 % 到 85 % 之间")),
    ],
)
def test_the_desk_shows_how_often_somebody_is_right_and_what_they_miss_again_and_again(
    tmp_path: Any, language: str, told: tuple[str, ...]
) -> None:
    def busy(example: Example) -> None:
        example.people()
        put(example, LONG_AGO)
        for _ in range(2):
            reviewed(example, review(3, None), review(3, 1))
        for _ in range(2):
            example.say(example.gold(2), LI, prefers(2))

    publish(tmp_path, busy)
    page = opened(tmp_path).as_(LI, **{"accept-language": language}).get("/desk/").text
    for words in told:
        assert words in page
    assert page.count(ANA) == 0
