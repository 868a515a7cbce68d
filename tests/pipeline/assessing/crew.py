"""A store with a crew of annotators, some of them planted: what they said of tasks and of gold, and when."""

import json
from datetime import datetime, timedelta
from typing import Any

from benchmarks.measuring.planted_people import Shape, World, world
from pipeline.quality.gold import GoldVote
from schemas.door import GoldFact
from schemas.facts import RecordFact, RecordTaskFact, TaskFact
from tasks import task_types
from tests.pipeline.filled import START, TYPE, Filled, said

SAID = (-3, -1, 1, 3)
"""What the classes of a world are called in preference pairs."""
SMALL = Shape(people=9, planted=1, labels=60)
SLOWLY = timedelta(minutes=3)


def label(code: int) -> str:
    """A label of a world as the store has it."""
    return str(task_types()[TYPE].label.model_validate({"preference": SAID[code]}).model_dump_json())


def item(number: int) -> str:
    """The item of a task, as the store has it."""
    given = {"prompt": f"What is {number}?", "answer_a": "This.", "answer_b": "That."}
    return str(task_types()[TYPE].item.model_validate(given).model_dump_json())


def crew(filled: Filled, kind: str, seed: int = 0, shape: Shape = SMALL, **columns: Any) -> World:
    """Put what the people of a world said of preference pairs; with `model`, records have its labels."""
    made, hidden = world(kind, seed, shape), columns.pop("model", False)
    tasks, records, links = [], [], []
    for number in range(len(made.truth)):
        record: dict[str, Any] = {
            "prompt": f"What is {number}?",
            "domain": "reasoning",
            "candidates": [{"text": "This."}, {"text": "That."}],
        }
        if hidden:
            record["hidden_model_label"] = {"preference": SAID[int(made.model[number])]}
        records.append(_record(number, json.dumps(record)))
        tasks.append(_task(number, **columns))
        links.append(RecordTaskFact(record_id=f"r{number}", task_id=f"t{number}"))
    for facts in (records, tasks, links):
        filled.store.put(facts)
    filled.put_all(_votes(filled, made))
    return made


def known(filled: Filled, made: World, items: int) -> None:
    """Make gold of the first items, by what is true of them."""
    for number in range(items):
        gold(filled, f"t{number}", label(int(made.truth[number])))


def gold(
    filled: Filled, task_id: str, payload: str | None, at: datetime = START, by: str = "gold.jsonl"
) -> None:
    """A known answer."""
    filled.put(
        GoldFact(
            task_id=task_id, purpose="gold", payload=payload, clause="1.2", said_by=by, reason="", put_at=at
        )
    )


def answers(
    right: str, annotator: str = "ann-a", cell: str = "en/step_review", purpose: str = "gold"
) -> list[GoldVote]:
    """Answers to gold in their order: `+` for each that is right, `-` for one that is not, `?` for who passed."""
    return [
        GoldVote(
            annotator,
            f"{cell}-{at}",
            cell,
            cell.split("/")[1],
            purpose,
            {"+": True, "-": False}.get(one),
            0.0,
            START + timedelta(minutes=at),
        )
        for at, one in enumerate(right)
    ]


def _votes(filled: Filled, made: World) -> Any:
    votes = made.votes
    order = sorted(range(votes.n), key=lambda at: (int(made.turn[at]), at))
    for place, at in enumerate(order):
        moment = START + place * SLOWLY
        who, task = f"ann-{int(votes.annotator[at]):02}", f"t{int(votes.item[at])}"
        annotation, fact = said(filled.number("vote"), task, who, moment, lead_seconds=60.0 + place % 40)
        yield annotation, fact.replace(payload=label(int(votes.label[at])))


def _record(number: int, payload: str) -> RecordFact:
    return RecordFact(
        record_id=f"r{number}",
        prompt_id=f"p{number}",
        domain="reasoning",
        language="en",
        programming_language=None,
        topic=None,
        difficulty=None,
        license=None,
        dataset="problems.jsonl",
        candidates=2,
        payload=payload,
        ingested_at=START,
    )


def _task(number: int, **columns: Any) -> TaskFact:
    given = {
        "task_id": f"t{number}",
        "item_id": f"i{number}",
        "task_type": TYPE,
        "version": task_types()[TYPE].version,
        "cell": f"en/{TYPE}",
        "attempt": 1,
        "overlap": 3,
        "payload": item(number),
        "generated_at": START,
    }
    return TaskFact.model_validate({**given, **columns})
