"""`headrace people show` and `headrace gold list --suspect`: one person, and gold to look at, as somebody types it."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from benchmarks.measuring.planted_people import Shape
from pipeline.assessing.people import assess
from pipeline.store import StorePlace
from schemas.facts import PersonFact
from tests.pipeline.assessing.crew import SAID, crew, gold, known, label
from tests.pipeline.documented import examples
from tests.pipeline.filled import START, Filled

PAGES = Path(__file__).parents[3] / "docs" / "reference"
NOW = START + timedelta(days=30)


@pytest.fixture
def staffed(folder: Any) -> Any:
    """A project in which somebody guesses, and one known answer is wrong."""
    with StorePlace(folder.path).writing("test") as store:
        filled = Filled(store)
        made = crew(filled, "random", seed=3, shape=Shape(people=9, planted=1, labels=60, overlap=6))
        known(filled, made, 50)
        store.temporary("DELETE FROM gold WHERE task_id = 't3'")
        gold(filled, "t3", label((int(made.truth[3]) + 1) % len(SAID)))
        for number in range(2):
            email, name = f"li{number}@vendor.example", f"Li Secret {number}"
            filled.put(
                PersonFact(
                    annotator=f"ann-{number:02}",
                    server="embedded",
                    person_id=number,
                    email=email,
                    name=name,
                    simulated=False,
                    seen_at=START,
                )
            )
        store.put([assess(store, NOW)])
    return folder


def test_somebody_is_shown_with_what_stands_out_and_what_would_stop_it(staffed: Any) -> None:
    said = staffed.run("people", "show", "li0@vendor.example")
    assert said.code == 0
    assert "Answers at random" in said.out
    assert "Known answers" in said.out
    assert f"headrace people pause ann-00 --redo-since {START:%Y-%m-%d}" in " ".join(said.out.split())
    assert "li0@vendor.example" not in said.out
    assert staffed.run("people", "show", "nobody").code == 2


def test_the_same_is_printed_as_json_and_feedback_as_markdown(staffed: Any) -> None:
    found = staffed.run("people", "show", "ann-00", "--json").json
    assert {one["kind"] for one in found["signs"]} >= {"random", "fails_gold"}
    assert found["gold"][0]["state"] == "failed"
    feedback = staffed.run("people", "show", "ann-00", "--markdown")
    assert feedback.out.startswith("# How the work of")
    assert "ann-01" not in feedback.out
    assert "random" not in feedback.out
    assert staffed.run("people", "show", "ann-00", "--markdown", "--json").json.keys() == {"markdown"}
    assert "工作情况" in staffed.run("people", "show", "ann-00", "--markdown", "--language", "zh").out


def test_gold_to_look_at_is_listed_with_what_to_do_as_documented(staffed: Any) -> None:
    (first, *_) = staffed.run("gold", "list", "--suspect", "--json").json["suspects"]
    assert (first["task_id"], first["why"], first["set_aside"]) == ("t3", "doubtful", True)
    if PAGES.is_dir():
        (shown,) = examples(PAGES / "gold.md")["gold list --suspect"]["suspects"]
        assert first.keys() == shown.keys()
    said = staffed.run("gold", "list", "--suspect").out
    assert "next: headrace gold mend t3 --label JSON --reason TEXT" in said
